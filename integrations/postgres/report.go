package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Report opens all that a forum's workbook holds, as of one instant: a read-only transaction that sees nothing of what
// happens meanwhile. Opinions come from the database's cursor, so that a hundred thousand fit into bounded memory; they must
// be read within use. Held, hidden and withdrawn ones are in none of it, nor are addresses. Before the close the figures are
// counted on the spot, afterwards they are the frozen ones.
func (s *Store) Report(ctx context.Context, forumID forum.ID, lang string, use func(forum.Report) error) error {
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return translate(pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
		report := forum.Report{Lang: lang}
		err := errors.Join(
			s.reportForum(ctx, tx, forumID, &report),
			tx.QueryRow(ctx, `SELECT now()`).Scan(&report.MadeAt))
		if err != nil {
			return err
		}
		if err := s.reportFigures(ctx, tx, forumID, &report); err != nil {
			return err
		}
		if err := s.reportAnswers(ctx, tx, forumID, &report); err != nil {
			return err
		}
		report.Opinions = s.streamOpinions(ctx, tx, forumID)
		report.Source = fmt.Sprintf("forums, analyses, opinions (status = 'published'), awards, invitations (status = 'published'), response_versions of forum %s, repeatable read at %s",
			forumID, report.MadeAt.UTC().Format(time.RFC3339))
		return use(report)
	}))
}

// reportForum reads the cover: the topic, its department, and whom to ask.
func (s *Store) reportForum(ctx context.Context, q querier, forumID forum.ID, r *forum.Report) error {
	f, err := s.forumBy(ctx, q, forumID)
	if err != nil {
		return err
	}
	r.Forum = f
	return q.QueryRow(ctx, `
SELECT COALESCE(d.code, ''), COALESCE(d.name, ''), COALESCE(d.name_en, ''), COALESCE(d.parent, ''), COALESCE(h.name, ''),
	COALESCE(o.name, ''), COALESCE(o.phone, '')
FROM (SELECT 1) one LEFT JOIN departments d ON d.code = $1
LEFT JOIN LATERAL (SELECT name FROM officials WHERE department = d.code AND left_at IS NULL AND 'head' = ANY(duties) ORDER BY uid LIMIT 1) h ON true
LEFT JOIN LATERAL (SELECT name, phone FROM officials WHERE left_at IS NULL AND 'officer' = ANY(duties) ORDER BY uid LIMIT 1) o ON true`, f.Department).
		Scan(&r.Department.Code, &r.Department.Name, &r.Department.NameEn, &r.Department.Parent, &r.Head, &r.Officer, &r.Phone)
}

// reportFigures gives the frozen figures with the analysis, or counts as of now.
func (s *Store) reportFigures(ctx context.Context, q querier, forumID forum.ID, r *forum.Report) error {
	a, err := s.analysisOf(ctx, q, forumID)
	if err == nil {
		r.Figures, r.Terms, r.Best = a.Figures, a.Terms, a.Best
		return nil
	}
	if forum.CodeOf(err) != forum.NotFound || r.Forum.OpensAt.IsZero() {
		return ignoreNotFound(err)
	}
	r.Figures, err = s.figures(ctx, q, countedForum, forumID, r.MadeAt)
	return err
}

func ignoreNotFound(err error) error {
	if forum.CodeOf(err) == forum.NotFound {
		return nil
	}
	return err
}

// reportAnswers gives the decided awards, the experts' opinions and the approved or published response.
func (s *Store) reportAnswers(ctx context.Context, q querier, forumID forum.ID, r *forum.Report) error {
	awards, err := s.awardsOf(ctx, q, forumID, "", false)
	if err != nil {
		return err
	}
	public, err := publicOf(ctx, q, awards)
	if err != nil {
		return err
	}
	for _, a := range awards {
		if !public[a.Opinion] || a.Status == forum.AwardCandidate || a.Status == forum.AwardScored {
			continue
		}
		if !a.NameShown {
			a.Pseudonym = ""
		}
		r.Awards = append(r.Awards, a)
	}
	if r.Invited, err = invitedOpinions(ctx, q, forumID); err != nil {
		return err
	}
	response, err := responseOf(ctx, q, forumID)
	if err != nil {
		return err
	}
	switch response.Status {
	case forum.ResponseApproved, forum.ResponsePublished, forum.ResponseCorrected:
		r.Response = &response
	}
	return nil
}

// publicOf says which of the awards' opinions citizens may still see.
func publicOf(ctx context.Context, q querier, awards []forum.Award) (map[forum.ID]bool, error) {
	ids := make([]string, len(awards))
	for i, a := range awards {
		ids[i] = string(a.Opinion)
	}
	rows, err := q.Query(ctx, `SELECT id FROM opinions WHERE id = ANY($1::uuid[]) AND status = 'published'`, ids)
	if err != nil {
		return nil, err
	}
	public := map[forum.ID]bool{}
	var id forum.ID
	_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
		public[id] = true
		return nil
	})
	return public, err
}

// streamed is how many opinions are in memory at once.
const streamed = 1000

// streamOpinions reads the public opinions, oldest first, from a cursor: each fetch is a short statement, however long the
// reader takes with the whole.
func (s *Store) streamOpinions(ctx context.Context, tx pgx.Tx, forumID forum.ID) iter.Seq2[forum.Opinion, error] {
	return func(yield func(forum.Opinion, error) bool) {
		fail := func(err error) { yield(forum.Opinion{}, translate(err)) }
		_, err := tx.Exec(ctx, `DECLARE report_opinions NO SCROLL CURSOR FOR SELECT `+opinionColumns+fromOpinions+`
WHERE o.forum_id = $1 AND o.status = 'published' ORDER BY o.accepted_at, o.id`, pgx.QueryExecModeSimpleProtocol, string(forumID))
		if err != nil {
			fail(err)
			return
		}
		for {
			rows, err := tx.Query(ctx, fmt.Sprintf(`FETCH %d FROM report_opinions`, streamed), pgx.QueryExecModeExec)
			if err != nil {
				fail(err)
				return
			}
			page, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Opinion, error) { return s.opinionFrom(row) })
			if err != nil {
				fail(err)
				return
			}
			for _, o := range page {
				if !yield(o, nil) {
					_, _ = tx.Exec(ctx, `CLOSE report_opinions`)
					return
				}
			}
			if len(page) < streamed {
				if _, err := tx.Exec(ctx, `CLOSE report_opinions`); err != nil {
					fail(err)
				}
				return
			}
		}
	}
}
