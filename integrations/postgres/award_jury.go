package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// BeginAwarding puts the candidates by rule before the jury, once the analysis is approved; before that nothing is done.
func (s *Store) BeginAwarding(ctx context.Context, id forum.ID, candidates []forum.Candidate) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Awarding, func(tx pgx.Tx, f forum.Forum) error {
		facts, err := s.forumFacts(ctx, tx, id)
		if err != nil || !facts.Ready {
			return err
		}
		if _, err := forumLife.move(ctx, tx, bySystem, step[forum.ForumStatus]{id: id, to: forum.Awarding, action: nominated, forum: id}); err != nil {
			return err
		}
		for _, c := range candidates {
			award := NewID()
			done, err := tx.Exec(ctx, `
INSERT INTO awards (id, forum_id, opinion_id, by_rule, bound)
SELECT @id::uuid, o.forum_id, o.id, @rank::int, @bound::float8 FROM opinions o WHERE o.id = @opinion AND o.forum_id = @forum AND o.status = 'published'`,
				pgx.NamedArgs{"id": award, "rank": c.Rank, "bound": c.Bound, "opinion": c.Opinion, "forum": id})
			if err != nil {
				return err
			}
			if done.RowsAffected() == 0 {
				continue // hidden since it was ranked
			}
			if err := note(ctx, tx, bySystem, change{action: nominated, noun: forum.TheAward, subject: award, forum: id, after: string(forum.AwardCandidate)}); err != nil {
				return err
			}
		}
		if err := settle(ctx, tx, forum.TheForum, id, forum.SubmitAnalysis); err != nil {
			return err
		}
		if len(candidates) > 0 {
			if err := s.oweScores(ctx, tx, id); err != nil {
				return err
			}
		}
		return s.oweForum(ctx, tx, id, forum.SubmitAwards, f.Department)
	})
}

// oweScores begins the wait for each juror.
func (s *Store) oweScores(ctx context.Context, tx pgx.Tx, id forum.ID) error {
	jurors, err := waitedFor(ctx, tx, "", forum.Juror, "")
	if err != nil {
		return err
	}
	for _, juror := range jurors {
		if err := s.owe(ctx, tx, forum.Owed{Noun: forum.TheForum, Subject: id, Forum: id, Kind: forum.ScoreAward, Official: juror, Days: forum.Terms[forum.ScoreAward].Days}); err != nil {
			return err
		}
	}
	return nil
}

// ScoreAward keeps a juror's blind score of one candidate, or their conflict of interest, until the officer submits the awards.
func (s *Store) ScoreAward(ctx context.Context, by forum.Official, from string, score forum.AwardScore) error {
	if err := by.May(forum.ScoreAward, ""); err != nil {
		return err
	}
	if err := score.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var forumID forum.ID
		var taken bool
		err := tx.QueryRow(ctx, `
SELECT a.forum_id, a.status = 'candidate' AND f.status = 'awarding' FROM awards a JOIN forums f ON f.id = a.forum_id
WHERE a.id = $1 FOR UPDATE OF a`, score.Award).Scan(&forumID, &taken)
		if err != nil {
			return found(err)
		}
		if !taken {
			return movedOn(forum.TheAward)
		}
		_, err = tx.Exec(ctx, `
INSERT INTO award_scores (award_id, official_id, score, conflict, reason) VALUES (@award, @by, @score, @conflict, @reason)
ON CONFLICT ON CONSTRAINT one_juror_score_each
DO UPDATE SET score = excluded.score, conflict = excluded.conflict, reason = excluded.reason, scored_at = now()`,
			pgx.NamedArgs{"award": score.Award, "by": by.ID, "score": scoreOrNull(score.Score, score.Conflict), "conflict": score.Conflict, "reason": score.Reason})
		if err != nil {
			return err
		}
		if err := note(ctx, tx, byOfficial(by, from), change{action: forum.ScoreAward, noun: forum.TheAward, subject: score.Award, forum: forumID,
			before: string(forum.AwardCandidate), after: string(forum.AwardCandidate)}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
UPDATE owed SET done_at = now() WHERE noun = 'forum' AND subject_id = @forum AND kind = @kind AND official_id = @by AND done_at IS NULL
AND NOT EXISTS (SELECT FROM awards a WHERE a.forum_id = @forum AND NOT EXISTS (
	SELECT FROM award_scores x WHERE x.award_id = a.id AND x.official_id = @by))`,
			pgx.NamedArgs{"forum": forumID, "kind": forum.ScoreAward, "by": by.ID})
		return err
	})
}

// SubmitAwards sends the proposal of places into its approval line: the first forum.Prizes win, later ones stand by. Only what
// a juror has scored can have a place, and nobody two.
func (s *Store) SubmitAwards(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.SubmitAwards, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.AwardsDetails](d)
		if err != nil {
			return err
		}
		if err := closeScoring(ctx, tx, f.ID, d, by); err != nil {
			return err
		}
		if err := place(ctx, tx, f.ID, details.Picks); err != nil {
			return err
		}
		text, err := awardsText(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID, forum.ScoreAward); err != nil {
			return err
		}
		return draft(ctx, tx, d, by, document{noun: forum.TheAwards, subject: f.ID, forum: f.ID, title: f.Title, department: f.Department,
			version: 1, content: text}, details.LineDetails)
	})
}

// closeScoring makes every scored candidate one that may have a place. It is refused while an earlier proposal is under way.
func closeScoring(ctx context.Context, tx pgx.Tx, forumID forum.ID, d forum.Decision, by actor) error {
	var under bool
	err := tx.QueryRow(ctx, `
SELECT EXISTS (SELECT FROM approvals WHERE noun = 'awards' AND subject_id = $1 AND status IN ('drafted', 'in_review', 'approved'))`, forumID).Scan(&under)
	if err != nil {
		return err
	}
	if under {
		return forum.Refuse(forum.Conflict, "approval.in_review_already")
	}
	rows, err := tx.Query(ctx, `
SELECT id FROM awards a WHERE forum_id = $1 AND status = 'candidate'
	AND EXISTS (SELECT FROM award_scores x WHERE x.award_id = a.id AND NOT x.conflict) ORDER BY id FOR UPDATE`, forumID)
	if err != nil {
		return err
	}
	scored, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	if err != nil {
		return err
	}
	for _, id := range scored {
		if _, err := awardLife.move(ctx, tx, by, step[forum.AwardStatus]{id: id, to: forum.AwardScored, action: d.Action, forum: forumID}); err != nil {
			return err
		}
	}
	return nil
}

func place(ctx context.Context, tx pgx.Tx, forumID forum.ID, picks []forum.AwardPick) error {
	if err := forum.ValidatePicks(picks); err != nil {
		return err
	}
	var scored, authors int
	ids := make([]string, len(picks))
	for i, p := range picks {
		ids[i] = string(p.Award)
	}
	err := tx.QueryRow(ctx, `
SELECT count(*), count(DISTINCT o.author) FROM awards a JOIN opinions o ON o.id = a.opinion_id
WHERE a.forum_id = $1 AND a.status = 'scored' AND a.id = ANY($2::uuid[])`, forumID, ids).Scan(&scored, &authors)
	switch {
	case err != nil:
		return err
	case scored != len(picks):
		return forum.Refuse(forum.Invalid, "award.not_scored").At("picks")
	case authors != len(picks):
		return forum.Refuse(forum.Invalid, "award.one_per_person").At("picks")
	}
	if len(picks) == 0 {
		var any bool
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM awards WHERE forum_id = $1)`, forumID).Scan(&any)
		if err == nil && any {
			err = forum.Refuse(forum.Invalid, "award.no_picks").At("picks")
		}
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE awards SET place = NULL, reason = '' WHERE forum_id = $1`, forumID); err != nil {
		return err
	}
	for _, p := range picks {
		if _, err := tx.Exec(ctx, `UPDATE awards SET place = $2, reason = $3 WHERE id = $1`, p.Award, p.Rank, p.Reason); err != nil {
			return err
		}
	}
	return nil
}

// placeText is one line of an awards approval's text.
type placeText struct {
	Award   forum.ID `json:"award"`
	Opinion forum.ID `json:"opinion"`
	Rank    int      `json:"rank"`
	Reason  string   `json:"reason"`
}

func awardsText(ctx context.Context, q querier, forumID forum.ID) ([]placeText, error) {
	rows, err := q.Query(ctx, `SELECT id, opinion_id, place, reason FROM awards WHERE forum_id = $1 AND place IS NOT NULL ORDER BY place`, forumID)
	if err != nil {
		return nil, err
	}
	places, err := pgx.CollectRows(rows, pgx.RowToStructByPos[placeText])
	if places == nil {
		places = []placeText{}
	}
	return places, err
}

func awardsApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	places, err := awardsText(ctx, tx, a.Subject)
	if err != nil {
		return err
	}
	for _, p := range places {
		if _, err := awardLife.move(ctx, tx, by, step[forum.AwardStatus]{id: p.Award, to: forum.AwardDecided, action: d.Action, forum: a.Subject, reason: p.Reason}); err != nil {
			return err
		}
	}
	return settle(ctx, tx, forum.TheForum, a.Subject, forum.SubmitAwards, forum.ScoreAward)
}

// scoreOrNull keeps the score out of a declared conflict.
func scoreOrNull(score int, conflict bool) any {
	if conflict {
		return nil
	}
	return score
}
