package demo

import (
	"maps"
	"slices"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"acropolis/forum"
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

func TestEveryForumStatusIsShownOnce(t *testing.T) {
	want := []string{
		"selected", "assigning", "preparing", "scheduled", "open", "suspended", "closed",
		"analysing", "awarding", "responding", "published", "following", "archived", "withdrawn",
	}
	keys, youth := map[string]bool{}, 0
	var got []string
	for _, f := range forums(t).Forums {
		got = append(got, f.Status)
		if keys[f.Key] || f.Key == "" {
			t.Errorf("key %q stands twice", f.Key)
		}
		keys[f.Key] = true
		if f.Track == "youth" {
			youth++
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("statuses\n%v, want\n%v", got, want)
	}
	if youth != 1 {
		t.Errorf("%d youth forums, want 1", youth)
	}
}

func TestForumsHoldWhatTheirStatusAsks(t *testing.T) {
	people := organisation(t)
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, seoul)
	for _, f := range forums(t).Forums {
		checkText(t, f.Key+" suggestion", f.Suggestion.Title, f.Suggestion.Text)
		if f.Title.Ko == "" || f.Title.En == "" || f.Summary.Ko == "" || f.Summary.En == "" || f.Suggestion.Author == "" {
			t.Errorf("%s: title, summary or proposer is missing", f.Key)
		}
		if !slices.ContainsFunc(people.Departments, func(d Department) bool { return d.OU == f.Department && d.Kind == "division" }) {
			t.Errorf("%s: no division %q", f.Key, f.Department)
		}
		kinds := map[string]int{}
		for _, item := range f.Dossier {
			kinds[item.Kind]++
			if item.Title == "" || item.Body == "" {
				t.Errorf("%s: an empty %s", f.Key, item.Kind)
			}
			if expert := item.Kind == "expert"; expert != (item.Name != "" && item.Affiliation != "" && item.Stance != "") {
				t.Errorf("%s, %s: an expert has a name, an affiliation and a stance, and nothing else has", f.Key, item.Title)
			}
		}
		gate := kinds["background"] > 0 && kinds["plan"] > 0 && kinds["expert"] > 0
		before := f.Status == "selected" || f.Status == "assigning" || f.Status == "preparing"
		if gate == before {
			t.Errorf("%s is %s: dossier complete %v", f.Key, f.Status, gate)
		}
		if stopped := f.Status == "suspended" || f.Status == "withdrawn"; stopped != (f.Reason.Ko != "" && f.Reason.En != "" && f.ReasonOn != "") {
			t.Errorf("%s is %s: reason %q on %q", f.Key, f.Status, f.Reason.En, f.ReasonOn)
		}
		if before || f.Status == "withdrawn" {
			if f.Opens != "" || len(f.Opinions) > 0 {
				t.Errorf("%s is %s and has a period or opinions", f.Key, f.Status)
			}
			continue
		}
		opens, closes := day(t, f.Opens, today), day(t, f.Closes, today)
		over := closes.Before(today)
		switch f.Status {
		case "scheduled":
			if !opens.After(today) {
				t.Errorf("%s opens on %v", f.Key, opens)
			}
		case "open", "suspended":
			if opens.After(today) || over {
				t.Errorf("%s is open from %v to %v", f.Key, opens, closes)
			}
		default:
			if !over {
				t.Errorf("%s closes on %v", f.Key, closes)
			}
		}
		if days := int(closes.Sub(opens).Hours()/24) + 1; over && len(f.HitsPerDay) != days {
			t.Errorf("%s: hits of %d days, want %d", f.Key, len(f.HitsPerDay), days)
		}
	}
}

func TestOpinionsOfForumsSuitTheirStatus(t *testing.T) {
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, seoul)
	said := map[string]bool{}
	for _, f := range forums(t).Forums {
		if len(f.Opinions) == 0 {
			continue
		}
		if n := len(f.Opinions); n < 12 || n > 25 {
			t.Errorf("%s has %d opinions", f.Key, n)
		}
		opens, closes := day(t, f.Opens, today), day(t, f.Closes, today).AddDate(0, 0, 1)
		until := today
		if f.ReasonOn != "" {
			until = day(t, f.ReasonOn, today)
		}
		kept := map[string]int{}
		last := 0
		for _, o := range f.Opinions {
			checkText(t, f.Key+", "+o.Author, o.Title, o.Text)
			if o.Author == "" || o.District == "" || len(o.Themes) == 0 || said[o.Text] {
				t.Errorf("%s, %s: something is missing or stands twice", f.Key, o.Author)
			}
			said[o.Text] = true
			if at := opens.Add(closes.Sub(opens) * time.Duration(o.AtPercent) / 100); o.AtPercent < last || o.AtPercent > 99 || at.After(until) {
				t.Errorf("%s, %s: posted at %d %%, after %d %%", f.Key, o.Author, o.AtPercent, last)
			}
			last = o.AtPercent
			if o.Status != "" {
				kept[o.Status]++
			}
			if (o.Status != "") != (o.Reason != "") || o.Status == "held" && o.Up+o.Down > 0 {
				t.Errorf("%s, %s: %s with reason %q and %d votes", f.Key, o.Author, o.Status, o.Reason, o.Up+o.Down)
			}
		}
		want := map[string]int{}
		if f.Status == "open" || f.Status == "closed" {
			want = map[string]int{"held": 2, "hidden": 1}
		}
		if !maps.Equal(kept, want) {
			t.Errorf("%s is %s: kept back %v, want %v", f.Key, f.Status, kept, want)
		}
	}
}

func TestAnswersReachEveryTheme(t *testing.T) {
	first := opinions(t)
	for _, f := range forums(t).Forums {
		themes := map[string]bool{}
		count := len(f.Opinions)
		for _, o := range f.Opinions {
			for _, theme := range o.Themes {
				themes[theme] = true
			}
		}
		if f.OpinionsFile != "" {
			count = len(first)
			for _, row := range first {
				for _, theme := range row.Themes {
					themes[theme] = true
				}
			}
		}
		prizes := map[string]bool{}
		for i, award := range f.Awards {
			if award.Opinion < 0 || award.Opinion >= count || award.Rank != i+1 || award.Reason == "" {
				t.Fatalf("%s: award %+v", f.Key, award)
			}
			author := ""
			if f.OpinionsFile != "" {
				author = first[award.Opinion].Author
			} else {
				author = f.Opinions[award.Opinion].Author
			}
			if prizes[author] {
				t.Errorf("%s: %s wins twice", f.Key, author)
			}
			prizes[author] = true
		}
		answered := map[string]bool{}
		for _, p := range f.Response {
			if !slices.Contains([]string{"adopted", "partly", "later", "not_adopted"}, p.Disposition) || p.Text == "" {
				t.Errorf("%s: paragraph %q is %q", f.Key, p.Text, p.Disposition)
			}
			if p.Disposition == "not_adopted" && p.Reason == "" {
				t.Errorf("%s: %q isn't adopted, without a reason", f.Key, p.Text)
			}
			for _, theme := range p.Themes {
				if !themes[theme] {
					t.Errorf("%s: answers %q, which nobody raised", f.Key, theme)
				}
				answered[theme] = true
			}
		}
		for _, m := range f.Milestones {
			if m.Title == "" || m.Due == "" {
				t.Errorf("%s: milestone %+v", f.Key, m)
			}
		}
		switch f.Status {
		case "published", "following", "archived":
			if len(answered) != len(themes) || len(f.Awards) == 0 || len(f.Milestones) == 0 {
				t.Errorf("%s: %d of %d themes answered, %d awards, %d milestones", f.Key, len(answered), len(themes), len(f.Awards), len(f.Milestones))
			}
		case "responding": // an unfinished draft, so that the officer has something to find missing
			if len(f.Response) == 0 || len(answered) == len(themes) {
				t.Errorf("%s: %d of %d themes answered in a draft", f.Key, len(answered), len(themes))
			}
		default:
			if len(f.Response) > 0 {
				t.Errorf("%s is %s and has a response", f.Key, f.Status)
			}
		}
	}
}

func TestFirstForumHasItsFigures(t *testing.T) {
	all := forums(t).Forums
	first := all[slices.IndexFunc(all, func(f Forum) bool { return f.Status == "archived" })]
	hits := 0
	for _, n := range first.HitsPerDay {
		hits += n
	}
	if hits != 7509 || len(first.HitsPerDay) != 37 {
		t.Errorf("%d hits over %d days, want 7,509 over 37", hits, len(first.HitsPerDay))
	}
	if first.Opens != "2003-02-07" || first.Closes != "2003-03-15" || first.Department != "road-planning" || len(first.Awards) != 5 {
		t.Errorf("%s to %s, %s, %d awards", first.Opens, first.Closes, first.Department, len(first.Awards))
	}
	if last := first.Milestones[len(first.Milestones)-1]; last.Done != "2004-05-01" {
		t.Errorf("the last milestone is %+v, want the opening in May 2004", last)
	}
	if topic := opinions(t)[0].Topic; topic != first.Title.Ko {
		t.Errorf("the opinions are on %q", topic)
	}
}

func TestSuggestionsTellWhatBecameOfThem(t *testing.T) {
	city := forums(t)
	titles := map[string]bool{}
	for _, f := range city.Forums {
		titles[f.Suggestion.Title] = true
	}
	for _, s := range city.Suggestions {
		titles[s.Title] = true
	}
	if len(titles) != len(city.Forums)+len(city.Suggestions) || len(city.Suggestions) < 18 {
		t.Errorf("%d different titles of %d suggestions", len(titles), len(city.Suggestions))
	}
	statuses, kinds := map[string]int{}, map[string]int{}
	for _, s := range city.Suggestions {
		checkText(t, s.Title, s.Title, s.Text)
		statuses[s.Status]++
		kinds[s.Kind]++
		if told := s.Status == "rejected" || s.Status == "merged" || s.Status == "transferred"; told != (s.Reason != "") {
			t.Errorf("%s is %s: reason %q", s.Title, s.Status, s.Reason)
		}
		if (s.Status == "merged") != (s.Into != "") || s.Into != "" && !titles[s.Into] {
			t.Errorf("%s is %s into %q", s.Title, s.Status, s.Into)
		}
		if s.At == "" || s.Author == "" || s.Track != "general" && s.Track != "youth" {
			t.Errorf("%s: day, author or track is missing", s.Title)
		}
	}
	for _, status := range []string{"submitted", "accepted", "rejected", "merged", "transferred"} {
		if statuses[status] == 0 {
			t.Errorf("no suggestion is %s", status)
		}
	}
	if len(statuses) != 5 || kinds["citizen"] == 0 || kinds["expert"] == 0 || kinds["official"] == 0 || len(kinds) != 3 {
		t.Errorf("statuses %v, kinds %v", statuses, kinds)
	}
}

// What the public endpoint or the intranet would refuse can't be entered in the demo city either.
func TestCityAcceptsEveryText(t *testing.T) {
	check := func(where string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
	}
	suggest := func(s Suggestion) {
		t.Helper()
		check(s.Title, forum.NewSuggestion{Title: s.Title, Text: s.Text, Pseudonym: s.Author}.Validate())
	}
	for _, row := range opinions(t) {
		check(row.OpinionID, forum.NewOpinion{Title: row.Title, Text: row.Text, Pseudonym: row.Author, District: row.District}.Validate())
	}
	city := forums(t)
	for _, s := range city.Suggestions {
		suggest(s)
	}
	for _, f := range city.Forums {
		suggest(f.Suggestion)
		for _, o := range f.Opinions {
			check(f.Key+", "+o.Author, forum.NewOpinion{Title: o.Title, Text: o.Text, Pseudonym: o.Author, District: o.District}.Validate())
		}
		for _, i := range f.Dossier {
			item := forum.DossierItem{
				Kind: forum.ItemKind(i.Kind), Title: i.Title, Body: i.Body, Link: i.Link,
				Name: i.Name, Affiliation: i.Affiliation, Stance: forum.Stance(i.Stance),
			}
			if i.File != "" {
				file, err := i.file()
				check(f.Key+", "+i.File, err)
				item.File = file.Named("01900000-0000-4000-8000-000000000001")
			}
			check(f.Key+", "+i.Title, item.Validate())
		}
		for _, p := range f.Response {
			check(f.Key+", "+p.Text, forum.Paragraph{Text: p.Text, Disposition: forum.Disposition(p.Disposition), Reason: p.Reason}.Validate())
		}
		for _, m := range f.Milestones {
			check(f.Key+", "+m.Title, forum.Milestone{Title: m.Title, Due: day(t, m.Due, time.Now())}.Validate())
		}
	}
}

func TestDemoFilesAreNFC(t *testing.T) {
	for _, name := range []string{"data/opinions.csv", "data/directory.json", "data/forums.json"} {
		data, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(data) || !norm.NFC.IsNormal(data) {
			t.Errorf("%s isn't UTF-8 in NFC", name)
		}
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

func day(t *testing.T, d Day, today time.Time) time.Time {
	t.Helper()
	at, err := d.Date(today)
	if err != nil || at.IsZero() {
		t.Fatalf("day %q: %v", d, err)
	}
	return at
}

func forums(t *testing.T) City {
	t.Helper()
	city, err := Forums()
	if err != nil {
		t.Fatal(err)
	}
	return city
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
