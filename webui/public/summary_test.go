package public

import (
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"acropolis/webui/page"
)

// summaryLink is a line of the error summary: where it leads, and its words.
var summaryLink = regexp.MustCompile(`<li><a href="#([^"]+)">([^<]+)</a></li>`)

// TestErrorSummaryNamesAndReachesEachField of every form that is refused, in every language: the link says the field's label, the
// field is there, is marked as wrong and points to the reason beside it.
func TestErrorSummaryNamesAndReachesEachField(t *testing.T) {
	refused := 0
	for _, p := range shownPages() {
		if !strings.HasSuffix(p.name, "-refused") || len(p.form) == 0 {
			continue
		}
		for _, lang := range page.Public.Languages() {
			got := httptest.NewRecorder()
			p.serve(t).ServeHTTP(got, httptest.NewRequest("GET", p.in(lang), nil))
			body := got.Body.String()
			summary, _, _ := strings.Cut(body[strings.Index(body, `id="errors"`):], "</ul>")
			links := summaryLink.FindAllStringSubmatch(summary, -1)
			if lines := strings.Count(summary, "<li>"); lines == 0 || lines != len(links) {
				t.Errorf("%s in %s: %d lines, %d links: %s", p.name, lang, lines, len(links), summary)
			}
			for _, link := range links {
				refused++
				id, label := link[1], strings.SplitN(link[2], " ", 2)[0]
				field := regexp.MustCompile(`<[^>]* id="` + regexp.QuoteMeta(id) + `"[^>]*>`).FindString(body)
				if !strings.Contains(field, `aria-invalid="true"`) || !regexp.MustCompile(`aria-describedby="[^"]*`+regexp.QuoteMeta(id)+`-error`).MatchString(field) ||
					!strings.Contains(body, `id="`+id+`-error"`) {
					t.Errorf("%s in %s: %s isn't marked: %s", p.name, lang, id, field)
				}
				if main := body[strings.Index(body, `</ul>`):]; !strings.Contains(main, strings.TrimSuffix(label, ":")) || strings.Count(link[2], " ") == 0 {
					t.Errorf("%s in %s: %q doesn't say the field's name", p.name, lang, link[2])
				}
			}
		}
	}
	if refused < 4*10 {
		t.Errorf("only %d refused fields", refused)
	}
}
