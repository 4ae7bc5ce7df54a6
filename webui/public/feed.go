package public

import (
	"cmp"
	"encoding/xml"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// feedEntries is how many forums, or opinions of one, a feed holds.
const feedEntries = 50

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  atomAuthor  `xml:"author"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomEntry struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  *atomAuthor `xml:"author,omitempty"`
	Link    atomLink    `xml:"link"`
	Summary string      `xml:"summary"`

	at time.Time
}

func newEntry(id, title string, at time.Time, link, summary string) atomEntry {
	return atomEntry{ID: id, Title: title, Updated: at.UTC().Format(time.RFC3339), Link: atomLink{"alternate", link}, Summary: summary, at: at}
}

// Feed is /feed.atom: the forums that citizens may see, the newest first.
func (h *Handlers) Feed(c *gin.Context) error {
	forums, _, err := h.Store.PublicForums(c.Request.Context(), forum.ForumFilter{Public: true, Page: 1, Size: feedEntries})
	if err != nil {
		return err
	}
	lang, address := page.Lang(c), h.address(c)
	feed := atomFeed{ID: address + "/feed.atom", Title: h.site.Text(lang, "layout.public_name"),
		Links: []atomLink{{"self", address + "/feed.atom"}, {"alternate", address + "/" + lang + "/forums"}}}
	for _, f := range forums {
		changed := f.CreatedAt
		if f.OpensAt.After(changed) && !f.OpensAt.After(time.Now()) {
			changed = f.OpensAt
		}
		feed.Entries = append(feed.Entries, newEntry("urn:uuid:"+string(f.ID), titleOf(f, lang), changed, address+page.To(c, "forums", f.ID), summaryOf(f, lang)))
	}
	return h.answerFeed(c, feed)
}

// ForumFeed is /forums/{id}/feed.atom: what became of a topic and the opinions on its board, the newest first.
func (h *Handlers) ForumFeed(c *gin.Context) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	opinions, _, err := h.Store.Board(c.Request.Context(), forum.BoardFilter{Forum: f.ID, Sort: forum.NewestFirst, Page: 1, Size: feedEntries}, "", nil)
	if err != nil {
		return err
	}
	lang, address := page.Lang(c), h.address(c)
	topic := address + page.To(c, "forums", f.ID)
	feed := atomFeed{ID: "urn:uuid:" + string(f.ID), Title: titleOf(f, lang),
		Links: []atomLink{{"self", address + "/forums/" + string(f.ID) + "/feed.atom"}, {"alternate", topic}}}
	for _, o := range opinions {
		title := cmp.Or(o.Title, h.site.Text(lang, "public.opinion_number", "number", o.Number))
		entry := newEntry("urn:uuid:"+string(o.ID), title, o.AcceptedAt, topic+"?sort=newest#opinion-"+string(o.ID), shortened(o.Text))
		entry.Author = &atomAuthor{cmp.Or(o.Pseudonym, h.site.Text(lang, "public.anonymous"))}
		feed.Entries = append(feed.Entries, entry)
	}
	news, err := h.news(c, f, topic)
	if err != nil {
		return err
	}
	feed.Entries = append(feed.Entries, news...)
	return h.answerFeed(c, feed)
}

// news are the forum's own steps: it opened, it closed, the city answered and did what it promised.
func (h *Handlers) news(c *gin.Context, f forum.Forum, topic string) ([]atomEntry, error) {
	lang, now := page.Lang(c), time.Now()
	var news []atomEntry
	add := func(what string, at time.Time, link string) {
		if !at.IsZero() && !at.After(now) {
			news = append(news, newEntry("urn:uuid:"+string(f.ID)+"#"+what, h.site.Text(lang, "public.news."+what, "title", titleOf(f, lang)), at, link, summaryOf(f, lang)))
		}
	}
	add("opened", f.OpensAt, topic)
	if f.Status.HasClosed() {
		add("closed", f.ClosesAt, topic)
	}
	if !f.Status.HasResults() {
		return news, nil
	}
	r, err := h.Store.Results(c.Request.Context(), f.ID)
	if err != nil {
		return nil, err
	}
	add("answered", r.Response.PublishedAt, topic+"/results")
	for _, m := range r.Milestones {
		if m.Status == forum.MilestoneDone {
			news = append(news, newEntry("urn:uuid:"+string(m.ID), h.site.Text(lang, "public.news.done", "title", m.Title), m.DoneAt, topic+"/results", m.Note))
		}
	}
	return news, nil
}

// summaryMost is how much of an opinion a feed repeats, in characters.
const summaryMost = 500

func shortened(text string) string {
	if runes := []rune(text); len(runes) > summaryMost {
		return string(runes[:summaryMost]) + "…"
	}
	return text
}

func (h *Handlers) answerFeed(c *gin.Context, feed atomFeed) error {
	lang := page.Lang(c)
	feed.Lang, feed.Author = page.LangTag(lang), atomAuthor{h.site.Text(lang, "layout.public_name")}
	slices.SortStableFunc(feed.Entries, func(a, b atomEntry) int { return b.at.Compare(a.at) })
	feed.Entries = feed.Entries[:min(len(feed.Entries), feedEntries)]
	var last time.Time
	if len(feed.Entries) > 0 {
		last = feed.Entries[0].at
	}
	feed.Updated = last.UTC().Format(time.RFC3339)
	c.Header("Vary", "Accept-Language")
	return answerXML(c, "application/atom+xml", feed)
}

// address is where this site is, without a slash at its end.
func (h *Handlers) address(c *gin.Context) string {
	if h.Address != "" {
		return h.Address
	}
	if h.Secure {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}
