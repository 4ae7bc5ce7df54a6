package postgres

import (
	"context"
	"crypto/sha256"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// crowdVotes are the votes of a crowd's members that count now, in an order that never changes.
const crowdVotes = `
SELECT v.opinion_id, v.voter, v.choice FROM suspects s JOIN opinions o ON o.forum_id = s.forum_id
JOIN counted_votes v ON v.opinion_id = o.id AND v.voter = s.voter
WHERE s.forum_id = $1 AND s.crowd_id = $2 AND v.choice <> 0 ORDER BY v.opinion_id, v.voter`

type crowdVote struct {
	opinion forum.ID
	voter   []byte
	choice  int16
}

func votesOfCrowd(ctx context.Context, q querier, forumID, crowd forum.ID) ([]crowdVote, error) {
	rows, err := q.Query(ctx, crowdVotes, forumID, crowd)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (crowdVote, error) {
		var v crowdVote
		err := row.Scan(&v.opinion, &v.voter, &v.choice)
		return v, err
	})
}

// digestOf is what two people must have seen alike: which votes are excluded.
func digestOf(votes []crowdVote) string {
	sum := sha256.New()
	for _, v := range votes {
		sum.Write([]byte(v.opinion))
		sum.Write(v.voter)
	}
	return hexOf(sum.Sum(nil))
}

func votersOf(votes []crowdVote) int {
	all := map[string]bool{}
	for _, v := range votes {
		all[string(v.voter)] = true
	}
	return len(all)
}

// PreviewExclusion shows what excluding a crowd's votes would change. Nothing is written.
func (s *Store) PreviewExclusion(ctx context.Context, forumID, crowd forum.ID) (forum.Crowd, forum.Exclusion, error) {
	crowds, err := crowdsOf(ctx, s.pool, forumID, crowd)
	if err != nil {
		return forum.Crowd{}, forum.Exclusion{}, translate(err)
	}
	if len(crowds) == 0 {
		return forum.Crowd{}, forum.Exclusion{}, forum.Refuse(forum.NotFound, "exclusion.crowd_gone")
	}
	votes, err := votesOfCrowd(ctx, s.pool, forumID, crowd)
	if err != nil {
		return crowds[0], forum.Exclusion{}, translate(err)
	}
	e := forum.Exclusion{Forum: forumID, Signals: crowds[0].Signals, Votes: len(votes), Voters: votersOf(votes), Digest: digestOf(votes)}
	e.Changes, err = changesBy(ctx, s.pool, votes)
	return crowds[0], e, translate(err)
}

// changesBy tells, for each opinion that votes are on, its counts now and what of them these votes are.
func changesBy(ctx context.Context, q querier, votes []crowdVote) ([]forum.TallyChange, error) {
	takes := map[forum.ID]*forum.TallyChange{}
	var ids []string
	for _, v := range votes {
		c := takes[v.opinion]
		if c == nil {
			c = &forum.TallyChange{Opinion: v.opinion}
			takes[v.opinion] = c
			ids = append(ids, string(v.opinion))
		}
		switch v.choice {
		case 1:
			c.WithoutFor++
		case -1:
			c.WithoutAgainst++
		}
	}
	rows, err := q.Query(ctx, `
SELECT o.id, shown_number(o.number, o.accepted_at, 6), left(coalesce(nullif(o.title, ''), o.text), 80), o.lang,
	(SELECT count(*) FROM counted_votes v WHERE v.opinion_id = o.id AND v.choice = 1), (SELECT count(*) FROM counted_votes v WHERE v.opinion_id = o.id AND v.choice = -1)
FROM opinions o WHERE o.id = ANY($1::uuid[]) AND o.status = 'published'`, ids)
	if err != nil {
		return nil, err
	}
	var changes []forum.TallyChange
	var c forum.TallyChange
	_, err = pgx.ForEachRow(rows, []any{&c.Opinion, &c.Number, &c.Text, &c.Lang, &c.For, &c.Against}, func() error {
		c.WithoutFor, c.WithoutAgainst = takes[c.Opinion].WithoutFor, takes[c.Opinion].WithoutAgainst
		changes = append(changes, c)
		return nil
	})
	slices.SortFunc(changes, func(a, b forum.TallyChange) int {
		if more := b.WithoutFor + b.WithoutAgainst - a.WithoutFor - a.WithoutAgainst; more != 0 {
			return more
		}
		return compareNumbers(a.Number, b.Number)
	})
	return changes, err
}

func compareNumbers(a, b string) int {
	if a < b {
		return -1
	}
	return 1
}

// AskExclusion asks that exactly the votes that were shown be excluded. They count until another person confirms it.
func (s *Store) AskExclusion(ctx context.Context, by forum.Official, from string, n forum.NewExclusion) (forum.ID, error) {
	if err := by.May(forum.AskExclusion, ""); err != nil {
		return "", err
	}
	if err := forum.NeedReason(n.Reason); err != nil {
		return "", err
	}
	id := NewID()
	err := s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, n.Forum)
		if err != nil {
			return err
		}
		if !f.Status.TakesExclusions() {
			return forum.Refuse(forum.Conflict, "exclusion.too_late")
		}
		votes, err := votesOfCrowd(ctx, tx, n.Forum, n.Crowd)
		if err != nil {
			return err
		}
		switch {
		case len(votes) == 0:
			return forum.Refuse(forum.Conflict, "exclusion.nothing_left")
		case digestOf(votes) != n.Digest:
			return forum.Refuse(forum.Conflict, "exclusion.changed_since")
		}
		if err := keepExclusion(ctx, tx, byOfficial(by, from), id, n, votes); err != nil {
			return err
		}
		return s.oweSecond(ctx, tx, id, n.Forum, forum.ConfirmExclusion)
	})
	return id, err
}

func keepExclusion(ctx context.Context, tx pgx.Tx, by actor, id forum.ID, n forum.NewExclusion, votes []crowdVote) error {
	_, err := tx.Exec(ctx, `
INSERT INTO exclusions (id, forum_id, signals, digest, votes, voters, asked_by)
SELECT @id, @forum, signals, @digest, @votes, @voters, @by FROM suspect_crowds WHERE id = @crowd`,
		pgx.NamedArgs{"id": id, "forum": n.Forum, "digest": n.Digest, "votes": len(votes), "voters": votersOf(votes), "by": by.official, "crowd": n.Crowd})
	if err != nil {
		return err
	}
	opinions, voters := make([]string, len(votes)), make([][]byte, len(votes))
	for i, v := range votes {
		opinions[i], voters[i] = string(v.opinion), v.voter
	}
	_, err = tx.Exec(ctx, `INSERT INTO exclusion_votes (exclusion_id, opinion_id, voter) SELECT $1, * FROM unnest($2::uuid[], $3::bytea[])`, id, opinions, voters)
	if err != nil {
		return err
	}
	if err := note(ctx, tx, by, change{action: forum.AskExclusion, noun: forum.TheExclusion, subject: id, forum: n.Forum,
		after: string(forum.ExclusionAsked), reason: n.Reason}); err != nil {
		return err
	}
	return proveExclusion(ctx, tx, by, id, forum.ExclusionAsked, n.Reason)
}

// proveExclusion keeps a step with its ledger leaf.
func proveExclusion(ctx context.Context, tx pgx.Tx, by actor, id forum.ID, status forum.ExclusionStatus, reason string) error {
	var forumID forum.ID
	var digest string
	var votes int
	if err := tx.QueryRow(ctx, `SELECT forum_id, digest, votes FROM exclusions WHERE id = $1`, id).Scan(&forumID, &digest, &votes); err != nil {
		return err
	}
	step, salt := NewID(), randomBytes(16)
	_, err := tx.Exec(ctx, `
WITH kept AS (
	INSERT INTO exclusion_steps (id, exclusion_id, status, by_official, reason, at, salt)
	VALUES (@step, @id, @status, @by, @reason, statement_timestamp(), @salt)
)
INSERT INTO log_pending (subject_id, kind, version, forum_id, accepted_at, commitment)
VALUES (@step, @kind, @version, @forum, statement_timestamp(), @commitment)`,
		pgx.NamedArgs{"step": step, "id": id, "status": string(status), "by": by.official, "reason": reason, "salt": salt, "kind": string(forum.LeafExclusion),
			"version": forum.LeafVersion, "forum": forumID, "commitment": forum.CommitExclusion(salt, forumID, id, status, votes, digest)})
	return err
}

// DecideExclusion takes one of the steps of an exclusion's life. Who confirms is another person than who asked: the constraints
// one_person_excludes_nothing and one_person_undoes_nothing refuse the same one. A closed forum's figures are made anew at once, an
// open one's by the next tally.
func (s *Store) DecideExclusion(ctx context.Context, by forum.Official, from string, id forum.ID, action forum.Action, reason string) error {
	at := slices.IndexFunc(forum.ExclusionDecisions, func(d forum.ExclusionDecision) bool { return d.Action == action })
	if at < 0 {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	decision := forum.ExclusionDecisions[at]
	if err := by.May(action, ""); err != nil {
		return err
	}
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var forumID forum.ID
		if err := tx.QueryRow(ctx, `SELECT forum_id FROM exclusions WHERE id = $1`, id).Scan(&forumID); err != nil {
			return found(err)
		}
		f, err := s.lockedForum(ctx, tx, forumID)
		if err != nil {
			return err
		}
		var before forum.ExclusionStatus
		if err := tx.QueryRow(ctx, `SELECT status FROM exclusions WHERE id = $1 FOR UPDATE`, id).Scan(&before); err != nil {
			return err
		}
		if before != decision.From {
			return movedOn(forum.TheExclusion)
		}
		if !f.Status.TakesExclusions() && action != forum.DeclineExclusion && action != forum.DeclineUndo {
			return forum.Refuse(forum.Conflict, "exclusion.too_late")
		}
		who := byOfficial(by, from)
		if _, err := exclusionLife.move(ctx, tx, who, step[forum.ExclusionStatus]{id: id, to: decision.To, action: action, forum: forumID, reason: reason,
			set: decidedBy[action], args: pgx.NamedArgs{"by": by.ID}}); err != nil {
			return err
		}
		if err := proveExclusion(ctx, tx, who, id, decision.To, reason); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheExclusion, id); err != nil {
			return err
		}
		if action == forum.AskUndo {
			return s.oweSecond(ctx, tx, id, forumID, forum.ConfirmUndo)
		}
		if decision.From.IsInForce() == decision.To.IsInForce() {
			return nil
		}
		return s.leaveOut(ctx, tx, who, f, id, decision.To.IsInForce())
	})
}

// decidedBy says who took a step, for the constraints that want two people.
var decidedBy = map[forum.Action]string{
	forum.ConfirmExclusion: `, confirmed_by = @by`, forum.AskUndo: `, doubted_by = @by`, forum.ConfirmUndo: `, undone_by = @by`,
}

// leaveOut makes votes count no longer, or again.
func (s *Store) leaveOut(ctx context.Context, tx pgx.Tx, by actor, f forum.Forum, id forum.ID, out bool) error {
	_, err := tx.Exec(ctx, `
UPDATE votes v SET excluded = $2 FROM exclusion_votes x WHERE x.exclusion_id = $1 AND v.opinion_id = x.opinion_id AND v.voter = x.voter`, id, out)
	if err != nil {
		return err
	}
	return s.countAgain(ctx, tx, by, f) // an open forum's shown counts are the next tally's
}

// Exclusion gives one with its steps and what it changes, or has changed.
func (s *Store) Exclusion(ctx context.Context, id forum.ID) (forum.Exclusion, error) {
	all, err := exclusionsOf(ctx, s.pool, "", id)
	if err != nil {
		return forum.Exclusion{}, translate(err)
	}
	if len(all) == 0 {
		return forum.Exclusion{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	e := all[0]
	rows, err := s.pool.Query(ctx, `
SELECT v.opinion_id, v.voter, v.choice FROM exclusion_votes x JOIN votes v ON v.opinion_id = x.opinion_id AND v.voter = x.voter
WHERE x.exclusion_id = $1 ORDER BY v.opinion_id, v.voter`, id)
	if err != nil {
		return e, translate(err)
	}
	votes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (crowdVote, error) {
		var v crowdVote
		err := row.Scan(&v.opinion, &v.voter, &v.choice)
		return v, err
	})
	if err != nil {
		return e, translate(err)
	}
	if e.Changes, err = changesBy(ctx, s.pool, votes); err != nil || !e.Status.IsInForce() {
		return e, translate(err)
	}
	for i := range e.Changes { // they are out of the counts already: the counts before are what was there with them
		e.Changes[i].For += e.Changes[i].WithoutFor
		e.Changes[i].Against += e.Changes[i].WithoutAgainst
	}
	return e, nil
}

// exclusionsOf are a forum's exclusions, or one, the last one first.
func exclusionsOf(ctx context.Context, q querier, forumID, one forum.ID) ([]forum.Exclusion, error) {
	rows, err := q.Query(ctx, `
SELECT id, forum_id, status, signals, votes, voters, digest, CASE status WHEN 'asked' THEN asked_by::text WHEN 'doubted' THEN doubted_by::text ELSE '' END
FROM exclusions WHERE (@forum::text = '' OR forum_id::text = @forum) AND (@one::text = '' OR id::text = @one) ORDER BY id DESC`,
		pgx.NamedArgs{"forum": string(forumID), "one": string(one)})
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Exclusion, error) {
		var e forum.Exclusion
		err := row.Scan(&e.ID, &e.Forum, &e.Status, &e.Signals, &e.Votes, &e.Voters, &e.Digest, &e.AskedBy)
		return e, err
	})
	if err != nil {
		return nil, err
	}
	for i := range all {
		rows, err := q.Query(ctx, `
SELECT s.status, o.name, s.at, s.reason FROM exclusion_steps s JOIN officials o ON o.id = s.by_official WHERE s.exclusion_id = $1 ORDER BY s.at, s.id`, all[i].ID)
		if err != nil {
			return nil, err
		}
		if all[i].Steps, err = pgx.CollectRows(rows, pgx.RowToStructByPos[forum.ExclusionStep]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// excludedVotes is what citizens are told: how many votes don't count, and by which signals they were found.
func excludedVotes(ctx context.Context, q querier, forumID forum.ID) (forum.ExcludedVotes, error) {
	x := forum.ExcludedVotes{}
	err := q.QueryRow(ctx, `
SELECT coalesce(sum(votes), 0), coalesce(sum(voters), 0), coalesce((SELECT array_agg(DISTINCT s ORDER BY s) FROM exclusions e, unnest(e.signals) AS s
	WHERE e.forum_id = $1 AND e.status IN ('in_force', 'doubted')), '{}')
FROM exclusions WHERE forum_id = $1 AND status IN ('in_force', 'doubted')`, forumID).Scan(&x.Votes, &x.Voters, &x.Reasons)
	return x, err
}
