package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// EnterAbsence says who stands in for an official from an instant until another: they themself may say it, the head of their
// department and the officers. One who isn't there in that time can't, so that no chain of substitutes comes back to where it
// began; nor one who doesn't hold the duties.
func (s *Store) EnterAbsence(ctx context.Context, by forum.Official, from string, a forum.Absence) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		at, err := now(ctx, tx)
		if err != nil {
			return err
		}
		if err := a.Validate(at); err != nil {
			return err
		}
		absent, substitute, err := bothOf(ctx, tx, a)
		if err != nil {
			return err
		}
		if err := mayEnter(by, forum.EnterAbsence, absent); err != nil {
			return err
		}
		if !substitute.MayStandIn(absent) {
			return forum.Refuse(forum.Invalid, "absence.substitute_without_duty").At("substitute")
		}
		var twice, away bool
		err = tx.QueryRow(ctx, `
SELECT COALESCE(bool_or(official = @official), false), COALESCE(bool_or(official = @substitute), false)
FROM absences WHERE from_at < @until AND @from < until_at`,
			pgx.NamedArgs{"official": a.Official, "substitute": a.Substitute, "from": a.From, "until": a.Until}).Scan(&twice, &away)
		switch {
		case err != nil:
			return err
		case twice:
			return forum.Refuse(forum.Conflict, "absence.overlaps").At("from")
		case away || substitute.Absent && !a.From.After(at): // the directory tells of today alone
			return forum.Refuse(forum.Conflict, "absence.substitute_absent").At("substitute")
		}
		_, err = tx.Exec(ctx, `
INSERT INTO absences (id, official, substitute, from_at, until_at, entered_by) VALUES (@id, @official, @substitute, @from, @until, @by)`,
			pgx.NamedArgs{"id": NewID(), "official": a.Official, "substitute": a.Substitute, "from": a.From, "until": a.Until, "by": by.ID})
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.EnterAbsence, noun: forum.TheOfficial, subject: a.Official,
			reason: a.From.In(s.zone).Format(time.RFC3339) + " – " + a.Until.In(s.zone).Format(time.RFC3339) + " → " + string(a.Substitute)})
	})
}

// bothOf locks the two, so that nobody makes the substitute absent meanwhile.
func bothOf(ctx context.Context, tx pgx.Tx, a forum.Absence) (absent, substitute forum.Official, err error) {
	rows, err := tx.Query(ctx, `
SELECT `+officialColumns+` FROM officials o WHERE o.id = ANY($1::uuid[]) AND o.left_at IS NULL ORDER BY o.id FOR UPDATE`,
		texts([]forum.ID{a.Official, a.Substitute}))
	if err != nil {
		return absent, substitute, err
	}
	both, err := pgx.CollectRows(rows, scanOfficial)
	for _, o := range both {
		if o.ID == a.Official {
			absent = o
		} else {
			substitute = o
		}
	}
	switch {
	case err != nil:
	case absent.ID == "":
		err = forum.Refuse(forum.Invalid, "absence.official_unknown").At("official")
	case substitute.ID == "":
		err = forum.Refuse(forum.Invalid, "absence.official_unknown").At("substitute")
	}
	return absent, substitute, err
}

// mayEnter asks the policy about somebody's absence; one's own is one's own affair.
func mayEnter(by forum.Official, action forum.Action, absent forum.Official) error {
	if by.ID == absent.ID {
		return nil
	}
	return by.May(action, absent.Department)
}

// EndAbsence ends one now, or calls it off before it has begun.
func (s *Store) EndAbsence(ctx context.Context, by forum.Official, from string, id forum.ID) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var whose forum.ID
		var over bool
		err := tx.QueryRow(ctx, `SELECT official, until_at <= now() FROM absences WHERE id = $1 FOR UPDATE`, id).Scan(&whose, &over)
		if err != nil {
			return found(err)
		}
		absent, err := officialEver(ctx, tx, whose)
		if err != nil {
			return err
		}
		if err := mayEnter(by, forum.EndAbsence, absent); err != nil {
			return err
		}
		if over {
			return forum.Refuse(forum.Conflict, "absence.over")
		}
		if _, err := tx.Exec(ctx, `UPDATE absences SET until_at = GREATEST(from_at, now()) WHERE id = $1`, id); err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.EndAbsence, noun: forum.TheOfficial, subject: whose})
	})
}

// Absences lists those of now and to come, by their beginning.
func (s *Store) Absences(ctx context.Context) ([]forum.Absence, error) {
	rows, err := s.pool.Query(ctx, `
SELECT a.id, a.official, o.name, o.department, a.substitute, p.name, a.from_at, a.until_at, e.name
FROM absences a JOIN officials o ON o.id = a.official JOIN officials p ON p.id = a.substitute JOIN officials e ON e.id = a.entered_by
WHERE a.until_at > now() ORDER BY a.from_at, o.uid LIMIT 500`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Absence])
	return all, translate(err)
}

// replaceStandIn finds another who stands in for the absent where their substitute is in that post no more: the first of the
// absent one's heirs who may and who is there all the while. Where nobody is, the clocks tell the superior.
func replaceStandIn(ctx context.Context, tx pgx.Tx, d departure) error {
	rows, err := tx.Query(ctx, `SELECT id, official FROM absences WHERE substitute = $1 AND until_at > now() ORDER BY id FOR UPDATE`, d.before.ID)
	if err != nil {
		return err
	}
	type absence struct{ ID, Official forum.ID }
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[absence])
	if err != nil {
		return err
	}
	for _, a := range all {
		absent, err := officialEver(ctx, tx, a.Official)
		if err != nil {
			return err
		}
		if d.now != nil && d.now.MayStandIn(absent) {
			continue
		}
		candidates, err := heirsOf(ctx, tx, absent, d.before.ID)
		if err != nil {
			return err
		}
		for _, o := range candidates {
			if !o.MayStandIn(absent) {
				continue
			}
			replaced, err := tx.Exec(ctx, `
UPDATE absences a SET substitute = @substitute
WHERE a.id = @id AND NOT EXISTS (SELECT FROM absences b WHERE b.official = @substitute AND b.from_at < a.until_at AND a.from_at < b.until_at)`,
				pgx.NamedArgs{"substitute": o.ID, "id": a.ID})
			if err != nil {
				return err
			}
			if replaced.RowsAffected() == 0 {
				continue
			}
			if err := note(ctx, tx, bySystem, change{action: handedOver, noun: forum.TheOfficial, subject: a.Official,
				reason: clockChange{from: d.before.ID, to: []forum.ID{o.ID}}.words(forum.EnterAbsence)}); err != nil {
				return err
			}
			break
		}
	}
	return nil
}
