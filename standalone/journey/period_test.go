package journey

import (
	"testing"
	"time"
)

func TestPeriodIsLongEnoughForTheWorkAndForTheLimit(t *testing.T) {
	if d := openFor(0, 1000, 0); d != base {
		t.Errorf("nothing to do takes %s, want %s", d, base)
	}
	if d := openFor(1000, 100, 0); d < 10*time.Second || d > time.Minute {
		t.Errorf("1,000 requests at 100 a second take %s", d)
	}
	if slow, fast := openFor(2400, 100, 0), openFor(2400, 800, 0); slow <= fast {
		t.Errorf("a slow city gets %s, a fast one %s", slow, fast)
	}
	if d := openFor(100, 1000, 90); d < 60*time.Second {
		t.Errorf("who posts 90 opinions from one address waits a minute for the limit, not %s", d)
	}
}

func TestPaceIsWhatTheBoardTakesOnceThatCanBeTold(t *testing.T) {
	j := aJourney()
	j.rate, j.boardOpened = 400, time.Now().Add(-10*time.Second)
	j.done.Store(10)
	if p := j.pace(); p != 400 {
		t.Errorf("after 10 requests %f, want what was measured before", p)
	}
	j.done.Store(1000)
	if p := j.pace(); p < 90 || p > 101 {
		t.Errorf("1,000 in 10 s are %f a second", p)
	}
}
