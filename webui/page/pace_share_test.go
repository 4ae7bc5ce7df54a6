package page

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"acropolis/forum"
)

// TestToldOfIsWhoAsksMuch: who keeps within a small part of the burst is never spoken of, also not over a long time; who asks at
// the full rate is, what was given back counts, and what couldn't be told is told next time.
func TestToldOfIsWhoAsksMuch(t *testing.T) {
	p := newPace(60, 32, 1000)
	p.name = "votes"
	var heard []forum.Used
	away := errors.New("the database is away")
	var fails error
	hear := func(_ context.Context, used []forum.Used) ([]time.Duration, error) {
		heard = used
		return make([]time.Duration, len(used)), fails
	}
	share := func() []forum.Used {
		heard = nil
		if err := p.share(t.Context(), hear, "public"); !errors.Is(err, fails) {
			t.Fatal(err)
		}
		return heard
	}
	p.take("a", ticks())
	if got := share(); got != nil {
		t.Errorf("told of %v", got)
	}
	var last int64
	for range 5 {
		last, _ = p.take("a", ticks())
	}
	p.refund("a", last)
	fails = away
	share()
	p.take("a", ticks())
	fails = nil
	if got := share(); len(got) != 1 || got[0] != (forum.Used{Key: "public votes a", Took: 6 * time.Second}) {
		t.Errorf("told %v", got)
	}
	if got := share(); len(got) != 1 || got[0].Took != 0 { // it still owes: what others let through matters
		t.Errorf("told %v", got)
	}
}

// TestEachKeyIsToldOnce: a key that is in both generations is told as the young one has it.
func TestEachKeyIsToldOnce(t *testing.T) {
	p := newPace(60, 4, 1)
	s := p.shard("a")
	s.old, s.young = map[string]owing{"a": {ticks() + int64(time.Hour), 9}}, map[string]owing{"a": {ticks() + int64(time.Hour), 7}}
	if all := p.collect(ticks()); len(all) != 1 || all[0].units != 7 {
		t.Errorf("%v", all)
	}
}

// TestEachOfManyIsTold: where more ask much than one exchange tells of, none of them is left out for ever.
func TestEachOfManyIsTold(t *testing.T) {
	p := newPace(60, 2, 100*mostTold)
	for i := range 2 * mostTold {
		p.take(strconv.Itoa(i), ticks())
	}
	told := map[string]bool{}
	for range 100 {
		all := p.collect(ticks())
		if len(all) > mostTold {
			t.Fatalf("%d at once", len(all))
		}
		for _, one := range all {
			told[one.key] = true
		}
	}
	if len(told) != 2*mostTold {
		t.Errorf("%d of %d were ever told", len(told), 2*mostTold)
	}
}
