package postgres_test

import (
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

func TestThirdTransferIsTheOfficersToDecide(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	pass := func(by, to string) {
		c.mustInForum(by, forum.TransferAssignment, id, "우리 일이 아닙니다.", forum.DepartmentDetails{Department: to})
	}
	pass("road.head", "parks")
	pass("parks.head", "road")
	c.wantWaits(id, "assignment.accept road.head")
	pass("road.head", "parks")
	c.wantWaits(id, "assignment.propose officer")
	a, err := c.Assignment(t.Context(), id)
	if err != nil || a.Status != forum.AssignmentTransferred || a.Transfers != 3 || a.Wanted != "parks" {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = c.inForum("road.head", forum.AcceptAssignment, id, "", nil)
	refused(t, err, forum.Conflict, "procedure.moved_on")
	c.mustInForum("officer", forum.ProposeDepartment, id, "도로 업무입니다.", forum.DepartmentDetails{Department: "road"})
	c.wantWaits(id, "assignment.accept road.head")
	pass("road.head", "parks") // once more, and it is the officers' again
	c.wantWaits(id, "assignment.propose officer")
	c.mustInForum("officer", forum.ProposeDepartment, id, "", forum.DepartmentDetails{Department: "parks"})
	c.mustInForum("parks.head", forum.AcceptAssignment, id, "", nil)
	c.wantNothingWrong()
}

func TestConsultationHasAClockAndHoldsNothingUp(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	ask := forum.DepartmentDetails{Department: "parks"}
	c.mustInForum("road.head", forum.ConsultDepartment, id, "나무를 심을 수 있습니까?", ask)
	_, err := c.inForum("officer", forum.ConsultDepartment, id, "다시 묻습니다.", ask)
	refused(t, err, forum.Conflict, "assignment.consulted_already")
	_, err = c.inForum("officer", forum.ConsultDepartment, id, "맡은 부서에 묻습니다.", forum.DepartmentDetails{Department: "road"})
	refused(t, err, forum.Invalid, "assignment.same_department")
	c.wantWaits(id, "assignment.accept road.head", "assignment.answer parks.head")
	facts := c.mustInForum("road.head", forum.AcceptAssignment, id, "", nil)
	if facts.Status != forum.Preparing {
		t.Fatalf("the forum is %s although nothing waits for an opinion", facts.Status)
	}
	refused(t, c.RecordDecision(t.Context(), c.decision("road.head", forum.AnswerConsultation, forum.TheForum, id, "제가 답합니다.", nil)), forum.NotFound, "page.not_found")
	refused(t, c.RecordDecision(t.Context(), c.decision("parks.head", forum.AnswerConsultation, forum.TheForum, id, "", nil)), forum.Invalid, "reason.missing")

	// Its head leaves: whoever comes after them answers, by the same clock.
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE kind = 'assignment.answer' AND done_at IS NULL`)
	c.directory(func(p *forum.DirectoryPerson) bool {
		if p.UID == "committee.two" {
			p.Duties = append(p.Duties, forum.Head)
		}
		return p.UID != "parks.head"
	})
	if after := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE kind = 'assignment.answer' AND done_at IS NULL`); !after.Equal(due) {
		t.Errorf("the clock was moved from %s to %s", due, after)
	}
	late := c.decided("committee.two", forum.AnswerConsultation, forum.TheForum, id, "심을 수 있습니다.", nil)
	_, err = c.AnswerConsultation(t.Context(), late)
	c.must(err)
	all, err := c.Consultations(t.Context(), id)
	if err != nil || len(all) != 1 || all[0].Opinion != "심을 수 있습니다." || all[0].AnsweredBy != "committee.two" || all[0].AnsweredAt.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	c.wantWaits(id, "dossier.submit drafter of road", "forum.set_period officer")
	c.wantNothingWrong()
}

func TestOpinionIsGivenOnce(t *testing.T) {
	c := newCity(t)
	id := c.proposed()
	c.mustInForum("officer", forum.ConsultDepartment, id, "의견을 주십시오.", forum.DepartmentDetails{Department: "parks"})
	first := c.decided("parks.head", forum.AnswerConsultation, forum.TheForum, id, "찬성합니다.", nil)
	second := c.decided("parks.head", forum.AnswerConsultation, forum.TheForum, id, "반대합니다.", nil)
	_, err := c.AnswerConsultation(t.Context(), first)
	c.must(err)
	_, err = c.AnswerConsultation(t.Context(), second)
	if forum.CodeOf(err) == "" {
		t.Error("an opinion was replaced")
	}
	if all, _ := c.Consultations(t.Context(), id); all[0].Opinion != "찬성합니다." {
		t.Errorf("the opinion is %q", all[0].Opinion)
	}
}

func TestHandoverWaitsForTheOtherHeadAndTakesDossierAndClocksAlong(t *testing.T) {
	c := newCity(t)
	exec(t, c.Store, `UPDATE officials SET duties = duties || 'drafter'::text WHERE uid = 'committee.three'`)
	id := c.preparing()
	due := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE kind = 'dossier.submit' AND done_at IS NULL`)
	give := forum.DepartmentDetails{Department: "parks"}
	_, err := c.inForum("road.head", forum.HandOverForum, id, "그대로 둡니다.", forum.DepartmentDetails{Department: "road"})
	refused(t, err, forum.Invalid, "assignment.same_department")
	c.mustInForum("road.head", forum.HandOverForum, id, "녹지 업무로 바뀌었습니다.", give)
	_, err = c.inForum("officer", forum.HandOverForum, id, "다시 요청합니다.", give)
	refused(t, err, forum.Conflict, "assignment.handover_pending")
	c.wantWaits(id, "assignment.accept_handover parks.head", "dossier.submit drafter of road", "forum.set_period officer")
	refused(t, c.RecordDecision(t.Context(), c.decision("road.head", forum.AcceptHandover, forum.TheForum, id, "", nil)), forum.NotFound, "page.not_found")

	c.mustInForum("parks.head", forum.DeclineHandover, id, "맡을 사람이 없습니다.", nil)
	const answer = `SELECT o.uid || ' ' || (m.data ->> 'accepted') || ' ' || (m.data ->> 'reason') FROM mails m JOIN officials o ON o.id = m.official_id WHERE m.kind = 'handover_answered'`
	if said := one[string](t, c.Store, answer); said != "road.head false 맡을 사람이 없습니다." {
		t.Errorf("whoever asked reads: %s", said)
	}
	if f, _ := c.Forum(t.Context(), id); f.Department != "road" {
		t.Errorf("declined, and the forum is of %s", f.Department)
	}
	_, err = c.inForum("officer", forum.DeclineHandover, id, "없습니다.", nil)
	refused(t, err, forum.Conflict, "assignment.nothing_asked")

	c.mustInForum("officer", forum.HandOverForum, id, "조직 개편입니다.", give)
	c.mustInForum("parks.head", forum.AcceptHandover, id, "", nil)
	if f, _ := c.Forum(t.Context(), id); f.Department != "parks" || f.Status != forum.Preparing {
		t.Errorf("the forum is %s of %s", f.Status, f.Department)
	}
	c.wantWaits(id, "dossier.submit drafter of parks", "forum.set_period officer")
	if after := one[time.Time](t, c.Store, `SELECT due FROM owed WHERE kind = 'dossier.submit' AND done_at IS NULL`); !after.Equal(due) {
		t.Errorf("the clock was moved from %s to %s", due, after)
	}
	if d, err := c.Dossier(t.Context(), id); err != nil || len(d.Items) != len(wholeDossier) {
		t.Errorf("the dossier: %d items, %v", len(d.Items), err)
	}
	_, err = c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, wholeDossier)
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = c.SaveDossier(t.Context(), c.official("committee.three"), "", id, 1, wholeDossier)
	c.must(err)
	c.wantNothingWrong()
}

func TestDepartmentsAreSuggestedFromPastForumsAndNames(t *testing.T) {
	c := newCity(t)
	past := c.preparing()
	next := c.selectedForum()
	if suited, err := c.SuitedDepartments(t.Context(), next); err != nil || len(suited) != 0 {
		t.Fatalf("nothing has been read, and %+v is suggested; %v", suited, err)
	}
	read := map[forum.ID][]string{past: {"광장", "보행", "차로"}, next: {"광장", "보행", "나무"}}
	for range 2 { // a second reader finds the first one's work
		unread, err := c.Unread(t.Context(), 50)
		c.must(err)
		for _, one := range unread {
			terms := read[one.Subject]
			if one.Department == "parks" {
				terms = []string{"공원", "나무"}
			}
			c.must(c.SaveTerms(t.Context(), one, terms))
			c.must(c.SaveTerms(t.Context(), one, terms))
		}
	}
	if unread, err := c.Unread(t.Context(), 50); err != nil || len(unread) != 0 {
		t.Errorf("%d are read again, %v", len(unread), err)
	}
	suited, err := c.SuitedDepartments(t.Context(), next)
	if err != nil || len(suited) != 2 || suited[0].Department != "parks" && suited[0].Department != "road" {
		t.Fatalf("%+v, %v", suited, err)
	}
	for _, one := range suited {
		if one.Department == "road" && one.Forums != 1 || one.Department == "parks" && one.Forums != 0 {
			t.Errorf("%+v", one)
		}
	}
	// The pool knows it too.
	topic := c.pool(1)[0]
	round := c.round()
	c.must(c.SaveTerms(t.Context(), forum.Unread{Noun: forum.TheSuggestion, Subject: topic}, []string{"나무"}))
	if r, err := c.Round(t.Context(), round, ""); err != nil || r.Candidates[0].Department != "parks" {
		t.Errorf("%+v, %v", r.Candidates, err)
	}
}

// TestTopicsAreSuggestedByWhatADepartmentSays: a profile is read beside the name, anew when it changes, and two who write at once
// are told.
func TestTopicsAreSuggestedByWhatADepartmentSays(t *testing.T) {
	c := newCity(t)
	next := c.selectedForum()
	reads := func() {
		t.Helper()
		unread, err := c.Unread(t.Context(), 50)
		c.must(err)
		for _, one := range unread {
			c.must(c.SaveTerms(t.Context(), one, strings.Fields(one.Text)))
		}
	}
	reads()
	if suited, _ := c.SuitedDepartments(t.Context(), next); len(suited) != 0 {
		t.Fatalf("%+v is suggested by its name alone", suited)
	}
	topic, err := c.Forum(t.Context(), next)
	c.must(err)
	profile := forum.Profile{Department: "parks", Text: topic.Title}
	c.must(c.SaveProfile(t.Context(), c.official("parks.head"), "10.0.0.1", profile, time.Time{}))
	refused(t, c.SaveProfile(t.Context(), c.official("officer"), "10.0.0.1", profile, time.Time{}), forum.Conflict, "profile.saved_by_another")
	refused(t, c.SaveProfile(t.Context(), c.official("road.head"), "10.0.0.1", profile, time.Time{}), forum.NotFound, "page.not_found")
	reads()
	if suited, err := c.SuitedDepartments(t.Context(), next); err != nil || len(suited) != 1 || suited[0].Department != "parks" {
		t.Errorf("%+v, %v", suited, err)
	}
	kept, err := c.DepartmentProfile(t.Context(), "parks")
	if err != nil || kept.Text != topic.Title || kept.SavedName != "parks.head" || kept.SavedAt.IsZero() {
		t.Errorf("%+v, %v", kept, err)
	}
	c.directory(func(*forum.DirectoryPerson) bool { return true }) // a new reading of the directory keeps it
	if again, _ := c.DepartmentProfile(t.Context(), "parks"); again != kept {
		t.Errorf("%+v", again)
	}
}
