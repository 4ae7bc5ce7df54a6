package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// EnterOpinion takes an opinion that an official enters for somebody. It goes the citizens' own way, with the same lock and the
// same instant: when it is entered counts, not when the letter came, because the close has counted by then.
func (s *Store) EnterOpinion(ctx context.Context, by forum.Official, o forum.NewOpinion) (forum.Accepted, error) {
	if err := onCitysDay(ctx, s.pool, o.Entry.Validate); err != nil {
		return forum.Accepted{}, translate(err)
	}
	o.Official, o.Citizen = by.ID, ""
	o.Device = []byte("entry " + o.Idempotency.Key) // each entry is somebody's of their own
	outcome := s.AcceptOpinions(ctx, []forum.NewOpinion{o})[0]
	if refusal := forum.RefusalIn(outcome.Err); refusal != nil && refusal.Key == "forum.closed" {
		return forum.Accepted{}, forum.Refuse(forum.Conflict, "entry.forum_closed")
	}
	return outcome.Answer, outcome.Err
}

// onCitysDay asks a rule of the city's day, by the database's clock.
func onCitysDay(ctx context.Context, q querier, rule func(today string) error) error {
	var today string
	if err := q.QueryRow(ctx, `SELECT (statement_timestamp() AT TIME ZONE 'Asia/Seoul')::date::text`).Scan(&today); err != nil {
		return err
	}
	return rule(today)
}

// noteEntries writes who entered the opinions that were kept now.
func noteEntries(ctx context.Context, tx pgx.Tx, posts []*post) error {
	for _, p := range posts {
		if p.Official == "" || p.outcome.Answer.ID != p.id {
			continue // its author's own, or not kept
		}
		err := note(ctx, tx, byOfficial(forum.Official{ID: p.Official}, p.Entry.From), change{action: forum.EnterOpinion, noun: forum.TheOpinion,
			subject: p.id, forum: p.Forum, after: p.outcome.Answer.Status})
		if err != nil {
			return err
		}
	}
	return nil
}

// EnteredOpinion gives an opinion that staff entered, for its receipt; any other is NotFound.
func (s *Store) EnteredOpinion(ctx context.Context, opinion forum.ID) (forum.Opinion, error) {
	o, err := s.opinionFrom(s.pool.QueryRow(ctx, `SELECT `+opinionColumns+fromOpinions+`WHERE o.id = $1 AND o.channel <> ''`, opinion))
	return o, translate(found(err))
}

// similarForums are the latest public forums, with which SimilarForums compares.
const similarForums = `
SELECT ` + forumColumns + fromForums + `WHERE f.status NOT IN ('selected', 'assigning', 'preparing', 'withdrawn') ORDER BY f.created_at DESC, f.id DESC LIMIT $1`

// SimilarForums gives up to n public forums whose topic shares most with a text, the most similar first, as
// SimilarSuggestions does.
func (s *Store) SimilarForums(ctx context.Context, text string, n int) ([]forum.Forum, error) {
	wanted := letterPairs(text)
	if len(wanted) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, similarForums, similarAmong)
	if err != nil {
		return nil, translate(err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Forum, error) { return forumFrom(row) })
	return mostAlike(all, wanted, func(f forum.Forum) string { return f.Title + " " + f.Summary }, n), translate(err)
}
