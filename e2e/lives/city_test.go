// Package lives holds the city's procedures to tables written by hand, and to models that know nothing of forum's own: the real
// workflows with time skipped, on the real store, whose clock goes with theirs.
package lives

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/integrations/postgres/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// city is a store with a small city hall in it and a clock that the stage sets.
type city struct {
	*postgres.Store
	clock *clock
	t     testing.TB
}

// clock is the database's, and what it was set to last.
type clock struct {
	sync.Mutex
	*pgtest.Clock
	at time.Time
}

func (c *clock) set(at time.Time) {
	c.Lock()
	defer c.Unlock()
	c.at = at
	c.Set(at)
}

func (c *clock) tells() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

// monday is a morning in a week without holidays.
var monday = time.Date(2026, 11, 23, 10, 0, 0, 0, seoul())

func seoul() *time.Location {
	zone, err := time.LoadLocation(forum.City)
	if err != nil {
		panic(err)
	}
	return zone
}

func newCity(t testing.TB) city {
	t.Helper()
	url := pgtest.URL(t)
	c := city{clock: &clock{Clock: pgtest.OwnClock(t, url)}, t: t}
	c.clock.set(monday)
	var err error
	if c.Store, err = postgres.Open(t.Context(), postgres.Settings{URL: url, MaxConns: 8, VoterName: "1", VoterKey: "the key of the voters in all the tests"}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	units := []forum.Department{{Code: "city", Name: "서울특별시"}, {Code: "construction", Name: "건설기획국", Parent: "city"},
		{Code: "road", Name: "도로계획과", Parent: "construction"}, {Code: "parks", Name: "공원과", Parent: "city"}, {Code: "communication", Name: "시민소통담당관", Parent: "city"}}
	c.must(c.RefreshDirectory(t.Context(), people, units))
	return c
}

// people are the city hall. Everybody answers to the mayor in the end.
var people = []forum.DirectoryPerson{
	person("mayor", "city", "", forum.Executive, forum.Head),
	person("bureau.head", "construction", "mayor", forum.Head),
	person("road.head", "road", "bureau.head", forum.Head),
	person("road.drafter", "road", "road.head", forum.Drafter),
	person("parks.head", "parks", "mayor", forum.Head),
	person("parks.drafter", "parks", "parks.head", forum.Drafter),
	person("officer", "communication", "mayor", forum.Officer),
	person("officer.two", "communication", "mayor", forum.Officer),
	person("moderator", "communication", "mayor", forum.Moderator),
	person("analyst", "communication", "mayor", forum.Analyst),
	person("operator", "communication", "mayor", forum.Operator),
	person("auditor", "communication", "mayor", forum.Auditor),
	person("member.one", "communication", "mayor", forum.Committee),
	person("member.two", "parks", "parks.head", forum.Committee),
	person("member.three", "road", "road.head", forum.Committee),
	person("juror", "parks", "parks.head", forum.Juror),
}

func person(uid, department, superior string, duties ...forum.Duty) forum.DirectoryPerson {
	return forum.DirectoryPerson{Official: forum.Official{UID: uid, Name: uid, Department: department, Email: uid + "@city.example", Duties: duties},
		SuperiorUID: superior}
}

func (c city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// one reads a single value.
func one[T any](c city, sql string, args ...any) T {
	c.t.Helper()
	var value T
	if err := c.Pool().QueryRow(c.t.Context(), sql, args...).Scan(&value); err != nil {
		c.t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func (c city) exec(sql string, args ...any) {
	c.t.Helper()
	if _, err := c.Pool().Exec(c.t.Context(), sql, args...); err != nil {
		c.t.Fatalf("%s: %v", sql, err)
	}
}

// official is who has a login.
func (c city) official(uid string) forum.Official {
	c.t.Helper()
	o, err := c.Official(c.t.Context(), one[forum.ID](c, `SELECT id FROM officials WHERE uid = $1`, uid))
	c.must(err)
	return o
}

// decision is what an official decides; "" is a citizen.
func (c city) decision(by string, action forum.Action, noun forum.Noun, subject forum.ID, reason string, details any) forum.Decision {
	c.t.Helper()
	d := forum.Decision{ID: postgres.NewID(), Action: action, Noun: noun, Subject: subject, From: "10.0.0.1", Reason: reason}
	if by != "" {
		d.By = one[forum.ID](c, `SELECT id FROM officials WHERE uid = $1`, by)
	}
	if details != nil {
		raw, err := json.Marshal(details)
		c.must(err)
		d.Details = raw
	}
	return d
}

// line is reviewers, then the approver.
func (c city) line(uids ...string) forum.LineDetails {
	c.t.Helper()
	var line forum.LineDetails
	for i, uid := range uids {
		role := forum.Reviewer
		if i == len(uids)-1 {
			role = forum.Approver
		}
		line.Signers = append(line.Signers, forum.LineSigner{Role: role, Official: c.official(uid).ID})
	}
	return line
}

// whole is a dossier that lacks nothing.
var whole = []forum.DossierItem{
	{Kind: forum.Background, Title: "배경", Body: "시청 앞은 차로입니다."},
	{Kind: forum.Plan, Title: "계획", Body: "광장으로 만듭니다."},
	{Kind: forum.ExpertOpinion, Title: "의견", Body: "찬성합니다.", Name: "김전문", Stance: forum.StanceFor},
}

// forumIn brings in a forum that stands in a status, with all that has happened to it until then and all that its next step needs.
func (c city) forumIn(status forum.ForumStatus) forum.ID {
	c.t.Helper()
	now := c.clock.tells()
	past := forum.PastForum{Status: status, Title: "시청 앞 광장을 어떻게 쓸까요", Department: "road", Dossier: whole,
		Milestones: []forum.Milestone{{Title: "개장", Due: now.AddDate(0, 2, 0)}}}
	switch day := 24 * time.Hour; {
	case status == forum.Selected, status == forum.Assigning, status == forum.Preparing:
	case status == forum.Scheduled:
		past.OpensAt, past.ClosesAt = now.Add(10*day), now.Add(20*day)
	case status == forum.Open || status == forum.Suspended || status == forum.Withdrawn:
		past.OpensAt, past.ClosesAt = now.Add(-10*day), now.Add(10*day)
	default:
		past.OpensAt, past.ClosesAt = now.Add(-30*day), now.Add(-10*day)
	}
	if status == forum.Suspended || status == forum.Withdrawn {
		past.Reason = "행사 준비로 잠시 멈춥니다."
		past.Steps = map[forum.ForumStatus]time.Time{status: now.Add(-time.Hour)}
	}
	if !past.OpensAt.IsZero() && past.OpensAt.Before(now) {
		at := past.OpensAt.Add(time.Hour)
		for n, text := range []string{"나무를 심어 주십시오.", "분수를 놓아 주십시오.", "의자가 필요합니다.", "잔디를 넓혀 주십시오.", "공연장을 두십시오.", "밤에도 밝아야 합니다.", "차를 막아 주십시오."} {
			past.Opinions = append(past.Opinions, forum.PastOpinion{Text: text, Pseudonym: "시민 " + string(rune('1'+n)), At: at, For: 9 - n, Against: n % 2})
		}
		if status == forum.Closed || status == forum.Open {
			past.Opinions = append(past.Opinions, forum.PastOpinion{Text: "광고입니다.", At: at, Status: forum.OpinionHeld})
		}
	}
	if status == forum.Responding || status.HasResults() {
		past.Response = []forum.Paragraph{{Text: "광장을 만들겠습니다.", Disposition: forum.Adopted}}
		past.Awards = []forum.PastAward{{Opinion: 0, Rank: 1, Reason: "공감을 많이 받았습니다."}}
	}
	id, err := c.Import(c.t.Context(), c.official("operator"), past)
	c.must(err)
	return id
}
