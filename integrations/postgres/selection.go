package postgres

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// today is the civil day in Seoul.
const today = `(now() AT TIME ZONE '` + forum.City + `')::date`

// members are the committee of a round r: until the scoring begins, whoever sits on its track's committee now; while it goes
// on, those it began with who are still there; then, those who were.
const members = `SELECT o.id, o.name FROM officials o WHERE CASE r.status
	WHEN 'open' THEN o.left_at IS NULL AND 'committee' = ANY(o.duties) AND ` + sits + `
	ELSE EXISTS (SELECT FROM round_members m WHERE m.round_id = r.id AND m.official_id = o.id)
		AND (r.status <> 'scoring' OR o.left_at IS NULL AND 'committee' = ANY(o.duties)) END`

// sits says of an official o whether they have a seat on r's track today, or nobody has.
const sits = `(EXISTS (SELECT FROM committee_seats s WHERE s.official_id = o.id AND ` + seatNow + `) OR NOT EXISTS (SELECT FROM committee_seats s WHERE ` + seatNow + `))`

const seatNow = `s.track = r.track AND ` + today + ` BETWEEN s.from_day AND COALESCE(s.until_day, 'infinity')`

const roundColumns = `r.id, r.track, r.month, r.status, r.opened_at, r.deadline, r.decided_at, r.recorded_at, r.tries, (SELECT count(*) FROM (` + members + `) m),
	(SELECT count(DISTINCT x.official_id) FROM round_scores x
		WHERE x.round_id = r.id AND NOT x.conflict AND x.official_id IN (SELECT id FROM (` + members + `) m)),
	COALESCE((SELECT a.id::text FROM approvals a WHERE a.noun = 'minutes' AND a.subject_id = r.id ORDER BY a.drafted_at DESC, a.id DESC LIMIT 1), ''),
	COALESCE((SELECT o.name FROM approvals a JOIN officials o ON o.id = a.drafter
		WHERE a.noun = 'minutes' AND a.subject_id = r.id ORDER BY a.drafted_at DESC, a.id DESC LIMIT 1), '')`

func scanRound(row pgx.CollectableRow) (forum.Round, error) {
	var r forum.Round
	var decided, recorded *time.Time
	err := row.Scan(&r.ID, &r.Track, &r.Month, &r.Status, &r.OpenedAt, &r.Deadline, &decided, &recorded, &r.Tries, &r.Members, &r.Scored,
		&r.Approval, &r.MinutesBy)
	r.DecidedAt, r.RecordedAt = instant(decided), instant(recorded)
	return r, err
}

// Rounds lists every round, the newest month first, without its candidates.
func (s *Store) Rounds(ctx context.Context) ([]forum.Round, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+roundColumns+` FROM rounds r ORDER BY r.month DESC, r.track LIMIT 200`)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, scanRound)
	if err != nil {
		return nil, translate(err)
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = string(r.ID)
	}
	late, err := s.lateness(ctx, forum.TheRound, ids)
	for i := range all {
		all[i].Late = late[all[i].ID]
	}
	return all, err
}

// Round gives one with its candidates, best first: while it is open the pool of accepted suggestions on its track, afterwards
// the shortlist. Until it is decided nobody sees any sheet but their own.
func (s *Store) Round(ctx context.Context, id, reader forum.ID) (forum.Round, error) {
	r, err := roundBy(ctx, s.pool, id, reader)
	if err != nil {
		return r, translate(err)
	}
	r.ScoreBy = r.Deadline
	soon, err := s.dueIn(ctx, s.pool, forum.OfficerDays)
	if r.ScoreBy.Before(soon) {
		r.ScoreBy = soon
	}
	return r, translate(err)
}

func roundBy(ctx context.Context, q querier, id, reader forum.ID) (forum.Round, error) {
	r, err := roundRow(ctx, q, id)
	if err != nil {
		return r, err
	}
	if err := readCommittee(ctx, q, &r); err != nil {
		return r, err
	}
	if err := readCandidates(ctx, q, &r); err != nil {
		return r, err
	}
	if err := readSheets(ctx, q, &r, reader); err != nil {
		return r, err
	}
	if r.Status == forum.RoundOpen || r.Status == forum.RoundScoring {
		if err := suitCandidates(ctx, q, r.Candidates); err != nil {
			return r, err
		}
	}
	if r.Status == forum.RoundOpen {
		at, err := now(ctx, q)
		forum.RankPool(r.Candidates, at)
		return r, err
	}
	forum.RankRound(r.Criteria, r.Candidates)
	return r, nil
}

// readCommittee fills in who is on a round's committee, and its sheet: the city's own until the scoring begins.
func readCommittee(ctx context.Context, q querier, r *forum.Round) error {
	rows, err := q.Query(ctx, `
SELECT m.id, COALESCE(n.name, m.name), EXISTS (SELECT FROM round_scores x WHERE x.round_id = r.id AND x.official_id = m.id AND NOT x.conflict)
FROM rounds r CROSS JOIN LATERAL (`+members+`) m LEFT JOIN round_members n ON n.round_id = r.id AND n.official_id = m.id
WHERE r.id = $1 ORDER BY 2, 1`, r.ID)
	if err != nil {
		return err
	}
	if r.Seated, err = pgx.CollectRows(rows, pgx.RowToStructByPos[forum.RoundMember]); err != nil {
		return err
	}
	rows, err = q.Query(ctx, `
SELECT code, name, name_en, weight FROM (
	SELECT code, name, name_en, weight, ord FROM round_criteria WHERE round_id = @id AND weight > 0
	UNION ALL
	SELECT code, name, name_en, weight, ord FROM criteria WHERE weight > 0 AND NOT EXISTS (SELECT FROM round_criteria WHERE round_id = @id)
) c ORDER BY ord, code`, pgx.NamedArgs{"id": r.ID})
	if err != nil {
		return err
	}
	r.Criteria, err = pgx.CollectRows(rows, pgx.RowToStructByPos[forum.Criterion])
	return err
}

// readCandidates fills in what a round chooses from: how long each has waited, and why it wasn't chosen before.
func readCandidates(ctx context.Context, q querier, r *forum.Round) error {
	rows, err := q.Query(ctx, `
SELECT `+suggestionColumns+`, COALESCE(p.shortlisted, false), COALESCE(p.chosen, false), COALESCE(p.reason, ''), COALESCE(p.supports, c.supports, 0),
	(SELECT count(*) FROM rounds w WHERE w.track = r.track AND w.opened_at < r.opened_at AND w.decided_at > g.submitted_at),
	COALESCE(was.reason, ''), COALESCE(was.month, '')
FROM rounds r JOIN suggestions g ON g.track = r.track
LEFT JOIN round_suggestions p ON p.round_id = r.id AND p.suggestion_id = g.id
LEFT JOIN support_counts c ON c.suggestion_id = g.id
LEFT JOIN LATERAL (SELECT b.reason, w.month FROM round_suggestions b JOIN rounds w ON w.id = b.round_id
	WHERE b.suggestion_id = g.id AND w.opened_at < r.opened_at AND NOT b.chosen AND b.reason <> '' ORDER BY w.opened_at DESC LIMIT 1) was ON true
WHERE r.id = $1 AND (p.shortlisted OR r.status = 'open' AND g.status = 'accepted')`, r.ID)
	if err != nil {
		return err
	}
	r.Candidates, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.RoundCandidate, error) {
		var c forum.RoundCandidate
		var err error
		c.Suggestion, err = scanSuggestion(row, &c.Shortlisted, &c.Chosen, &c.Reason, &c.Supports, &c.Months, &c.Refused, &c.RefusedIn)
		return c, err
	})
	return err
}

// OpenRound opens a month's choice of topics on one track by an officer's hand.
func (s *Store) OpenRound(ctx context.Context, by forum.Official, from string, track forum.Track, month string) (id forum.ID, err error) {
	if err := by.May(forum.OpenRound, ""); err != nil {
		return "", err
	}
	if track != forum.General && track != forum.Youth {
		return "", forum.Refuse(forum.Invalid, "track.unknown").At("track")
	}
	if _, err := time.Parse("2006-01", month); err != nil {
		return "", forum.Refuse(forum.Invalid, "round.month_malformed").At("month")
	}
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		id, err = s.openRound(ctx, tx, byOfficial(by, from), track, month)
		return err
	})
	return id, err
}

// openRound opens a round until the end of its working days; the officers owe its shortlist. A second one of a month is
// refused.
func (s *Store) openRound(ctx context.Context, tx pgx.Tx, by actor, track forum.Track, month string) (forum.ID, error) {
	if _, err := tx.Exec(ctx, `LOCK TABLE rounds, owed IN ROW EXCLUSIVE MODE`); err != nil { // as stopClocks has them
		return "", err
	}
	deadline, err := s.dueIn(ctx, tx, forum.RoundDays)
	if err != nil {
		return "", err
	}
	id := NewID()
	if _, err := tx.Exec(ctx, `
INSERT INTO rounds (id, track, month, deadline, days, promised_at) VALUES ($1, $2, $3, $4, $5, now())`, id, track, month, deadline, forum.RoundDays); err != nil {
		return "", err
	}
	if err := note(ctx, tx, by, change{action: forum.OpenRound, noun: forum.TheRound, subject: id, after: string(forum.RoundOpen)}); err != nil {
		return "", err
	}
	return id, s.oweShortlist(ctx, tx, id, deadline)
}

// OpenDueRounds opens the rounds of this month that are missing although its first working day has come: one a track, where
// there is anything to choose from. It gives those that it opened.
func (s *Store) OpenDueRounds(ctx context.Context) ([]forum.ID, error) {
	var opened []forum.ID
	for _, track := range []forum.Track{forum.General, forum.Youth} {
		var id forum.ID
		err := s.inTx(ctx, func(tx pgx.Tx) error {
			id = ""
			at, err := now(ctx, tx)
			if err != nil {
				return err
			}
			days, err := s.calendar(ctx, tx)
			if err != nil {
				return err
			}
			month, due := forum.RoundDue(days, at)
			if !due {
				return nil
			}
			var wanted bool
			err = tx.QueryRow(ctx, `
SELECT EXISTS (SELECT FROM suggestions WHERE track = @track AND status = 'accepted') AND NOT EXISTS (SELECT FROM rounds WHERE track = @track AND month = @month)`,
				pgx.NamedArgs{"track": track, "month": month}).Scan(&wanted)
			if err == nil && wanted {
				id, err = s.openRound(ctx, tx, bySystem, track, month)
			}
			return err
		})
		if refusal := forum.RefusalIn(err); refusal != nil && refusal.Key == roundExists.Key {
			continue // an officer was faster
		}
		if err != nil {
			return opened, err
		}
		if id != "" {
			opened = append(opened, id)
		}
	}
	return opened, nil
}

func isAhead(ctx context.Context, q querier, at time.Time, field string) error {
	here, err := now(ctx, q)
	if err == nil && !at.After(here) {
		return forum.Refuse(forum.Invalid, "deadline.in_the_past").At(field)
	}
	return err
}

func (s *Store) oweShortlist(ctx context.Context, tx pgx.Tx, id forum.ID, deadline time.Time) error {
	due, err := s.dueIn(ctx, tx, forum.OfficerDays)
	if err != nil {
		return err
	}
	owed := forum.Owed{Noun: forum.TheRound, Subject: id, Kind: forum.StartScoring, Duty: forum.Officer, Days: forum.OfficerDays}
	if deadline.Before(due) {
		owed.Days, owed.Due = 0, deadline
	}
	return s.owe(ctx, tx, owed)
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
	if err := q.QueryRow(ctx, `SELECT `+allScored+` FROM rounds r WHERE r.id = $1`, id).Scan(&facts.AllScored); err != nil {
		return facts, false, err
	}
	if facts.Due, err = nextDue(ctx, q, forum.TheRound, id); err != nil {
		return facts, false, err
	}
	facts.Starts, err = starts(ctx, q, `
SELECT 'forum', id FROM forums WHERE round_id = $1 AND status NOT IN ('archived', 'withdrawn')
UNION ALL SELECT 'approval', id FROM approvals WHERE noun = 'minutes' AND subject_id = $1 AND status IN ('drafted', 'in_review')`, id)
	return facts, r.HasQuorum(), err
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
		if err := seatRound(ctx, tx, r); err != nil {
			return err
		}
		if _, err := roundLife.move(ctx, tx, by, step[forum.RoundStatus]{id: r.ID, to: forum.RoundScoring, action: d.Action, reason: d.Reason,
			set: `, deadline = @deadline, days = 0`, args: pgx.NamedArgs{"deadline": details.Deadline}}); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheRound, r.ID, forum.StartScoring); err != nil {
			return err
		}
		if len(r.Seated) == 0 {
			return forum.Refuse(forum.Conflict, "round.no_committee")
		}
		for _, member := range r.Seated {
			if err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: r.ID, Kind: forum.ScoreTopic, Official: member.Official, Due: details.Deadline}); err != nil {
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

// seatRound keeps who judges a round and by what. A scoring that begins again has the committee of now and the first one's
// sheet.
func seatRound(ctx context.Context, tx pgx.Tx, r forum.Round) error {
	if _, err := tx.Exec(ctx, `DELETE FROM round_members WHERE round_id = $1`, r.ID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO round_members (round_id, official_id, name) SELECT r.id, m.id, m.name FROM rounds r CROSS JOIN LATERAL (`+members+`) m
WHERE r.id = $1`, r.ID)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
INSERT INTO round_criteria (round_id, code, ord, name, name_en, weight) SELECT $1, code, ord, name, name_en, weight FROM criteria
WHERE weight > 0 AND NOT EXISTS (SELECT FROM round_criteria WHERE round_id = $1)`, r.ID)
	return err
}

// DecideRound ends the scoring once everybody has scored, or at the deadline with a quorum. At the deadline without one the
// round opens again, five working days longer; the last time it is decided as it is. Before that it is refused as unavailable
// for now.
func (s *Store) DecideRound(ctx context.Context, id forum.ID) (forum.RoundFacts, error) {
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		var over bool
		var tries int
		err := tx.QueryRow(ctx, `SELECT statement_timestamp() >= deadline, tries FROM rounds WHERE id = $1 FOR UPDATE`, id).Scan(&over, &tries)
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
		case facts.AllScored || over && (quorum || tries+1 >= forum.ScoringsMost):
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
	if err := freezeRound(ctx, tx, id); err != nil {
		return err
	}
	if _, err := roundLife.move(ctx, tx, bySystem, step[forum.RoundStatus]{id: id, to: forum.RoundDecided, action: roundDecided, set: `, decided_at = now()`}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheRound, id); err != nil {
		return err
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheRound, Subject: id, Kind: forum.ChooseTopics, Duty: forum.Officer, Days: forum.OfficerDays})
}

// freezeRound keeps what the ranks rest on: who was still on the committee, and the supports of this instant.
func freezeRound(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM round_members d USING rounds r WHERE d.round_id = r.id AND r.id = $1 AND d.official_id NOT IN (SELECT id FROM (`+members+`) m)`, id)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
UPDATE round_suggestions p SET supports = COALESCE((SELECT supports FROM support_counts c WHERE c.suggestion_id = p.suggestion_id), 0)
WHERE p.round_id = $1`, id)
	return err
}

func (s *Store) openAgain(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	if err := holdCalendar(ctx, tx); err != nil {
		return err
	}
	deadline, err := s.dueIn(ctx, tx, forum.OfficerDays)
	if err != nil {
		return err
	}
	if _, err := roundLife.move(ctx, tx, bySystem, step[forum.RoundStatus]{id: id, to: forum.RoundOpen, action: roundDecided,
		set:  `, deadline = @deadline, tries = tries + 1, days = @days, promised_at = now()`,
		args: pgx.NamedArgs{"deadline": deadline, "days": forum.OfficerDays}}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheRound, id); err != nil {
		return err
	}
	return s.oweShortlist(ctx, tx, id, deadline)
}
