package postgres_test

import (
	"encoding/json"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// city is a store with a small city hall in it.
type city struct {
	*postgres.Store
	t testing.TB
}

// The people of the test city. Every official has the duties that their part in the tests needs.
var cityHall = struct {
	units  []forum.Department
	people []forum.DirectoryPerson
}{
	units: []forum.Department{
		{Code: "city", Name: "서울특별시"}, {Code: "construction", Name: "건설기획국", Parent: "city"},
		{Code: "road", Name: "도로계획과", NameEn: "Road Planning Division", Parent: "construction"},
		{Code: "parks", Name: "공원과", Parent: "city"}, {Code: "communication", Name: "시민소통담당관", Parent: "city"},
	},
	people: []forum.DirectoryPerson{
		person("mayor", "city", "", "", forum.Executive, forum.Head),
		person("bureau.head", "construction", "mayor", "", forum.Head),
		person("road.head", "road", "bureau.head", "road.deputy", forum.Head),
		person("road.deputy", "road", "road.head", "", forum.Drafter),
		person("road.drafter", "road", "road.head", "", forum.Drafter),
		person("parks.head", "parks", "mayor", "", forum.Head),
		person("officer", "communication", "mayor", "", forum.Officer),
		person("officer.two", "communication", "mayor", "", forum.Officer),
		person("moderator", "communication", "mayor", "", forum.Moderator),
		person("auditor", "communication", "mayor", "", forum.Auditor),
		person("analyst", "communication", "mayor", "", forum.Analyst),
		person("committee.one", "communication", "mayor", "", forum.Committee),
		person("committee.two", "parks", "parks.head", "", forum.Committee),
		person("committee.three", "parks", "parks.head", "", forum.Committee),
		person("juror", "parks", "parks.head", "", forum.Juror),
	},
}

func person(uid, department, superior, substitute string, duties ...forum.Duty) forum.DirectoryPerson {
	return forum.DirectoryPerson{Official: forum.Official{UID: uid, Name: uid, Department: department, Email: uid + "@city.example", Duties: duties},
		SuperiorUID: superior, SubstituteUID: substitute}
}

func newCity(t testing.TB) city {
	t.Helper()
	c := city{newStore(t), t}
	c.must(c.RefreshDirectory(t.Context(), cityHall.people, cityHall.units))
	return c
}

func (c city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// official is the row of a login as it is now.
func (c city) official(uid string) forum.Official {
	c.t.Helper()
	o, err := c.Official(c.t.Context(), one[forum.ID](c.t, c.Store, `SELECT id FROM officials WHERE uid = $1`, uid))
	c.must(err)
	return o
}

// change makes a directory person different and reads the directory again.
func (c city) directory(change func(p *forum.DirectoryPerson) (stays bool)) {
	c.t.Helper()
	var people []forum.DirectoryPerson
	for _, p := range cityHall.people {
		if change(&p) {
			people = append(people, p)
		}
	}
	c.must(c.RefreshDirectory(c.t.Context(), people, cityHall.units))
}

// decided records a decision of an official's and gives its id.
func (c city) decided(by string, action forum.Action, noun forum.Noun, subject forum.ID, reason string, details any) forum.ID {
	c.t.Helper()
	d := c.decision(by, action, noun, subject, reason, details)
	if err := c.RecordDecision(c.t.Context(), d); err != nil {
		c.t.Fatalf("%s by %s: %v", action, by, err)
	}
	return d.ID
}

func (c city) decision(by string, action forum.Action, noun forum.Noun, subject forum.ID, reason string, details any) forum.Decision {
	c.t.Helper()
	d := forum.Decision{ID: postgres.NewID(), Action: action, Noun: noun, Subject: subject, From: "10.0.0.1", Reason: reason}
	if by != "" {
		d.By = one[forum.ID](c.t, c.Store, `SELECT id FROM officials WHERE uid = $1`, by)
	}
	if details != nil {
		raw, err := json.Marshal(details)
		c.must(err)
		d.Details = raw
	}
	return d
}

// line is an approval line that ends in its last official.
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

// atOnce is an act that can't wait: its line comes after.
func (c city) atOnce() forum.ActDetails {
	return forum.ActDetails{AfterTheFact: true, LineDetails: c.line("bureau.head")}
}

// closedEarly closes a board before its time, with its approval.
func (c city) closedEarly(id forum.ID) {
	c.t.Helper()
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", forum.ActDetails{LineDetails: c.line("bureau.head")})
	c.signed(forum.TheEarlyClose, id, "bureau.head")
}

// inForum records a decision on a forum and carries it out.
func (c city) inForum(by string, action forum.Action, id forum.ID, reason string, details any) (forum.ForumFacts, error) {
	c.t.Helper()
	return c.forumStep(action)(c.t.Context(), c.decided(by, action, forum.TheForum, id, reason, details))
}

func (c city) mustInForum(by string, action forum.Action, id forum.ID, reason string, details any) forum.ForumFacts {
	c.t.Helper()
	facts, err := c.inForum(by, action, id, reason, details)
	if err != nil {
		c.t.Fatalf("%s by %s: %v", action, by, err)
	}
	return facts
}

// signed has the whole line of a subject's newest approval sign, one after the other.
func (c city) signed(noun forum.Noun, subject forum.ID, uids ...string) forum.Approval {
	c.t.Helper()
	a, err := c.ApprovalOf(c.t.Context(), noun, subject)
	c.must(err)
	_, err = c.BeginReview(c.t.Context(), a.ID)
	c.must(err)
	for _, uid := range uids {
		if _, err := c.SignApproval(c.t.Context(), c.decided(uid, forum.SignApproval, forum.TheApproval, a.ID, "", nil)); err != nil {
			c.t.Fatalf("%s signs: %v", uid, err)
		}
	}
	a, err = c.Approval(c.t.Context(), a.ID)
	c.must(err)
	return a
}

// waits lists what is owed by whom, as "kind by" in the order of kinds.
func (c city) waits(id forum.ID) []string {
	c.t.Helper()
	rows, err := c.Pool().Query(c.t.Context(), `
SELECT w.kind || ' ' || COALESCE(o.uid, w.duty || CASE WHEN w.department = '' THEN '' ELSE ' of ' || w.department END)
FROM owed w LEFT JOIN officials o ON o.id = w.official_id
WHERE w.done_at IS NULL AND (w.subject_id = $1 OR w.forum_id = $1) ORDER BY 1`, id)
	c.must(err)
	var all []string
	for rows.Next() {
		var wait string
		c.must(rows.Scan(&wait))
		all = append(all, wait)
	}
	c.must(rows.Err())
	return all
}

// wantWaits compares what is owed with what should be.
func (c city) wantWaits(id forum.ID, want ...string) {
	c.t.Helper()
	got := c.waits(id)
	if len(got) != len(want) {
		c.t.Fatalf("owed: %q, want %q", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			c.t.Fatalf("owed: %q, want %q", got, want)
		}
	}
}

// selectedForum is a forum chosen a moment ago.
func (c city) selectedForum() forum.ID {
	c.t.Helper()
	id := postgres.NewID()
	exec(c.t, c.Store, `INSERT INTO forums (id, title, voter_key) VALUES ($1, '서울시청 앞 광장', '1')`, id)
	exec(c.t, c.Store, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, after) VALUES ('system', 'test', 'forum', $1, $1, 'selected')`, id)
	return id
}

var wholeDossier = []forum.DossierItem{
	{Kind: forum.Background, Title: "배경", Body: "시청 앞은 차로입니다."},
	{Kind: forum.Plan, Title: "계획", Body: "광장으로 만듭니다."},
	{Kind: forum.ExpertOpinion, Title: "의견", Body: "찬성합니다.", Name: "김전문", Stance: forum.StanceFor},
}

// preparing brings a chosen forum to the road division, with a whole dossier saved.
func (c city) preparing() forum.ID {
	c.t.Helper()
	id := c.selectedForum()
	c.mustInForum("officer", forum.ProposeDepartment, id, "", forum.DepartmentDetails{Department: "road"})
	c.mustInForum("road.head", forum.AcceptAssignment, id, "", nil)
	_, err := c.SaveDossier(c.t.Context(), c.official("road.drafter"), "10.0.0.2", id, 0, wholeDossier)
	c.must(err)
	return id
}

// open brings a forum to its open board, which closes in an hour.
func (c city) open() forum.ID {
	c.t.Helper()
	id := c.preparing()
	c.mustInForum("road.drafter", forum.SubmitDossier, id, "", c.line("road.head"))
	c.signed(forum.TheDossier, id, "road.head")
	opens := time.Now().Add(time.Hour)
	c.mustInForum("officer", forum.SetPeriod, id, "", forum.PeriodDetails{OpensAt: opens, ClosesAt: opens.Add(time.Hour)})
	_, err := c.ScheduleForum(c.t.Context(), id)
	c.must(err)
	c.passes(id, 65*time.Minute)
	_, err = c.OpenForum(c.t.Context(), id)
	c.must(err)
	c.wantStatus(id, forum.Open)
	return id
}

// passes lets time pass for one forum: its instants, and those of what it accepted, move into the past.
func (c city) passes(id forum.ID, d time.Duration) {
	c.t.Helper()
	for _, sql := range []string{
		`UPDATE forums SET opens_at = opens_at - $2::interval, closes_at = closes_at - $2::interval, suspended_at = suspended_at - $2::interval WHERE id = $1`,
		`UPDATE votes SET accepted_at = accepted_at - $2::interval WHERE opinion_id IN (SELECT id FROM opinions WHERE forum_id = $1)`,
		`UPDATE vote_changes SET accepted_at = accepted_at - $2::interval WHERE opinion_id IN (SELECT id FROM opinions WHERE forum_id = $1)`,
		`UPDATE opinions SET accepted_at = accepted_at - $2::interval WHERE forum_id = $1`,
		`UPDATE log_pending SET accepted_at = accepted_at - $2::interval WHERE forum_id = $1`,
		`UPDATE audit SET at = at - $2::interval WHERE forum_id = $1`,
		`UPDATE hits SET seen_at = seen_at - $2::interval WHERE forum_id = $1`,
	} {
		exec(c.t, c.Store, sql, id, d)
	}
}

func (c city) wantStatus(id forum.ID, want forum.ForumStatus) {
	c.t.Helper()
	f, err := c.Forum(c.t.Context(), id)
	c.must(err)
	if f.Status != want {
		c.t.Fatalf("the forum is %s, want %s", f.Status, want)
	}
}

// wantNothingWrong asks every invariant.
func (c city) wantNothingWrong() {
	c.t.Helper()
	c.must(c.Tally(c.t.Context()))
	violations, err := c.Invariants(c.t.Context())
	c.must(err)
	for _, v := range violations {
		c.t.Errorf("invariant %s: %d rows, %s", v.Name, v.Rows, v.Sample)
	}
}

// mails counts the letters of a kind.
func (c city) mails(kind forum.MailKind) int {
	c.t.Helper()
	return one[int](c.t, c.Store, `SELECT count(*) FROM mails WHERE kind = $1`, kind)
}

// notices counts what officials are to be told of one kind.
func (c city) notices(kind string) int {
	c.t.Helper()
	return one[int](c.t, c.Store, `SELECT count(*) FROM notices WHERE kind = $1`, kind)
}
