package postgres_test

import (
	"sync"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

func TestDecisionIsCarriedOutOnce(t *testing.T) {
	c := newCity(t)
	id := c.selectedForum()
	propose := c.decided("officer", forum.ProposeDepartment, forum.TheForum, id, "도로 업무입니다.", forum.DepartmentDetails{Department: "road"})
	for range 3 {
		facts, err := c.ProposeDepartment(t.Context(), propose)
		if err != nil || facts.Status != forum.Assigning {
			t.Fatalf("%v, %s", err, facts.Status)
		}
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE decision_id = $1 AND noun = 'forum' AND reason = '도로 업무입니다.' AND from_addr = '10.0.0.1'`, propose); n != 1 {
		t.Errorf("%d audit rows with the decision's id, reason and address, want 1", n)
	}
	outcome, err := c.DecisionOutcome(t.Context(), propose)
	if err != nil || !outcome.Done || outcome.Refused != nil || outcome.At.IsZero() {
		t.Errorf("outcome %+v, %v", outcome, err)
	}
}

func TestManyWorkersCarryOutOneDecisionOnce(t *testing.T) {
	c := newCity(t)
	id := c.open()
	suspend := c.decided("officer", forum.SuspendForum, forum.TheForum, id, "선거 기간입니다.", nil)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			if facts, err := c.SuspendForum(t.Context(), suspend); err != nil || facts.Status != forum.Suspended {
				t.Errorf("%v, %s", err, facts.Status)
			}
		})
	}
	workers.Wait()
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE decision_id = $1`, suspend); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
	c.wantNothingWrong()
}

func TestTwoDecisionsAtOnceAndOneIsRefused(t *testing.T) {
	c := newCity(t)
	id := c.open()
	decisions := []forum.ID{c.decided("officer", forum.CloseForum, forum.TheForum, id, "사고가 났습니다.", c.atOnce()),
		c.decided("officer.two", forum.CloseForum, forum.TheForum, id, "사고가 났습니다.", c.atOnce())}
	var mu sync.Mutex
	var refusals []error
	var workers sync.WaitGroup
	for _, d := range decisions {
		workers.Go(func() {
			if _, err := c.CloseForumEarly(t.Context(), d); err != nil {
				mu.Lock()
				defer mu.Unlock()
				refusals = append(refusals, err)
			}
		})
	}
	workers.Wait()
	if len(refusals) != 1 {
		t.Fatalf("refusals %v, want one", refusals)
	}
	refused(t, refusals[0], forum.Conflict, "procedure.moved_on")
}

func TestRefusalIsRememberedAndUndoesTheWork(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	line := c.line("road.head")
	line.Signers = append(line.Signers, line.Signers[0]) // twice in the line: found after the dossier has moved
	line.Signers[0].Role = forum.Reviewer
	submit := c.decided("road.drafter", forum.SubmitDossier, forum.TheForum, id, "", line)
	for range 2 {
		_, err := c.SubmitDossier(t.Context(), submit)
		refused(t, err, forum.Invalid, "approval.signer_twice")
		if field := forum.RefusalIn(err).Fields["field"]; field != "signers" {
			t.Errorf("the refusal's field is %q", field)
		}
	}
	if d, _ := c.Dossier(t.Context(), id); d.Status != forum.DossierComplete {
		t.Errorf("the dossier is %s, want what it was", d.Status)
	}
	outcome, err := c.DecisionOutcome(t.Context(), submit)
	if err != nil || !outcome.Done || outcome.Refused == nil || outcome.Refused.Key != "approval.signer_twice" {
		t.Errorf("outcome %+v, %v", outcome, err)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE decision_id = $1`, submit); n != 0 {
		t.Errorf("%d audit rows of what wasn't done", n)
	}
}

func TestDutyTakenAwayBeforeTheDecisionIsCarriedOut(t *testing.T) {
	c := newCity(t)
	id := c.selectedForum()
	propose := c.decided("officer", forum.ProposeDepartment, forum.TheForum, id, "", forum.DepartmentDetails{Department: "road"})
	c.directory(func(p *forum.DirectoryPerson) bool {
		if p.UID == "officer" {
			p.Duties = []forum.Duty{forum.Auditor}
		}
		return true
	})
	_, err := c.ProposeDepartment(t.Context(), propose)
	refused(t, err, forum.Forbidden, "duty.missing")
	c.wantStatus(id, forum.Selected)
}

func TestDecisionIsRefusedBeforeItIsWritten(t *testing.T) {
	c := newCity(t)
	id := c.open()
	for name, test := range map[string]struct {
		d    forum.Decision
		code forum.Code
		key  string
	}{
		"no public reason":        {c.decision("officer", forum.SuspendForum, forum.TheForum, id, "", nil), forum.Invalid, "reason.missing"},
		"no duty":                 {c.decision("road.drafter", forum.SuspendForum, forum.TheForum, id, "까닭", nil), forum.Forbidden, "duty.missing"},
		"another department's":    {c.decision("parks.head", forum.AcceptAssignment, forum.TheForum, id, "", nil), forum.NotFound, "page.not_found"},
		"no such forum":           {c.decision("officer", forum.SuspendForum, forum.TheForum, postgres.NewID(), "까닭", nil), forum.NotFound, "page.not_found"},
		"no decision on a forum":  {c.decision("officer", forum.SignApproval, forum.TheForum, id, "", nil), forum.Invalid, "decision.unknown"},
		"a citizen as an officer": {c.decision("", forum.SuspendForum, forum.TheForum, id, "까닭", nil), forum.Forbidden, "duty.missing"},
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, c.RecordDecision(t.Context(), test.d), test.code, test.key)
			if n := one[int](t, c.Store, `SELECT count(*) FROM decisions WHERE id = $1`, test.d.ID); n != 0 {
				t.Error("it was written")
			}
		})
	}
}

func TestSameFormTwiceIsOneDecisionAndAnotherFormIsNone(t *testing.T) {
	c := newCity(t)
	d := c.decision("officer", forum.SuspendForum, forum.TheForum, c.open(), "선거 기간입니다.", nil)
	c.must(c.RecordDecision(t.Context(), d))
	c.must(c.RecordDecision(t.Context(), d))
	d.Reason = "다른 까닭입니다."
	refused(t, c.RecordDecision(t.Context(), d), forum.Invalid, "idempotency.other_body")
}
