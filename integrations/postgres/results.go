package postgres

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// Results are what citizens read once the answer is out; before, they are NotFound. An award has its author's name only
// where the winner agreed to it; one that was declined or lapsed isn't shown, nor is one of an opinion that was hidden since.
func (s *Store) Results(ctx context.Context, forumID forum.ID) (forum.Results, error) {
	f, err := s.PublicForum(ctx, forumID)
	if err != nil {
		return forum.Results{}, err
	}
	if !f.Status.HasResults() {
		return forum.Results{}, forum.Refuse(forum.NotFound, "results.not_yet")
	}
	r := forum.Results{Forum: f}
	if r.Response, err = responseOf(ctx, s.pool, forumID); err != nil {
		return r, translate(err)
	}
	r.Response.SavedBy, r.Response.Frequent, r.Response.Unanswered = "", nil, nil // for staff
	if r.Awards, err = s.shownAwards(ctx, forumID); err != nil {
		return r, translate(err)
	}
	if r.Milestones, err = s.Milestones(ctx, forumID); err != nil {
		return r, err
	}
	if r.Invited, err = invitedOpinions(ctx, s.pool, forumID); err != nil {
		return r, translate(err)
	}
	if r.Excluded, err = excludedVotes(ctx, s.pool, forumID); err != nil {
		return r, translate(err)
	}
	var figures []byte
	err = s.pool.QueryRow(ctx, `SELECT figures FROM analyses WHERE forum_id = $1`, forumID).Scan(&figures)
	if err != nil {
		return r, translate(ignoreNoRows(err))
	}
	return r, json.Unmarshal(figures, &r.Figures)
}

func (s *Store) shownAwards(ctx context.Context, forumID forum.ID) ([]forum.Award, error) {
	awards, err := s.awardsOf(ctx, s.pool, forumID, "", false)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, `SELECT id FROM opinions WHERE forum_id = $1 AND status = 'published' AND id IN (SELECT opinion_id FROM awards)`, forumID)
	if err != nil {
		return nil, err
	}
	public, err := pgx.CollectRows(rows, pgx.RowTo[forum.ID])
	awards = slices.DeleteFunc(awards, func(a forum.Award) bool {
		return a.Status != forum.AwardOffered && a.Status != forum.AwardAccepted && a.Status != forum.AwardDelivered || !slices.Contains(public, a.Opinion)
	})
	for i := range awards {
		awards[i].Scores, awards[i].Mean, awards[i].MyScore = 0, 0, 0 // the jury's
		if !awards[i].NameShown {
			awards[i].Pseudonym = ""
		}
	}
	return awards, err
}
