package public

import (
	"context"
	"encoding/xml"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Portal is what other sites and programs are told of the whole city's forums.
type Portal interface {
	PublicDates(context.Context) ([]forum.PublicDates, error)
	PublicAddresses(context.Context) ([]forum.PublicAddress, error)
}

// Robots is /robots.txt: read everything but what is somebody's own.
func (h *Handlers) Robots(c *gin.Context) error {
	text := "User-agent: *\n"
	for _, path := range []string{"receipts", "awards", "invitations", "subscriptions", "unsubscribe", "sign-in", "me", "guardians"} {
		text += "Disallow: /*/" + path + "\n"
	}
	c.String(http.StatusOK, text+"Disallow: /*/opinions/new\nDisallow: /api/v1/receipts\nDisallow: /unsubscribe\n\nSitemap: "+h.address(c)+"/sitemap.xml\n")
	return nil
}

type siteMap struct {
	XMLName xml.Name   `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string     `xml:"xmlns:xhtml,attr"`
	Pages   []sitePage `xml:"url"`
}

type sitePage struct {
	Address string           `xml:"loc"`
	Changed string           `xml:"lastmod,omitempty"`
	Others  []siteTranslated `xml:"xhtml:link"`
}

type siteTranslated struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// standing are the pages that are always there.
var standing = []string{"/", "/forums", "/suggestions", "/about", "/guide", "/rules", "/privacy", "/accessibility"}

// SiteMap is /sitemap.xml: every page that anybody may find, in each language, with its other languages beside it.
func (h *Handlers) SiteMap(c *gin.Context) error {
	addresses, err := h.Store.PublicAddresses(c.Request.Context())
	if err != nil {
		return err
	}
	m := siteMap{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range standing {
		m.add(h.address(c), path, time.Time{})
	}
	for _, a := range addresses {
		path := "/suggestions/" + string(a.ID)
		if a.Noun == forum.TheForum {
			path = "/forums/" + string(a.ID)
		}
		m.add(h.address(c), path, a.ChangedAt)
		if a.Results {
			m.add(h.address(c), path+"/results", a.ChangedAt)
		}
	}
	return answerXML(c, "application/xml", m)
}

// sitePagesMost is how many pages one list may name by its protocol.
const sitePagesMost = 50_000

func (m *siteMap) add(site, path string, changed time.Time) {
	if len(m.Pages)+len(page.Public.Languages()) > sitePagesMost {
		return
	}
	for _, lang := range page.Public.Languages() {
		one := sitePage{Address: site + "/" + lang + path}
		if !changed.IsZero() {
			one.Changed = changed.UTC().Format(time.RFC3339)
		}
		for _, other := range page.Public.Languages() {
			one.Others = append(one.Others, siteTranslated{"alternate", page.LangTag(other), site + "/" + other + path})
		}
		one.Others = append(one.Others, siteTranslated{"alternate", "x-default", site + "/" + page.Public.Languages()[0] + path})
		m.Pages = append(m.Pages, one)
	}
}

// answerXML writes a document for programs that read XML.
func answerXML(c *gin.Context, kind string, document any) error {
	body, err := xml.MarshalIndent(document, "", " ")
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, kind+"; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}
