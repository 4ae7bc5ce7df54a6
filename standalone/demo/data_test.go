package demo

import (
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFirstForumHasItsOpinions(t *testing.T) {
	rows := opinions(t)
	if len(rows) != 109 {
		t.Fatalf("%d opinions, want 109", len(rows))
	}
	opens := time.Date(2003, 2, 7, 0, 0, 0, 0, seoul)
	closes := time.Date(2003, 3, 16, 0, 0, 0, 0, seoul)
	ids, days, english, untitled, votes := map[string]bool{}, map[string]int{}, 0, 0, 0
	for i, row := range rows {
		if ids[row.OpinionID] || row.OpinionID == "" || row.TopicID != rows[0].TopicID {
			t.Errorf("opinion %d: id %q of %q", i, row.OpinionID, row.TopicID)
		}
		ids[row.OpinionID] = true
		if row.Time.Before(opens) || !row.Time.Before(closes) || i > 0 && row.Time.Before(rows[i-1].Time) {
			t.Errorf("%s: %v is outside the period or before the one above", row.OpinionID, row.Time)
		}
		days[row.Time.In(seoul).Format(time.DateOnly)]++
		checkText(t, row.OpinionID, row.Title, row.Text)
		if row.Author == "" || row.District == "" || len(row.Themes) == 0 {
			t.Errorf("%s: author, district or theme is missing", row.OpinionID)
		}
		if row.VotesUp < 0 || row.VotesUp > 46 || row.VotesDown < 0 || row.VotesDown > 17 {
			t.Errorf("%s: %d for, %d against", row.OpinionID, row.VotesUp, row.VotesDown)
		}
		votes += row.VotesUp + row.VotesDown
		if row.Lang == "en" {
			english++
		}
		if row.Title == "" {
			untitled++
		}
	}
	if len(days) != 37 {
		t.Errorf("opinions on %d days, want 37", len(days))
	}
	if english < 6 || english > 8 || untitled < 30 || untitled > 45 || votes < 1000 || votes > 1200 {
		t.Errorf("%d English, %d without a title, %d votes", english, untitled, votes)
	}
}

func TestOnlyMarkedRepostsAreEqual(t *testing.T) {
	first, reposts := map[string]string{}, 0
	for _, row := range opinions(t) {
		if earlier, ok := first[row.Text]; ok || row.DupOf != "" {
			reposts++
			if row.DupOf != earlier {
				t.Errorf("%s: equal to %q, marked as %q", row.OpinionID, earlier, row.DupOf)
			}
			continue
		}
		first[row.Text] = row.OpinionID
	}
	if reposts != 4 {
		t.Errorf("%d re-posts, want 4", reposts)
	}
}

func TestEveryDutyHasTwoHolders(t *testing.T) {
	city := organisation(t)
	holders := map[string]int{}
	for _, o := range city.Officials {
		if len(o.Duties) == 0 {
			t.Errorf("%s has no duty", o.UID)
		}
		for _, duty := range o.Duties {
			holders[duty]++
			if city.Groups[duty] == "" {
				t.Errorf("%s: duty %q has no group", o.UID, duty)
			}
		}
	}
	least := map[string]int{
		"officer": 2, "moderator": 2, "drafter": 2, "head": 2, "analyst": 2,
		"committee": 5, "juror": 5, "executive": 2, "auditor": 2, "operator": 2,
	}
	for duty, n := range least {
		if holders[duty] < n {
			t.Errorf("%s is held by %d, want %d or more", duty, holders[duty], n)
		}
	}
	if len(city.Groups) != len(least) {
		t.Errorf("%d groups, want one for each of %d duties", len(city.Groups), len(least))
	}
}

func TestReferencesOfDirectoryExist(t *testing.T) {
	city := organisation(t)
	units, people := map[string]bool{"": true}, map[string]bool{"": true}
	for _, d := range city.Departments {
		if units[d.OU] {
			t.Errorf("department %q stands twice", d.OU)
		}
		if !units[d.Parent] {
			t.Errorf("%s: parent %q doesn't stand before it", d.OU, d.Parent)
		}
		units[d.OU] = true
	}
	names := map[string]bool{}
	for _, o := range city.Officials {
		if people[o.UID] || names[o.Name.Ko] {
			t.Errorf("%s (%s) stands twice", o.UID, o.Name.Ko)
		}
		// A manager before those they lead: so no chain can be a ring.
		if !people[o.Manager] {
			t.Errorf("%s: manager %q doesn't stand before them", o.UID, o.Manager)
		}
		if !units[o.Department] || o.Department == "" {
			t.Errorf("%s: no department %q", o.UID, o.Department)
		}
		if o.Mail != o.UID+"@city.example" || o.Name.En == "" || o.Title.Ko == "" || o.Title.En == "" || o.Phone == "" {
			t.Errorf("%s: something is missing", o.UID)
		}
		people[o.UID], names[o.Name.Ko] = true, true
	}
	for _, d := range city.Departments {
		if !people[d.Head] || d.Head == "" {
			t.Errorf("%s: no head %q", d.OU, d.Head)
		}
	}
	for _, o := range city.Officials {
		if !people[o.Substitute] || (o.Substitute == "") != (o.Absent == nil) {
			t.Errorf("%s: substitute %q doesn't suit the absence", o.UID, o.Substitute)
		}
	}
}

func TestEveryDivisionCanCarryAForum(t *testing.T) {
	city := organisation(t)
	absent := 0
	for _, d := range city.Departments {
		if d.Kind != "division" {
			continue
		}
		ranks := map[string]int{}
		for _, o := range city.Officials {
			if o.Department != d.OU {
				continue
			}
			ranks[o.Rank]++
			if o.Rank == "staff" && slices.Contains(o.Duties, "drafter") {
				ranks["drafter"]++
			}
			if o.Rank == "head" {
				if superior := find(t, city, o.Manager); superior.Department != d.Parent || superior.Rank != "director" {
					t.Errorf("%s: %s isn't led by the bureau's director", d.OU, o.UID)
				}
				if o.UID != d.Head || !slices.Contains(o.Duties, "head") {
					t.Errorf("%s: %s isn't its head", d.OU, o.UID)
				}
				if o.Absent != nil {
					absent++
				}
			}
		}
		if ranks["head"] != 1 || ranks["leader"] < 1 || ranks["drafter"] < 1 {
			t.Errorf("%s: head, team leader or drafter is missing: %v", d.OU, ranks)
		}
		if len(d.Work.Ko) == 0 || len(d.Work.Ko) != len(d.Work.En) {
			t.Errorf("%s: its work isn't named in both languages", d.OU)
		}
	}
	if absent == 0 {
		t.Error("no head is absent: the substitute is never tried")
	}
}

func TestDayIsADateOrDaysFromToday(t *testing.T) {
	today := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC) // already the 23rd in Seoul
	for day, want := range map[Day]string{"2004-05-01": "2004-05-01", "-23": "2026-10-31", "+8": "2026-12-01", "0": "2026-11-23"} {
		got, err := day.Date(today)
		if err != nil || got.Format(time.RFC3339) != want+"T00:00:00+09:00" {
			t.Errorf("%q: got %v, %v, want %s", day, got, err, want)
		}
	}
	if none, err := Day("").Date(today); err != nil || !none.IsZero() {
		t.Errorf("an empty day: got %v, %v", none, err)
	}
	if _, err := Day("soon").Date(today); err == nil {
		t.Error("a word was taken as a day")
	}
}

// checkText holds a citizen's words to the rules of the public endpoint.
func checkText(t *testing.T, where, title, text string) {
	t.Helper()
	if n := utf8.RuneCountInString(text); n < 2 || n > 4000 {
		t.Errorf("%s: a text of %d characters", where, n)
	}
	if n := utf8.RuneCountInString(title); n > 500 {
		t.Errorf("%s: a title of %d characters", where, n)
	}
	for _, s := range []string{title, text} {
		if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
			t.Errorf("%s: not UTF-8 in NFC: %q", where, s)
		}
	}
}

func opinions(t *testing.T) []Row {
	t.Helper()
	rows, err := Opinions()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func organisation(t *testing.T) Organisation {
	t.Helper()
	city, err := Directory()
	if err != nil {
		t.Fatal(err)
	}
	return city
}

func find(t *testing.T, city Organisation, uid string) Official {
	t.Helper()
	i := slices.IndexFunc(city.Officials, func(o Official) bool { return o.UID == uid })
	if i < 0 {
		t.Fatalf("no official %q", uid)
	}
	return city.Officials[i]
}
