package public

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"testing"
	"time"

	"acropolis/forum"
)

var secondPage = regexp.MustCompile(`href="([^"]*page=2[^"]*)"`)

// TestNextPageOfABoardBeginsWhereTheFirstEnds: what comes in during the very second of the look, and by a database whose clock goes
// ahead or behind, is neither left out by the pages after the first nor pushes what was shown onto them.
func TestNextPageOfABoardBeginsWhereTheFirstEnds(t *testing.T) {
	for _, skew := range []time.Duration{0, 5 * time.Minute, -5 * time.Minute} {
		for _, sort := range boardSorts {
			s := aCity()
			newest := time.Now().Add(skew).Truncate(time.Microsecond)
			s.opinions = nil
			for i := range 45 {
				o := forum.Opinion{ID: opinionID, Forum: forumID, Number: "2026-" + strconv.Itoa(i), Status: forum.OpinionPublished, Text: "의견", Lang: "ko"}
				o.AcceptedAt = newest.Add(-time.Duration(i) * 7 * time.Millisecond)
				s.opinions = append(s.opinions, o)
			}
			h := serve(t, s)
			body := wantPage(t, ask(h, "GET", "/ko"+topicPath+"?sort="+string(sort), ""), 200, "ko")
			next := secondPage.FindStringSubmatch(body)
			if next == nil {
				t.Fatalf("no second page: %s", body)
			}
			address, err := url.Parse(html.UnescapeString(next[1]))
			if err != nil {
				t.Fatal(err)
			}
			wantPage(t, ask(h, "GET", address.String(), ""), 200, "ko")
			until := s.filter.Until
			if newest.After(until) {
				t.Errorf("%s, %v: shown is what came %v after what the next page is cut by", sort, skew, newest.Sub(until))
			}
			if sort == forum.NewestFirst && !until.Equal(newest) {
				t.Errorf("%v: what came up to %v later pushes the newest onto the next page", skew, until.Sub(newest))
			}
		}
	}
	h := serve(t, aCity())
	for _, bad := range []string{"NaN", "Inf", "-1", "0", "x", "1e300"} {
		wantProblem(t, ask(h, "GET", boardPath+"?until="+bad, ""), 422, "request.out_of_range", "until")
	}
	wantStatus(t, ask(h, "GET", boardPath+"?until=1764440000", ""), 200)
}
