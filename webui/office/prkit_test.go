package office

import (
	"net/http"
	"strings"
	"testing"

	"acropolis/forum"
)

// TestKitIsReadyToCopy: the banner's code in two languages, escaped once for the portal and once for the page; before the
// announcement the page says that the addresses don't open yet.
func TestKitIsReadyToCopy(t *testing.T) {
	o := newOffice(t, officer)
	o.topic.Status, o.topic.Title = forum.Open, `"광장" <하나>`
	a := o.get("/ko/forums/" + string(id(100)) + "/pr")
	a.want(t, http.StatusOK, "/embed/forums/"+string(id(100))+"?lang=ko", "/embed/forums/"+string(id(100))+"?lang=en", "&lt;iframe src=", "/card.png?lang=ko", "/qr.png?size=large",
		"/feed.atom?lang=ko", "/calendar.ics?lang=ko", "시민 의견을 듣습니다", "What do you think of", "EMBED_ORIGINS", `aria-current="page">홍보 자료`)
	if strings.Contains(a.body, "<iframe") || !strings.Contains(a.body, `title=&#34;&amp;#34;광장&amp;#34; &amp;lt;하나&amp;gt;&#34;`) || strings.Contains(a.body, `id="not-public"`) {
		t.Errorf("the code isn't inert, or won't be in the portal: %s", a.body)
	}
	o.topic.Status = forum.Preparing
	o.get("/ko/forums/"+string(id(100))+"/pr").want(t, http.StatusOK, `id="not-public"`)
}
