package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// allScored says of a round r whether each of its members has given a sheet to each topic on its shortlist.
const allScored = `r.status = 'scoring' AND EXISTS (` + members + `) AND NOT EXISTS (
	SELECT FROM (` + members + `) m CROSS JOIN round_suggestions p
	WHERE p.round_id = r.id AND p.shortlisted AND NOT EXISTS (
		SELECT FROM round_scores x WHERE x.round_id = p.round_id AND x.suggestion_id = p.suggestion_id AND x.official_id = m.id))`

// ScoreTopic keeps a committee member's sheet for one topic, or their conflict of interest; until the deadline it may change.
// It says whether it was the last one that the round waited for.
func (s *Store) ScoreTopic(ctx context.Context, by forum.Official, from string, score forum.RoundScore) (last bool, err error) {
	if err := by.May(forum.ScoreTopic, ""); err != nil {
		return false, err
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		r, err := takesScore(ctx, tx, by, score)
		if err != nil {
			return err
		}
		if err := score.Validate(r.Criteria); err != nil {
			return err
		}
		if err := keepSheet(ctx, tx, by, r, score); err != nil {
			return err
		}
		if err := note(ctx, tx, byOfficial(by, from), change{action: forum.ScoreTopic, noun: forum.TheRound, subject: score.Round,
			before: string(forum.RoundScoring), after: string(forum.RoundScoring)}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
UPDATE owed SET done_at = now() WHERE noun = 'round' AND subject_id = @round AND kind = @kind AND official_id = @by AND done_at IS NULL
AND NOT EXISTS (SELECT FROM round_suggestions p WHERE p.round_id = @round AND p.shortlisted AND NOT EXISTS (
	SELECT FROM round_scores x WHERE x.round_id = p.round_id AND x.suggestion_id = p.suggestion_id AND x.official_id = @by))`,
			pgx.NamedArgs{"round": score.Round, "kind": forum.ScoreTopic, "by": by.ID}); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT `+allScored+` FROM rounds r WHERE r.id = $1`, score.Round).Scan(&last)
	})
	return last, err
}

// takesScore locks the round and asks whether it takes this member's sheet now.
func takesScore(ctx context.Context, tx pgx.Tx, by forum.Official, score forum.RoundScore) (forum.Round, error) {
	var taken bool
	err := tx.QueryRow(ctx, `
SELECT r.status = 'scoring' AND statement_timestamp() < r.deadline FROM rounds r WHERE id = $1 FOR UPDATE`, score.Round).Scan(&taken)
	if err != nil {
		return forum.Round{}, found(err)
	}
	r, err := roundRow(ctx, tx, score.Round)
	if err != nil {
		return r, err
	}
	if err := readCommittee(ctx, tx, &r); err != nil {
		return r, err
	}
	switch {
	case !taken:
		return r, movedOn(forum.TheRound)
	case !slices.ContainsFunc(r.Seated, func(m forum.RoundMember) bool { return m.Official == by.ID }):
		return r, forum.Refuse(forum.Forbidden, "round.not_a_member")
	}
	return r, nil
}

func keepSheet(ctx context.Context, tx pgx.Tx, by forum.Official, r forum.Round, score forum.RoundScore) error {
	args := pgx.NamedArgs{"round": score.Round, "suggestion": score.Suggestion, "by": by.ID, "conflict": score.Conflict, "reason": score.Reason}
	done, err := tx.Exec(ctx, `
INSERT INTO round_scores (round_id, suggestion_id, official_id, conflict, reason)
SELECT p.round_id, p.suggestion_id, @by::uuid, @conflict::boolean, @reason FROM round_suggestions p
WHERE p.round_id = @round AND p.suggestion_id = @suggestion AND p.shortlisted
ON CONFLICT ON CONSTRAINT one_score_each DO UPDATE SET conflict = excluded.conflict, reason = excluded.reason, scored_at = now()`, args)
	if err != nil {
		return err
	}
	if done.RowsAffected() == 0 {
		return found(pgx.ErrNoRows)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM round_marks WHERE round_id = @round AND suggestion_id = @suggestion AND official_id = @by`, args); err != nil {
		return err
	}
	if score.Conflict {
		return nil
	}
	for _, c := range r.Criteria {
		if _, err := tx.Exec(ctx, `INSERT INTO round_marks (round_id, suggestion_id, official_id, criterion, mark) VALUES ($1, $2, $3, $4, $5)`,
			score.Round, score.Suggestion, by.ID, c.Code, score.Marks[c.Code]); err != nil {
			return err
		}
	}
	return nil
}

// readSheets counts the committee's sheets. Until the round is decided the reader's own is all that is read: what nobody
// may see yet isn't fetched.
func readSheets(ctx context.Context, q querier, r *forum.Round, reader forum.ID) error {
	rows, err := q.Query(ctx, `
SELECT x.round_id, x.suggestion_id, x.official_id, x.conflict,
	COALESCE((SELECT jsonb_object_agg(k.criterion, k.mark) FROM round_marks k
		WHERE k.round_id = x.round_id AND k.suggestion_id = x.suggestion_id AND k.official_id = x.official_id), '{}'), x.reason
FROM rounds r JOIN round_scores x ON x.round_id = r.id AND x.official_id IN (SELECT id FROM (`+members+`) m)
WHERE r.id = @id AND (r.status IN ('decided', 'recorded') OR x.official_id = @reader) ORDER BY x.suggestion_id, x.official_id`,
		pgx.NamedArgs{"id": r.ID, "reader": orNull(reader)})
	if err != nil {
		return err
	}
	sheets, err := pgx.CollectRows(rows, pgx.RowToStructByPos[forum.RoundScore])
	if err != nil {
		return err
	}
	names := map[forum.ID]string{}
	for _, m := range r.Seated {
		names[m.Official] = m.Name
	}
	decided := r.Status == forum.RoundDecided || r.Status == forum.RoundRecorded
	for i := range r.Candidates {
		c := &r.Candidates[i]
		var all []forum.RoundScore
		for _, sheet := range sheets {
			if sheet.Suggestion != c.Suggestion.ID {
				continue
			}
			all = append(all, sheet)
			if sheet.Official == reader {
				c.Mine = &sheet
			}
			if decided && sheet.Conflict {
				c.SatOut = append(c.SatOut, names[sheet.Official])
			}
		}
		if decided {
			c.Tally = forum.TallyOf(r.Members, r.Criteria, all)
		}
		slices.Sort(c.SatOut)
	}
	return nil
}
