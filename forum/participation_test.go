package forum_test

import (
	"testing"

	"acropolis/forum"
)

func TestParticipationLagsBelowHalfOfWhatComparableForumsHad(t *testing.T) {
	lags := forum.Participation{Opinions: 12, Day: 10, Days: 30, Comparable: 3, Median: 40}
	if !lags.Lags() {
		t.Error("12 against 40 is no lag")
	}
	for name, change := range map[string]func(*forum.Participation){
		"half as many":               func(p *forum.Participation) { p.Opinions = 20 },
		"the first day":              func(p *forum.Participation) { p.Day = 1 },
		"two forums to compare":      func(p *forum.Participation) { p.Comparable = 2 },
		"nothing was said by then":   func(p *forum.Participation) { p.Opinions, p.Median = 0, 0 },
		"nobody to be compared with": func(p *forum.Participation) { p.Comparable, p.Median = 0, 0 },
	} {
		p := lags
		change(&p)
		if p.Lags() {
			t.Errorf("%s: a lag", name)
		}
	}
}
