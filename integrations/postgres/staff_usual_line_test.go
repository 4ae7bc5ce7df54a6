package postgres_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
)

// kept is a line that its drafter wants to keep.
func kept(line forum.LineDetails) forum.LineDetails {
	line.Keep = true
	return line
}

// usual is what a department keeps for its dossiers, as "role uid", each place with its department.
func (c city) usual(department string) string {
	c.t.Helper()
	line, err := c.UsualLine(c.t.Context(), department, forum.TheDossier)
	c.must(err)
	var places []string
	for _, s := range line.Signers {
		places = append(places, string(s.Role)+" "+s.Name+" of "+s.Department)
	}
	return strings.Join(places, ", ")
}

// TestLineIsKeptWithItsDocument: the box keeps it, for this department and this type of document alone; a refused document keeps
// nothing; the next one that is kept replaces it and both stay on record.
func TestLineIsKeptWithItsDocument(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	_, err := c.inForum("road.drafter", forum.SubmitDossier, id, "", kept(c.lineOf("reviewer road.head", "approver auditor")))
	refused(t, err, forum.Invalid, "approval.signer_without_duty")
	if got := c.usual("road"); got != "" {
		t.Errorf("a refused document keeps %q", got)
	}
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", kept(c.lineOf("reviewer road.head", "consulted parks.head", "approver bureau.head")))
	if got := c.usual("road"); got != "reviewer road.head of road, consulted parks.head of parks, approver bureau.head of construction" {
		t.Errorf("the usual line: %s", got)
	}
	if got := c.usual("parks"); got != "" {
		t.Errorf("another department's: %s", got)
	}
	if line, err := c.UsualLine(t.Context(), "road", forum.TheResponse); err != nil || line.ID != "" {
		t.Errorf("another type's: %+v, %v", line, err)
	}

	c.mustInForum("road.drafter", forum.SubmitDossier, c.preparing(), "", c.lineOf("approver road.head"))
	c.mustInForum("officer", forum.SubmitDossier, c.preparing(), "", kept(c.lineOf("approver road.head")))
	if got := c.usual("road"); got != "approver road.head of road" {
		t.Errorf("the line that was kept last: %s", got)
	}
	if n := one[int](t, c.Store, `SELECT count(*)::int FROM usual_lines`); n != 2 {
		t.Errorf("%d lines on record, want both", n)
	}
	if got := one[string](t, c.Store, `SELECT string_agg(o.uid || ': ' || a.after, ', ' ORDER BY a.id) FROM audit a JOIN officials o ON o.id = a.by_official WHERE a.action = 'line.keep'`); got !=
		"road.drafter: dossier road, officer: dossier road" {
		t.Errorf("the trail: %s", got)
	}
	c.wantNothingWrong()
}

// TestLinesAreKeptAtOnce: of documents that are sent at the same moment each keeps its line, one after the other, and one stands.
func TestLinesAreKeptAtOnce(t *testing.T) {
	c := newCity(t)
	var decided []forum.ID
	for range 6 {
		decided = append(decided, c.decided("road.drafter", forum.SubmitDossier, forum.TheForum, c.preparing(), "", kept(c.line("road.head"))))
	}
	held, err := c.Pool().Begin(t.Context()) // nobody writes before all of them are at the door
	c.must(err)
	_, err = held.Exec(t.Context(), `LOCK TABLE usual_lines IN EXCLUSIVE MODE`)
	c.must(err)
	var all sync.WaitGroup
	for _, id := range decided {
		all.Go(func() {
			if _, err := c.forumStep(forum.SubmitDossier)(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	for one[int](t, c.Store, `SELECT count(*)::int FROM pg_locks WHERE NOT granted`) < len(decided) {
		time.Sleep(10 * time.Millisecond)
	}
	c.must(held.Commit(t.Context()))
	all.Wait()
	if got := one[string](t, c.Store, `SELECT count(*) || ' ' || count(*) FILTER (WHERE ended_at IS NULL) FROM usual_lines`); got != "6 1" {
		t.Errorf("kept and standing: %s", got)
	}
}

// TestLineIsDroppedByItsDepartment: its drafters and its head may, whoever stands in for them and the officers too; nobody else
// learns that it is there.
func TestLineIsDroppedByItsDepartment(t *testing.T) {
	c := newCity(t)
	c.mustInForum("road.drafter", forum.SubmitDossier, c.preparing(), "", kept(c.line("road.head")))
	line, err := c.UsualLine(t.Context(), "road", forum.TheDossier)
	c.must(err)
	drop := func(uid string) error { return c.DropLine(t.Context(), c.official(uid), "10.0.0.9", line.ID) }
	refused(t, drop("parks.head"), forum.NotFound, "page.not_found")
	refused(t, drop("juror"), forum.Forbidden, "duty.missing")
	c.must(drop("road.head"))
	refused(t, drop("road.drafter"), forum.Conflict, "usual_line.replaced")
	if got := c.usual("road"); got != "" {
		t.Errorf("still there: %s", got)
	}
	if all, err := c.UsualLines(t.Context(), ""); err != nil || len(all) != 0 {
		t.Errorf("%v, %v", all, err)
	}
	if got := one[string](t, c.Store, `SELECT action || ' ' || before FROM audit WHERE noun = 'usual_line' ORDER BY id DESC LIMIT 1`); got != "line.drop dossier road" {
		t.Errorf("the trail: %s", got)
	}
}

// TestLineOfTheCitysOwnIsNobodysUsual: a line belongs to a department.
func TestLineOfTheCitysOwnIsNobodysUsual(t *testing.T) {
	c := newCity(t)
	c.directory(func(p *forum.DirectoryPerson) bool {
		if p.UID == "officer" {
			p.Department = ""
		}
		return true
	})
	u := forum.NewUrgent{Title: "한파 쉼터", Text: "한파 쉼터를 늘려야 합니다.", Lang: "ko", Track: forum.General, Reason: "한파가 옵니다.", LineDetails: kept(c.line("mayor"))}
	u.Idempotency = forum.Idempotency{Scope: []byte("s"), Key: "k"}
	_, err := c.StartUrgent(t.Context(), c.official("officer"), "10.0.0.1", u)
	refused(t, err, forum.Invalid, "department.unknown")
}
