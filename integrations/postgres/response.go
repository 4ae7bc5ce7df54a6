package postgres

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// BeginResponding asks the department for its response, once the awards are decided; before that nothing is done. It is due
// twenty working days after the close.
func (s *Store) BeginResponding(ctx context.Context, id forum.ID) (forum.ForumFacts, error) {
	return s.ownStep(ctx, id, forum.Responding, func(tx pgx.Tx, f forum.Forum) error {
		facts, err := s.forumFacts(ctx, tx, id)
		if err != nil || !facts.Ready {
			return err
		}
		if _, err := forumLife.move(ctx, tx, bySystem, step[forum.ForumStatus]{id: id, to: forum.Responding, action: askedAnswer, forum: id}); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO responses (forum_id) VALUES ($1) ON CONFLICT DO NOTHING`, id); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, id, forum.SubmitAwards, forum.ScoreAward); err != nil {
			return err
		}
		return s.oweResponse(ctx, tx, f)
	})
}

// oweResponse begins the wait for the department's response.
func (s *Store) oweResponse(ctx context.Context, tx pgx.Tx, f forum.Forum) error {
	var closed time.Time
	if err := tx.QueryRow(ctx, `SELECT COALESCE(closed_at, closes_at) FROM forums WHERE id = $1`, f.ID).Scan(&closed); err != nil {
		return err
	}
	return s.owe(ctx, tx, forum.Owed{Noun: forum.TheForum, Subject: f.ID, Forum: f.ID, Kind: forum.SubmitResponse, Duty: forum.Drafter,
		Department: f.Department, Since: closed, Days: forum.Terms[forum.SubmitResponse].Days})
}

// Response gives the newest version of the city's answer, for staff.
func (s *Store) Response(ctx context.Context, forumID forum.ID) (forum.Response, error) {
	r, err := responseOf(ctx, s.pool, forumID)
	return r, translate(err)
}

func responseOf(ctx context.Context, q querier, forumID forum.ID) (forum.Response, error) {
	r := forum.Response{Forum: forumID}
	var paragraphs, terms []byte
	var saved, published *time.Time
	err := q.QueryRow(ctx, `
SELECT COALESCE(r.status, 'draft'), COALESCE(r.version, 0), COALESCE(v.paragraphs, '[]'), COALESCE(v.sha256, ''), v.saved_at, COALESCE(o.name, ''),
	r.published_at, COALESCE(n.terms, '[]'), COALESCE((SELECT document FROM approvals a
		WHERE a.noun IN ('response', 'correction') AND a.subject_id = f.id AND a.status = 'approved' AND a.version <= r.version ORDER BY a.decided_at DESC LIMIT 1), '')
FROM forums f LEFT JOIN responses r ON r.forum_id = f.id
LEFT JOIN response_versions v ON v.forum_id = r.forum_id AND v.version = r.version LEFT JOIN officials o ON o.id = v.saved_by
LEFT JOIN analyses n ON n.forum_id = f.id
WHERE f.id = $1`, forumID).Scan(&r.Status, &r.Version, &paragraphs, &r.SHA256, &saved, &r.SavedBy, &published, &terms, &r.Document)
	if err != nil {
		return r, found(err)
	}
	r.SavedAt, r.PublishedAt = instant(saved), instant(published)
	if err := json.Unmarshal(terms, &r.Frequent); err != nil {
		return r, err
	}
	if err := json.Unmarshal(paragraphs, &r.Paragraphs); err != nil {
		return r, err
	}
	r.Unanswered = forum.Unanswered(r.Paragraphs, r.Frequent)
	r.Corrections, err = correctionsOf(ctx, q, forumID)
	return r, err
}

// SaveResponse keeps a new version of the city's answer, written over version base, from the close until the response is
// published. Whoever saved in between wins, and the later one is told. A submitted or approved text that is edited is a draft
// again and no approval covers it.
func (s *Store) SaveResponse(ctx context.Context, by forum.Official, from string, forumID forum.ID, base int, paragraphs []forum.Paragraph) (forum.Response, error) {
	if err := validateParagraphs(paragraphs); err != nil {
		return forum.Response{}, err
	}
	if paragraphs == nil {
		paragraphs = []forum.Paragraph{}
	}
	raw, err := json.Marshal(paragraphs)
	if err != nil {
		return forum.Response{}, err
	}
	var saved forum.Response
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if err := by.May(forum.EditResponse, f.Department); err != nil {
			return err
		}
		switch f.Status {
		case forum.Closed, forum.Analysing, forum.Awarding, forum.Responding:
		default:
			return movedOn(forum.TheForum)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO responses (forum_id) VALUES ($1) ON CONFLICT DO NOTHING`, forumID); err != nil {
			return err
		}
		old, err := responseOf(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if old.Version != base {
			return forum.Refuse(forum.Conflict, "response.saved_by_another")
		}
		_, err = tx.Exec(ctx, `INSERT INTO response_versions (forum_id, version, paragraphs, sha256, saved_by) VALUES (@forum, @version, @text, @sha, @by)`,
			pgx.NamedArgs{"forum": forumID, "version": base + 1, "text": raw, "sha": sha256Of(raw), "by": by.ID})
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE responses SET version = $2 WHERE forum_id = $1`, forumID, base+1); err != nil {
			return err
		}
		if err := s.responseEdited(ctx, tx, byOfficial(by, from), f, old.Status); err != nil {
			return err
		}
		saved, err = responseOf(ctx, tx, forumID)
		return err
	})
	return saved, err
}

func validateParagraphs(paragraphs []forum.Paragraph) error {
	if len(paragraphs) > forum.ParagraphsMax {
		return forum.Refuse(forum.Invalid, "response.too_many_paragraphs").At("paragraphs").With("most", strconv.Itoa(forum.ParagraphsMax))
	}
	for i, p := range paragraphs {
		if err := p.Validate(); err != nil {
			return atItem(err, i)
		}
	}
	return nil
}

// responseEdited takes the steps that an edit brings about.
func (s *Store) responseEdited(ctx context.Context, tx pgx.Tx, by actor, f forum.Forum, was forum.ResponseStatus) error {
	if was == forum.ResponseDraft {
		return note(ctx, tx, by, change{action: forum.EditResponse, noun: forum.TheResponse, subject: f.ID, forum: f.ID, before: string(was), after: string(was)})
	}
	if err := voidApprovals(ctx, tx, by, f.ID, forum.TheResponse); err != nil {
		return err
	}
	if _, err := responseLife.move(ctx, tx, by, step[forum.ResponseStatus]{id: f.ID, to: forum.ResponseDraft, action: forum.EditResponse, forum: f.ID}); err != nil {
		return err
	}
	if err := settle(ctx, tx, forum.TheForum, f.ID, forum.PublishResponse); err != nil {
		return err
	}
	if was == forum.ResponseReturned {
		return nil // the drafter owes it since it came back
	}
	return s.oweResponse(ctx, tx, f)
}

func responseStep(ctx context.Context, tx pgx.Tx, by actor, d forum.Decision, forumID forum.ID, to forum.ResponseStatus) error {
	_, err := responseLife.move(ctx, tx, by, step[forum.ResponseStatus]{id: forumID, to: to, action: d.Action, forum: forumID, reason: d.Reason})
	return err
}

// SubmitResponse sends the response into its approval line. Each paragraph must be whole, and no frequent term may be left
// without an answer: a paragraph without terms answers what no other does.
func (s *Store) SubmitResponse(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.SubmitResponse, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.LineDetails](d)
		if err != nil {
			return err
		}
		response, err := responseOf(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if len(response.Paragraphs) == 0 {
			return forum.Refuse(forum.Invalid, "response.empty")
		}
		if err := validateParagraphs(response.Paragraphs); err != nil {
			return err
		}
		if len(response.Unanswered) > 0 {
			return forum.Refuse(forum.Invalid, "response.unanswered").With("terms", strings.Join(response.Unanswered, ", "))
		}
		moved, err := responseLife.move(ctx, tx, by, step[forum.ResponseStatus]{id: f.ID, to: forum.ResponseSubmitted, action: d.Action, forum: f.ID, reason: d.Reason})
		if err != nil {
			return err
		}
		if !moved {
			return forum.Refuse(forum.Conflict, "approval.in_review_already")
		}
		return draft(ctx, tx, d, by, document{noun: forum.TheResponse, subject: f.ID, forum: f.ID, title: f.Title, department: f.Department,
			version: response.Version, content: response.Paragraphs}, details)
	})
}

func (s *Store) responseApproved(ctx context.Context, tx pgx.Tx, a forum.Approval, d forum.Decision, by actor) error {
	if err := responseStep(ctx, tx, by, d, a.Subject, forum.ResponseApproved); err != nil {
		return err
	}
	return s.oweForum(ctx, tx, a.Subject, forum.PublishResponse, a.Department)
}

// PublishResponse puts exactly the approved text on the topic's page, links each public opinion to the paragraph that answers
// it, and tells every author and subscriber once.
func (s *Store) PublishResponse(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.PublishResponse, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		approval, err := wholeApproval(ctx, tx, `WHERE a.noun = 'response' AND a.subject_id = $1 ORDER BY a.drafted_at DESC, a.id DESC LIMIT 1`, f.ID)
		if forum.CodeOf(err) == forum.NotFound || err == nil && approval.Status != forum.Approved {
			return forum.Refuse(forum.Conflict, "response.not_approved")
		}
		if err != nil {
			return err
		}
		if !approval.Holds() {
			return textChanged
		}
		if _, err := responseLife.move(ctx, tx, by, step[forum.ResponseStatus]{id: f.ID, to: forum.ResponsePublished, action: d.Action, forum: f.ID,
			reason: d.Reason, set: `, published_at = now()`}); err != nil {
			return err
		}
		if _, err := forumLife.move(ctx, tx, by, step[forum.ForumStatus]{id: f.ID, to: forum.Published, action: d.Action, forum: f.ID, reason: d.Reason}); err != nil {
			return err
		}
		var paragraphs []forum.Paragraph
		if err := json.Unmarshal([]byte(approval.Text), &paragraphs); err != nil {
			return err
		}
		if err := linkAnswers(ctx, tx, f.ID, paragraphs); err != nil {
			return err
		}
		if err := settle(ctx, tx, forum.TheForum, f.ID, forum.PublishResponse, forum.SubmitResponse); err != nil {
			return err
		}
		if err := s.oweForum(ctx, tx, f.ID, forum.PlanFollowUp, f.Department); err != nil {
			return err
		}
		return s.enqueueFollowers(ctx, tx, forum.MailResponsePublished, "response_published:"+string(f.ID), f.ID, nil)
	})
}

// linkAnswers writes beside each public opinion which paragraph answers it, and anew beside those that were answered and are
// hidden since.
func linkAnswers(ctx context.Context, tx pgx.Tx, forumID forum.ID, paragraphs []forum.Paragraph) error {
	answers := forum.NewAnswers(paragraphs)
	rows, err := tx.Query(ctx, `SELECT id, title || ' ' || text FROM opinions WHERE forum_id = $1 AND (status = 'published' OR answered_by IS NOT NULL)`, forumID)
	if err != nil {
		return err
	}
	var ids []string
	var places []int32
	var id, text string
	_, err = pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		ids, places = append(ids, id), append(places, int32(answers.To(text)))
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
UPDATE opinions o SET answered_by = a.place FROM unnest(@ids::uuid[], @places::int[]) AS a (id, place) WHERE o.id = a.id`,
		pgx.NamedArgs{"ids": ids, "places": places})
	return err
}
