package postgres

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Dossier gives the newest version of a forum's material, for staff.
func (s *Store) Dossier(ctx context.Context, forumID forum.ID) (forum.Dossier, error) {
	d, err := dossierOf(ctx, s.pool, forumID)
	return d, translate(err)
}

func dossierOf(ctx context.Context, q querier, forumID forum.ID) (forum.Dossier, error) {
	d := forum.Dossier{Forum: forumID, Status: forum.DossierDraft}
	var items []byte
	var saved *time.Time
	err := q.QueryRow(ctx, `
SELECT COALESCE(d.status, 'draft'), COALESCE(d.version, 0), COALESCE(d.approved_version, 0), COALESCE(v.items, '[]'), COALESCE(v.sha256, ''),
	v.saved_at, COALESCE(o.name, ''), COALESCE((SELECT document FROM approvals a
		WHERE a.noun = 'dossier' AND a.subject_id = f.id AND a.status = 'approved' ORDER BY a.decided_at DESC LIMIT 1), '')
FROM forums f LEFT JOIN dossiers d ON d.forum_id = f.id
LEFT JOIN dossier_versions v ON v.forum_id = d.forum_id AND v.version = d.version LEFT JOIN officials o ON o.id = v.saved_by
WHERE f.id = $1`, forumID).Scan(&d.Status, &d.Version, &d.Approved, &items, &d.SHA256, &saved, &d.SavedBy, &d.Document)
	if err != nil {
		return d, found(err)
	}
	d.SavedAt = instant(saved)
	if err := json.Unmarshal(items, &d.Items); err != nil {
		return d, err
	}
	d.Missing = forum.Missing(d.Items)
	return d, nil
}

// SaveDossier keeps a new version of a forum's material, written over version base. Whoever saved in between wins, and the
// later one is told. A submitted text that is edited is a draft again and its approval void; an approved one stays what
// citizens read until the new version is approved too.
func (s *Store) SaveDossier(ctx context.Context, by forum.Official, from string, forumID forum.ID, base int, items []forum.DossierItem) (forum.Dossier, error) {
	if len(items) > forum.ItemsMax {
		return forum.Dossier{}, forum.Refuse(forum.Invalid, "dossier.too_many_items").At("items").With("most", strconv.Itoa(forum.ItemsMax))
	}
	items, err := withFiles(ctx, s.pool, forumID, items)
	if err != nil {
		return forum.Dossier{}, translate(err)
	}
	for i, item := range items {
		if item.Kind != forum.Attachment {
			items[i].File, items[i].Alt = forum.DossierFile{}, ""
		}
		if err := item.Validate(); err != nil {
			return forum.Dossier{}, atItem(err, i)
		}
	}
	if err := forum.ValidateFiles(items); err != nil {
		return forum.Dossier{}, err
	}
	sha, err := forum.Fingerprint(items)
	if err != nil {
		return forum.Dossier{}, err
	}
	raw, err := json.Marshal(items)
	if err != nil {
		return forum.Dossier{}, err
	}
	var saved forum.Dossier
	err = s.inTx(ctx, func(tx pgx.Tx) error {
		f, err := s.lockedForum(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if err := mayEditDossier(by, f); err != nil {
			return err
		}
		old, err := dossierOf(ctx, tx, forumID)
		if err != nil {
			return err
		}
		if old.Version != base {
			return forum.Refuse(forum.Conflict, "dossier.saved_by_another")
		}
		_, err = tx.Exec(ctx, `INSERT INTO dossier_versions (forum_id, version, items, sha256, saved_by) VALUES (@forum, @version, @items, @sha, @by)`,
			pgx.NamedArgs{"forum": forumID, "version": base + 1, "items": raw, "sha": sha, "by": by.ID})
		if err != nil {
			return err
		}
		if err := keepFiles(ctx, tx, forumID, base+1, items); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE dossiers SET version = $2 WHERE forum_id = $1`, forumID, base+1); err != nil {
			return err
		}
		if err := s.dossierEdited(ctx, tx, byOfficial(by, from), f, old.Status, len(forum.Missing(items)) == 0); err != nil {
			return err
		}
		saved, err = dossierOf(ctx, tx, forumID)
		return err
	})
	return saved, err
}

// mayEditDossier refuses whoever may not, and everybody once the board has closed: what people answered to stays as it is.
func mayEditDossier(by forum.Official, f forum.Forum) error {
	if err := by.May(forum.EditDossier, f.Department); err != nil {
		return err
	}
	if !slices.Contains([]forum.ForumStatus{forum.Preparing, forum.Scheduled, forum.Open, forum.Suspended}, f.Status) {
		return movedOn(forum.TheForum)
	}
	return nil
}

// dossierEdited takes the steps that an edit brings about.
func (s *Store) dossierEdited(ctx context.Context, tx pgx.Tx, by actor, f forum.Forum, was forum.DossierStatus, complete bool) error {
	if was == forum.DossierSubmitted {
		if err := voidApprovals(ctx, tx, by, f.ID, forum.TheDossier); err != nil {
			return err
		}
		if err := s.oweForum(ctx, tx, f.ID, forum.SubmitDossier, f.Department); err != nil {
			return err
		}
	}
	var steps []forum.DossierStatus
	switch {
	case was == forum.DossierApproved:
		steps = []forum.DossierStatus{forum.DossierAmended}
	case was == forum.DossierSubmitted || was == forum.DossierReturned:
		steps = []forum.DossierStatus{forum.DossierDraft}
		if complete {
			steps = append(steps, forum.DossierComplete)
		}
	case was == forum.DossierDraft && complete:
		steps = []forum.DossierStatus{forum.DossierComplete}
	case was == forum.DossierComplete && !complete:
		steps = []forum.DossierStatus{forum.DossierDraft}
	}
	if len(steps) == 0 { // no step, but a change all the same
		return note(ctx, tx, by, change{action: forum.EditDossier, noun: forum.TheDossier, subject: f.ID, forum: f.ID, before: string(was), after: string(was)})
	}
	return dossierSteps(ctx, tx, by, forum.EditDossier, f.ID, "", steps...)
}

func dossierSteps(ctx context.Context, tx pgx.Tx, by actor, action forum.Action, forumID forum.ID, reason string, steps ...forum.DossierStatus) error {
	for _, to := range steps {
		if _, err := dossierLife.move(ctx, tx, by, step[forum.DossierStatus]{id: forumID, to: to, action: action, forum: forumID, reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// SubmitDossier sends the dossier into its approval line, once it has all that the completeness gate asks for.
func (s *Store) SubmitDossier(ctx context.Context, decision forum.ID) (forum.ForumFacts, error) {
	return s.decideForum(ctx, decision, forum.SubmitDossier, func(tx pgx.Tx, f forum.Forum, d forum.Decision, by actor) error {
		details, err := detailsOf[forum.LineDetails](d)
		if err != nil {
			return err
		}
		dossier, err := dossierOf(ctx, tx, f.ID)
		if err != nil {
			return err
		}
		if len(dossier.Missing) > 0 {
			return forum.Refuse(forum.Invalid, "dossier.incomplete").With("missing", strings.Join(texts(dossier.Missing), ","))
		}
		moved, err := dossierLife.move(ctx, tx, by, step[forum.DossierStatus]{id: f.ID, to: forum.DossierSubmitted, action: d.Action, forum: f.ID, reason: d.Reason})
		if err != nil {
			return err
		}
		if !moved {
			return forum.Refuse(forum.Conflict, "approval.in_review_already")
		}
		return draft(ctx, tx, d, by, document{noun: forum.TheDossier, subject: f.ID, forum: f.ID, title: f.Title, department: f.Department,
			version: dossier.Version, content: dossier.Items}, details)
	})
}

// atItem tells in which item of a list a refused field stands, from 0.
func atItem(err error, i int) error {
	if refusal := forum.RefusalIn(err); refusal != nil {
		return refusal.With("item", strconv.Itoa(i))
	}
	return err
}
