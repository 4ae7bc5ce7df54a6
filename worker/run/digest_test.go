package run

import (
	"testing"
	"time"

	"acropolis/forum"
)

func TestDigestsKeepTheCitysPace(t *testing.T) {
	for day, want := range map[time.Duration]time.Duration{0: digestEvery, 24 * time.Second: time.Second, time.Hour: digestEvery} {
		if got := digestsEvery(forum.Pace{Day: day}); got != want {
			t.Errorf("a day of %s: every %s, want %s", day, got, want)
		}
	}
}
