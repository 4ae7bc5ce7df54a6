package demo

import (
	"slices"
	"testing"
	"time"
)

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
