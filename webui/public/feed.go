package public

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// feedEntries is how many forums the feed holds.
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
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// Feed is /feed.atom: the forums that citizens may see, the newest first.
func (h *Handlers) Feed(c *gin.Context) error {
	forums, _, err := h.Store.PublicForums(c.Request.Context(), forum.ForumFilter{Public: true, Page: 1, Size: feedEntries})
	if err != nil {
		return err
	}
	lang, address := page.Lang(c), h.address(c)
	feed := atomFeed{
		Lang: lang, ID: address + "/feed.atom", Title: h.site.Text(lang, "layout.public_name"),
		Author: atomAuthor{h.site.Text(lang, "layout.public_name")},
		Links:  []atomLink{{"self", address + "/feed.atom"}, {"alternate", address + "/" + lang + "/forums"}},
	}
	var last time.Time
	for _, f := range forums {
		changed := f.CreatedAt
		if f.OpensAt.After(changed) && !f.OpensAt.After(time.Now()) {
			changed = f.OpensAt
		}
		if changed.After(last) {
			last = changed
		}
		feed.Entries = append(feed.Entries, atomEntry{
			ID: "urn:uuid:" + string(f.ID), Title: titleOf(f, lang), Updated: changed.UTC().Format(time.RFC3339),
			Link: atomLink{"alternate", address + page.To(c, "forums", f.ID)}, Summary: summaryOf(f, lang),
		})
	}
	feed.Updated = last.UTC().Format(time.RFC3339)
	body, err := xml.MarshalIndent(feed, "", " ")
	if err != nil {
		return err
	}
	c.Header("Vary", "Accept-Language")
	c.Data(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
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
