package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestOneOfManyDecisionsOnAStepWins: 128 approvals, returns to the drafter, returns to an earlier step and recalls of one step, all
// at once. One of them is carried out, and the document stands where that one has brought it.
func TestOneOfManyDecisionsOnAStepWins(t *testing.T) {
	c := newCity(t)
	id, a := c.inReview("approver road.head")
	type call struct {
		decision forum.ID
		carryOut func(context.Context, forum.ID) (forum.ApprovalFacts, error)
		then     forum.ApprovalStatus
	}
	calls := make([]call, 128)
	for i := range calls {
		switch i % 3 {
		case 0:
			calls[i] = call{c.decided("road.head", forum.SignApproval, forum.TheApproval, a, "", nil), c.SignApproval, forum.Approved}
		case 1:
			calls[i] = call{c.decided("road.head", forum.ReturnApproval, forum.TheApproval, a, "다시 써 주십시오.", nil), c.ReturnApproval, forum.Returned}
		case 2:
			calls[i] = call{c.decided("road.drafter", forum.RecallApproval, forum.TheApproval, a, "", nil), c.RecallApproval, forum.Recalled}
		}
	}
	var mu sync.Mutex
	var won []forum.ApprovalStatus
	var workers sync.WaitGroup
	begin := make(chan struct{})
	for _, one := range calls {
		workers.Go(func() {
			<-begin
			_, err := one.carryOut(t.Context(), one.decision)
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				won = append(won, one.then)
				return
			}
			refused(t, err, forum.Conflict, "procedure.moved_on")
		})
	}
	close(begin)
	workers.Wait()
	whole, err := c.Approval(t.Context(), a)
	c.must(err)
	if len(won) != 1 || whole.Status != won[0] {
		t.Fatalf("%d of %d won (%v), and the document is %s", len(won), len(calls), won, whole.Status)
	}
	if done := one[int](t, c.Store, `SELECT count(*) FROM approval_events WHERE approval_id = $1 AND kind <> 'drafted'`, a); done != 1 {
		t.Errorf("%d things were done in the line", done)
	}
	if d, _ := c.Dossier(t.Context(), id); d.Status != map[forum.ApprovalStatus]forum.DossierStatus{
		forum.Approved: forum.DossierApproved, forum.Returned: forum.DossierReturned, forum.Recalled: forum.DossierComplete}[won[0]] {
		t.Errorf("%s won, and the dossier is %s", won[0], d.Status)
	}
	c.wantNothingWrong()
}

// TestThousandDocumentsHaveThousandNumbers draws numbers for five departments at once, in 1,250 transactions of which each fifth is
// rolled back after it has drawn one: in each department the rest have every number from one on, once.
func TestThousandDocumentsHaveThousandNumbers(t *testing.T) {
	c := newCity(t)
	const drawn, clerks = 1250, 32
	given := make([]string, drawn)
	var workers sync.WaitGroup
	for clerk := range clerks {
		workers.Go(func() {
			for n := clerk; n < drawn; n += clerks {
				number, err := postgres.DrawNumber(t.Context(), c.Store, fmt.Sprintf("unit%d", n%5), n/5%5 == 0)
				if err != nil {
					t.Error(err)
				}
				given[n] = number
			}
		})
	}
	workers.Wait()
	seen := map[string]bool{}
	for _, number := range given {
		if number == "" {
			continue
		}
		if seen[number] {
			t.Errorf("%s was given twice", number)
		}
		seen[number] = true
	}
	year := one[int](t, c.Store, `SELECT extract(year FROM now() AT TIME ZONE 'Asia/Seoul')::int`)
	for unit := range 5 {
		for serial := 1; serial <= 200; serial++ {
			if number := fmt.Sprintf("unit%d-%d-%04d", unit, year, serial); !seen[number] {
				t.Fatalf("nobody has %s", number)
			}
		}
	}
	if len(seen) != 1000 {
		t.Errorf("%d numbers were given, want 1,000", len(seen))
	}
}
