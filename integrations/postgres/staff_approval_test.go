package postgres_test

import (
	"strings"
	"sync"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// submitted is a forum whose dossier the drafter has submitted to the line.
func (c city) submitted(signers ...string) (forumID forum.ID, a forum.Approval) {
	c.t.Helper()
	id := c.preparing()
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line(signers...))
	a, err := c.ApprovalOf(c.t.Context(), forum.TheDossier, id)
	c.must(err)
	_, err = c.BeginReview(c.t.Context(), a.ID)
	c.must(err)
	return id, a
}

func (c city) sign(uid string, approval forum.ID) error {
	c.t.Helper()
	_, err := c.SignApproval(c.t.Context(), c.decided(uid, forum.SignApproval, forum.TheApproval, approval, "", nil))
	return err
}

func TestDossierWithoutItsPartsIsNotSubmitted(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	d, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, wholeDossier[:1])
	c.must(err)
	if d.Status != forum.DossierDraft || len(d.Missing) != 2 {
		t.Errorf("the dossier is %s and misses %v", d.Status, d.Missing)
	}
	_, err = c.inForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
	refused(t, err, forum.Invalid, "dossier.incomplete")
	if missing := forum.RefusalIn(err).Fields["missing"]; missing != "plan,expert" {
		t.Errorf("missing: %q", missing)
	}
}

func TestDrafterCannotSignTheirOwn(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	c.mustInForum("officer", forum.SubmitDossier, id, "", c.line("road.head"))
	a, err := c.ApprovalOf(t.Context(), forum.TheDossier, id)
	c.must(err)
	refused(t, c.sign("officer", a.ID), forum.Forbidden, "approval.own_draft")

	// Nor does the drafter's place in a line help, however it got there.
	exec(t, c.Store, `UPDATE approval_signers SET official_id = $2 WHERE approval_id = $1`, a.ID, c.official("officer").ID)
	refused(t, c.sign("officer", a.ID), forum.Forbidden, "approval.own_draft")
}

func TestLineThatIsNone(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	head, officer := c.official("road.head").ID, c.official("officer").ID
	for name, test := range map[string]struct {
		line []forum.LineSigner
		key  string
	}{
		"empty":                   {nil, "approval.line_empty"},
		"no approver":             {[]forum.LineSigner{{Role: forum.Reviewer, Official: head}}, "approval.line_needs_approver"},
		"approver before the end": {[]forum.LineSigner{{Role: forum.Approver, Official: head}, {Role: forum.Approver, Official: officer}}, "approval.line_needs_approver"},
		"the drafter in it":       {[]forum.LineSigner{{Role: forum.Approver, Official: c.official("road.drafter").ID}}, "approval.drafter_in_line"},
		"somebody twice":          {[]forum.LineSigner{{Role: forum.Reviewer, Official: head}, {Role: forum.Approver, Official: head}}, "approval.signer_twice"},
		"nobody we know":          {[]forum.LineSigner{{Role: forum.Approver, Official: postgres.NewID()}}, "approval.signer_unknown"},
		"no id at all":            {[]forum.LineSigner{{Role: forum.Approver, Official: "head"}}, "approval.signer_unknown"},
		"somebody without a duty": {[]forum.LineSigner{{Role: forum.Approver, Official: c.official("juror").ID}}, "approval.signer_without_duty"},
		"an unknown role":         {[]forum.LineSigner{{Role: "witness", Official: head}}, "approval.no_such_role"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.inForum("road.drafter", forum.SubmitDossier, id, "", forum.LineDetails{Signers: test.line})
			refused(t, err, forum.Invalid, test.key)
		})
	}
}

func TestLineIsSignedInItsOrder(t *testing.T) {
	c := newCity(t)
	id, a := c.submitted("road.head", "officer")
	c.wantWaits(id, "approval.sign road.head", "forum.set_period officer")
	refused(t, c.sign("officer", a.ID), forum.Forbidden, "approval.not_your_turn")
	c.must(c.sign("road.head", a.ID))
	c.wantWaits(id, "approval.sign officer", "forum.set_period officer")
	refused(t, c.sign("road.head", a.ID), forum.Forbidden, "approval.not_your_turn")
	c.must(c.sign("officer", a.ID))
	d, err := c.Dossier(t.Context(), id)
	c.must(err)
	if d.Status != forum.DossierApproved || d.Approved != d.Version || d.Document == "" {
		t.Errorf("the dossier: %+v", d)
	}
	err = c.RecordDecision(t.Context(), c.decision("officer", forum.SignApproval, forum.TheApproval, a.ID, "", nil))
	c.must(err)
	refused(t, c.sign("officer", a.ID), forum.Conflict, "procedure.moved_on")
	facts, err := c.ApprovalFacts(t.Context(), a.ID)
	if err != nil || !facts.Final() || facts.Wake != (forum.Start{Noun: forum.TheForum, ID: id}) || !facts.Due.IsZero() {
		t.Errorf("facts %+v, %v", facts, err)
	}
}

func TestEditVoidsTheApprovalForAllToSee(t *testing.T) {
	c := newCity(t)
	id, a := c.submitted("road.head", "officer")
	c.must(c.sign("road.head", a.ID))
	changed := append([]forum.DossierItem{}, wholeDossier...)
	changed[1].Body = "광장이 아니라 주차장으로 만듭니다."
	d, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, changed)
	c.must(err)
	if d.Status != forum.DossierComplete || d.Version != 2 {
		t.Errorf("the dossier is %s in version %d", d.Status, d.Version)
	}
	a, err = c.Approval(t.Context(), a.ID)
	c.must(err)
	if a.Status != forum.Voided || a.Holds() || a.DecidedAt.IsZero() || a.SHA256 == a.Current {
		t.Errorf("the approval is %s and holds: %v", a.Status, a.Holds())
	}
	refused(t, c.sign("officer", a.ID), forum.Conflict, "procedure.moved_on")
	c.wantWaits(id, "dossier.submit drafter of road", "forum.set_period officer")
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE subject_id = $1 AND after = 'voided' AND by_official = $2`, a.ID, c.official("road.drafter").ID); n != 1 {
		t.Errorf("%d audit rows name who made it void", n)
	}
}

// TestSignatureIsForTheExactText changes texts behind the store's back: no signature may cover them.
func TestSignatureIsForTheExactText(t *testing.T) {
	c := newCity(t)
	id, a := c.submitted("road.head")
	for name, sql := range map[string]string{
		"the dossier":         `UPDATE dossier_versions SET items = jsonb_set(items, '{1,body}', '"주차장으로 만듭니다."') WHERE forum_id = $1 AND $2::uuid IS NOT NULL`,
		"the approval's copy": `UPDATE approvals SET content = replace(content, '광장', '주차장') WHERE subject_id = $1 AND id = $2`,
		"the approval's sum":  `UPDATE approvals SET sha256 = repeat('0', 64) WHERE subject_id = $1 AND id = $2`,
	} {
		t.Run(name, func(t *testing.T) {
			before := one[string](t, c.Store, `SELECT items::text FROM dossier_versions WHERE forum_id = $1`, id)
			exec(t, c.Store, sql, id, a.ID)
			refused(t, c.sign("road.head", a.ID), forum.Conflict, "approval.text_changed")
			exec(t, c.Store, `UPDATE dossier_versions SET items = $2::jsonb WHERE forum_id = $1`, id, before)
			exec(t, c.Store, `UPDATE approvals SET content = $2, sha256 = $3 WHERE id = $1`, a.ID, a.Text, a.SHA256)
		})
	}
	c.must(c.sign("road.head", a.ID))
}

func TestReturnedDocumentComesBackAsANewOne(t *testing.T) {
	c := newCity(t)
	id, a := c.submitted("road.head")
	back := c.decided("road.head", forum.ReturnApproval, forum.TheApproval, a.ID, "전문가 의견을 더해 주십시오.", nil)
	for range 2 {
		facts, err := c.ReturnApproval(t.Context(), back)
		if err != nil || facts.Status != forum.Returned {
			t.Fatalf("%v, %s", err, facts.Status)
		}
	}
	c.wantWaits(id, "dossier.submit road.drafter", "forum.set_period officer")
	_, err := c.inForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
	refused(t, err, forum.Conflict, "procedure.moved_on") // first it must be mended
	_, err = c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, wholeDossier)
	c.must(err)
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
	c.signed(forum.TheDossier, id, "road.head")
	if n := one[int](t, c.Store, `SELECT count(*) FROM approvals WHERE subject_id = $1`, id); n != 2 {
		t.Errorf("%d approvals, want the returned one and the new one", n)
	}
}

func TestDrafterRecallsTheirDocument(t *testing.T) {
	c := newCity(t)
	id, a := c.submitted("road.head")
	_, err := c.RecallApproval(t.Context(), c.decided("road.deputy", forum.RecallApproval, forum.TheApproval, a.ID, "", nil))
	refused(t, err, forum.Forbidden, "approval.not_your_draft")
	facts, err := c.RecallApproval(t.Context(), c.decided("road.drafter", forum.RecallApproval, forum.TheApproval, a.ID, "", nil))
	if err != nil || facts.Status != forum.Recalled {
		t.Fatalf("%v, %s", err, facts.Status)
	}
	if d, _ := c.Dossier(t.Context(), id); d.Status != forum.DossierComplete {
		t.Errorf("the dossier is %s", d.Status)
	}
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
}

func TestSubstituteSignsForWhoIsAbsent(t *testing.T) {
	c := newCity(t)
	_, a := c.submitted("road.head")
	refusal := c.RecordDecision(t.Context(), c.decision("road.deputy", forum.SignApproval, forum.TheApproval, a.ID, "", nil))
	refused(t, refusal, forum.Forbidden, "duty.missing")
	c.absent("road.head")
	c.must(c.sign("road.deputy", a.ID))
	a, err := c.Approval(t.Context(), a.ID)
	c.must(err)
	if a.Status != forum.Approved || a.Line[0].Status != forum.SignerSubstitute || a.Line[0].SignedBy != "road.deputy" {
		t.Errorf("%s, the line: %+v", a.Status, a.Line)
	}
}

// absent has somebody be away from now on.
func (c city) absent(uid string) {
	c.t.Helper()
	c.directory(func(p *forum.DirectoryPerson) bool {
		p.Absent = p.UID == uid
		return true
	})
}

func TestApprovedDossierIsAmendedWhileCitizensReadTheOldOne(t *testing.T) {
	c := newCity(t)
	id := c.open()
	d, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, wholeDossier)
	c.must(err)
	if d.Status != forum.DossierAmended || d.Version != 2 || d.Approved != 1 {
		t.Fatalf("the dossier: %s, version %d, approved %d", d.Status, d.Version, d.Approved)
	}
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
	c.signed(forum.TheDossier, id, "road.head")
	public, err := c.PublicDossier(t.Context(), id)
	if err != nil || public.Version != 2 {
		t.Errorf("citizens read version %d, %v", public.Version, err)
	}
	c.wantNothingWrong()
}

func TestTwoWhoSaveOneDossier(t *testing.T) {
	c := newCity(t)
	id := c.preparing()
	_, err := c.SaveDossier(t.Context(), c.official("road.drafter"), "", id, 1, wholeDossier)
	c.must(err)
	_, err = c.SaveDossier(t.Context(), c.official("road.deputy"), "", id, 1, wholeDossier)
	refused(t, err, forum.Conflict, "dossier.saved_by_another")
	_, err = c.SaveDossier(t.Context(), c.official("parks.head"), "", id, 2, wholeDossier)
	refused(t, err, forum.NotFound, "page.not_found")
}

// TestDocumentNumbersHaveNoGaps approves many documents of one department at once, some of them in vain.
func TestDocumentNumbersHaveNoGaps(t *testing.T) {
	c := newCity(t)
	const documents = 12
	var signing [documents]forum.ID
	for i := range signing {
		_, a := c.submitted("road.head")
		if i%3 == 0 { // the last signature fails after the number was drawn
			exec(t, c.Store, `DELETE FROM dossiers WHERE forum_id = $1`, a.Subject)
			exec(t, c.Store, `UPDATE approvals SET content = '[]', sha256 = encode(sha256('[]'), 'hex') WHERE id = $1`, a.ID)
		}
		signing[i] = c.decided("road.head", forum.SignApproval, forum.TheApproval, a.ID, "", nil)
	}
	var workers sync.WaitGroup
	failed := make(chan error, documents)
	for _, d := range signing {
		workers.Go(func() {
			if _, err := c.SignApproval(t.Context(), d); err != nil {
				failed <- err
			}
		})
	}
	workers.Wait()
	if len(failed) != documents/3 {
		t.Fatalf("%d signatures failed, want %d", len(failed), documents/3)
	}
	numbers := one[string](t, c.Store, `SELECT string_agg(document, ' ' ORDER BY document) FROM approvals WHERE document IS NOT NULL`)
	for i, document := range strings.Fields(numbers) {
		if want := one[string](t, c.Store, `SELECT 'road-' || extract(year FROM now() AT TIME ZONE 'Asia/Seoul') || '-' || lpad($1::text, 4, '0')`, number(i+1)); document != want {
			t.Fatalf("document numbers %s, want no gap before %s", numbers, want)
		}
	}
}

// TestListsTellHowLateEachIs: of documents and of rounds, in working days.
func TestListsTellHowLateEachIs(t *testing.T) {
	c := newCity(t)
	_, late := c.submitted("officer")
	_, fresh := c.submitted("road.head")
	round := c.round()
	exec(t, c.Store, `UPDATE owed SET due = now() - interval '20 days' WHERE subject_id = ANY($1::uuid[])`, []string{string(late.ID), string(round)})
	all, err := c.Approvals(t.Context(), c.official("officer"))
	c.must(err)
	for _, a := range all {
		if a.ID == late.ID && a.Late < 10 || a.ID == fresh.ID && a.Late != 0 {
			t.Errorf("%s is %d working days late", a.Title, a.Late)
		}
	}
	rounds, err := c.Rounds(t.Context())
	c.must(err)
	if len(rounds) != 1 || rounds[0].Late < 10 {
		t.Errorf("rounds: %+v", rounds)
	}
}

func TestApprovalsThatWaitForMeComeFirst(t *testing.T) {
	c := newCity(t)
	_, first := c.submitted("officer")
	_, second := c.submitted("road.head")
	for uid, want := range map[string][]forum.ID{
		"officer": {first.ID, second.ID}, "road.head": {second.ID, first.ID}, "road.drafter": {second.ID, first.ID}, "parks.head": nil,
	} {
		all, err := c.Approvals(t.Context(), c.official(uid))
		c.must(err)
		var got []forum.ID
		for _, a := range all {
			got = append(got, a.ID)
		}
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("%s reads %v, want %v", uid, got, want)
		}
	}
}
