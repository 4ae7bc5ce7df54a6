package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
	"acropolis/webui/page"
)

// bound says whether a route is about something that belongs to a department: the handler asks the policy with it.
func bound(r page.Route) bool {
	return strings.HasPrefix(r.Path, "/:lang/forums/:id") || strings.HasPrefix(r.Path, "/:lang/approvals/:id") || strings.HasPrefix(r.Path, "/:lang/awards/:id") ||
		strings.HasPrefix(r.Path, "/:lang/invitations/:id") || belongsTo(r) == ""
}

// belongsTo is the department whose a route's subject is in the test city; what no forum has is the city's own.
func belongsTo(r page.Route) string {
	if strings.HasPrefix(r.Path, "/:lang/suggestions/invitations") {
		return ""
	}
	return roads
}

// Every route × every duty × own or another department: who may enter is the policy table's answer and nothing else.
func TestRoutesAskThePolicy(t *testing.T) {
	for _, duty := range append([]forum.Duty{""}, forum.Duties...) {
		for _, department := range []string{roads, "parks"} {
			one := forum.Official{ID: id(77), UID: "one", Name: "하나", Department: department, Duties: []forum.Duty{duty}}
			if duty == "" {
				one.Duties = nil
			}
			o := newOffice(t, one)
			o.officials = append(o.officials, one)
			for _, r := range o.routes {
				isDecision := strings.Contains(r.Path, "/approvals/:id/decisions/") || strings.HasSuffix(r.Path, "/approvals/:id/comments")
				if r.Action == "" || isDecision && r.Method == http.MethodGet {
					continue
				}
				held := one.May(r.Action, department) == nil
				want := map[bool]int{true: 0, false: http.StatusForbidden}[held]
				read := r.Action
				if isDecision {
					read = forum.ReadApprovals // whether it is one's turn is the procedure's to say
				}
				if held && bound(r) && one.May(read, belongsTo(r)) != nil {
					want = http.StatusNotFound
				}
				path := address(r, "ko")
				var got int
				o.did = nil
				if r.Method == http.MethodGet {
					got = o.get(path).Code
				} else {
					got = o.post(path, url.Values{}).Code
				}
				entered := got != http.StatusForbidden && got != http.StatusNotFound && got != http.StatusUnauthorized && got < 500
				if strings.Contains(r.Path, "/decisions/:key") {
					entered = got == http.StatusNotFound // there is no such decision, which only staff learn
				}
				if want == 0 && !entered || want != 0 && (got != want || len(o.did) > 0 || len(o.conductor.decided) > 0) {
					t.Errorf("%s %s as %s of %s: status %d, want %d", r.Method, path, duty, department, got, want)
				}
			}
		}
	}
}

func TestNobodyEntersWithoutSigningIn(t *testing.T) {
	o := newOffice(t, forum.Official{})
	for _, r := range o.routes {
		path := address(r, "en")
		switch {
		case r.Action == "":
		case r.API:
			if a := o.get(path); a.Code != http.StatusUnauthorized {
				t.Errorf("%s: status %d", path, a.Code)
			}
		case r.Method == http.MethodGet:
			a := o.get(path)
			if a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), "/en/login?next=%2Fen") {
				t.Errorf("%s: status %d, leads to %s", path, a.Code, a.Header().Get("Location"))
			}
		default:
			if a := o.post(path, url.Values{"reason": {"x"}}); a.Code != http.StatusUnauthorized {
				t.Errorf("%s: status %d", path, a.Code)
			}
		}
	}
	if len(o.did) > 0 || len(o.conductor.decided) > 0 {
		t.Error("somebody unknown did something")
	}
}

// Whoever has left the directory is nobody, whatever their cookie says.
func TestWhoHasLeftIsSignedOut(t *testing.T) {
	o := newOffice(t, officer)
	o.officials = o.officials[1:]
	if a := o.get("/ko/"); a.Code != http.StatusSeeOther {
		t.Errorf("status %d", a.Code)
	}
}

func TestNothingChangesByLooking(t *testing.T) {
	all := everyone
	all.Duties = forum.Duties
	o := newOffice(t, all)
	o.officials = append([]forum.Official{all}, o.officials...)
	for _, r := range o.routes {
		if r.Method == http.MethodGet {
			o.get(address(r, "ko") + "?key=" + string(id(1000)) + "&confirmed=yes&reason=because&workflow=forum-1")
		}
	}
	if len(o.did) > 0 || len(o.conductor.decided) > 0 || len(o.conductor.woken) > 0 || len(o.conductor.retried) > 0 {
		t.Errorf("looking changed something: %v %v", o.did, o.conductor)
	}
}

// The substitute of an absent head does what the head may, and signs in their place.
func TestSubstituteStandsInForAnAbsentHead(t *testing.T) {
	absent, deputy := head1, forum.Official{ID: id(20), UID: "deputy", Name: "대리인", Department: roads, Duties: []forum.Duty{forum.Drafter}}
	absent.Substitute = deputy.ID
	o := newOffice(t, deputy)
	o.officials = []forum.Official{officer, absent, deputy, drafter}
	o.get("/ko/approvals/"+string(id(400))).want(t, http.StatusOK)
	if a := o.get("/ko/approvals/" + string(id(400))); strings.Contains(a.body, "form-approval.sign") {
		t.Error("somebody signs for a head who is there")
	}

	absent.Absent = true
	o = newOffice(t, deputy)
	o.officials = []forum.Official{officer, absent, deputy, drafter}
	o.get("/ko/approvals/"+string(id(400))).want(t, http.StatusOK, "form-approval.sign", "부재 중인 박도로")
}

func TestDrafterIsNotAskedToSignTheirOwn(t *testing.T) {
	absent := head1
	absent.Absent, absent.Substitute = true, drafter.ID
	o := newOffice(t, drafter)
	o.officials = []forum.Official{officer, absent, drafter}
	if a := o.get("/ko/approvals/" + string(id(400))); strings.Contains(a.body, "form-approval.sign") || !strings.Contains(a.body, "form-approval.recall") {
		t.Error("the drafter may sign their own document, or may not recall it")
	}
}

func TestMenuShowsWhatOneMayRead(t *testing.T) {
	o := newOffice(t, drafter)
	a := o.get("/ko/")
	a.want(t, http.StatusOK, `href="/ko/approvals"`, "이기안", "기안 담당")
	for _, hidden := range []string{`href="/ko/health"`, `href="/ko/audit"`, `href="/ko/rounds"`} {
		if strings.Contains(a.body, hidden) {
			t.Errorf("a drafter's menu has %s", hidden)
		}
	}
}
