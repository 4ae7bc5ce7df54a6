package journey

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Result is what summary.json says. Counts are the frozen ones that the public API shows.
type Result struct {
	ForumID            string       `json:"forum_id"`
	OpensAt            time.Time    `json:"opens_at"`
	ClosesAt           time.Time    `json:"closes_at"`
	Opinions           int          `json:"opinions"`
	Voters             int          `json:"voters"`
	VotesFor           int          `json:"votes_for"`
	VotesAgainst       int          `json:"votes_against"`
	Hits               int          `json:"hits"`
	Statuses           []StatusAt   `json:"statuses"`
	Awards             []AwardOf    `json:"awards"`
	Refused            []RefusedRow `json:"refused"`
	ResponseParagraphs int          `json:"response_paragraphs"`
	Mails              Mails        `json:"mails"`
	LedgerPending      int          `json:"ledger_pending"`
	Workbook           string       `json:"workbook"` // file name
	HistoryEvents      int          `json:"history_events"`
}

// StatusAt is a status that the forum reached, as the intranet dates it.
type StatusAt struct {
	Status string    `json:"status"`
	At     time.Time `json:"at"`
}

// AwardOf is a winner's place.
type AwardOf struct {
	Ref  string `json:"opinion_ref"`
	Rank int    `json:"rank"`
}

// Mails are how many letters the city has sent or given up.
type Mails struct {
	Sent    int `json:"sent"`
	Failed  int `json:"failed"`
	Unknown int `json:"unknown"`
}

// health is what the intranet knows of the city's inside.
type health struct {
	Invariants []struct {
		Name   string
		Rows   int
		Sample string
	}
	Mails struct {
		Mails
		Pending, Attempting int
	}
	LedgerPending int `json:"ledger_pending"`
	HistoryEvents int `json:"history_events"`
}

// result is how far the journey has come.
func (j *journey) result() Result {
	return Result{ForumID: j.forum, OpensAt: j.opensAt, ClosesAt: j.closesAt, Refused: j.refused.list(), Statuses: []StatusAt{}, Awards: []AwardOf{}}
}

// reckon reads what became of it all, writes it down, and refuses to be content where the figures differ.
func (j *journey) reckon(ctx context.Context) (Result, error) {
	r := j.result()
	inside, err := j.readHealth(ctx)
	if err != nil {
		return r, err
	}
	r.Mails, r.LedgerPending, r.HistoryEvents = inside.Mails.Mails, inside.LedgerPending, inside.HistoryEvents
	now, err := j.look(ctx)
	if err != nil {
		return r, err
	}
	r.OpensAt, r.ClosesAt = now.OpensAt, now.ClosesAt
	r.Opinions, r.Voters, r.VotesFor, r.VotesAgainst, r.Hits = now.Counts.Opinions, now.Counts.Voters, now.Counts.VotesFor, now.Counts.VotesAgainst, now.Counts.Hits
	if now.Response != nil {
		r.ResponseParagraphs = len(now.Response.Paragraphs)
	}
	if r.Awards, err = j.readAwards(ctx); err != nil {
		return r, err
	}
	if r.Statuses, err = j.readStatuses(ctx); err != nil {
		return r, err
	}
	if err := os.MkdirAll(j.Out, 0o755); err != nil {
		return r, err
	}
	if r.Workbook, err = j.download(ctx); err != nil {
		return r, err
	}
	raw, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return r, err
	}
	if err := os.WriteFile(filepath.Join(j.Out, "summary.json"), append(raw, '\n'), 0o644); err != nil { //nolint:gosec // figures, for everybody
		return r, err
	}
	return r, errors.Join(j.differences(r), broken(inside))
}

// readHealth waits until no letter is under way any more.
func (j *journey) readHealth(ctx context.Context) (health, error) {
	var h health
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return h, err
	}
	err = await(ctx, "the last letters to go out", 30*time.Second, func(ctx context.Context) (bool, error) {
		h = health{}
		err := officer.call(ctx, http.MethodGet, "/health.json?forum="+j.forum, "", nil, &h)
		return h.Mails.Pending+h.Mails.Attempting == 0, err
	})
	return h, err
}

// readAwards gives the winners as the published results have them.
func (j *journey) readAwards(ctx context.Context) ([]AwardOf, error) {
	var results struct {
		Awards []struct {
			Rank    int
			Opinion string
		}
	}
	if err := j.public.call(ctx, http.MethodGet, "/api/v1/forums/"+j.forum+"/results", "", nil, &results); err != nil {
		return nil, err
	}
	all := []AwardOf{}
	for _, one := range results.Awards {
		n := slices.IndexFunc(j.posted, func(p posted) bool { return p.ID == one.Opinion })
		if n < 0 {
			return nil, fmt.Errorf("the award of rank %d went to the opinion %s, which nobody here posted", one.Rank, one.Opinion)
		}
		all = append(all, AwardOf{j.rows[n].Ref, one.Rank})
	}
	return all, nil
}

// journeyStatuses are a forum's statuses in the order of an undisturbed life.
var journeyStatuses = []string{"selected", "assigning", "preparing", "scheduled", "open", "closed", "analysing", "awarding", "responding", "published", "following", "archived"}

// readStatuses gives when each status was reached, by the forum's trail in the intranet.
func (j *journey) readStatuses(ctx context.Context) ([]StatusAt, error) {
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return nil, err
	}
	reached := map[string]time.Time{}
	for n := 1; ; n++ {
		p, err := officer.read(ctx, j.forumPage(fmt.Sprintf("audit?size=100&page=%d", n)))
		if err != nil {
			return nil, err
		}
		rows := p.rows("audit")
		for _, row := range rows {
			status := attribute(row, "data-after")
			for cell := range row.Descendants() {
				if at, err := time.Parse(time.RFC3339, attribute(cell, "datetime")); err == nil {
					if before, known := reached[status]; !known || at.Before(before) {
						reached[status] = at
					}
				}
			}
		}
		if len(rows) < 100 {
			break
		}
	}
	all := []StatusAt{}
	for _, status := range journeyStatuses {
		if at, ok := reached[status]; ok {
			all = append(all, StatusAt{status, at})
		}
	}
	return all, nil
}

// download keeps the workbook under the name that the intranet gives it.
func (j *journey) download(ctx context.Context) (string, error) {
	officer, err := j.who(ctx, j.Staff.Officer[0])
	if err != nil {
		return "", err
	}
	path := j.forumPage("workbook.xlsx?lang=" + j.topic.lang)
	a, err := officer.ask(ctx, http.MethodGet, path, nil, nil)
	if err != nil {
		return "", err
	}
	if a.StatusCode != http.StatusOK {
		return "", officer.refused(http.MethodGet, path, a)
	}
	_, parameters, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
	name := filepath.Base(filepath.Clean("/" + parameters["filename"]))
	if err != nil || !strings.HasSuffix(name, ".xlsx") {
		return "", fmt.Errorf("%s is no workbook but %q", path, a.Header.Get("Content-Disposition"))
	}
	return name, os.WriteFile(filepath.Join(j.Out, name), a.body, 0o644) //nolint:gosec // as public as the forum
}

// differences tells where the city's figures aren't what it accepted. A view isn't accepted but noted, so an interruption may
// have cost some; without one all are there.
func (j *journey) differences(r Result) error {
	var faults []error
	differ := func(what string, got, want int) {
		if got != want {
			faults = append(faults, fmt.Errorf("%s: the city counts %d, it accepted %d", what, got, want))
		}
	}
	accepted, voters := 0, 0
	for _, one := range j.posted {
		if one.ID != "" {
			accepted++
		}
	}
	for n := range j.voters {
		if j.voters[n].Load() {
			voters++
		}
	}
	differ("opinions", r.Opinions, accepted)
	differ("votes for", r.VotesFor, int(j.votesFor.Load()))
	differ("votes against", r.VotesAgainst, int(j.votesAgainst.Load()))
	differ("voters", r.Voters, voters)
	if j.lost.count.Load() == 0 || r.Hits > j.views {
		differ("views", r.Hits, j.views)
	}
	differ("paragraphs of the response", r.ResponseParagraphs, len(j.paragraphs))
	differ("awards", len(r.Awards), min(len(j.places), prizes))
	if len(r.Statuses) != len(journeyStatuses) {
		faults = append(faults, fmt.Errorf("the trail lacks statuses: %v", r.Statuses))
	}
	if accepted+len(r.Refused) < len(j.rows) {
		faults = append(faults, fmt.Errorf("%d rows, but %d accepted and %d refused", len(j.rows), accepted, len(r.Refused)))
	}
	return errors.Join(faults...)
}

func broken(h health) error {
	var faults []error
	for _, one := range h.Invariants {
		faults = append(faults, fmt.Errorf("the invariant %s is broken by %d rows, such as %s", one.Name, one.Rows, one.Sample))
	}
	return errors.Join(faults...)
}

// Table is the summary for people.
func (r Result) Table() string {
	var b strings.Builder
	line := func(name string, value any) { fmt.Fprintf(&b, "%-22s %v\n", name, value) }
	line("forum", r.ForumID)
	line("open", fmt.Sprintf("%s to %s (%.1f s)", r.OpensAt.Local().Format(time.DateTime), r.ClosesAt.Local().Format(time.TimeOnly), r.ClosesAt.Sub(r.OpensAt).Seconds()))
	line("opinions", r.Opinions)
	line("voters", r.Voters)
	line("votes for, against", fmt.Sprintf("%d, %d", r.VotesFor, r.VotesAgainst))
	line("views", r.Hits)
	line("refused", len(r.Refused))
	refs := map[string][]string{}
	for _, one := range r.Refused {
		refs[one.Code] = append(refs[one.Code], one.Ref)
	}
	for _, code := range slices.Sorted(maps.Keys(refs)) {
		some := strings.Join(refs[code][:min(len(refs[code]), 5)], ", ")
		if len(refs[code]) > 5 {
			some += ", …"
		}
		line("  "+code, fmt.Sprintf("%d: %s", len(refs[code]), some))
	}
	for _, one := range r.Awards {
		line(fmt.Sprintf("award %d", one.Rank), one.Ref)
	}
	line("response", fmt.Sprintf("%d paragraphs", r.ResponseParagraphs))
	line("mails", fmt.Sprintf("%d sent, %d failed, %d unknown", r.Mails.Sent, r.Mails.Failed, r.Mails.Unknown))
	line("ledger", fmt.Sprintf("%d leaves waiting", r.LedgerPending))
	line("history", fmt.Sprintf("%d events", r.HistoryEvents))
	line("workbook", r.Workbook)
	return b.String()
}
