package postgres

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// bestKept is how many of the best opinions an analysis keeps by name.
const bestKept = 50

// StartAnalysis hands the opinions to the analysts although some are still held; those stay uncounted until a moderator
// answers.
func (s *Store) StartAnalysis(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.StartAnalysis, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		return s.analyse(ctx, tx, by, d.Action, f, d.Reason)
	})
}

// BeginAnalysis hands the opinions to the analysts once none is held any more; while some are, nothing is done.
func (s *Store) BeginAnalysis(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Analysing, func(tx pgx.Tx, f forum.Forum) error {
		facts, err := s.forumFacts(ctx, tx, id)
		if err != nil || !facts.Ready {
			return err
		}
		return s.analyse(ctx, tx, bySystem, forum.StartAnalysis, f, "")
	})
}

func (s *Store) analyse(ctx context.Context, tx pgx.Tx, by actor, action forum.Action, f forum.Forum, reason string) error {
	if _, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Analysing, action: action, forum: f.ID, reason: reason}); err != nil {
		return err
	}
	return s.oweForum(ctx, tx, f.ID, forum.SubmitAnalysis, f.Department)
}

// AnalysisInput reads a forum's published opinions with their votes and their authors' keys, oldest first.
func (s *Store) AnalysisInput(ctx context.Context, forumID forum.ID) ([]forum.AnalysedOpinion, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+opinionColumns+`, o.author,
	EXISTS (SELECT FROM contacts c JOIN officials x ON lower(x.email) = c.email WHERE c.id = o.contact_id)`+fromOpinions+`
WHERE o.forum_id = @forum AND o.status = 'published' ORDER BY o.accepted_at, o.id`, pgx.NamedArgs{"forum": forumID})
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.AnalysedOpinion, error) {
		var author []byte
		var staff bool
		o, err := s.opinionFrom(row, &author, &staff)
		return forum.AnalysedOpinion{Opinion: o, Author: hex.EncodeToString(author), Staff: staff}, err
	})
	return all, translate(err)
}

// rankedRow is how a place of the ranking is kept: without the opinion's words, which may be hidden later.
type rankedRow struct {
	Opinion forum.ID `json:"opinion"`
	Rank    int      `json:"rank"`
	Bound   float64  `json:"bound"`
}

// SaveAnalysis keeps terms, re-posts and ranking as they were made of the frozen opinions. Made again, they replace the
// earlier ones, as long as the forum is being analysed and nothing was submitted yet.
func (s *Store) SaveAnalysis(ctx context.Context, forumID forum.ID, made forum.Analysis) error {
	best := []rankedRow{}
	for _, r := range made.Best[:min(len(made.Best), bestKept)] {
		best = append(best, rankedRow{Opinion: r.ID, Rank: r.Rank, Bound: r.Bound})
	}
	if made.Terms == nil {
		made.Terms = []forum.TermFigures{}
	}
	if made.Reposts == nil {
		made.Reposts = [][]forum.ID{}
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		if err := lockForum(ctx, tx, forumID); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `
UPDATE analyses a SET terms = @terms, reposts = @reposts, best = @best, made_at = now()
WHERE a.forum_id = @forum AND a.approval_id IS NULL
	AND EXISTS (SELECT FROM forums f WHERE f.id = a.forum_id AND f.status = 'analysing')
	AND NOT EXISTS (SELECT FROM approvals p WHERE p.noun = 'analysis' AND p.subject_id = a.forum_id AND p.status IN ('drafted', 'in_review'))`,
			pgx.NamedArgs{"forum": forumID, "terms": made.Terms, "reposts": made.Reposts, "best": best})
		return err
	})
}

// analysisContent is what an analysis's approval is of.
type analysisContent struct {
	Figures forum.Figures       `json:"figures"`
	Terms   []forum.TermFigures `json:"terms"`
	Reposts [][]forum.ID        `json:"reposts"`
	Best    []rankedRow         `json:"best"`
	Summary string              `json:"summary"`
}

func analysisText(ctx context.Context, q querier, forumID forum.ID) (analysisContent, error) {
	content, _, err := analysisRow(ctx, q, forumID)
	return content, err
}

func analysisRow(ctx context.Context, q querier, forumID forum.ID) (content analysisContent, madeAt time.Time, err error) {
	var figures, terms, reposts, best []byte
	var made *time.Time
	err = q.QueryRow(ctx, `SELECT figures, terms, reposts, best, summary, made_at FROM analyses WHERE forum_id = $1`, forumID).
		Scan(&figures, &terms, &reposts, &best, &content.Summary, &made)
	if err != nil {
		return content, madeAt, found(err)
	}
	err = errors.Join(json.Unmarshal(figures, &content.Figures), json.Unmarshal(terms, &content.Terms),
		json.Unmarshal(reposts, &content.Reposts), json.Unmarshal(best, &content.Best))
	return content, instant(made), err
}

// Analysis gives what is known of a closed forum's opinions; NotFound before the close. Opinions that have been hidden since
// are left out.
func (s *Store) Analysis(ctx context.Context, forumID forum.ID) (forum.Analysis, error) {
	a, err := s.analysisOf(ctx, s.pool, forumID)
	return a, translate(err)
}

func (s *Store) analysisOf(ctx context.Context, q querier, forumID forum.ID) (forum.Analysis, error) {
	content, made, err := analysisRow(ctx, q, forumID)
	if err != nil {
		return forum.Analysis{}, err
	}
	a := forum.Analysis{Forum: forumID, Figures: content.Figures, Terms: content.Terms, Reposts: content.Reposts, Summary: content.Summary, MadeAt: made}
	ids := make([]string, len(content.Best))
	for i, r := range content.Best {
		ids[i] = string(r.Opinion)
	}
	rows, err := q.Query(ctx, `SELECT `+opinionColumns+fromOpinions+`WHERE o.id = ANY(@ids::uuid[]) AND o.status = 'published'`,
		pgx.NamedArgs{"ids": ids})
	if err != nil {
		return a, err
	}
	opinions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Opinion, error) { return s.opinionFrom(row) })
	if err != nil {
		return a, err
	}
	byID := map[forum.ID]forum.Opinion{}
	for _, o := range opinions {
		byID[o.ID] = o
	}
	for _, r := range content.Best {
		if o, public := byID[r.Opinion]; public {
			a.Best = append(a.Best, forum.RankedOpinion{Opinion: o, Rank: r.Rank, Bound: r.Bound})
		}
	}
	err = q.QueryRow(ctx, `SELECT id FROM approvals WHERE noun = 'analysis' AND subject_id = $1 ORDER BY drafted_at DESC, id DESC LIMIT 1`, forumID).Scan(&a.Approval)
	return a, ignoreNoRows(err)
}

// SaveSummary keeps the analyst's own words. An analysis that was submitted is void by it; an approved one can't be changed.
func (s *Store) SaveSummary(ctx context.Context, by forum.Official, from string, forumID forum.ID, text string) error {
	if err := forum.ValidateSummary(text); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if err := by.May(forum.SubmitAnalysis, f.Department); err != nil {
			return err
		}
		if f.Status != forum.Analysing {
			return movedOn(forum.TheForum)
		}
		done, err := tx.Exec(ctx, `UPDATE analyses SET summary = $2 WHERE forum_id = $1 AND approval_id IS NULL`, forumID, text)
		if err != nil {
			return err
		}
		if done.RowsAffected() == 0 {
			return forum.Refuse(forum.Conflict, "analysis.approved")
		}
		return s.analysisEdited(ctx, tx, byOfficial(by, from), f)
	})
}

// analysisEdited notes a change of the analysis and voids what was submitted of the earlier text.
func (s *Store) analysisEdited(ctx context.Context, tx pgx.Tx, by actor, f forum.Forum) error {
	if err := voidApprovals(ctx, tx, by, f.ID, forum.TheAnalysis); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE analyses SET approval_id = NULL WHERE forum_id = $1`, f.ID); err != nil {
		return err
	}
	if err := note(ctx, tx, by, change{action: forum.SubmitAnalysis, noun: forum.TheAnalysis, subject: f.ID, forum: f.ID}); err != nil {
		return err
	}
	return s.oweForum(ctx, tx, f.ID, forum.SubmitAnalysis, f.Department) // goes on if it is open
}

// SubmitAnalysis sends figures, terms, ranking and summary into their approval line.
func (s *Store) SubmitAnalysis(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.SubmitAnalysis, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.LineDetails](d)
		if err != nil {
			return err
		}
		content, made, err := analysisRow(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if made.IsZero() {
			return forum.Refuse(forum.Conflict, "analysis.not_made")
		}
		var approved bool
		if err := tx.QueryRow(ctx, `SELECT approval_id IS NOT NULL FROM analyses WHERE forum_id = $1`, f.ID).Scan(&approved); err != nil {
			return err
		}
		if approved {
			return forum.Refuse(forum.Conflict, "analysis.approved")
		}
		return draft(ctx, tx, d, by, document{noun: forum.TheAnalysis, subject: f.ID, forum: f.ID, title: f.Title, department: f.Department,
			version: 1, content: content}, details)
	})
}
