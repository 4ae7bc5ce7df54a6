package postgres_test

import (
	"testing"
	"time"

	"acropolis/forum"
)

// TestCalendarsAndSearchEnginesLearnOnlyWhatIsPublic: dates, addresses and the instant of the last change, of what citizens
// may see; an answer counts once it is out.
func TestCalendarsAndSearchEnginesLearnOnlyWhatIsPublic(t *testing.T) {
	s := newStore(t)
	hidden, coming, responding, answered := forumIn(t, s, forum.Preparing), forumIn(t, s, forum.Scheduled), forumIn(t, s, forum.Responding), forumIn(t, s, forum.Published)
	for _, id := range []forum.ID{responding, answered} {
		exec(t, s, `INSERT INTO responses (forum_id, status, published_at) VALUES ($1, 'published', '2026-11-20T09:00:00Z')`, id)
	}
	exec(t, s, `INSERT INTO suggestions (id, status, title, text, receipt, salt, submitted_at) VALUES
		(gen_random_uuid(), 'submitted', '아직', '아직 보지 않은 제안', 'a', '', now()), (gen_random_uuid(), 'accepted', '제안', '모두가 보는 제안', 'b', '', now())`)
	exec(t, s, `INSERT INTO audit (at, by_kind, action, noun, subject_id, forum_id) VALUES ('2030-01-01T00:00:00Z', 'system', 'test', 'forum', $1, $1)`, coming)

	dates, err := s.PublicDates(t.Context())
	if err != nil || len(dates) != 3 {
		t.Fatal(dates, err)
	}
	for _, d := range dates {
		if d.Forum.ID == hidden || d.AnsweredAt.IsZero() == (d.Forum.ID == answered) {
			t.Errorf("%s answered at %v", d.Forum.Status, d.AnsweredAt)
		}
		if moved := d.ChangedAt.Equal(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)); moved != (d.Forum.ID == coming) {
			t.Errorf("%s changed at %v", d.Forum.Status, d.ChangedAt)
		}
	}

	addresses, err := s.PublicAddresses(t.Context())
	if err != nil || len(addresses) != 4 {
		t.Fatal(addresses, err)
	}
	suggestions := 0
	for _, a := range addresses {
		if a.Noun == forum.TheSuggestion {
			suggestions++
		}
		if a.ID == hidden || a.Results != (a.ID == answered) {
			t.Errorf("%+v", a)
		}
	}
	if suggestions != 1 {
		t.Errorf("%d suggestions", suggestions)
	}
}
