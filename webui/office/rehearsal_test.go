package office

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

// rehearsals foresee a board and a head who has to take it, and remember what they were asked.
type rehearsals struct {
	asked []forum.ForumPlan
	busy  bool
}

func (r *rehearsals) Days(context.Context) (forum.Calendar, error) {
	return forum.Calendar{Zone: page.Seoul}, nil
}

func (r *rehearsals) Rehearse(_ context.Context, plan forum.ForumPlan) (forum.Rehearsal, error) {
	if r.busy {
		return forum.Rehearsal{}, forum.Refuse(forum.Unavailable, "rehearsal.busy")
	}
	r.asked = append(r.asked, plan)
	whom := forum.Whom{Official: head1.ID}
	return forum.Rehearsal{Plan: plan, Status: forum.Assigning, Took: 240 * time.Millisecond,
		Open: []forum.Owed{{Noun: forum.TheForum, Subject: id(100), Kind: forum.AcceptAssignment, Official: head1.ID, Due: noon}},
		Events: []forum.RehearsalEvent{
			{At: noon, Kind: forum.EventMove, Noun: forum.TheForum, What: string(forum.Assigning)},
			{At: noon, Kind: forum.EventClock, Noun: forum.TheForum, What: string(forum.AcceptAssignment), Whom: whom, Due: noon.AddDate(0, 0, 3)},
			{At: noon, Kind: forum.EventMail, Noun: forum.TheForum, What: string(forum.MailOwed), Whom: whom},
			{At: noon.AddDate(0, 1, 0), Kind: forum.EventMail, Noun: forum.TheForum, What: string(forum.MailForumOpened), Whom: forum.Whom{Citizens: forum.ToFollowers}}},
		Loads: []forum.Load{{Week: noon, Whom: whom, Open: 1}, {Week: noon.AddDate(0, 0, 7), Whom: forum.Whom{Duty: forum.Drafter, Department: roads}, Open: 2}},
		Clashes: []forum.Clash{{Kind: forum.ClosesOnFreeDay, At: noon, Name: "추석"},
			{Kind: forum.ForumsOverlap, At: noon, Until: noon.AddDate(0, 0, 5), Name: "한강 다리", Forum: id(101)},
			{Kind: forum.DueByHoliday, At: noon, What: string(forum.SignApproval), Name: "설날"}}}, nil
}

// asked fills a plan's form in.
func asked(more ...string) string {
	v := url.Values{"start": {"2026-12-01T09:00"}, "opens_at": {"2027-01-11T09:00"}, "closes_at": {"2027-04-11T18:00"}, "line": {"3"}, "prizes": {"5"},
		"milestones": {"2"}, "every": {"30"}, "department": {roads}, "act.assignment.accept": {"1000"}, "act.dossier.submit": {"-2"}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return "?" + v.Encode()
}

func newRehearsalOffice(t *testing.T, as forum.Official) *office {
	t.Helper()
	o := newOffice(t, as)
	o.topic.Status = forum.Preparing
	o.approvals[0].Line = append(o.approvals[0].Line, forum.Signer{Order: 3, Role: forum.Approver, Official: everyone.ID, Status: forum.SignerWaiting})
	return o
}

// TestForumIsRehearsedFromWhereItStands: the head is waited for in the dossier's line, and one more signs after them.
func TestForumIsRehearsedFromWhereItStands(t *testing.T) {
	o := newRehearsalOffice(t, officer)
	o.get("/ko/forums/"+string(id(100))).want(t, http.StatusOK, `/ko/forums/`+string(id(100))+`/rehearsal`)
	o.get("/ko/forums/"+string(id(100))+"/rehearsal").want(t, http.StatusOK, `value="2026-11-13T12:00"`, `value="2026-12-13T12:00"`)
	if len(o.rehearsals.asked) > 0 {
		t.Error("a form that nobody has sent is rehearsed")
	}
	a := o.get("/ko/forums/" + string(id(100)) + "/rehearsal" + asked())
	a.want(t, http.StatusOK, "2026. 11. 23.(월)", "박도로", "쉬는 날에 마감됩니다", "추석", "한강 다리", "도로계획과 기안 담당", "참여자와 구독자", "2026. 12.", "담당 수락", "240밀리초",
		`/rehearsal.json?`)
	plan := o.rehearsals.asked[0]
	if plan.Forum != id(100) || plan.Status != forum.Preparing || plan.Department != roads || !plan.Announced || plan.Line != 3 || plan.Acts[forum.AcceptAssignment] != forum.Never ||
		plan.Acts[forum.SubmitDossier] != -2 || !plan.ClosesAt.Equal(time.Date(2027, 4, 11, 18, 0, 0, 0, page.Seoul)) {
		t.Errorf("rehearsed: %+v", plan)
	}
	if len(plan.Waits) != 3 || plan.Waits[2].Official != head1.ID || len(plan.Rest) != 1 || plan.Rest[0].Official != everyone.ID {
		t.Errorf("it goes on from %+v, then %+v", plan.Waits, plan.Rest)
	}
}

func TestListOfARehearsalForPrograms(t *testing.T) {
	o := newRehearsalOffice(t, officer)
	for _, path := range []string{"/ko/forums/" + string(id(100)) + "/rehearsal.json", "/ko/rehearsal.json"} {
		var list struct {
			Events []struct {
				At   time.Time
				Kind string
				Whom struct{ Citizens string }
			}
			Clashes []struct{ Kind, Name string }
			Load    []struct{ Open int }
		}
		a := o.get(path + asked())
		if err := json.Unmarshal([]byte(a.body), &list); err != nil || a.Code != http.StatusOK {
			t.Fatal(err, a.Code, a.body)
		}
		if len(list.Events) != 4 || list.Events[3].Whom.Citizens != forum.ToFollowers || !list.Events[0].At.Equal(noon) || len(list.Clashes) != 3 || list.Load[1].Open != 2 {
			t.Errorf("%s: %s", path, a.body)
		}
		if a := o.get(path + asked("line", "9")); a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "number.out_of_range") {
			t.Errorf("%s: %d %s", path, a.Code, a.body)
		}
	}
}

func TestPlanWithoutAForum(t *testing.T) {
	o := newRehearsalOffice(t, officer)
	o.get("/en/rehearsal").want(t, http.StatusOK, "Road Planning Division", "never: it escalates")
	o.get("/en/rehearsal"+asked()).want(t, http.StatusOK, "It closes on a free day.", "participants and subscribers")
	if plan := o.rehearsals.asked[0]; plan.Forum != "" || plan.Status != forum.Selected || plan.Department != roads {
		t.Errorf("rehearsed: %+v", plan)
	}
}

// TestPlanThatCannotBeRehearsedSaysWhatToMend, each reason beside its field.
func TestPlanThatCannotBeRehearsedSaysWhatToMend(t *testing.T) {
	o := newRehearsalOffice(t, officer)
	for field, c := range map[string]struct{ value, says string }{
		"start":      {"", "2026-11-23"},
		"opens_at":   {"2026-11-30T09:00", "과거"},
		"closes_at":  {"2027-01-10T09:00", "마감"},
		"line":       {"0", "1부터 8까지의"},
		"prizes":     {"viele", ""},
		"milestones": {"51", "0부터 50까지의"},
		"every":      {"0", "1부터 366까지의"},
		"department": {"", ""},
	} {
		a := o.get("/ko/rehearsal" + asked(field, c.value))
		if a.Code != http.StatusUnprocessableEntity || !strings.Contains(a.body, `aria-invalid="true"`) || !strings.Contains(a.body, `href="#field-`+field) {
			t.Errorf("%s: %d %s", field, a.Code, a.body)
		}
	}
	o.get("/ko/rehearsal"+asked("closes_at", "2031-01-10T09:00")).want(t, http.StatusUnprocessableEntity, "1098일을 넘을 수 없습니다")
	if len(o.rehearsals.asked) > 0 {
		t.Errorf("rehearsed: %+v", o.rehearsals.asked)
	}
	o.rehearsals.busy = true
	o.get("/ko/rehearsal"+asked()).want(t, http.StatusServiceUnavailable, "다른 예행이 진행 중입니다")
	o.topic.Status = forum.Open
	if a := o.get("/ko/forums/" + string(id(100))); strings.Contains(a.body, "/rehearsal") {
		t.Error("an open forum offers its rehearsal")
	}
}

// TestWhoMayRehearse: the officers everywhere, a department its own plans.
func TestWhoMayRehearse(t *testing.T) {
	newRehearsalOffice(t, drafter).get("/ko/rehearsal"+asked()).want(t, http.StatusOK)
	newRehearsalOffice(t, head1).get("/ko/forums/"+string(id(100))+"/rehearsal"+asked()).want(t, http.StatusOK)
	newRehearsalOffice(t, strangers).get("/ko/rehearsal"+asked()).want(t, http.StatusUnprocessableEntity, "우리 부서의 계획만")
	newRehearsalOffice(t, strangers).get("/ko/rehearsal.json"+asked()).want(t, http.StatusUnprocessableEntity, "rehearsal.other_department")
	newRehearsalOffice(t, strangers).get("/ko/forums/"+string(id(100))+"/rehearsal"+asked()).want(t, http.StatusNotFound)
	newRehearsalOffice(t, juror).get("/ko/rehearsal").want(t, http.StatusForbidden)
}
