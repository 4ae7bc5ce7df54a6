package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
)

// A person has another key on each forum, so that nobody who reads the database finds one person's votes on two of them. What
// is theirs is found by making all their keys: a thousand take a millisecond.

// keysOnForums are a person's keys as an author and as a voter of each forum that citizens may see.
func (s *Store) keysOnForums(ctx context.Context, citizen forum.ID, device []byte) (authors, voters [][]byte, err error) {
	rows, err := s.pool.Query(ctx, `SELECT id, voter_key, identity FROM forums WHERE status NOT IN ('selected', 'assigning', 'preparing')`)
	if err != nil {
		return nil, nil, err
	}
	var id forum.ID
	var keyID string
	var policy forum.IdentityPolicy
	_, err = pgx.ForEachRow(rows, []any{&id, &keyID, &policy}, func() error {
		author, err := s.personKey(keyID, string(id), person(citizen, nil))
		if err != nil {
			return err
		}
		authors = append(authors, author)
		voter, err := s.voterOn(id, keyID, policy, citizen, device)
		if voter != nil {
			voters = append(voters, voter)
		}
		return err
	})
	return authors, voters, err
}

// topicColumns are what myTopic reads of forums f.
const topicColumns = `, f.status, f.title, f.title_en, f.lang, f.closes_at`

// myTopic is as much of a forum as stands beside one's own opinion.
type myTopic struct {
	forum.Forum
	closes *time.Time
}

func (t *myTopic) fields() []any { return []any{&t.Status, &t.Title, &t.TitleEn, &t.Lang, &t.closes} }

func (t *myTopic) of(id forum.ID) forum.Forum {
	t.ID, t.ClosesAt = id, instant(t.closes)
	return t.Forum
}

// MyOpinions are what a confirmed citizen posted, whatever became of it, and what was posted with their address without a
// session; the newest first, with how many there are in all.
func (s *Store) MyOpinions(ctx context.Context, citizen forum.ID, w forum.Window) ([]forum.MyOpinion, int, error) {
	authors, _, err := s.keysOnForums(ctx, citizen, nil)
	if err != nil {
		return nil, 0, translate(err)
	}
	rows, err := s.pool.Query(ctx, `
WITH mine AS (
	SELECT id, true AS confirmed FROM opinions WHERE author = ANY(@authors)
	UNION ALL
	SELECT id, false FROM opinions WHERE contact_id = @citizen AND NOT citizen AND NOT author = ANY(@authors)
)
SELECT `+opinionColumns+`, o.receipt, m.confirmed`+topicColumns+`, count(*) OVER ()`+fromOpinions+`JOIN mine m ON m.id = o.id JOIN forums f ON f.id = o.forum_id
ORDER BY o.accepted_at DESC, o.id LIMIT @size OFFSET @skip`,
		pgx.NamedArgs{"citizen": citizen, "authors": authors, "size": w.Size, "skip": w.Skip()})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m forum.MyOpinion, err error) {
		var topic myTopic
		m.Opinion, err = s.opinionFrom(row, append(append([]any{&m.Receipt, &m.Confirmed}, topic.fields()...), &total)...)
		m.Topic = topic.of(m.Forum)
		return m, err
	})
	return all, total, translate(err)
}

// MyVotes are the votes of a confirmed citizen, and of their browser where a forum knows only browsers, that stand on opinions
// which anybody may read; the newest first, with how many there are in all.
func (s *Store) MyVotes(ctx context.Context, citizen forum.ID, device []byte, w forum.Window) ([]forum.MyVote, int, error) {
	_, voters, err := s.keysOnForums(ctx, citizen, device)
	if err != nil {
		return nil, 0, translate(err)
	}
	rows, err := s.pool.Query(ctx, `
SELECT `+opinionColumns+`, v.choice, v.accepted_at`+topicColumns+`, count(*) OVER ()`+fromOpinions+`JOIN votes v ON v.opinion_id = o.id JOIN forums f ON f.id = o.forum_id
WHERE v.voter = ANY(@voters) AND v.choice <> 0 AND o.status = 'published'
ORDER BY v.accepted_at DESC, o.id LIMIT @size OFFSET @skip`, pgx.NamedArgs{"voters": voters, "size": w.Size, "skip": w.Skip()})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m forum.MyVote, err error) {
		var topic myTopic
		var choice int16
		m.Opinion, err = s.opinionFrom(row, append(append([]any{&choice, &m.VotedAt}, topic.fields()...), &total)...)
		m.Mine, m.Topic = forum.ChoiceOf(choice), topic.of(m.Forum)
		return m, err
	})
	return all, total, translate(err)
}

// MySuggestions are what somebody suggested with this address, the newest first, with how many there are in all.
func (s *Store) MySuggestions(ctx context.Context, citizen forum.ID, w forum.Window) ([]forum.MySuggestion, int, error) {
	rows, err := s.pool.Query(ctx, `
SELECT `+suggestionColumns+`, g.receipt, count(*) OVER ()`+fromSuggestions+`WHERE g.contact_id = @citizen
ORDER BY g.submitted_at DESC, g.id LIMIT @size OFFSET @skip`, pgx.NamedArgs{"citizen": citizen, "size": w.Size, "skip": w.Skip()})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m forum.MySuggestion, err error) {
		m.Suggestion, err = scanSuggestion(row, &m.Receipt, &total)
		return m, err
	})
	return all, total, translate(err)
}

// MySupports are the suggestions that a confirmed citizen backs and that anybody may read, the latest first.
func (s *Store) MySupports(ctx context.Context, citizen forum.ID, w forum.Window) ([]forum.Suggestion, int, error) {
	var known [][]byte
	for keyID := range s.keys {
		key, err := s.personKey(keyID, supporters, person(citizen, nil))
		if err != nil {
			return nil, 0, err
		}
		known = append(known, key)
	}
	rows, err := s.pool.Query(ctx, `
SELECT `+suggestionColumns+`, count(*) OVER ()`+fromSuggestions+`JOIN supports s ON s.suggestion_id = g.id
WHERE s.voter = ANY(@known) AND s.stands AND g.status = ANY(@public)
ORDER BY s.accepted_at DESC, g.id LIMIT @size OFFSET @skip`, pgx.NamedArgs{"known": known, "public": publicSuggestions, "size": w.Size, "skip": w.Skip()})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (forum.Suggestion, error) { return scanSuggestion(row, &total) })
	return all, total, translate(err)
}

// MySubscriptions are what an address gets news of now.
func (s *Store) MySubscriptions(ctx context.Context, citizen forum.ID, w forum.Window) ([]forum.MySubscription, int, error) {
	rows, err := s.pool.Query(ctx, `
SELECT s.id, coalesce(s.forum_id::text, ''), coalesce(CASE WHEN c.lang = 'ko' THEN f.title ELSE coalesce(nullif(f.title_en, ''), f.title) END, ''), s.confirmed_at, count(*) OVER ()
FROM subscriptions s JOIN contacts c ON c.id = s.contact_id LEFT JOIN forums f ON f.id = s.forum_id
WHERE s.contact_id = @citizen AND s.confirmed_at IS NOT NULL AND s.ended_at IS NULL
ORDER BY s.confirmed_at DESC, s.id LIMIT @size OFFSET @skip`, pgx.NamedArgs{"citizen": citizen, "size": w.Size, "skip": w.Skip()})
	if err != nil {
		return nil, 0, translate(err)
	}
	total := 0
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (m forum.MySubscription, err error) {
		err = row.Scan(&m.ID, &m.Forum, &m.Title, &m.Since, &total)
		return m, err
	})
	return all, total, translate(err)
}

// EndSubscription stops the news that a citizen's own subscription brings; twice is once. Anybody else's is NotFound.
func (s *Store) EndSubscription(ctx context.Context, citizen, subscription forum.ID) error {
	done, err := s.pool.Exec(ctx, `UPDATE subscriptions SET ended_at = coalesce(ended_at, now()) WHERE id = $1 AND contact_id = $2`, subscription, citizen)
	if err == nil && done.RowsAffected() == 0 {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	return translate(err)
}
