package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// ReportOpinion keeps a citizen's report of a published opinion, which stays public and enters the moderators' queue. One person
// reports an opinion once: the same report again is the same one, another is refused as made already. Who reports is kept as a key
// of the forum's only, the account's where somebody is signed in, else the browser's.
func (s *Store) ReportOpinion(ctx context.Context, r forum.NewReport) error {
	if err := r.Validate(); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var forumID forum.ID
		var keyID string
		var status forum.ForumStatus
		// Whoever hides the opinion this very moment answers this report too, or it is refused: hence the row's lock.
		err := tx.QueryRow(ctx, `
SELECT o.forum_id, f.voter_key, f.status FROM opinions o JOIN forums f ON f.id = o.forum_id WHERE o.id = $1 AND o.status = 'published' FOR SHARE OF o`,
			r.Opinion).Scan(&forumID, &keyID, &status)
		if err != nil {
			return found(err)
		}
		if !status.IsPublic() {
			return forum.Refuse(forum.NotFound, "page.not_found")
		}
		own, err := s.reporterKeys(forumID, keyID, r)
		if err != nil {
			return err
		}
		var code forum.ReasonCode
		var words string
		err = tx.QueryRow(ctx, `SELECT code, words FROM opinion_reports WHERE opinion_id = $1 AND reporter = ANY($2)`, r.Opinion, own).Scan(&code, &words)
		switch {
		case err == nil && code == r.Code && words == r.Words:
			return nil
		case err == nil:
			return forum.Refuse(forum.Conflict, "report.made_already")
		case !errors.Is(err, pgx.ErrNoRows):
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO opinion_reports (opinion_id, reporter, code, words) VALUES ($1, $2, $3, $4)`, r.Opinion, own[0], string(r.Code), r.Words)
		return err
	})
}

// reporterKeys are the keys under which somebody may have reported: whoever signs in afterwards is no second person.
func (s *Store) reporterKeys(forumID forum.ID, keyID string, r forum.NewReport) ([][]byte, error) {
	var own [][]byte
	for _, who := range []struct {
		known  bool
		person []byte
	}{{r.Citizen != "", person(r.Citizen, nil)}, {len(r.Device) > 0, person("", r.Device)}} {
		if !who.known {
			continue
		}
		key, err := s.personKey(keyID, "report:"+string(forumID), who.person)
		if err != nil {
			return nil, err
		}
		own = append(own, key)
	}
	if own == nil {
		return nil, forum.Refuse(forum.Unauthorised, "report.no_browser")
	}
	return own, nil
}

// AppealOpinion keeps an author's appeal against the hiding of their opinion, who proves it by the receipt. There is one to each
// hiding: the same words again are the same appeal.
func (s *Store) AppealOpinion(ctx context.Context, receipt forum.Receipt, text string) error {
	if err := forum.ValidateAppeal(text); err != nil {
		return err
	}
	return s.inTx(ctx, func(tx pgx.Tx) error {
		var id, forumID forum.ID
		var status forum.OpinionStatus
		err := tx.QueryRow(ctx, `SELECT id, forum_id, status FROM opinions WHERE receipt = $1 FOR NO KEY UPDATE`, string(receipt)).Scan(&id, &forumID, &status)
		if err != nil {
			return receiptFound(err)
		}
		if status != forum.OpinionHidden {
			return forum.Refuse(forum.Conflict, "appeal.not_hidden")
		}
		var hiding *int64
		var words *string
		err = tx.QueryRow(ctx, `
SELECT t.id, a.words FROM (SELECT max(id) AS id FROM audit WHERE noun = 'opinion' AND subject_id = $1 AND after = 'hidden') t
LEFT JOIN opinion_appeals a ON a.opinion_id = $1 AND a.hiding = t.id`, id).Scan(&hiding, &words)
		switch {
		case err != nil:
			return err
		case hiding == nil: // imported as hidden
			return forum.Refuse(forum.Conflict, "appeal.not_hidden")
		case words != nil && *words == text:
			return nil
		case words != nil:
			return forum.Refuse(forum.Conflict, "appeal.made_already")
		}
		if _, err = tx.Exec(ctx, `INSERT INTO opinion_appeals (id, opinion_id, hiding, words) VALUES ($1, $2, $3, $4)`, NewID(), id, *hiding, text); err != nil {
			return err
		}
		return note(ctx, tx, byCitizen, change{action: forum.AppealOpinion, noun: forum.TheOpinion, subject: id, forum: forumID})
	})
}

// appealOf is the appeal against an opinion's latest hiding, or nil.
func appealOf(ctx context.Context, q querier, opinion forum.ID) (*forum.Appeal, error) {
	var a forum.Appeal
	var settled *time.Time
	err := q.QueryRow(ctx, `
SELECT a.words, a.appealed_at, a.status, COALESCE(t.reason, ''), t.at FROM opinion_appeals a LEFT JOIN audit t ON t.id = a.settled_by
WHERE a.opinion_id = $1 AND a.hiding = (SELECT max(id) FROM audit WHERE noun = 'opinion' AND subject_id = $1 AND after = 'hidden')`, opinion).
		Scan(&a.Words, &a.At, &a.Status, &a.Reason, &settled)
	if err != nil {
		return nil, ignoreNoRows(err)
	}
	a.SettledAt = instant(settled)
	return &a, nil
}
