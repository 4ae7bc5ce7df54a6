package analysis_test

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"acropolis/forum/analysis"
)

func TestShrunkenShareAndGroupAware(t *testing.T) {
	for _, c := range []struct {
		groups []analysis.Group
		want   float64
	}{
		{[]analysis.Group{{Agree: 0, Seen: 0}}, 1.0 / 2},
		{[]analysis.Group{{Agree: 8, Seen: 10}}, 9.0 / 12},
		{[]analysis.Group{{Agree: 8, Seen: 10}, {Agree: 0, Seen: 0}}, 9.0 / 24},
		{[]analysis.Group{{Agree: 98, Seen: 98}, {Agree: 0, Seen: 8}}, 99.0 / 1000}, // a large group doesn't outvote a small one
		{nil, 1},
	} {
		if got := analysis.GroupAware(c.groups); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%v has %v, want %v", c.groups, got, c.want)
		}
	}
}

// referenced is an opinion of a real conversation with the place that the reference gave it.
type referenced struct {
	analysis.Tally
	groupAware float64 // by GroupAware over the groups that people were put into
	pAgree     float64 // by ShrunkenShare over all
	reference  float64 // the reference's own group-aware consensus
	rank       int
}

// TestAgainstReferenceRanking measures on real conversations: with the given groups, GroupAware must give the reference's
// very ranking; Rank, which knows no groups, must come nearer to it than votes for do.
func TestAgainstReferenceRanking(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join(realData(t), "polis", "*", "reference.csv"))
	if err != nil {
		t.Fatal(err)
	}
	var measured, sumWilson, sumLikes, sumShare float64
	var sumTopWilson, sumTopLikes, sumTopShare int
	for _, reference := range folders {
		folder := filepath.Dir(reference)
		if votes, _ := filepath.Glob(filepath.Join(folder, "votes.csv.gz")); votes == nil {
			continue // only shares are known, no groups
		}
		opinions := readConversation(t, folder)
		name := filepath.Base(folder)

		// The reference breaks its ties by the order in which opinions were posted; a stable sort does the same.
		byGroups := slices.Clone(opinions)
		slices.SortStableFunc(byGroups, func(a, b referenced) int { return compareDown(a.groupAware, b.groupAware) })
		if tau := kendallTau(byGroups); tau != 1 {
			t.Errorf("%s: Kendall τ of GroupAware is %v, must be 1", name, tau)
		}
		for _, o := range opinions {
			if math.Abs(o.groupAware-o.reference) > 1e-12 {
				t.Errorf("%s %s: group-aware consensus %v, reference %v", name, o.ID, o.groupAware, o.reference)
			}
		}

		byShare := slices.Clone(opinions)
		slices.SortStableFunc(byShare, func(a, b referenced) int { return compareDown(a.pAgree, b.pAgree) })
		byLikes := slices.Clone(opinions)
		slices.SortStableFunc(byLikes, func(a, b referenced) int { return b.For - a.For })
		byWilson := ranked(opinions)

		wilson, share, likes := kendallTau(byWilson), kendallTau(byShare), kendallTau(byLikes)
		topWilson, topShare, topLikes := topTen(byWilson), topTen(byShare), topTen(byLikes)
		t.Logf("%-22s %4d opinions: τ and top ten by Wilson %.3f %2d, by (A+1)/(S+2) %.3f %2d, by votes for %.3f %2d",
			name, len(opinions), wilson, topWilson, share, topShare, likes, topLikes)
		measured++
		sumWilson, sumShare, sumLikes = sumWilson+wilson, sumShare+share, sumLikes+likes
		sumTopWilson, sumTopShare, sumTopLikes = sumTopWilson+topWilson, sumTopShare+topShare, sumTopLikes+topLikes
	}
	if measured == 0 {
		t.Skip("no conversation with a reference ranking")
	}
	t.Logf("mean of %.0f conversations: τ and top ten by Wilson %.3f %.1f, by (A+1)/(S+2) %.3f %.1f, by votes for %.3f %.1f",
		measured, sumWilson/measured, float64(sumTopWilson)/measured, sumShare/measured, float64(sumTopShare)/measured,
		sumLikes/measured, float64(sumTopLikes)/measured)
	if sumWilson <= sumLikes {
		t.Errorf("the bound is no nearer to the reference than votes for: τ %.3f and %.3f", sumWilson/measured, sumLikes/measured)
	}
}

// readConversation gives the opinions that the reference ranks, in the order in which they were posted.
func readConversation(t *testing.T, folder string) []referenced {
	t.Helper()
	type seen map[string]*analysis.Group // by opinion group
	votes := map[string]seen{}
	tallies := map[string]*analysis.Tally{}
	groups := map[string]bool{}
	everyone := map[string]*analysis.Group{}
	for _, v := range readRows(t, filepath.Join(folder, "votes.csv.gz")) {
		opinion, group, vote := v["opinion_id"], v["group"], v["vote"]
		if votes[opinion] == nil {
			votes[opinion], tallies[opinion], everyone[opinion] = seen{}, &analysis.Tally{}, &analysis.Group{}
		}
		if votes[opinion][group] == nil {
			votes[opinion][group] = &analysis.Group{}
		}
		votes[opinion][group].Seen++
		everyone[opinion].Seen++
		switch vote {
		case "1":
			votes[opinion][group].Agree++
			everyone[opinion].Agree++
			tallies[opinion].For++
		case "-1":
			tallies[opinion].Against++
		}
		if group != "" { // too few votes to be put into one
			groups[group] = true
		}
	}
	posted := map[string]time.Time{}
	for _, o := range readRows(t, filepath.Join(folder, "opinions.csv")) {
		posted[o["opinion_id"]], _ = time.Parse(time.RFC3339, o["time"]) // unknown is the zero instant
	}

	var opinions []referenced
	for _, r := range readRows(t, filepath.Join(folder, "reference.csv")) {
		if r["rank"] == "" {
			continue // refused by the moderators
		}
		id := r["opinion_id"]
		if votes[id] == nil { // nobody voted on it
			tallies[id], everyone[id] = &analysis.Tally{}, &analysis.Group{}
		}
		o := referenced{Tally: *tallies[id], rank: int(number(t, r["rank"])), reference: number(t, r["group_aware_consensus"])}
		o.ID, o.At = fmt.Sprintf("%8s", id), posted[id]
		o.pAgree = analysis.ShrunkenShare(everyone[id].Agree, everyone[id].Seen)
		var byGroup []analysis.Group
		for g := range groups {
			if counted := votes[id][g]; counted != nil {
				byGroup = append(byGroup, *counted)
			} else {
				byGroup = append(byGroup, analysis.Group{})
			}
		}
		// Twelve digits, as the reference is written: equal products must tie whatever the order of their factors.
		o.groupAware, _ = strconv.ParseFloat(strconv.FormatFloat(analysis.GroupAware(byGroup), 'g', 12, 64), 64)
		opinions = append(opinions, o)
	}
	return opinions
}

func ranked(opinions []referenced) []referenced {
	byID := map[string]referenced{}
	tallies := make([]analysis.Tally, len(opinions))
	for i, o := range opinions {
		byID[o.ID], tallies[i] = o, o.Tally
	}
	order := make([]referenced, len(opinions))
	for i, r := range analysis.Rank(tallies) {
		order[i] = byID[r.ID]
	}
	return order
}

// kendallTau compares an order with the reference's ranks: 1 is the same order, 0 no relation, -1 the reverse.
func kendallTau(order []referenced) float64 {
	concordant, pairs := 0, 0
	for i := range order {
		for j := range i {
			pairs++
			if order[j].rank < order[i].rank {
				concordant++
			} else {
				concordant--
			}
		}
	}
	return float64(concordant) / float64(pairs)
}

// topTen counts the reference's ten best among the first ten of an order.
func topTen(order []referenced) int {
	shared := 0
	for _, o := range order[:min(10, len(order))] {
		if o.rank <= 10 {
			shared++
		}
	}
	return shared
}

func compareDown(a, b float64) int {
	switch {
	case a > b:
		return -1
	case a < b:
		return 1
	}
	return 0
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
