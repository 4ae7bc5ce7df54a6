package postgres_test

import (
	"strings"
	"sync"
	"testing"

	"acropolis/forum"
)

// delegate makes a rule, by an officer, of the city's or of a department's own.
func (c city) delegate(uid string, noun forum.Noun, department string, duty forum.Duty) error {
	c.t.Helper()
	return c.Delegate(c.t.Context(), c.official(uid), "10.0.0.1", forum.Delegation{Noun: noun, Department: department, Duty: duty}, "사무전결 처리 규칙 개정")
}

// rule is the id of the one that stands.
func (c city) rule(noun forum.Noun, department string, duty forum.Duty) forum.ID {
	c.t.Helper()
	return one[forum.ID](c.t, c.Store, `SELECT id FROM delegation_rules WHERE noun = $1 AND department = $2 AND duty = $3 AND ended_at IS NULL`, noun, department, duty)
}

// TestRuleOfDelegationCountsFromItsFirstMomentToItsLast: a document that is in its line already can be decided by a new rule, and
// not any more by one that has ended. A department's own rule stands in for the city's until it ends.
func TestRuleOfDelegationCountsFromItsFirstMomentToItsLast(t *testing.T) {
	c := newCity(t)
	final := forum.SignatureDetails{Final: true}
	_, a := c.inReview("reviewer road.head", "approver bureau.head")
	c.must(c.delegate("officer", forum.TheDossier, "road", forum.Executive))
	refused(t, c.signAs("road.head", a, "", final), forum.Forbidden, "approval.not_delegated")
	end := func(by string, id forum.ID) error {
		return c.EndDelegation(t.Context(), c.official(by), "10.0.0.1", id, "규칙 개정")
	}
	own := c.rule(forum.TheDossier, "road", forum.Executive)
	c.must(end("mayor", own))
	refused(t, end("officer", own), forum.Conflict, "delegation.ended_already")
	citys := c.rule(forum.TheDossier, "", forum.Head)
	c.must(end("officer", citys))
	refused(t, c.signAs("road.head", a, "", final), forum.Forbidden, "approval.not_delegated")
	c.must(c.delegate("officer", forum.TheDossier, "", forum.Head))
	c.must(c.signAs("road.head", a, "", final))

	rules, err := c.DelegationRules(t.Context())
	c.must(err)
	var ended []string
	for _, r := range rules {
		if !r.EndedAt.IsZero() {
			ended = append(ended, strings.TrimSpace(string(r.Noun)+" "+r.Department)+" "+string(r.Duty)+" "+r.MadeBy+" "+r.EndedBy+" "+r.EndReason)
		}
	}
	if got := strings.Join(ended, ", "); got != "dossier head  officer 규칙 개정, dossier road executive officer mayor 규칙 개정" {
		t.Errorf("the rules that have ended: %s", got)
	}
	if got := one[string](t, c.Store, `SELECT string_agg(action || ' ' || before || after, ', ' ORDER BY id) FROM audit WHERE noun = 'delegation'`); got !=
		"delegation.add dossier road executive, delegation.end dossier road executive, delegation.end dossier head, delegation.add dossier head" {
		t.Errorf("the trail: %s", got)
	}
	c.wantNothingWrong()
}

// TestWhatIsNoRuleOfDelegation: neither for one's own duty, nor by whoever doesn't look after the rules, nor twice, nor on what is
// no document, a duty that signs none or a department that isn't there; and never without a reason.
func TestWhatIsNoRuleOfDelegation(t *testing.T) {
	c := newCity(t)
	refused(t, c.delegate("officer", forum.TheResponse, "", forum.Officer), forum.Forbidden, "delegation.own_duty")
	refused(t, c.delegate("mayor", forum.TheResponse, "", forum.Head), forum.Forbidden, "delegation.own_duty") // who is a head as well
	refused(t, c.delegate("road.head", forum.TheResponse, "road", forum.Executive), forum.Forbidden, "duty.missing")
	refused(t, c.delegate("officer", forum.TheDossier, "", forum.Head), forum.Conflict, "delegation.stands_already")
	refused(t, c.delegate("officer", forum.TheMail, "", forum.Head), forum.Invalid, "choice.missing")
	refused(t, c.delegate("officer", forum.TheDossier, "", forum.Juror), forum.Invalid, "choice.missing")
	refused(t, c.delegate("officer", forum.TheDossier, "moon", forum.Head), forum.Invalid, "department.unknown")
	d := forum.Delegation{Noun: forum.TheAnalysis, Duty: forum.Executive}
	refused(t, c.Delegate(t.Context(), c.official("officer"), "", d, " "), forum.Invalid, "reason.missing")
	id := c.rule(forum.TheDossier, "", forum.Head)
	refused(t, c.EndDelegation(t.Context(), c.official("officer"), "", id, ""), forum.Invalid, "reason.missing")
	refused(t, c.EndDelegation(t.Context(), c.official("road.head"), "", id, "규칙 개정"), forum.Forbidden, "duty.missing")
	for _, sql := range []string{`DELETE FROM delegation_rules WHERE id = $1`, `UPDATE delegation_rules SET duty = 'officer' WHERE id = $1`} {
		if _, err := c.Pool().Exec(t.Context(), sql, id); err == nil || !strings.Contains(err.Error(), "never deleted") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// TestRuleIsMadeAndEndedOnce: of many who make or end the same rule at once, one does.
func TestRuleIsMadeAndEndedOnce(t *testing.T) {
	c := newCity(t)
	onlyOne := func(what func() error, key string) {
		t.Helper()
		var all sync.WaitGroup
		answers := make(chan error, 6)
		for range 6 {
			all.Go(func() { answers <- what() })
		}
		all.Wait()
		close(answers)
		done := 0
		for err := range answers {
			if err == nil {
				done++
			} else if refusal := forum.RefusalIn(err); refusal == nil || refusal.Key != key {
				t.Errorf("refused with %v, want %s", err, key)
			}
		}
		if done != 1 {
			t.Errorf("done %d times", done)
		}
	}
	officer := c.official("officer")
	onlyOne(func() error {
		return c.Delegate(t.Context(), officer, "", forum.Delegation{Noun: forum.TheResponse, Department: "road", Duty: forum.Head}, "규칙 개정")
	}, "delegation.stands_already")
	id := c.rule(forum.TheResponse, "road", forum.Head)
	onlyOne(func() error { return c.EndDelegation(t.Context(), officer, "", id, "규칙 개정") }, "delegation.ended_already")
}
