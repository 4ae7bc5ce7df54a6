package office

import (
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"acropolis/forum"
	"acropolis/webui/page"
)

//go:embed templates/*.html
var templates embed.FS

// Templates are the intranet's pages, for page.Options.
func Templates() fs.FS { return templates }

// Store is what the intranet reads and, one at a time, writes.
type Store interface {
	Officials
	Work
	Clocks
	Absences
	Profiles
	Radar
	Forums
	Suggestions
	Rounds
	Committees
	Dossiers
	Approvals
	Invitations
	Urgents
	Lines
	UsualLines
	DelegationRules
	Opinions
	Suspects
	Moderations
	Entries
	Participations
	Analyses
	Awards
	Responses
	Corrections
	Milestones
	Calendars
	Trail
	Health
	Pressed
	Outcomes
}

// Options are what the handlers need. Now is time.Now unless a test says otherwise; it only colours clocks. Log is
// slog.Default.
type Options struct {
	Store      Store
	Directory  Directory
	Conductor  Conductor
	Workbook   Workbook
	Sessions   Sessions
	Vitals     Vitals
	Rehearsals Rehearsals
	// Districts may be named as where an author lives; Address is where citizens find the public site.
	Districts []District
	Address   string
	// Gateway says that the city's sign-in is set up, so that a forum may ask for it.
	Gateway bool
	// Embedders are the sites that may show a topic's banner.
	Embedders []string
	// CalendarFile reads the holidays of an uploaded calendar.
	CalendarFile func(file []byte) ([]forum.Holiday, error)
	// Inspect tells what an uploaded file is, and refuses what no dossier takes.
	Inspect func(name string, content []byte) (forum.NewFile, error)
	Now     func() time.Time
	Log     *slog.Logger
}

// Handlers are the staff's handlers.
type Handlers struct {
	Options
	site   *page.Site
	people people
}

// New makes the handlers.
func New(site *page.Site, o Options) *Handlers {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Handlers{Options: o, site: site}
}

// menu has every entry of the main menu, with what one must be allowed to see it.
var menu = []struct {
	link   page.Link
	action forum.Action
}{
	{page.Link{Key: "office.menu.work", Path: "/"}, forum.ReadForums},
	{page.Link{Key: "office.menu.radar", Path: "/radar"}, forum.ReadRadar},
	{page.Link{Key: "office.menu.forums", Path: "/forums"}, forum.ReadForums},
	{page.Link{Key: "office.menu.suggestions", Path: "/suggestions"}, forum.ReadSuggestions},
	{page.Link{Key: "office.menu.rounds", Path: "/rounds"}, forum.ReadRounds},
	{page.Link{Key: "office.menu.opinions", Path: "/opinions"}, forum.ModerateOpinion},
	{page.Link{Key: "office.menu.approvals", Path: "/approvals"}, forum.ReadApprovals},
	{page.Link{Key: "office.menu.calendar", Path: "/calendar"}, forum.ReadForums},
	{page.Link{Key: "office.menu.audit", Path: "/audit"}, forum.ReadAudit},
	{page.Link{Key: "office.menu.health", Path: "/health"}, forum.ReadHealth},
	{page.Link{Key: "office.menu.directory", Path: "/directory"}, forum.ReadForums},
}

// Menu is the main menu of whoever is signed in, for page.Options.
func Menu(c *gin.Context) []page.Link {
	official, known := signedIn(c)
	if !known {
		return nil
	}
	var links []page.Link
	for _, entry := range menu {
		if official.mayAnywhere(entry.action) == nil {
			links = append(links, entry.link)
		}
	}
	return links
}

// newKey names a decision, when its form is drawn: sent twice, it is one decision.
func newKey() string { return uuid.Must(uuid.NewV7()).String() }

// part is one thing on a page together with the page, for partials that need words: {{template "row" (.Data.With $ .)}}.
type part struct {
	*page.View
	Part any
}

// base is what every page's data has.
type base struct{}

// With gives a partial the page and one thing on it.
func (base) With(v *page.View, one any) part { return part{View: v, Part: one} }
