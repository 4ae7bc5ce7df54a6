package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// committee are the members of the city's committee now.
const committee = `SELECT id FROM officials WHERE left_at IS NULL AND 'committee' = ANY(duties)`

const roundColumns = `r.id, r.track, r.month, r.status, r.opened_at, r.deadline, (SELECT count(*) FROM (` + committee + `) m),
	(SELECT count(DISTINCT x.official_id) FROM round_scores x
		WHERE x.round_id = r.id AND NOT x.conflict AND x.official_id IN (` + committee + `)),
	COALESCE((SELECT a.id::text FROM approvals a WHERE a.noun = 'minutes' AND a.subject_id = r.id ORDER BY a.drafted_at DESC, a.id DESC LIMIT 1), ''),
	COALESCE((SELECT o.name FROM approvals a JOIN officials o ON o.id = a.drafter
		WHERE a.noun = 'minutes' AND a.subject_id = r.id ORDER BY a.drafted_at DESC, a.id DESC LIMIT 1), '')`

func scanRound(row pgx.CollectableRow) (forum.Round, error) {
	var r forum.Round
	err := row.Scan(&r.ID, &r.Track, &r.Month, &r.Status, &r.OpenedAt, &r.Deadline, &r.Members, &r.Scored, &r.Approval, &r.MinutesBy)
	return r, err
}

// Rounds lists every round, the newest month first, without its candidates.
func (s *Store) Rounds(ctx context.Context) ([]forum.Round, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+roundColumns+` FROM rounds r ORDER BY r.month DESC, r.track LIMIT 200`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, scanRound)
	return all, translate(err)
}

// Round gives one with its candidates, best first: while it is open the pool of accepted suggestions on its track, afterwards
// the shortlist. The reader's own scores are filled in.
func (s *Store) Round(ctx context.Context, id, reader forum.ID) (forum.Round, error) {
	r, err := roundBy(ctx, s.pool, id, reader)
	return r, translate(err)
}

func roundBy(ctx context.Context, q querier, id, reader forum.ID) (forum.Round, error) {
	rows, err := q.Query(ctx, `SELECT `+roundColumns+` FROM rounds r WHERE r.id = $1`, id)
	if err != nil {
		return forum.Round{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRound)
	if err != nil {
		return r, found(err)
	}
	rows, err = q.Query(ctx, `
SELECT `+suggestionColumns+`, COALESCE(p.shortlisted, false), COALESCE(p.chosen, false), COALESCE(p.reason, ''),
	COALESCE(x.scores, 0), COALESCE(x.mean, 0)::float8, COALESCE(mine.score, 0), COALESCE(mine.conflict, false)
FROM rounds r JOIN suggestions g ON g.track = r.track
LEFT JOIN round_suggestions p ON p.round_id = r.id AND p.suggestion_id = g.id
LEFT JOIN support_counts c ON c.suggestion_id = g.id
LEFT JOIN LATERAL (SELECT count(*) AS scores, avg(score) AS mean FROM round_scores x
	WHERE x.round_id = r.id AND x.suggestion_id = g.id AND NOT x.conflict) x ON true
LEFT JOIN round_scores mine ON mine.round_id = r.id AND mine.suggestion_id = g.id AND mine.official_id = @reader
WHERE r.id = @id AND (p.shortlisted OR r.status = 'open' AND g.status = 'accepted')`, pgx.NamedArgs{"id": id, "reader": orNull(reader)})
	if err != nil {
		return r, err
	}
	r.Candidates, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.RoundCandidate, error) {
		var c forum.RoundCandidate
		var err error
		c.Suggestion, err = scanSuggestion(row, &c.Shortlisted, &c.Chosen, &c.Reason, &c.Scores, &c.Mean, &c.MyScore, &c.MyConflict)
		return c, err
	})
	forum.RankRound(r.Candidates)
	return r, err
}

// OpenRound opens a month's choice of topics on one track; the officers owe its shortlist.
func (s *Store) OpenRound(ctx context.Context, by forum.Official, from string, track forum.Track, month string, deadline time.Time) (forum.ID, error) {
	if err := by.May(forum.OpenRound, ""); err != nil {
		return "", err
	}
	if track != forum.General && track != forum.Youth {
		return "", forum.Refuse(forum.Invalid, "track.unknown").At("track")
	}
	if _, err := time.Parse("2006-01", month); err != nil {
		return "", forum.Refuse(forum.Invalid, "round.month_malformed").At("month")
	}
	id := NewID()
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		if err := isAhead(ctx, tx, deadline, "deadline"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO rounds (id, track, month, deadline) VALUES ($1, $2, $3, $4)`, id, track, month, deadline)
		if err != nil {
			return err
		}
		if err := note(ctx, tx, byOfficial(by, from), change{action: forum.OpenRound, noun: forum.TheRound, subject: id, after: string(forum.RoundOpen)}); err != nil {
			return err
		}
		return s.oweShortlist(ctx, tx, id, deadline)
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

func isAhead(ctx context.Context, q querier, at time.Time, field string) error {
	here, err := now(ctx, q)
	if err == nil && !at.After(here) {
		return forum.Refuse(forum.Invalid, "deadline.in_the_past").At(field)
	}
	return err
}

func (s *Store) oweShortlist(ctx context.Context, tx pgx.Tx, id forum.ID, deadline time.Time) error {
	due, err := s.inDays(ctx, tx, forum.OfficerDays)
	if err != nil {
		return err
	}
	if deadline.Before(due) {
		due = deadline
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: id, Kind: forum.StartScoring, Duty: forum.Officer, Due: due})
}

// RoundFacts tells what is true of a round: all that its procedure knows of it.
func (s *Store) RoundFacts(ctx context.Context, id forum.ID) (forum.RoundFacts, error) {
	facts, _, err := roundFacts(ctx, s.pool, id)
	return facts, translate(err)
}

func roundFacts(ctx context.Context, q querier, id forum.ID) (facts forum.RoundFacts, quorum bool, err error) {
	r, err := roundRow(ctx, q, id)
	if err != nil {
		return facts, false, err
	}
	facts = forum.RoundFacts{Status: r.Status, Deadline: r.Deadline}
	err = q.QueryRow(ctx, `
SELECT EXISTS (`+committee+`) AND NOT EXISTS (
	SELECT FROM (`+committee+`) m CROSS JOIN round_suggestions p
	WHERE p.round_id = $1 AND p.shortlisted AND NOT EXISTS (
		SELECT FROM round_scores x WHERE x.round_id = p.round_id AND x.suggestion_id = p.suggestion_id AND x.official_id = m.id))`, id).
		Scan(&facts.AllScored)
	if err != nil {
		return facts, false, err
	}
	facts.AllScored = facts.AllScored && r.Status == forum.RoundScoring
	if facts.Due, err = nextDue(ctx, q, forum.TheRound, id); err != nil {
		return facts, false, err
	}
	facts.Starts, err = starts(ctx, q, `
SELECT 'forum', id FROM forums WHERE round_id = $1 AND status NOT IN ('archived', 'withdrawn')
UNION ALL SELECT 'approval', id FROM approvals WHERE noun = 'minutes' AND subject_id = $1 AND status IN ('drafted', 'in_review')`, id)
	return facts, r.Members > 0 && r.Scored >= forum.RoundQuorum(r.Members), err
}

func roundRow(ctx context.Context, q querier, id forum.ID) (forum.Round, error) {
	rows, err := q.Query(ctx, `SELECT `+roundColumns+` FROM rounds r WHERE r.id = $1`, id)
	if err != nil {
		return forum.Round{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanRound)
	return r, found(err)
}

// decideRound carries out a decision on a round, under its row's lock, where its status takes it.
func (s *Store) decideRound(ctx context.Context, decision forum.ID, action forum.Action,
	work func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error) (forum.RoundFacts, error) {
	d, err := s.carryOut(ctx, decision, action, func(tx pgx.Tx, d forum.Decision, by actor) error {
		if _, err := tx.Exec(ctx, `SELECT FROM rounds WHERE id = $1 FOR UPDATE`, d.Subject); err != nil {
			return err
		}
		r, err := roundBy(ctx, tx, d.Subject, "")
		if err != nil {
			return err
		}
		if !slices.Contains(forum.RoundDecisions[action], r.Status) {
			return movedOn(forum.TheRound)
		}
		return work(tx, r, d, by)
	})
	if err != nil {
		return forum.RoundFacts{}, err
	}
	return s.RoundFacts(ctx, d.Subject)
}

// StartScoring lays the officers' shortlist before the committee; every member owes their scores by the deadline.
func (s *Store) StartScoring(ctx context.Context, decision forum.ID) (forum.RoundFacts, error) {
	return s.decideRound(ctx, decision, forum.StartScoring, func(tx pgx.Tx, r forum.Round, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.ShortlistDetails](d)
		if err != nil {
			return err
		}
		if err := isAhead(ctx, tx, details.Deadline, "deadline"); err != nil {
			return err
		}
		if err := shortlist(ctx, tx, r, d, by, details.Suggestions); err != nil {
			return err
		}
		if _, err := roundLife.move(ctx, tx, by, step[forum.RoundStatus]{id: r.ID, to: forum.RoundScoring, action: d.Action, reason: d.Reason,
			set: `, deadline = @deadline`, args: pgx.NamedArgs{"deadline": details.Deadline}}); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheRound, r.ID, forum.StartScoring); err != nil {
			return err
		}
		members, err := waitedFor(ctx, tx, "", forum.Committee, "")
		if err != nil {
			return err
		}
		if len(members) == 0 {
			return forum.Refuse(forum.Conflict, "round.no_committee")
		}
		for _, member := range members {
			if err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: r.ID, Kind: forum.ScoreTopic, Official: member, Due: details.Deadline}); err != nil {
				return err
			}
		}
		return nil
	})
}

// shortlist adds topics to a round's shortlist; those of an earlier scoring without a quorum stay on it.
func shortlist(ctx context.Context, tx pgx.Tx, r forum.Round, d forum.Decision, by actor, topics []forum.ID) error {
	here := map[forum.ID]forum.RoundCandidate{}
	kept := 0
	for _, c := range r.Candidates {
		here[c.Suggestion.ID] = c
		if c.Shortlisted {
			kept++
		}
	}
	if len(topics)+kept == 0 {
		return forum.Refuse(forum.Invalid, "round.shortlist_empty").At("suggestions")
	}
	for _, id := range topics {
		candidate, known := here[id]
		if !known {
			return forum.Refuse(forum.Invalid, "round.not_in_pool").At("suggestions")
		}
		if candidate.Shortlisted {
			continue
		}
		moved, err := suggestionLife.move(ctx, tx, by, step[forum.SuggestionStatus]{id: id, to: forum.SuggestionShortlisted, action: d.Action, reason: d.Reason})
		if err != nil {
			return err
		}
		if !moved {
			return movedOn(forum.TheSuggestion) // another round was faster
		}
		_, err = tx.Exec(ctx, `
INSERT INTO round_suggestions (round_id, suggestion_id, shortlisted) VALUES ($1, $2, true)
ON CONFLICT ON CONSTRAINT one_place_in_a_round DO UPDATE SET shortlisted = true`, r.ID, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// ScoreTopic keeps a committee member's score of one topic, or their conflict of interest; until the deadline it may change.
func (s *Store) ScoreTopic(ctx context.Context, by forum.Official, from string, score forum.RoundScore) error {
	if err := by.May(forum.ScoreTopic, ""); err != nil {
		return err
	}
	if err := score.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var taken bool
		err := tx.QueryRow(ctx, `
SELECT r.status = 'scoring' AND statement_timestamp() < r.deadline FROM rounds r WHERE id = $1 FOR UPDATE`, score.Round).Scan(&taken)
		if err != nil {
			return found(err)
		}
		if !taken {
			return movedOn(forum.TheRound)
		}
		done, err := tx.Exec(ctx, `
INSERT INTO round_scores (round_id, suggestion_id, official_id, score, conflict)
SELECT p.round_id, p.suggestion_id, @by::uuid, @score::int, @conflict::boolean FROM round_suggestions p
WHERE p.round_id = @round AND p.suggestion_id = @suggestion AND p.shortlisted
ON CONFLICT ON CONSTRAINT one_score_each DO UPDATE SET score = excluded.score, conflict = excluded.conflict, scored_at = now()`,
			pgx.NamedArgs{"round": score.Round, "suggestion": score.Suggestion, "by": by.ID, "score": scoreOrNull(score.Score, score.Conflict), "conflict": score.Conflict})
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return found(pgx.ErrNoRows)
		}
		if err := note(ctx, tx, byOfficial(by, from), change{action: forum.ScoreTopic, noun: forum.TheRound, subject: score.Round,
			before: string(forum.RoundScoring), after: string(forum.RoundScoring)}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE owed SET done_at = now() WHERE noun = 'round' AND subject_id = @round AND kind = @kind AND official_id = @by AND done_at IS NULL
AND NOT EXISTS (SELECT FROM round_suggestions p WHERE p.round_id = @round AND p.shortlisted AND NOT EXISTS (
	SELECT FROM round_scores x WHERE x.round_id = p.round_id AND x.suggestion_id = p.suggestion_id AND x.official_id = @by))`,
			pgx.NamedArgs{"round": score.Round, "kind": forum.ScoreTopic, "by": by.ID})
		return err
	})
}

// scoreOrNull keeps the score out of a declared conflict.
func scoreOrNull(score int, conflict bool) any {
	if conflict {
		return nil
	}
	return score
}

// DecideRound ends the scoring once everybody has scored, or at the deadline with a quorum. At the deadline without one the
// round opens again, five working days longer. Before that it is refused as unavailable for now.
func (s *Store) DecideRound(ctx context.Context, id forum.ID) (forum.RoundFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var over bool
		err := tx.QueryRow(ctx, `SELECT statement_timestamp() >= deadline FROM rounds WHERE id = $1 FOR UPDATE`, id).Scan(&over)
		if err != nil {
			return found(err)
		}
		facts, quorum, err := roundFacts(ctx, tx, id)
		if err != nil {
			return err
		}
		switch facts.Status {
		case forum.RoundScoring:
		case forum.RoundOpen:
			return movedOn(forum.TheRound)
		default:
			return nil
		}
		switch {
		case facts.AllScored || over && quorum:
			return s.roundScored(ctx, tx, id)
		case over:
			return s.openAgain(ctx, tx, id)
		}
		if far, err := tooFarAhead(ctx, tx, facts.Deadline); far || err != nil {
			return err
		}
		return forum.Refuse(forum.Unavailable, "round.too_early")
	})
	if err != nil {
		return forum.RoundFacts{}, err
	}
	return s.RoundFacts(ctx, id)
}

func (s *Store) roundScored(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	if _, err := roundLife.move(ctx, tx, bySystem, step[forum.RoundStatus]{id: id, to: forum.RoundDecided, action: roundDecided, set: `, decided_at = now()`}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheRound, id); err != nil {
		return err
	}
	due, err := s.inDays(ctx, tx, forum.OfficerDays)
	if err != nil {
		return err
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: id, Kind: forum.ChooseTopics, Duty: forum.Officer, Due: due})
}

func (s *Store) openAgain(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	deadline, err := s.inDays(ctx, tx, forum.OfficerDays)
	if err != nil {
		return err
	}
	if _, err := roundLife.move(ctx, tx, bySystem, step[forum.RoundStatus]{id: id, to: forum.RoundOpen, action: roundDecided,
		set: `, deadline = @deadline`, args: pgx.NamedArgs{"deadline": deadline}}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheRound, id); err != nil {
		return err
	}
	return s.oweShortlist(ctx, tx, id, deadline)
}
