package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Seats lists the seats on the committees, those of today first.
func (s *Store) Seats(ctx context.Context) ([]forum.Seat, error) {
	rows, err := s.pool.Query(ctx, `
SELECT s.id, s.track, s.official_id, o.name, s.from_day, s.until_day,
	`+today+` BETWEEN s.from_day AND COALESCE(s.until_day, 'infinity') AND o.left_at IS NULL AND 'committee' = ANY(o.duties) AS sits
FROM committee_seats s JOIN officials o ON o.id = s.official_id
ORDER BY s.track, sits DESC, s.from_day DESC, o.name, s.id LIMIT 500`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Seat, error) {
		var seat forum.Seat
		var until *time.Time
		err := row.Scan(&seat.ID, &seat.Track, &seat.Official, &seat.Name, &seat.From, &until, &seat.Sits)
		seat.Until = instant(until)
		return seat, err
	})
	return all, translate(err)
}

// SeatMember gives an official who holds the directory's duty a seat on a track's committee. Rounds whose scoring has begun
// keep the committee that they have.
func (s *Store) SeatMember(ctx context.Context, by forum.Official, from string, seat forum.Seat) error {
	if err := by.May(forum.SeatCommittee, ""); err != nil {
		return err
	}
	if err := seat.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('committee', 0))`); err != nil {
			return err
		}
		official, err := officialNow(ctx, tx, seat.Official)
		if err != nil {
			return err
		}
		if !official.Has(forum.Committee) {
			return forum.Refuse(forum.Invalid, "committee.without_duty").At("official")
		}
		args := pgx.NamedArgs{"id": NewID(), "track": seat.Track, "official": seat.Official, "from": day(seat.From), "until": day(seat.Until)}
		done, err := tx.Exec(ctx, `
INSERT INTO committee_seats (id, track, official_id, from_day, until_day)
SELECT @id::uuid, @track::text, @official::uuid, COALESCE(@from::date, `+today+`), @until::date
WHERE NOT EXISTS (SELECT FROM committee_seats s WHERE s.track = @track AND s.official_id = @official
	AND s.from_day <= COALESCE(@until::date, 'infinity') AND COALESCE(s.until_day, 'infinity') >= COALESCE(@from::date, `+today+`))`, args)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return forum.Refuse(forum.Conflict, "committee.seated_already").At("official")
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.SeatCommittee, noun: forum.TheOfficial, subject: seat.Official, after: string(seat.Track)})
	})
}

// EndSeat takes a seat away from today on; one that hasn't begun is gone as if it had never been.
func (s *Store) EndSeat(ctx context.Context, by forum.Official, from string, id forum.ID) error {
	if err := by.May(forum.SeatCommittee, ""); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var official forum.ID
		var track string
		var begun bool
		err := tx.QueryRow(ctx, `SELECT official_id, track, from_day < `+today+` FROM committee_seats
WHERE id = $1 AND COALESCE(until_day, 'infinity') >= `+today+` FOR UPDATE`, id).Scan(&official, &track, &begun)
		if err != nil {
			return found(err)
		}
		end := `DELETE FROM committee_seats WHERE id = $1`
		if begun {
			end = `UPDATE committee_seats SET until_day = ` + today + ` - 1 WHERE id = $1`
		}
		if _, err := tx.Exec(ctx, end, id); err != nil {
			return err
		}
		return note(ctx, tx, byOfficial(by, from), change{action: forum.SeatCommittee, noun: forum.TheOfficial, subject: official, before: track})
	})
}

// day is a civil day for a date column; the zero time is none.
func day(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format(time.DateOnly)
}

// Criteria are the scoring sheet of rounds to come, with what isn't asked any more.
func (s *Store) Criteria(ctx context.Context) ([]forum.Criterion, error) {
	rows, err := s.pool.Query(ctx, `SELECT code, name, name_en, weight FROM criteria ORDER BY ord, code`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Criterion])
	return all, translate(err)
}

// SaveCriteria changes the scoring sheet of rounds to come; one without a code is new. Rounds that have theirs keep it.
func (s *Store) SaveCriteria(ctx context.Context, by forum.Official, from string, all []forum.Criterion) error {
	if err := by.May(forum.SeatCommittee, ""); err != nil {
		return err
	}
	if err := forum.ValidateCriteria(all); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('committee', 0))`); err != nil {
			return err
		}
		var last int
		if err := tx.QueryRow(ctx, `SELECT COALESCE(max(ord), 0) FROM criteria`).Scan(&last); err != nil {
			return err
		}
		for i, c := range all {
			if c.Code == "" {
				c.Code = fmt.Sprintf("c%d", last+i+1)
			}
			done, err := tx.Exec(ctx, `
INSERT INTO criteria AS k (code, ord, name, name_en, weight) VALUES (@code, @ord, @name, @nameEn, @weight)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, name_en = excluded.name_en, weight = excluded.weight
WHERE (k.name, k.name_en, k.weight) IS DISTINCT FROM (excluded.name, excluded.name_en, excluded.weight)`,
				pgx.NamedArgs{"code": c.Code, "ord": last + i + 1, "name": c.Name, "nameEn": c.NameEn, "weight": c.Weight})
			if err != nil {
				return err
			}
			if done.RowsAffected() == 0 {
				continue
			}
			if err := note(ctx, tx, byOfficial(by, from), change{action: forum.SeatCommittee, noun: forum.TheOfficial, subject: by.ID,
				after: c.Code, reason: fmt.Sprintf("%s × %d", c.Name, c.Weight)}); err != nil {
				return err
			}
		}
		return nil
	})
}
