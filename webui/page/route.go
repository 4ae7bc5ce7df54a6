package page

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Route is one line of a site's table of contents. A page's path begins with "/:lang"; documents and feeds have none.
type Route struct {
	Method string
	Path   string
	Handle Handler
	API    bool         // errors become problem documents
	Limit  LimitClass   // how often one address may call it
	Action forum.Action // what staff must be allowed for it; empty where everybody may
	Cached Kept         // whose answer may come from memory: it is the same for all of them

	Person func(*gin.Context) string // who is signed in, who is limited as well as the address; nil, or empty for nobody

	Anywhere bool // another site may have a browser send it: no cookie lets anybody in, its address is the secret

	Note func(*gin.Context) // sees each request that is let in, also one that is answered from memory
}

// LimitClass is how often one address may call a group of routes. The routes of a class share one pace an address.
type LimitClass string

// The classes. A school or an office shares one address, so they are generous; what sends a mail to an address that
// anybody may type is not.
const (
	Unlimited LimitClass = ""
	Reads     LimitClass = "reads"
	Writes    LimitClass = "writes" // opinions, suggestions: each is a text that somebody must read
	Votes     LimitClass = "votes"  // votes and supports: one click each
	Codes     LimitClass = "codes"  // answers to a mailed code, each a guess
	Mails     LimitClass = "mails"  // sends a mail to an address that the caller names
	Downloads LimitClass = "downloads"
	Files     LimitClass = "files" // what officials attached: a class room opens one at once
)

// limitRate is a class's requests a minute and at once.
type limitRate struct {
	perMinute float64
	burst     int
	mends     bool // what was refused and can be mended isn't counted
}

var limits = map[LimitClass]limitRate{
	Reads:     {1200, 600, false},
	Writes:    {60, 30, true},
	Votes:     {600, 300, false},
	Codes:     {30, 20, false},
	Mails:     {20, 10, false},
	Downloads: {20, 10, false},
	Files:     {120, 60, false},
}

// Mount puts the routes on an engine. before gives what stands before a route's handler (who may enter); it may be nil.
func (s *Site) Mount(e *gin.Engine, routes []Route, before func(Route) []gin.HandlerFunc) {
	classes := map[LimitClass]*limiter{}
	for class, rate := range limits {
		classes[class] = newLimiter(rate)
		classes[class].pace.name = string(class)
		s.paces = append(s.paces, classes[class].pace)
	}
	pages := s.Pages(e)
	for _, r := range slices.Concat(routes, s.leadingUp(routes)) {
		var chain []gin.HandlerFunc
		if r.Anywhere {
			s.anywhere[r.Method+" "+r.Path] = true
		}
		if r.Limit != Unlimited {
			chain = append(chain, classes[r.Limit].before(s, r.Person))
		}
		if r.Note != nil {
			chain = append(chain, r.Note)
		}
		if r.Cached != ForNobody {
			chain = append(chain, s.cached(r.Cached, strings.HasPrefix(r.Path, "/:lang/")))
		}
		chain = append(chain, s.patient)
		if before != nil {
			chain = append(chain, before(r)...)
		}
		if r.API {
			chain = append(chain, s.API(r.Handle))
		} else {
			chain = append(chain, s.Handle(r.Handle))
		}
		if path, isPage := strings.CutPrefix(r.Path, "/:lang"); isPage {
			pages.Handle(r.Method, path, chain...)
		} else {
			e.Handle(r.Method, r.Path, chain...)
		}
	}
}

// leadingUp answers a GET where the routes take only a page's POST, as when the language is switched on a form that was refused: it leads
// to the form itself, or else to the page that the address lies under.
func (s *Site) leadingUp(routes []Route) []Route {
	pages := map[string]bool{}
	for _, r := range routes {
		if r.Method == http.MethodGet {
			pages[r.Path] = true
		}
	}
	var up []Route
	for _, r := range routes {
		if r.Method != http.MethodPost || pages[r.Path] || !strings.HasPrefix(r.Path, "/:lang/") {
			continue
		}
		depth, below := pageAbove(r.Path, pages)
		limit := r.Limit
		if limit != Unlimited {
			limit = Reads
		}
		up = append(up, Route{Method: http.MethodGet, Path: r.Path, Action: r.Action, Limit: limit, Handle: func(c *gin.Context) error {
			if depth == 2 {
				return s.Redirect(c, To(c))
			}
			return s.Redirect(c, strings.Join(strings.Split(c.Request.URL.EscapedPath(), "/")[:depth], "/")+below)
		}})
	}
	return up
}

// pageAbove tells how many parts of an address lead to the next page above it, and what follows them; 2 parts are the home page.
func pageAbove(path string, pages map[string]bool) (depth int, below string) {
	parts := strings.Split(path, "/")
	for depth = len(parts); depth > 2; depth-- {
		switch above := strings.Join(parts[:depth], "/"); {
		case pages[above+"/new"]:
			return depth, "/new"
		case pages[above]:
			return depth, ""
		}
	}
	return depth, ""
}
