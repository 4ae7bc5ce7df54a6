package forum

import (
	"cmp"
	"fmt"
	"slices"
)

// ScoreMin and ScoreMax bound a committee member's mark or a juror's score.
const ScoreMin, ScoreMax = 1, 5

// Criterion is one thing by which a committee judges a topic.
type Criterion struct {
	Code         string
	Name, NameEn string
	Weight       int // 0: not asked any more
}

// WeightMax bounds a criterion's weight.
const WeightMax = 10

// Points are hundredths of a point, so that means are compared exactly: 367 is 3.67.
type Points int

// String writes them with two decimals.
func (p Points) String() string { return fmt.Sprintf("%d.%02d", p/100, p%100) }

// RoundScore is one member's sheet for one topic: a mark for each criterion, or a declared conflict of interest.
type RoundScore struct {
	Round, Suggestion ID
	Official          ID
	Conflict          bool
	Marks             map[string]int // by the criterion's code
	Reason            string
}

// Validate tells what the member must mend: each of the round's criteria needs its mark, unless there is a conflict.
func (s RoundScore) Validate(criteria []Criterion) error {
	if err := lengthOf("reason", s.Reason, 0, ReasonMax); err != nil || s.Conflict {
		return err
	}
	for _, c := range criteria {
		if err := scoreOrConflict(s.Marks[c.Code], false); err != nil {
			return RefusalIn(err).At("mark[" + c.Code + "]")
		}
	}
	return nil
}

func scoreOrConflict(score int, conflict bool) error {
	if conflict {
		return nil
	}
	if score < ScoreMin || score > ScoreMax {
		return Refuse(Invalid, "score.out_of_range").At("score")
	}
	return nil
}

// Total weighs a sheet's marks: their mean, each counted as often as its criterion weighs.
func (s RoundScore) Total(criteria []Criterion) Points {
	sum, weights := 0, 0
	for _, c := range criteria {
		sum, weights = sum+c.Weight*s.Marks[c.Code], weights+c.Weight
	}
	return mean(100*sum, weights)
}

// mean rounds half up.
func mean(sum, n int) Points {
	if n == 0 {
		return 0
	}
	return Points((2*sum + n) / (2 * n))
}

// Tally is what a committee's sheets say of one topic. Who declared a conflict of interest counts neither for its mean nor
// for its quorum.
type Tally struct {
	Members   int // of the committee
	Conflicts int
	Scores    int
	Mean      Points            // of the sheets' totals
	Criteria  map[string]Points // the mean of each criterion
}

// TallyOf counts the sheets of one topic.
func TallyOf(members int, criteria []Criterion, sheets []RoundScore) Tally {
	t := Tally{Members: members, Criteria: map[string]Points{}}
	total, sums := 0, map[string]int{}
	for _, s := range sheets {
		if s.Conflict {
			t.Conflicts++
			continue
		}
		t.Scores++
		total += int(s.Total(criteria))
		for _, c := range criteria {
			sums[c.Code] += s.Marks[c.Code]
		}
	}
	t.Mean = mean(total, t.Scores)
	for code, sum := range sums {
		t.Criteria[code] = mean(100*sum, t.Scores)
	}
	return t
}

// Quorum is how many must have scored the topic: more than half of those who may.
func (t Tally) Quorum() int { return RoundQuorum(t.Members - t.Conflicts) }

// IsSatOut says that more than half of the committee must sit the topic out.
func (t Tally) IsSatOut() bool { return 2*t.Conflicts > t.Members }

// NeedsReason says that the topic can't be chosen without saying why: too few could judge it, or too few did.
func (t Tally) NeedsReason() bool { return t.IsSatOut() || t.Scores < t.Quorum() }

// TieRule is what put a topic behind the one above it where their means are equal.
type TieRule string

// The tie rules in the order in which they are asked. The last one always decides.
const (
	TieCriterion TieRule = "criterion" // the mean of the heaviest criterion, then of the next
	TieSupports  TieRule = "supports"  // more supports when the round was decided
	TieOlder     TieRule = "older"     // suggested earlier
	TieID        TieRule = "id"        // its number
)

// TieRules are all of them.
var TieRules = []TieRule{TieCriterion, TieSupports, TieOlder, TieID}

// RankRound orders a round's candidates and numbers them: mean first, then the tie rules.
func RankRound(criteria []Criterion, candidates []RoundCandidate) {
	heaviest := slices.Clone(criteria)
	slices.SortStableFunc(heaviest, func(a, b Criterion) int { return cmp.Or(cmp.Compare(b.Weight, a.Weight), cmp.Compare(a.Code, b.Code)) })
	slices.SortFunc(candidates, func(a, b RoundCandidate) int {
		order, _ := compareTopics(heaviest, a, b)
		return order
	})
	for i := range candidates {
		candidates[i].Rank, candidates[i].Tie = i+1, ""
		if i > 0 {
			_, candidates[i].Tie = compareTopics(heaviest, candidates[i-1], candidates[i])
		}
	}
}

// compareTopics says which comes first, and by which tie rule where the means don't tell.
func compareTopics(heaviest []Criterion, a, b RoundCandidate) (int, TieRule) {
	if order := cmp.Compare(b.Tally.Mean, a.Tally.Mean); order != 0 {
		return order, ""
	}
	for _, c := range heaviest {
		if order := cmp.Compare(b.Tally.Criteria[c.Code], a.Tally.Criteria[c.Code]); order != 0 {
			return order, TieCriterion
		}
	}
	if order := cmp.Compare(b.Supports, a.Supports); order != 0 {
		return order, TieSupports
	}
	if order := a.Suggestion.SubmittedAt.Compare(b.Suggestion.SubmittedAt); order != 0 {
		return order, TieOlder
	}
	return cmp.Compare(a.Suggestion.ID, b.Suggestion.ID), TieID
}
