package postgres

import (
	"context"
	"fmt"

	"acropolis/forum"
)

// dossier keeps the material as one version: approved from the announcement on, in the making before it.
func (i *importing) dossier(ctx context.Context) error {
	preparingAt, preparing := i.reached(forum.Preparing)
	if !preparing {
		return nil
	}
	way := []forum.DossierStatus{forum.DossierDraft}
	at, version, approved := preparingAt, min(len(i.past.Dossier), 1), 0
	if len(forum.Missing(i.past.Dossier)) == 0 {
		way = append(way, forum.DossierComplete)
	}
	if announced, ok := i.reached(forum.Scheduled); ok && version > 0 {
		at, approved = announced, version
		way = []forum.DossierStatus{forum.DossierDraft, forum.DossierComplete, forum.DossierSubmitted, forum.DossierApproved}
	}
	lived(i, at, forum.TheDossier, i.id, way...)
	_, err := i.tx.Exec(ctx, `INSERT INTO dossiers (forum_id, status, version, approved_version) VALUES ($1, $2, $3, $4)`,
		i.id, string(way[len(way)-1]), version, approved)
	if err != nil || version == 0 {
		return err
	}
	files := i.past.Files
	for n := range i.past.Dossier {
		if i.past.Dossier[n].Kind != forum.Attachment {
			continue
		}
		if len(files) == 0 {
			return fmt.Errorf("attachment %q has no file", i.past.Dossier[n].Title)
		}
		named := files[0].Named(newFileID())
		if err := insertFile(ctx, i.tx, i.by.ID, i.id, named, files[0].Content); err != nil {
			return err
		}
		i.past.Dossier[n].File, files = named, files[1:]
	}
	sum, err := forum.Fingerprint(i.past.Dossier)
	if err != nil {
		return err
	}
	_, err = i.tx.Exec(ctx, `INSERT INTO dossier_versions (forum_id, version, items, sha256, saved_at) VALUES ($1, 1, $2, $3, $4)`, i.id, i.past.Dossier, sum, at)
	if err != nil {
		return err
	}
	return keepFiles(ctx, i.tx, i.id, 1, i.past.Dossier)
}

func (i *importing) response(ctx context.Context) error {
	askedAt, asked := i.reached(forum.Responding)
	if !asked {
		return nil
	}
	way, version := []forum.ResponseStatus{forum.ResponseDraft}, min(len(i.past.Response), 1)
	savedAt, published := askedAt, any(nil)
	if at, out := i.reached(forum.Published); out && version > 0 {
		way = append(way, forum.ResponseSubmitted, forum.ResponseApproved, forum.ResponsePublished)
		savedAt, published = at, at
	}
	lived(i, savedAt, forum.TheResponse, i.id, way...)
	_, err := i.tx.Exec(ctx, `INSERT INTO responses (forum_id, status, version, published_at) VALUES ($1, $2, $3, $4)`,
		i.id, string(way[len(way)-1]), version, published)
	if err != nil || version == 0 {
		return err
	}
	sum, err := forum.Fingerprint(i.past.Response)
	if err != nil {
		return err
	}
	_, err = i.tx.Exec(ctx, `INSERT INTO response_versions (forum_id, version, paragraphs, sha256, saved_at) VALUES ($1, 1, $2, $3, $4)`,
		i.id, i.past.Response, sum, savedAt)
	if err != nil || published == nil {
		return err
	}
	return linkAnswers(ctx, i.tx, i.id, i.past.Response)
}

func (i *importing) milestones(ctx context.Context) error {
	plannedAt, planned := i.reached(forum.Following)
	if !planned {
		return nil
	}
	for n := range i.past.Milestones {
		m := &i.past.Milestones[n]
		m.ID = NewID()
		way := []forum.MilestoneStatus{forum.MilestonePlanned}
		switch {
		case m.Status == forum.MilestoneDropped:
			way = append(way, forum.MilestoneDropped)
		case !m.DoneAt.IsZero():
			way = append(way, forum.MilestoneDone)
		case m.Due.Before(i.now):
			way = append(way, forum.MilestoneLate)
		}
		m.Status = way[len(way)-1]
		lived(i, plannedAt, forum.TheMilestone, m.ID, forum.MilestonePlanned)
		if len(way) > 1 {
			at := m.DoneAt
			if at.IsZero() {
				at = m.Due
			}
			i.happened(at, change{noun: forum.TheMilestone, subject: m.ID, before: string(way[0]), after: string(m.Status), reason: m.Note})
		}
		_, err := i.tx.Exec(ctx, `INSERT INTO milestones (id, forum_id, title, due, status, done_at, note) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			m.ID, i.id, m.Title, m.Due, string(m.Status), timeOrNull(m.DoneAt), m.Note)
		if err != nil {
			return err
		}
	}
	return nil
}
