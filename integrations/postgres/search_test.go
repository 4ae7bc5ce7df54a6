package postgres_test

import (
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// found are the texts that a search finds, joined.
func found(t *testing.T, s *postgres.Store, id forum.ID, query string) string {
	t.Helper()
	opinions, total, err := s.Board(t.Context(), forum.BoardFilter{Forum: id, Sort: forum.OldestFirst, Query: query, Page: 1, Size: 20}, "", nil)
	if err != nil || total != len(opinions) {
		t.Errorf("%q: %d of %d, %v", query, len(opinions), total, err)
	}
	var texts []string
	for _, o := range opinions {
		texts = append(texts, o.Text)
	}
	return strings.Join(texts, " | ")
}

func TestBoardIsSearchedByWordsAndPartsOfWords(t *testing.T) {
	s := newStore(t)
	id, other := openForum(t, s), openForum(t, s)
	accept(t, s, opinionOf(id, "시청앞 광장에 나무를 심읍시다"), opinionOf(id, "숲길이 좋습니다. Bike LANES too"), opinionOf(other, "시청앞 광장은 다른 포럼"))
	if found(t, s, id, "광장") != "" {
		t.Error("what isn't in the index yet is found by it")
	}
	for range 2 { // a second run adds nothing
		if err := s.IndexOpinions(t.Context()); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]string{
			"광장":     "시청앞 광장에 나무를 심읍시다",
			"시청":     "시청앞 광장에 나무를 심읍시다", // a part of a word
			"청앞":     "시청앞 광장에 나무를 심읍시다",
			"숲":      "숲길이 좋습니다. Bike LANES too", // one character
			"lane":   "숲길이 좋습니다. Bike LANES too",
			"나무 광장":  "시청앞 광장에 나무를 심읍시다", // all words, in any order
			"광장 숲길":  "",
			"광장은":    "",                 // another forum's
			"읍시심":    "",                 // its pairs occur, the word doesn't
			"앞 광":    "시청앞 광장에 나무를 심읍시다", // parts of two words
			"100%_":  "",
			"'; --":  "",
			"  나무  ": "시청앞 광장에 나무를 심읍시다",
		} {
			if got := found(t, s, id, query); got != want {
				t.Errorf("%q finds %q, want %q", query, got, want)
			}
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM opinion_search`); n != 3 {
		t.Errorf("%d opinions are in the index", n)
	}
}

// TestPagesOfABoardStayWhatTheyAre: what comes in meanwhile doesn't push what was read onto the next page.
func TestPagesOfABoardStayWhatTheyAre(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	for i := range 4 {
		accept(t, s, opinionOf(id, "의견 "+number(i)))
	}
	tally(t, s)
	until := one[time.Time](t, s, `SELECT clock_timestamp()`)
	accept(t, s, opinionOf(id, "그새 들어온 의견"))
	tally(t, s)
	page := func(n int) (texts []string, total int) {
		opinions, total, err := s.Board(t.Context(), forum.BoardFilter{Forum: id, Sort: forum.NewestFirst, Until: until, Page: n, Size: 2}, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range opinions {
			texts = append(texts, o.Text)
		}
		return texts, total
	}
	first, total := page(1)
	second, _ := page(2)
	if got := strings.Join(append(first, second...), " "); got != "의견 3 의견 2 의견 1 의견 0" || total != 4 {
		t.Errorf("%s of %d", got, total)
	}
}
