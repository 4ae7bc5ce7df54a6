package office

import (
	"html"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// prView is what an officer copies to tell people of a topic.
type prView struct {
	head
	Public    bool // citizens may see it already; before, its addresses answer 404
	Embedders []string
	Kits      []prKit
	Pictures  []link
	Addresses []prText
}

// prKit is what there is in one language, whichever the officer's own is.
type prKit struct {
	Lang, Name string
	Texts      []prText
}

// prText is something to copy.
type prText struct {
	ID, Label, Text string
	Rows            int
}

// PRKit is a forum's page of ready things: the banner for the city portal, the card, the QR code, feed and calendar, texts.
func (h *Handlers) PRKit(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadForums)
	if err != nil {
		return err
	}
	lang, at := page.Lang(c), h.Address+"/forums/"+string(t.ID)
	v := prView{head: h.head(c, t, "pr"), Public: t.Status.IsPublic(), Embedders: h.Embedders}
	for _, one := range []struct{ key, url string }{{"card_ko", at + "/card.png?lang=ko"}, {"card_en", at + "/card.png?lang=en"},
		{"qr_small", at + "/qr.png?lang=ko"}, {"qr_large", at + "/qr.png?size=large&lang=ko"}, {"qr_svg", at + "/qr.svg?lang=ko"}} {
		v.Pictures = append(v.Pictures, link{URL: one.url, Text: h.site.Text(lang, "office.pr."+one.key)})
	}
	for _, one := range []struct{ key, url string }{{"topic", h.Address + "/ko/forums/" + string(t.ID)}, {"feed", at + "/feed.atom?lang=ko"},
		{"feed_all", h.Address + "/feed.atom?lang=ko"}, {"calendar", h.Address + "/calendar.ics?lang=ko"}} {
		v.Addresses = append(v.Addresses, prText{ID: one.key, Label: h.site.Text(lang, "office.pr."+one.key), Text: one.url})
	}
	for _, in := range []string{"ko", "en"} {
		v.Kits = append(v.Kits, h.prKit(lang, in, t.Forum))
	}
	return h.site.Render(c, http.StatusOK, "prkit", v)
}

// prTexts are how long the texts are meant to be: a text message, a post, a paragraph in the city's bulletin.
var prTexts = []struct {
	name string
	rows int
}{{"message", 5}, {"post", 8}, {"bulletin", 11}}

// withoutGaps closes what a forum without a summary leaves open.
var withoutGaps = strings.NewReplacer("\n\n\n\n", "\n\n", "  ", " ")

func (h *Handlers) prKit(reader, in string, f forum.Forum) prKit {
	title, topic := forumTitle(in, f), h.Address+"/"+in+"/forums/"+string(f.ID)
	summary := f.Summary
	if in != "ko" && f.SummaryEn != "" {
		summary = f.SummaryEn
	}
	kit := prKit{Lang: in, Name: h.site.Text(reader, "office.pr.in_"+in)}
	frame := `<iframe src="` + html.EscapeString(h.Address+"/embed/forums/"+string(f.ID)+"?lang="+in) + `" title="` + html.EscapeString(title) +
		`" width="100%" height="260" loading="lazy" style="border:0"></iframe>`
	kit.Texts = append(kit.Texts, prText{"embed-" + in, h.site.Text(reader, "office.pr.embed"), frame, 4})
	for _, one := range prTexts {
		text := h.site.Text(in, "office.pr.text."+one.name, "city", h.site.City(in), "title", title, "summary", summary, "url", topic, "period", h.prPeriod(in, f))
		kit.Texts = append(kit.Texts, prText{one.name + "-" + in, h.site.Text(reader, "office.pr."+one.name), withoutGaps.Replace(text), one.rows})
	}
	return kit
}

func (h *Handlers) prPeriod(in string, f forum.Forum) string {
	if f.OpensAt.IsZero() {
		return h.site.Text(in, "office.forum.unset")
	}
	return h.site.Text(in, "office.pr.period", "from", page.Date(in, f.OpensAt), "to", page.Date(in, page.End(f.ClosesAt)))
}
