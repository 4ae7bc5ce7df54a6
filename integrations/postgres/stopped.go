package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// NoteStopped writes down procedures that were found stopped. One with Restarted set has been started again already: its parked
// step, if it had one, is no longer what it waits for.
func (s *Store) NoteStopped(ctx context.Context, all []forum.Stopped) error {
	return s.inTx(ctx, func(tx pgx.Tx) error {
		for _, one := range all {
			args := pgx.NamedArgs{"noun": one.Noun, "id": one.ID, "why": one.Why, "since": orNow(one.Since), "again": !one.Restarted.IsZero()}
			if _, err := tx.Exec(ctx, `
INSERT INTO stopped AS s (noun, subject_id, why, since, restarts, restarted_at, open)
VALUES (@noun, @id, @why, COALESCE(@since, now()), @again::bool::int, CASE WHEN @again THEN now() END, NOT @again)
ON CONFLICT ON CONSTRAINT one_stop_per_procedure DO UPDATE SET why = excluded.why, open = excluded.open,
	since = CASE WHEN s.open AND s.why = excluded.why THEN s.since ELSE excluded.since END,
	restarts = excluded.restarts + CASE WHEN s.restarted_at > now() - interval '1 hour' THEN s.restarts ELSE 0 END,
	restarted_at = COALESCE(excluded.restarted_at, s.restarted_at)`, args); err != nil {
				return err
			}
			if one.Restarted.IsZero() {
				continue
			}
			if _, err := tx.Exec(ctx, `DELETE FROM attention WHERE noun = @noun AND subject_id = @id`, args); err != nil {
				return err
			}
		}
		return nil
	})
}

func orNow(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return at
}

// Stirs says whether a procedure has something to do that it can't know of yet: what it waits for is there, its analysis has to
// be made anew, or its row has come to an end. Scores and answers that leave it waiting don't wake it, so that a history doesn't
// grow with the number of people.
func (s *Store) Stirs(ctx context.Context, what forum.Start) (bool, error) {
	switch what.Noun {
	case forum.TheForum:
		facts, err := s.ForumFacts(ctx, what.ID)
		return facts.Ready || facts.Final() || facts.Status == forum.Analysing && !facts.Made, err
	case forum.TheRound:
		facts, err := s.RoundFacts(ctx, what.ID)
		return facts.Status != forum.RoundScoring || facts.AllScored, err
	}
	return true, nil
}

// GivenUp are those among procedures that stop again and again, so that a person must see why.
func (s *Store) GivenUp(ctx context.Context, all []forum.Start) ([]forum.Start, error) {
	nouns, ids := startColumns(all)
	rows, err := s.pool.Query(ctx, `
SELECT noun, subject_id FROM stopped JOIN unnest(@nouns::text[], @ids::uuid[]) AS asked (noun, subject_id) USING (noun, subject_id)
WHERE restarts >= @most AND restarted_at > now() - interval '1 hour'`, pgx.NamedArgs{"nouns": nouns, "ids": ids, "most": forum.RestartsByItself})
	if err != nil {
		return nil, translate(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Start])
	return found, translate(err)
}

// SettleStopped takes off the page what runs again by whatever means: all but those that still are stopped. What runs for a
// month is forgotten.
func (s *Store) SettleStopped(ctx context.Context, still []forum.Start) error {
	nouns, ids := startColumns(still)
	_, err := s.pool.Exec(ctx, `
WITH settled AS (
	UPDATE stopped SET open = false, restarted_at = now()
	WHERE open AND (noun, subject_id) NOT IN (SELECT * FROM unnest(@nouns::text[], @ids::uuid[]))
)
DELETE FROM stopped WHERE NOT open AND restarted_at < now() - interval '30 days'`, pgx.NamedArgs{"nouns": nouns, "ids": ids})
	return translate(err)
}

func startColumns(all []forum.Start) (nouns, ids []string) {
	nouns, ids = make([]string, len(all)), make([]string, len(all))
	for i, one := range all {
		nouns[i], ids[i] = string(one.Noun), string(one.ID)
	}
	return nouns, ids
}

// shownStopped is how many a page shows; the count beside it tells of the others.
const shownStopped = 200

// Stopped lists the procedures that wait for somebody to start them, the oldest first, then those that were started again
// within the last day; and how many wait in all.
func (s *Store) Stopped(ctx context.Context) (shown []forum.Stopped, waiting int, err error) {
	rows, err := s.pool.Query(ctx, `
SELECT s.noun, s.subject_id, s.why, s.since, s.restarts, CASE WHEN NOT s.open THEN s.restarted_at END, COALESCE(`+ownTitle("s.noun", "s.subject_id")+`, ''),
	COALESCE(`+ownStatus("s.noun", "s.subject_id")+`, ''), count(*) FILTER (WHERE s.open) OVER ()
FROM stopped s WHERE s.open OR s.restarted_at > now() - interval '1 day'
ORDER BY s.open DESC, s.since, s.subject_id LIMIT @most`, pgx.NamedArgs{"most": shownStopped})
	if err != nil {
		return nil, 0, translate(err)
	}
	shown, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Stopped, error) {
		var one forum.Stopped
		var restarted *time.Time
		err := row.Scan(&one.Noun, &one.ID, &one.Why, &one.Since, &one.Restarts, &restarted, &one.Title, &one.Status, &waiting)
		one.Restarted = instant(restarted)
		return one, err
	})
	return shown, waiting, translate(err)
}

// ownStatus gives the status of the row that a noun and an id point to, as ownTitle gives its title.
func ownStatus(noun, subject string) string {
	return `CASE ` + noun + `
	WHEN 'forum' THEN (SELECT status FROM forums WHERE id = ` + subject + `)
	WHEN 'round' THEN (SELECT status FROM rounds WHERE id = ` + subject + `)
	WHEN 'approval' THEN (SELECT status FROM approvals WHERE id = ` + subject + `)
	WHEN 'award' THEN (SELECT status FROM awards WHERE id = ` + subject + `) END`
}

// Restart notes that an official starts a stopped procedure again, and gives what is known of it. One that runs again already
// is refused.
func (s *Store) Restart(ctx context.Context, by forum.Official, from string, what forum.Start) (forum.Stopped, error) {
	if err := by.May(forum.RetryStep, ""); err != nil {
		return forum.Stopped{}, err
	}
	one := forum.Stopped{Start: what}
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var open bool
		err := tx.QueryRow(ctx, `SELECT why, since, restarts, open, `+ownStatus("noun", "subject_id")+` FROM stopped WHERE noun = @noun AND subject_id = @id FOR UPDATE`,
			pgx.NamedArgs{"noun": what.Noun, "id": what.ID}).Scan(&one.Why, &one.Since, &one.Restarts, &open, &one.Status)
		if err != nil {
			return found(err)
		}
		if !open {
			return forum.Refuse(forum.Conflict, "procedure.runs_again")
		}
		trail, err := trailOf(ctx, tx, what)
		if err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: restarted, noun: what.Noun, subject: what.ID, forum: trail,
			before: one.Status, after: one.Status, reason: string(one.Why)})
	})
	return one, err
}

// trailOf is the forum whose trail shows what happens to a procedure, or "".
func trailOf(ctx context.Context, tx pgx.Tx, what forum.Start) (forum.ID, error) {
	var id *forum.ID
	err := tx.QueryRow(ctx, `
SELECT CASE @noun WHEN 'forum' THEN @id::uuid WHEN 'approval' THEN (SELECT f.id FROM approvals a JOIN forums f ON f.id = a.subject_id WHERE a.id = @id)
	WHEN 'award' THEN (SELECT forum_id FROM awards WHERE id = @id) END`, pgx.NamedArgs{"noun": string(what.Noun), "id": what.ID}).Scan(&id)
	if err != nil || id == nil {
		return "", err
	}
	return *id, nil
}
