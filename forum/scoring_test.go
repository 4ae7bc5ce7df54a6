package forum_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"acropolis/forum"
)

var criteria = []forum.Criterion{{Code: "need", Weight: 3}, {Code: "feasibility", Weight: 2}, {Code: "urgency", Weight: 1}}

func sheet(need, feasibility, urgency int) forum.RoundScore {
	return forum.RoundScore{Marks: map[string]int{"need": need, "feasibility": feasibility, "urgency": urgency}}
}

// Worked by hand: (3·5 + 2·4 + 1·2) / 6 = 25/6 = 4.1667; (3·1 + 2·2 + 1·3) / 6 = 10/6 = 1.6667; their mean 2.92.
func TestSheetsAreWeighed(t *testing.T) {
	if got := sheet(5, 4, 2).Total(criteria); got != 417 || got.String() != "4.17" {
		t.Errorf("the total is %s", got)
	}
	tally := forum.TallyOf(5, criteria, []forum.RoundScore{sheet(5, 4, 2), sheet(1, 2, 3), {Conflict: true}})
	if tally.Mean != 292 || tally.Scores != 2 || tally.Conflicts != 1 || tally.Criteria["need"] != 300 || tally.Criteria["urgency"] != 250 {
		t.Errorf("%+v", tally)
	}
}

func TestQuorumOfATopicIsOfThoseWhoMayJudgeIt(t *testing.T) {
	for _, c := range []struct {
		members, conflicts, scores int
		satOut, needsReason        bool
	}{
		{5, 0, 3, false, false}, {5, 0, 2, false, true}, {5, 2, 2, false, false}, {5, 2, 1, false, true},
		{5, 3, 2, true, true}, {4, 2, 2, false, false}, {3, 3, 0, true, true}, {1, 0, 1, false, false}, {0, 0, 0, false, true},
	} {
		tally := forum.Tally{Members: c.members, Conflicts: c.conflicts, Scores: c.scores}
		if tally.IsSatOut() != c.satOut || tally.NeedsReason() != c.needsReason {
			t.Errorf("%+v: sat out %v, needs a reason %v", c, tally.IsSatOut(), tally.NeedsReason())
		}
	}
}

func TestTiesAreDecidedInTheOrderOfTheRules(t *testing.T) {
	day := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	topic := func(id forum.ID, mean, need forum.Points, supports int, at time.Time) forum.RoundCandidate {
		return forum.RoundCandidate{Suggestion: forum.Suggestion{ID: id, SubmittedAt: at}, Supports: supports,
			Tally: forum.Tally{Mean: mean, Criteria: map[string]forum.Points{"need": need}}}
	}
	want := []struct {
		topic forum.RoundCandidate
		tie   forum.TieRule
	}{
		{topic("g", 450, 100, 0, day.AddDate(0, 0, 9)), ""},
		{topic("f", 400, 500, 0, day.AddDate(0, 0, 9)), ""},
		{topic("e", 400, 300, 12, day.AddDate(0, 0, 9)), forum.TieCriterion},
		{topic("d", 400, 300, 9, day), forum.TieSupports},
		{topic("b", 400, 300, 9, day.AddDate(0, 0, 1)), forum.TieOlder},
		{topic("c", 400, 300, 9, day.AddDate(0, 0, 1)), forum.TieID},
		{topic("a", 399, 500, 99, day), ""},
	}
	for range 200 { // in whatever order the database gives them
		shuffled := make([]forum.RoundCandidate, len(want))
		for to, from := range rand.Perm(len(want)) {
			shuffled[to] = want[from].topic
		}
		forum.RankRound(criteria, shuffled)
		for i, got := range shuffled {
			if got.Suggestion.ID != want[i].topic.Suggestion.ID || got.Tie != want[i].tie || got.Rank != i+1 {
				t.Fatalf("place %d: %s by %q, want %s by %q", i+1, got.Suggestion.ID, got.Tie, want[i].topic.Suggestion.ID, want[i].tie)
			}
		}
	}
}

// Worked by hand: log2(1+7) = 3 and two for being new; a month halves the two; half a point off for the road division's second.
func TestPoolIsRankedBySupportsFreshnessAndSpread(t *testing.T) {
	now := time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)
	suggestion := func(id forum.ID, supports, days int, department string) forum.RoundCandidate {
		return forum.RoundCandidate{Suggestion: forum.Suggestion{ID: id, Supports: supports, SubmittedAt: now.AddDate(0, 0, -days)}, Department: department}
	}
	pool := []forum.RoundCandidate{suggestion("old", 7, 30, "road"), suggestion("parks", 7, 60, "parks"), suggestion("new", 7, 0, "road"), suggestion("nobody's", 0, 0, "")}
	forum.RankPool(pool, now)
	for i, want := range []struct {
		id     forum.ID
		weight float64
	}{{"new", 5}, {"parks", 3.5}, {"old", 3.5}, {"nobody's", 2}} {
		if got := pool[i]; got.Suggestion.ID != want.id || got.Weight != want.weight || got.Rank != i+1 {
			t.Errorf("place %d: %s with %v, want %s with %v", i+1, got.Suggestion.ID, got.Weight, want.id, want.weight)
		}
	}
}

func TestRoundIsDueFromTheFirstWorkingDayOn(t *testing.T) {
	seoul, err := time.LoadLocation(forum.City)
	if err != nil {
		t.Fatal(err)
	}
	calendar := forum.Calendar{Zone: seoul, Holidays: map[string]string{"2026-08-17": "대체공휴일", "2027-01-01": "신정"}}
	at := func(text string) time.Time {
		day, err := time.ParseInLocation("2006-01-02 15:04", text, seoul)
		if err != nil {
			t.Fatal(err)
		}
		return day.UTC()
	}
	for text, want := range map[string]struct {
		month string
		due   bool
	}{
		"2026-08-01 09:00": {"2026-08", false}, // a Saturday
		"2026-08-03 09:00": {"2026-08", true},
		"2026-08-03 00:00": {"2026-08", true}, // the day counts, not the minute: a clock may run early
		"2026-08-20 09:00": {"2026-08", true}, // the day was missed
		"2027-01-01 09:00": {"2027-01", false},
		"2027-01-04 09:00": {"2027-01", true},
		"2026-12-31 23:59": {"2026-12", true},
	} {
		if month, due := forum.RoundDue(calendar, at(text)); month != want.month || due != want.due {
			t.Errorf("%s: %s due %v, want %+v", text, month, due, want)
		}
	}
	calendar.Holidays["2026-08-03"] = "임시공휴일" // declared late
	if _, due := forum.RoundDue(calendar, at("2026-08-03 09:00")); due {
		t.Error("a round is opened on a day that was made a holiday")
	}
}
