package public

import (
	"strings"
	"testing"

	"acropolis/forum"
)

func TestResultsSayHowManyVotesDoNotCountAndWhy(t *testing.T) {
	page, document := "/forums/"+string(forumID)+"/results", "/api/v1/forums/"+string(forumID)+"/results"
	city := answered()
	h := serve(t, city)
	if strings.Contains(wantPage(t, ask(h, "GET", "/ko"+page, ""), 200, "ko"), `id="excluded"`) {
		t.Error("nothing was left out, and the page speaks of it")
	}
	city.results.Excluded = forum.ExcludedVotes{Votes: 1044, Voters: 40, Reasons: []string{"network", "burst"}}
	for lang, want := range map[string]string{"ko": "투표 1,044건(40명)은 집계에서 제외", "en": "1,044 votes by 40 voters", "zh": "1,044 张投票", "ja": "投票1,044件"} {
		if body := wantPage(t, ask(h, "GET", "/"+lang+page, ""), 200, lang); !strings.Contains(body, want) {
			t.Errorf("%s: no %q", lang, want)
		}
	}
	if got := ask(h, "GET", document, "").Body.String(); !strings.Contains(got, `"excluded_votes":{"votes":1044,"voters":40,"reasons":["network","burst"]}`) {
		t.Error(got)
	}
}
