// Package public is the citizens' side: the pages under /ko, /en, /zh and /ja, and the API under /api/v1. Each file is one noun and
// says through a small interface of its own what it asks of the city's memory; New takes them all at once.
package public

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"embed"
	"io/fs"
	"sync"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the citizens' pages, for page.Options.
func Templates() fs.FS { return templates }

// Menu is the main menu, for page.Options.
var Menu = []page.Link{
	{Key: "public.menu.forums", Path: "/forums"},
	{Key: "public.menu.suggestions", Path: "/suggestions"},
	{Key: "public.menu.subscribe", Path: "/subscriptions/new"},
	{Key: "public.menu.guide", Path: "/guide"},
}

// Store is what the citizens' pages read and, one at a time, write.
type Store interface {
	Forums
	Dossiers
	Board
	Suggestions
	Receipts
	Moderated
	Sessions
	Subscriptions
	Results
	Offers
	Invitations
	Exports
	Portal
	Mine
	Guardians
	News
	Vouched
	Erasing
	Rates
	Pressed
}

// Writer takes what comes in bulk: opinions, votes, supports and hits.
type Writer interface {
	Poster
	Voter
	Supporter
	Viewer
}

// Options are what the handlers need. The zero Address gives feeds relative addresses.
type Options struct {
	Store      Store
	Writer     Writer
	Decider    Decider // takes a winner's or an expert's answer to its procedure
	Gateway    Gateway // the city's sign-in; nil: there is none
	Origins    []byte  // the key under which networks are hashed; without one nothing is kept of them
	OriginDays int     // after a forum's close, until origins are erased; see forum.OriginDays
	Secure     bool    // served over TLS: the session's cookie is Secure and bound to this host
	Address    string  // https://forum.seoul.go.kr, for feeds
	Districts  []District
	Embedders  []string // origins whose pages may show a topic's banner in a frame

	Challenges []byte // signs the tasks that unconfirmed people solve while a forum is under pressure
	Numbers    int    // how many numbers a task has to try; 0: as many as take a phone under a second
	Pressure   int    // writes of unconfirmed people a minute from which on a forum is under pressure; 0: only where an official says so
	Most       int    // writes a minute that a forum takes at most; 0: any number
}

// Handlers are the citizens' handlers.
type Handlers struct {
	Options
	site        *page.Site
	departments departments
	cards       pictures[cardWords]
	codes       pictures[qrShown]
	tracks      sync.Map // of the forums that somebody wrote on
	pressure    *pressure
}

// New makes the handlers. Without Districts it knows Seoul's.
func New(site *page.Site, o Options) *Handlers {
	if o.Districts == nil {
		o.Districts = SeoulDistricts
	}
	if o.OriginDays == 0 {
		o.OriginDays = forum.OriginDays
	}
	return &Handlers{Options: o, site: site, pressure: newPressure(site, o.Pressure, o.Most)}
}

// departmentsLife is how old the names behind codes may be.
const departmentsLife = time.Minute

// departments are the names behind codes.
type departments struct {
	mu    sync.Mutex
	known map[string]forum.Department
	until time.Time
}

// department is the name of a department in the reader's language; a code that nobody knows stays empty, because a topic
// is readable without it. One reader asks again while the others go on with what is known.
func (h *Handlers) department(ctx context.Context, code, lang string) string {
	d := &h.departments
	d.mu.Lock()
	known, stale := d.known, time.Now().After(d.until)
	if stale {
		d.until = time.Now().Add(departmentsLife)
	}
	d.mu.Unlock()
	if stale {
		if all, err := h.Store.Departments(ctx); err == nil {
			known = make(map[string]forum.Department, len(all))
			for _, one := range all {
				known[one.Code] = one
			}
			d.mu.Lock()
			d.known = known
			d.mu.Unlock()
		}
	}
	one := known[code]
	if lang != "ko" && one.NameEn != "" {
		return one.NameEn
	}
	return one.Name
}

// keyed is an HMAC of text under secret, so that the database never learns the secret itself.
func keyed(secret []byte, text string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
