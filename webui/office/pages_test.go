package office

import (
	"net/http"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
)

// address fills a route's pattern with what the test city has.
func address(r page.Route, lang string) string {
	ids := map[string]forum.ID{"/:lang/forums/:id": id(100), "/:lang/suggestions/:id": id(200), "/:lang/rounds/:id": id(300),
		"/:lang/approvals/:id": id(400), "/:lang/awards/:id": id(500), "/:lang/mails/:id": id(700), "/:lang/committee/seats/:id": id(310),
		"/:lang/invitations/:id": id(1100), "/:lang/clocks/:id": id(801), "/:lang/absences/:id": id(950),
		"/:lang/opinions/:id": id(600), "/:lang/opinions/batches/:id": id(1300), "/:lang/delegations/:id": id(1201), "/:lang/lines/:id": id(1210), "/:lang/exclusions/:id": id(1301)}
	path := r.Path
	for prefix, one := range ids {
		if strings.HasPrefix(path, prefix) {
			path = strings.Replace(path, ":id", string(one), 1)
		}
	}
	path = strings.NewReplacer(":lang", lang, ":day", "2026-11-26", ":key", string(id(1000)), ":opinion", string(id(650)), ":crowd", string(id(1300)), ":file", string(id(1400))).Replace(path)
	if strings.HasSuffix(path, string(forum.DeliverAward)) {
		path += "?forum=" + string(id(100))
	}
	return path
}

// Every page is drawn in every language, in every status that its subject may have; a word that is missing fails it.
func TestEveryPageInBothLanguages(t *testing.T) {
	for _, lang := range page.Office.Languages() {
		for _, status := range forumStatuses {
			o := newOffice(t, everyone)
			o.topic.Status = status
			o.outcome = &forum.DecisionOutcome{}
			if status == forum.Following {
				o.response.Status = forum.ResponsePublished
			}
			for _, r := range o.routes {
				path := address(r, lang)
				if r.Method != http.MethodGet || strings.Contains(path, "/decisions/approval") {
					continue
				}
				if r.Action != "" && everyone.May(r.Action, roads) != nil || strings.HasSuffix(path, "/opinions/new") && status != forum.Open {
					continue
				}
				a := o.get(path)
				if a.Code != http.StatusOK && a.Code != http.StatusSeeOther {
					t.Errorf("%s while %s: status %d", path, status, a.Code)
				}
			}
		}
	}
}
