package office

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	m.Run()
}

// id makes a readable test id.
func id(n int) forum.ID { return forum.ID(fmt.Sprintf("00000000-0000-7000-8000-%012d", n)) }

var (
	noon      = time.Date(2026, 11, 23, 12, 0, 0, 0, page.Seoul)
	roads     = "road-planning"
	officer   = forum.Official{ID: id(1), UID: "officer", Name: "한지숙", NameEn: "Han Jisook", Title: "주무관", TitleEn: "Officer", Department: "communication", Duties: []forum.Duty{forum.Officer}}
	head1     = forum.Official{ID: id(2), UID: "head", Name: "박도로", NameEn: "Park Doro", Title: "과장", TitleEn: "Director", Department: roads, Duties: []forum.Duty{forum.Head}}
	drafter   = forum.Official{ID: id(3), UID: "drafter", Name: "이기안", NameEn: "Lee Gian", Title: "주무관", TitleEn: "Officer", Department: roads, Duties: []forum.Duty{forum.Drafter}}
	juror     = forum.Official{ID: id(4), UID: "juror", Name: "최심사", NameEn: "Choi Simsa", Title: "교수", TitleEn: "Professor", Department: "communication", Duties: []forum.Duty{forum.Juror}}
	operator  = forum.Official{ID: id(5), UID: "operator", Name: "정운영", NameEn: "Jung Unyeong", Department: "it", Duties: []forum.Duty{forum.Operator}}
	everyone  = forum.Official{ID: id(9), UID: "everyone", Name: "전담당", NameEn: "Jeon Damdang", Department: roads, Duties: forum.Duties[:5]} // officer to analyst
	strangers = forum.Official{ID: id(8), UID: "stranger", Name: "남다른", Department: "parks", Duties: []forum.Duty{forum.Drafter, forum.Head}}
)

// city is the store of a small city with one of everything.
type city struct {
	holidays  []forum.Holiday
	officials []forum.Official
	topic     forum.Forum
	pressures []forum.Pressure
	asked     forum.Assignment
	consulted []forum.Consultation
	handover  *forum.Handover
	dossier   forum.Dossier
	files     []forum.DossierFile
	response  forum.Response
	corrected int // 1: a correction of it is drafted
	round     forum.Round
	approvals []forum.Approval
	delegated forum.Delegations
	rules     []forum.DelegationRule
	exclusion forum.Exclusion
	usual     []forum.UsualLine
	awards    []forum.Award
	analysis  forum.Analysis
	parked    []forum.Attention
	stopped   []forum.Stopped
	mails     []forum.Mail
	owed      []forum.Owed
	steps     []forum.RadarStep
	figures   []forum.ClockFigures
	absences  []forum.Absence
	plan      []forum.Milestone
	trail     []forum.AuditEntry
	opinions  []forum.Opinion
	invited   []forum.Invitation
	idea      forum.Suggestion
	compared  []forum.Participation
	outcome   *forum.DecisionOutcome
	last      bool // whether a score is the last one waited for
	seats     []forum.Seat
	locked    *forum.ModerationLock
	batch     forum.BatchRecord
	queued    []forum.QueueFilter
	logFilter forum.ModerationFilter
	refuses   error // what every write answers

	did []string // what was written
}

func newCity() *city {
	c := &city{officials: []forum.Official{officer, head1, drafter, juror, operator, everyone, strangers}}
	c.topic = forum.Forum{ID: id(100), Number: "2026-0007", Status: forum.Open, Track: forum.General, Title: "시청 앞 광장 조성", TitleEn: "An open square in front of City Hall",
		Identity: forum.IdentityEmail, Moderation: forum.ModerateAfter, Department: roads, OpensAt: noon.AddDate(0, 0, -10), ClosesAt: noon.AddDate(0, 0, 20), CreatedAt: noon.AddDate(0, -1, 0),
		Counts: forum.Counts{Opinions: 109, Voters: 300, VotesFor: 700, VotesAgainst: 81, Hits: 7509}}
	c.asked = forum.Assignment{Forum: c.topic.ID, Status: forum.AssignmentAccepted, Department: roads, Addressee: head1.ID}
	items := []forum.DossierItem{{Kind: forum.Background, Title: "추진 배경", Body: "**서울(Seoul)**은 광장이 필요합니다."}, {Kind: forum.Plan, Title: "조성 계획", Body: "잔디 광장"},
		{Kind: forum.ExpertOpinion, Title: "교통 전문가", Body: "찬성합니다.", Name: "김전문", Affiliation: "교통연구원", Stance: forum.StanceFor}}
	c.files = []forum.DossierFile{forum.NewFile{Name: "의견.csv", Type: forum.CSV, Content: []byte(fileContent)}.Named(id(1400))}
	c.dossier = forum.Dossier{Forum: c.topic.ID, Status: forum.DossierComplete, Version: 3, Items: items, SavedAt: noon, SavedBy: "이기안"}
	c.response = forum.Response{Forum: c.topic.ID, Status: forum.ResponseDraft, Version: 2, SavedAt: noon, SavedBy: "이기안", Unanswered: []string{"주차"},
		Paragraphs: []forum.Paragraph{{Text: "광장을 조성합니다.", Disposition: forum.Adopted, Terms: []string{"광장", "잔디"}}, {Text: "지하 주차장은 어렵습니다.", Disposition: forum.NotAdopted, Reason: "지반"}}}
	c.idea = forum.Suggestion{ID: id(200), Number: "2026-000031", Status: forum.SuggestionSubmitted, Track: forum.General, Kind: forum.ByCitizen, Title: "한강 자전거길", Text: "자전거길을 이어 주세요.", Pseudonym: "바람", Lang: "ko", Supports: 12, SubmittedAt: noon.AddDate(0, 0, -8), Due: noon.AddDate(0, 0, -1)}
	other := c.idea
	other.ID, other.Number, other.Status, other.Title = id(201), "2026-000032", forum.SuggestionAccepted, "자전거 주차장"
	c.round = forum.Round{ID: id(300), Track: forum.General, Month: "2026-11", Status: forum.RoundOpen, OpenedAt: noon, Deadline: noon.AddDate(0, 0, 7), Members: 5, Scored: 1,
		Candidates: []forum.RoundCandidate{{Suggestion: c.idea, Shortlisted: true, Rank: 1, Supports: 12, Tally: forum.Tally{Members: 5, Scores: 3, Mean: 450}, Mine: &forum.RoundScore{Marks: map[string]int{"need": 4, "urgency": 5}}},
			{Suggestion: other, Shortlisted: true, Rank: 2, Supports: 12, Months: 2, Refused: "예산이 없습니다", RefusedIn: "2026-10", Department: roads, Tally: forum.Tally{Members: 5, Scores: 3, Mean: 300}}},
		Criteria: []forum.Criterion{{Code: "need", Name: "필요성", NameEn: "Need", Weight: 3}, {Code: "urgency", Name: "시급성", NameEn: "Urgency", Weight: 2}},
		Seated:   []forum.RoundMember{{Official: id(30), Name: "위원"}, {Official: id(10), Name: "모두", Scored: true}}}
	c.seats = []forum.Seat{{ID: id(310), Track: forum.General, Official: officer.ID, Name: "한지숙", From: noon, Sits: true}}
	c.approvals = []forum.Approval{{ID: id(400), Noun: forum.TheDossier, Subject: c.topic.ID, Title: "자료집: 시청 앞 광장 조성", Department: roads, Status: forum.InReview, Version: 3,
		SHA256: strings.Repeat("ab", 32), Current: strings.Repeat("ab", 32), Text: `[{"kind":"background","title":"추진 배경","body":"**광장**"},{"kind":"expert","title":"교통","body":"좋습니다","name":"김전문","stance":"for"},{"kind":"attachment","title":"표","body":"","file":{"id":"` + string(id(1400)) + `","name":"의견.csv","type":"csv","size":21,"sha256":"` + c.files[0].SHA256 + `"}}]`,
		Drafter: drafter.ID, DrafterName: "이기안", DraftedAt: noon, Line: []forum.Signer{
			{Order: 1, Role: forum.Reviewer, Official: officer.ID, Name: "한지숙", Title: "주무관", Status: forum.SignerApproved, At: noon},
			{Order: 2, Role: forum.Approver, Official: head1.ID, Name: "박도로", Title: "과장", Status: forum.SignerWaiting}}}}
	c.exclusion = forum.Exclusion{ID: id(1301), Forum: c.topic.ID, Status: forum.ExclusionAsked, Signals: []string{"choice", "network"}, Votes: 44, Voters: 40,
		AskedBy: officer.ID, Steps: []forum.ExclusionStep{{Status: forum.ExclusionAsked, By: "한지숙", At: noon, Reason: "한 망에서 몰렸습니다."}},
		Changes: []forum.TallyChange{{Opinion: id(300), Number: "2026-000001", Text: "광장을 넓혀 주십시오.", Lang: "ko", For: 12, Against: 52, WithoutAgainst: 40}}}
	c.rules = []forum.DelegationRule{{ID: id(1200), Delegation: forum.Delegation{Noun: forum.TheDossier, Duty: forum.Head}, MadeAt: noon},
		{ID: id(1201), Delegation: forum.Delegation{Noun: forum.TheDossier, Department: roads, Duty: forum.Executive}, MadeBy: "한지숙", MadeAt: noon, Reason: "부시장 위임"},
		{ID: id(1202), Delegation: forum.Delegation{Noun: forum.TheMinutes, Duty: forum.Executive}, MadeAt: noon, EndedBy: "한지숙", EndedAt: noon, EndReason: "규정 개정"}}
	c.usual = []forum.UsualLine{{ID: id(1210), Department: roads, Noun: forum.TheResponse, KeptBy: drafter.ID, KeptByName: "이기안", KeptAt: noon, Signers: []forum.UsualSigner{
		{LineSigner: forum.LineSigner{Role: forum.Reviewer, Official: id(77)}, Name: "최퇴직", Department: roads},
		{LineSigner: forum.LineSigner{Role: forum.Consulted, Official: strangers.ID}, Name: "남다른", Department: "parks"},
		{LineSigner: forum.LineSigner{Role: forum.Approver, Official: head1.ID}, Name: "박도로", Department: roads}}}}
	c.awards = []forum.Award{
		{ID: id(500), Forum: c.topic.ID, Opinion: id(600), Number: "2026-000901", Title: "잔디", Text: "잔디 광장이 좋겠습니다.", Pseudonym: "푸른시민", For: 88, Against: 7, Status: forum.AwardCandidate, ByRule: 1, Bound: .84, Scores: 2, Mean: 4.5},
		{ID: id(501), Forum: c.topic.ID, Opinion: id(601), Number: "2026-000902", Text: "분수도 있었으면 합니다.", Pseudonym: "물방울님", For: 66, Against: 5, Status: forum.AwardCandidate, ByRule: 2, Bound: .8},
	}
	c.analysis = forum.Analysis{Forum: c.topic.ID, Figures: forum.Figures{Counts: c.topic.Counts, Authors: 98, FrozenAt: noon,
		Days: []forum.DayFigures{{Date: "2003-02-07", Opinions: 5, VotesFor: 3, Hits: 200, HitsByLanguage: map[string]int{"ko": 180, "en": 20}},
			{Date: "2003-02-08", Opinions: 9, VotesFor: 8, VotesAgainst: 2, Hits: 310, HitsByLanguage: map[string]int{"ko": 280, "en": 20, "zh": 10}}},
		Districts: []forum.DistrictFigures{{Name: "중구", Opinions: 40}, {Name: "", Opinions: 69}}},
		Terms: []forum.TermFigures{{Text: "광장", Opinions: 60, Occurrences: 140}}, Reposts: [][]forum.ID{{id(600), id(601)}},
		Best: []forum.RankedOpinion{{Opinion: forum.Opinion{ID: id(600), Number: "2026-000901", Text: "잔디", Lang: "ko", For: 88, Against: 7}, Rank: 1, Bound: .84}}, Summary: "찬성이 많습니다."}
	c.stopped = []forum.Stopped{
		{Start: forum.Start{Noun: forum.TheForum, ID: c.topic.ID}, Why: forum.IsBlocked, Since: noon, Restarts: 3, Title: c.topic.Title, Status: string(forum.Open)},
		{Start: forum.Start{Noun: forum.TheApproval, ID: c.topic.ID}, Why: forum.WasTerminated, Since: noon, Restarts: 1, Restarted: noon, Title: "자료집", Status: string(forum.InReview)},
	}
	c.parked = []forum.Attention{{Workflow: "forum-1", Noun: forum.TheForum, Subject: c.topic.ID, Step: "close the board", Problem: "fault", Since: noon, Title: "시청 앞 광장 조성"}}
	c.mails = []forum.Mail{{ID: id(700), Kind: forum.MailForumOpened, Status: forum.MailFailed, MessageID: "<x@acropolis>", Attempts: 3, Problem: "550", CreatedAt: noon}}
	c.holidays = []forum.Holiday{{Day: "2026-11-26", Name: "임시공휴일", Kind: forum.Temporary, Reason: "국무회의 의결", DeclaredBy: "김담당", DeclaredAt: noon}}
	c.owed = []forum.Owed{
		{ID: id(800), Noun: forum.TheForum, Subject: c.topic.ID, Forum: c.topic.ID, Kind: forum.SubmitResponse, Duty: forum.Drafter, Department: roads, Since: noon, Due: noon.AddDate(0, 0, 5), Title: c.topic.Title, TitleEn: c.topic.TitleEn},
		{ID: id(801), Noun: forum.TheApproval, Subject: id(400), Kind: forum.SignApproval, Official: head1.ID, Name: "박도로", Since: noon, Due: noon.Add(-time.Hour), Title: "자료집", Late: 1,
			Escalated: true, EscalatedAt: noon.Add(-time.Minute), EscalatedTo: "한지숙", AuditedAt: noon},
		{ID: id(802), Noun: forum.TheForum, Subject: c.topic.ID, Forum: c.topic.ID, Kind: forum.SubmitDossier, Duty: forum.Drafter, Department: roads, Since: noon, Due: noon.AddDate(0, 0, 6), Title: c.topic.Title,
			Paused: true, PausedAt: noon.AddDate(0, 0, -10), Reason: "전문가의 의견을 기다립니다."},
	}
	for i, o := range c.owed {
		c.steps = append(c.steps, forum.RadarStep{Owed: o, Unit: roads, Holders: 1, Away: i == 1, Signers: i})
	}
	c.steps = append(c.steps,
		forum.RadarStep{Owed: forum.Owed{ID: id(803), Noun: forum.TheApproval, Subject: id(400), Kind: forum.SignApproval, Official: officer.ID, Name: "한지숙", Since: noon, Due: noon.AddDate(0, 0, 2), Title: "결과 자료"},
			Unit: "communication", Holders: 1, Signers: 3, Deadline: noon.AddDate(0, 0, 3)},
		forum.RadarStep{Owed: forum.Owed{ID: id(804), Noun: forum.TheForum, Subject: c.topic.ID, Kind: forum.ModerateOpinion, Duty: forum.Moderator, Since: noon, Due: noon.AddDate(0, 0, 1), Title: c.topic.Title}})
	c.figures = []forum.ClockFigures{{Month: "2026-11", Department: roads, Kind: forum.SignApproval, Ended: 12, InTime: 9, Median: 2, P90: 6, Paused: 16 * time.Hour},
		{Month: "2026-11", Kind: forum.SetPeriod, Ended: 4, InTime: 4}}
	c.absences = []forum.Absence{{ID: id(950), Official: head1.ID, Name: "박도로", Department: roads, Substitute: drafter.ID, SubstituteName: "이기안", From: noon.AddDate(0, 0, -1), Until: noon.AddDate(0, 0, 3)}}
	c.plan = []forum.Milestone{{ID: id(900), Title: "설계 공모", Due: noon.AddDate(0, 1, 0), Status: forum.MilestonePlanned}, {ID: id(901), Title: "착공", Due: noon, Status: forum.MilestoneDone, DoneAt: noon, Note: "착공했습니다"}}
	c.trail = []forum.AuditEntry{{At: noon, By: "system", Action: "forum.open", Noun: forum.TheForum, Subject: c.topic.ID, Before: "scheduled", After: "open"},
		{At: noon, By: "한지숙", From: "127.0.0.1", Action: string(forum.SetPeriod), Noun: forum.TheForum, Subject: c.topic.ID, Before: "preparing", After: "preparing", Reason: "행사 일정"}}
	c.opinions = []forum.Opinion{{ID: id(600), Forum: c.topic.ID, Number: "2026-000901", Status: forum.OpinionHeld, Text: "잔디 광장이 좋겠습니다.", Pseudonym: "푸른시민", Lang: "ko", AcceptedAt: noon}}
	c.invited = []forum.Invitation{{ID: id(1100), Kind: forum.InvitedOpinion, Forum: c.topic.ID, Department: roads, Status: forum.InvitationSubmitted, Name: "김초청", Affiliation: "한국교통연구원",
		Lang: "ko", Asked: "우회로의 영향을 봐 주십시오.", InvitedBy: officer.ID, InvitedAt: noon, AnswerBy: noon.AddDate(0, 0, 14), SubmittedAt: noon,
		Draft: forum.InvitedDraft{Title: "우회로가 먼저입니다", Body: "**대중교통**부터 갖추십시오.", Stance: forum.StanceNeutral, Consent: forum.ConsentYes, Version: 2}}}
	return c
}

func (c *city) wrote(what string, args ...any) error {
	if c.refuses == nil {
		c.did = append(c.did, fmt.Sprintf(what, args...))
	}
	return c.refuses
}

func (c *city) Official(_ context.Context, id forum.ID) (forum.Official, error) {
	for _, o := range c.officials {
		if o.ID == id {
			return o, nil
		}
	}
	return forum.Official{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (c *city) Officials(_ context.Context, duty forum.Duty, department string) ([]forum.Official, error) {
	return slices.DeleteFunc(slices.Clone(c.officials), func(o forum.Official) bool {
		return duty != "" && !o.Has(duty) || department != "" && o.Department != department
	}), nil
}
func (c *city) Leavers(context.Context) ([]forum.Official, error) {
	return []forum.Official{{ID: id(998), Name: "최퇴직", NameEn: "Choi Toejik"}}, nil
}
func (c *city) Departments(context.Context) ([]forum.Department, error) {
	return []forum.Department{{Code: roads, Name: "도로계획과", NameEn: "Road Planning Division"}, {Code: "parks", Name: "공원과", NameEn: "Parks Division"}, {Code: "communication", Name: "시민소통담당관", NameEn: "Citizen Communication"}}, nil
}
func (c *city) MyWork(context.Context, forum.Official) ([]forum.Owed, error) { return c.owed, nil }
func (c *city) Owed(_ context.Context, id forum.ID) (forum.Owed, error) {
	for _, o := range c.owed {
		if o.ID == id {
			return o, nil
		}
	}
	return forum.Owed{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (c *city) PauseClock(_ context.Context, _ forum.Official, _ string, id forum.ID, reason string) (forum.Start, error) {
	if err := forum.NeedReason(reason); err != nil {
		return forum.Start{}, err
	}
	return forum.Start{Noun: forum.TheForum, ID: c.topic.ID}, c.wrote("pause %s: %s", id, reason)
}
func (c *city) ResumeClock(_ context.Context, _ forum.Official, _ string, id forum.ID) (forum.Start, error) {
	return forum.Start{Noun: forum.TheForum, ID: c.topic.ID}, c.wrote("resume %s", id)
}
func (c *city) DepartmentProfile(_ context.Context, code string) (forum.Profile, error) {
	return forum.Profile{Department: code, Text: "도로와 광장", SavedAt: noon, SavedBy: drafter.ID}, nil
}
func (c *city) SaveProfile(_ context.Context, by forum.Official, _ string, p forum.Profile, seen time.Time) error {
	if !seen.Equal(noon) {
		return forum.Refuse(forum.Conflict, "profile.saved_by_another")
	}
	if err := p.Validate(); err != nil {
		return err
	}
	return c.wrote("profile of %s: %s, by %s", p.Department, p.Text, by.UID)
}
func (c *city) Absences(context.Context) ([]forum.Absence, error) { return c.absences, nil }
func (c *city) EnterAbsence(_ context.Context, by forum.Official, _ string, a forum.Absence) error {
	return c.wrote("absence of %s, %s instead, from %s until %s, by %s", a.Official, a.Substitute, a.From.In(page.Seoul).Format(time.DateTime), a.Until.In(page.Seoul).Format(time.DateTime), by.UID)
}
func (c *city) EndAbsence(_ context.Context, _ forum.Official, _ string, id forum.ID) error {
	return c.wrote("end absence %s", id)
}
func (c *city) Radar(_ context.Context, reader forum.Official, within int) ([]forum.Risk, error) {
	return forum.Calendar{Zone: page.Seoul, Holidays: map[string]string{"2026-11-26": "임시공휴일"}}.Foresee(c.steps, noon, within), nil
}
func (c *city) ClockFigures(context.Context, forum.Official, int) ([]forum.ClockFigures, error) {
	return c.figures, nil
}
func (c *city) OwedOf(_ context.Context, noun forum.Noun, _ forum.ID) ([]forum.Owed, error) {
	return slices.DeleteFunc(slices.Clone(c.owed), func(o forum.Owed) bool { return o.Noun != noun }), nil
}
func (c *city) Forums(_ context.Context, f forum.ForumFilter) ([]forum.Forum, int, error) {
	if f.Status != "" && f.Status != c.topic.Status || f.Department != "" && f.Department != c.topic.Department {
		return nil, 0, nil
	}
	return []forum.Forum{c.topic}, 1, nil
}
func (c *city) Forum(_ context.Context, id forum.ID) (forum.Forum, error) {
	if id != c.topic.ID {
		return forum.Forum{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return c.topic, nil
}
func (c *city) Assignment(context.Context, forum.ID) (forum.Assignment, error) { return c.asked, nil }
func (c *city) SuitedDepartments(context.Context, forum.ID) ([]forum.Suited, error) {
	return []forum.Suited{{Department: roads, Terms: []string{"광장", "보행"}, Forums: 2}, {Department: "parks", Terms: []string{"공원"}}}, nil
}
func (c *city) Consultations(context.Context, forum.ID) ([]forum.Consultation, error) {
	return c.consulted, nil
}
func (c *city) Handover(context.Context, forum.ID) (forum.Handover, error) {
	if c.handover == nil {
		return forum.Handover{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return *c.handover, nil
}
func (c *city) Suggestions(context.Context, forum.SuggestionFilter) ([]forum.Suggestion, int, error) {
	return []forum.Suggestion{c.idea}, 1, nil
}
func (c *city) Suggestion(context.Context, forum.ID, bool) (forum.Suggestion, error) {
	return c.idea, nil
}
func (c *city) SimilarSuggestions(context.Context, string, int) ([]forum.Suggestion, error) {
	return []forum.Suggestion{c.round.Candidates[1].Suggestion}, nil
}
func (c *city) Screen(_ context.Context, by forum.Official, _ string, s forum.Screening) error {
	return c.wrote("screen %s by %s", s.To, by.UID)
}
func (c *city) SimilarForums(context.Context, string, int) ([]forum.Forum, error) {
	return []forum.Forum{c.topic}, nil
}
func (c *city) EnterOpinion(_ context.Context, by forum.Official, o forum.NewOpinion) (forum.Accepted, error) {
	return forum.Accepted{ID: id(650), Number: "2026-000950", Receipt: entryCode}, c.wrote("enter %q by %s, came by %s on %s, %s, %s", o.Text, by.UID, o.Entry.Channel, o.Entry.Received, o.District, o.Idempotency.Key)
}
func (c *city) EnteredOpinion(_ context.Context, opinion forum.ID) (forum.Opinion, error) {
	if opinion != id(650) {
		return forum.Opinion{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return forum.Opinion{ID: id(650), Forum: c.topic.ID, Number: "2026-000950", Status: forum.OpinionPublished, Title: "그늘", Text: "그늘이 있어야 합니다.", Lang: "ko",
		AcceptedAt: noon, Channel: forum.ViaLetter, ReceivedOn: "2026-11-20", EnteredBy: "한지숙"}, nil
}
func (c *city) HitsByLanguage(context.Context, forum.ID) ([]forum.LangHits, error) {
	return []forum.LangHits{{Lang: "ko", Hits: 7000}, {Lang: "en", Hits: 509}}, nil
}
func (c *city) Participation(_ context.Context, id forum.ID) (forum.Participation, error) {
	for _, p := range c.compared {
		if p.Forum == id {
			return p, nil
		}
	}
	return forum.Participation{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (c *city) Lagging(context.Context) ([]forum.Participation, error) {
	return slices.DeleteFunc(slices.Clone(c.compared), func(p forum.Participation) bool { return !p.Lags() }), nil
}
func (c *city) Suggest(_ context.Context, s forum.NewSuggestion) (forum.Accepted, error) {
	return forum.Accepted{ID: id(200), Number: "2026-000031", Receipt: entryCode}, c.wrote("suggest %s %s %s, came by %s on %s", s.Title, s.Kind, s.Idempotency.Key, s.Entry.Channel, s.Entry.Received)
}
func (c *city) Rounds(context.Context) ([]forum.Round, error)                  { return []forum.Round{c.round}, nil }
func (c *city) Round(context.Context, forum.ID, forum.ID) (forum.Round, error) { return c.round, nil }
func (c *city) OpenRound(_ context.Context, _ forum.Official, _ string, t forum.Track, month string) (forum.ID, error) {
	return c.round.ID, c.wrote("open round %s %s", t, month)
}
func (c *city) ScoreTopic(_ context.Context, _ forum.Official, _ string, s forum.RoundScore) (bool, error) {
	return c.last, c.wrote("score topic %d %t %s", s.Marks["need"], s.Conflict, s.Reason)
}
func (c *city) Calendar(context.Context) (forum.Calendar, error) {
	declared := map[string]string{}
	for _, h := range c.holidays {
		declared[h.Day] = h.Name
	}
	return forum.Calendar{Zone: page.Seoul, Holidays: declared}, nil
}
func (c *city) Holidays(_ context.Context, from, to string) ([]forum.Holiday, error) {
	var all []forum.Holiday
	for _, h := range c.holidays {
		if from <= h.Day && h.Day <= to {
			all = append(all, h)
		}
	}
	return all, nil
}
func (c *city) OpenPeriods(context.Context, forum.Official, time.Time, time.Time) ([]forum.OpenPeriod, error) {
	return []forum.OpenPeriod{{Forum: c.topic.ID, Title: c.topic.Title, Status: c.topic.Status, OpensAt: c.topic.OpensAt, ClosesAt: c.topic.ClosesAt}}, nil
}
func (c *city) DueBetween(context.Context, forum.Official, time.Time, time.Time) ([]forum.Owed, error) {
	return c.owed, nil
}
func (c *city) DeclareHolidays(_ context.Context, _ forum.Official, _ string, days []forum.Holiday, reason string) ([]forum.Start, error) {
	known, _ := c.Calendar(context.Background())
	if err := forum.ValidateHolidays(days, reason, noon.Format(time.DateOnly), known); err != nil {
		return nil, err
	}
	for _, h := range days {
		if err := c.wrote("declare %s %s %s: %s", h.Kind, h.Day, h.Name, reason); err != nil {
			return nil, err
		}
	}
	return []forum.Start{{Noun: forum.TheForum, ID: c.topic.ID}}, nil
}
func (c *city) RemoveHoliday(_ context.Context, _ forum.Official, _, day, reason string) ([]forum.Start, error) {
	if err := forum.NeedReason(reason); err != nil {
		return nil, err
	}
	return []forum.Start{{Noun: forum.TheForum, ID: c.topic.ID}}, c.wrote("remove %s: %s", day, reason)
}
func (c *city) Seats(context.Context) ([]forum.Seat, error) { return c.seats, nil }
func (c *city) SeatMember(_ context.Context, _ forum.Official, _ string, s forum.Seat) error {
	return c.wrote("seat %s on %s from %s", s.Official, s.Track, s.From.Format(time.DateOnly))
}
func (c *city) EndSeat(_ context.Context, _ forum.Official, _ string, id forum.ID) error {
	return c.wrote("end seat %s", id)
}
func (c *city) Criteria(context.Context) ([]forum.Criterion, error) { return c.round.Criteria, nil }
func (c *city) SaveCriteria(_ context.Context, _ forum.Official, _ string, all []forum.Criterion) error {
	return c.wrote("save criteria %v", all)
}
func (c *city) Dossier(context.Context, forum.ID) (forum.Dossier, error) { return c.dossier, nil }
func (c *city) SaveDossier(_ context.Context, by forum.Official, _ string, _ forum.ID, base int, items []forum.DossierItem) (forum.Dossier, error) {
	return c.dossier, c.wrote("save dossier %d items on %d by %s: %+v", len(items), base, by.UID, items)
}
func (c *city) AddFile(_ context.Context, by forum.Official, _ string, _ forum.ID, f forum.NewFile) (forum.DossierFile, error) {
	named := f.Named("01989d2c-0000-4000-8000-0000000000f1")
	c.files = []forum.DossierFile{named}
	return named, c.wrote("add file %s by %s", f.Name, by.UID)
}
func (c *city) WithFiles(_ context.Context, _ forum.ID, items []forum.DossierItem) ([]forum.DossierItem, error) {
	for i := range items {
		n := slices.IndexFunc(c.files, func(f forum.DossierFile) bool { return f.ID == items[i].File.ID })
		if items[i].File = (forum.DossierFile{}); n >= 0 {
			items[i].File = c.files[n]
		}
	}
	return items, nil
}
func (c *city) File(_ context.Context, _, file forum.ID) (forum.DossierFile, error) {
	for _, f := range c.files {
		if f.ID == file {
			return f, nil
		}
	}
	return forum.DossierFile{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (c *city) FileSlice(_ context.Context, _ forum.ID, from, n int) ([]byte, error) {
	return []byte(fileContent)[from : from+n], nil
}
func (c *city) Approvals(context.Context, forum.Official) ([]forum.Approval, error) {
	return c.approvals, nil
}
func (c *city) Approval(_ context.Context, id forum.ID) (forum.Approval, error) {
	for _, a := range c.approvals {
		if a.ID == id {
			return a, nil
		}
	}
	return forum.Approval{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (c *city) Delegations(context.Context) (forum.Delegations, error) { return c.delegated, nil }
func (c *city) UsualLine(_ context.Context, department string, noun forum.Noun) (forum.UsualLine, error) {
	for _, l := range c.usual {
		if l.Department == department && l.Noun == noun {
			return l, nil
		}
	}
	return forum.UsualLine{}, nil
}
func (c *city) UsualLines(_ context.Context, department string) ([]forum.UsualLine, error) {
	return slices.DeleteFunc(slices.Clone(c.usual), func(l forum.UsualLine) bool { return department != "" && l.Department != department }), nil
}
func (c *city) DropLine(_ context.Context, by forum.Official, _ string, id forum.ID) error {
	return c.wrote("drop line %s by %s", id, by.UID)
}
func (c *city) Suspects(context.Context, forum.ID) (forum.Suspects, error) {
	at := []time.Time{noon, noon.Add(time.Hour)}
	return forum.Suspects{MarkedAt: noon, Voters: 70, Crowds: []forum.Crowd{c.crowd()}, Exclusions: []forum.Exclusion{c.exclusion},
		Hours: forum.SuspectHours{At: at, All: []int{20, 50}, Marked: []int{0, 40}, BySignal: map[string][]int{"network": {0, 40}, "burst": {0, 38},
			"domain": {0, 0}, "vector": {0, 0}, "age": {0, 0}, "copies": {0, 0}}},
		Opinions: []forum.SuspectOpinion{{ID: id(300), Number: "2026-000001", Status: forum.OpinionPublished, Alike: 5}}}, nil
}

func (c *city) crowd() forum.Crowd {
	return forum.Crowd{ID: id(1300), Score: 9, Signals: []string{"choice", "network"}, Voters: 40, Votes: 44, Networks: 2, First: noon, Last: noon,
		Targets: []forum.CrowdTarget{{Opinion: id(300), Number: "2026-000001", Votes: 40}}}
}

func (c *city) PreviewExclusion(_ context.Context, _, crowd forum.ID) (forum.Crowd, forum.Exclusion, error) {
	if crowd != id(1300) {
		return forum.Crowd{}, forum.Exclusion{}, forum.Refuse(forum.NotFound, "exclusion.crowd_gone")
	}
	e := c.exclusion
	e.Digest = "of these votes"
	return c.crowd(), e, nil
}

func (c *city) AskExclusion(_ context.Context, by forum.Official, _ string, n forum.NewExclusion) (forum.ID, error) {
	if err := errors.Join(by.May(forum.AskExclusion, ""), forum.NeedReason(n.Reason)); err != nil {
		return "", err
	}
	if n.Digest != "of these votes" {
		return "", forum.Refuse(forum.Conflict, "exclusion.changed_since")
	}
	return id(1301), c.wrote("ask to exclude %s by %s: %s", n.Crowd, by.UID, n.Reason)
}

func (c *city) Exclusion(_ context.Context, one forum.ID) (forum.Exclusion, error) {
	if one != id(1301) {
		return forum.Exclusion{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return c.exclusion, nil
}

func (c *city) DecideExclusion(_ context.Context, by forum.Official, _ string, one forum.ID, action forum.Action, reason string) error {
	if err := errors.Join(by.May(action, ""), forum.NeedReason(reason)); err != nil {
		return err
	}
	if action == forum.ConfirmExclusion && by.ID == c.exclusion.AskedBy {
		return forum.Refuse(forum.Forbidden, "exclusion.second_person")
	}
	return c.wrote("%s of %s by %s: %s", action, one, by.UID, reason)
}

func (c *city) DelegationRules(context.Context) ([]forum.DelegationRule, error) { return c.rules, nil }
func (c *city) Delegate(_ context.Context, by forum.Official, _ string, d forum.Delegation, reason string) error {
	if err := cmp.Or(by.MayDelegate(d), d.Validate(), forum.NeedReason(reason)); err != nil {
		return err
	}
	return c.wrote("delegate %s of %q to %s by %s: %s", d.Noun, d.Department, d.Duty, by.UID, reason)
}
func (c *city) EndDelegation(_ context.Context, by forum.Official, _ string, id forum.ID, reason string) error {
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	return c.wrote("end rule %s by %s: %s", id, by.UID, reason)
}
func (c *city) Comment(_ context.Context, by forum.Official, _ string, approval, _ forum.ID, text string) error {
	return c.wrote("comment on %s by %s: %s", approval, by.UID, text)
}
func (c *city) ApprovalOf(_ context.Context, noun forum.Noun, _ forum.ID) (forum.Approval, error) {
	for _, a := range c.approvals {
		if a.Noun == noun {
			return a, nil
		}
	}
	return forum.Approval{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (c *city) Invitations(context.Context, forum.ID) ([]forum.Invitation, error) {
	return c.invited, nil
}
func (c *city) Invitation(_ context.Context, id forum.ID) (forum.Invitation, error) {
	if id != c.invited[0].ID {
		return forum.Invitation{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return c.invited[0], nil
}
func (c *city) Invite(_ context.Context, by forum.Official, _ string, n forum.NewInvitation) error {
	return c.wrote("invite %s for %s on %q in %d days by %s", n.Name, n.Kind, n.Forum, n.Days, by.UID)
}
func (c *city) StartUrgent(_ context.Context, by forum.Official, _ string, u forum.NewUrgent) (forum.ID, error) {
	return id(400), c.wrote("urgent %s%s because %s with %d signers by %s", u.Suggestion, u.Title, u.Reason, len(u.Signers), by.UID)
}
func (c *city) RevealExpert(_ context.Context, by forum.Official, _ string, id forum.ID, reason string) error {
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	return c.wrote("reveal %s to %s: %s", id, by.UID, reason)
}
func (c *city) item() forum.QueueItem {
	i := forum.QueueItem{Opinion: c.opinions[0], ForumTitle: c.topic.Title, ForumTitleEn: c.topic.TitleEn, Since: noon.AddDate(0, 0, -3), Due: noon.AddDate(0, 0, -1), Late: 1, Lock: c.locked,
		Reports: []forum.OpinionReport{{Code: forum.Insulting, At: noon}, {Code: forum.AnotherCause, Words: "같은 글입니다.", At: noon, Settled: true}},
		Appeal:  &forum.Appeal{Words: "억울합니다.", At: noon, Status: forum.AppealOpen}, Near: []forum.NearCopy{{ID: id(601), Number: "2026-000902", Status: forum.OpinionHidden, Share: .8}}}
	return i
}
func (c *city) ModerationQueue(_ context.Context, f forum.QueueFilter) (forum.Queue, error) {
	c.queued = append(c.queued, f)
	return forum.Queue{Rows: []forum.QueueItem{c.item()}, Total: 1, Counts: map[forum.QueueTab]int{forum.TabReported: 1, forum.TabHeld: 12}, Forums: []forum.Forum{c.topic}}, nil
}
func (c *city) ModerationCase(_ context.Context, id forum.ID) (forum.QueueItem, []forum.StatusChange, error) {
	if id != c.opinions[0].ID {
		return forum.QueueItem{}, nil, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return c.item(), []forum.StatusChange{{Status: "published", At: noon}, {Status: "hidden", At: noon, Code: forum.OffTopic, Reason: "도로 이야기입니다."}}, nil
}
func (c *city) TakeOpinion(_ context.Context, by forum.Official, _ string, opinion forum.ID, over bool) error {
	if c.locked != nil && c.locked.Official != by.ID && !over {
		return forum.Refuse(forum.Conflict, "moderation.in_work").With("name", c.locked.Name)
	}
	c.locked = &forum.ModerationLock{Official: by.ID, Name: by.Name, Since: noon, Until: noon.Add(forum.LockLife)}
	return nil
}
func (c *city) LetGoOfOpinion(context.Context, forum.Official, forum.ID) error {
	c.locked = nil
	return nil
}
func (c *city) ModerateMany(_ context.Context, _ forum.Official, _ string, b forum.Batch) error {
	c.batch = forum.BatchRecord{Batch: b, By: "전담당", MadeAt: noon}
	for _, opinion := range b.Opinions {
		c.batch.Items = append(c.batch.Items, forum.BatchItem{Opinion: opinion, Forum: c.topic.ID, Number: "2026-000901", Before: forum.OpinionPublished, After: forum.OpinionHidden, Status: forum.OpinionHidden})
		if err := c.wrote("moderate %s to %s: %s%s", opinion, b.To, b.Code, b.Reason); err != nil {
			return err
		}
	}
	return nil
}
func (c *city) ModerationBatch(_ context.Context, id forum.ID) (forum.BatchRecord, error) {
	if c.batch.ID == "" {
		return forum.BatchRecord{Batch: forum.Batch{ID: id, To: forum.AnswerHide, Code: forum.Insulting, Opinions: []forum.ID{c.opinions[0].ID, c.opinions[0].ID}}, By: "전담당", MadeAt: noon,
			Items: []forum.BatchItem{{Opinion: c.opinions[0].ID, Forum: c.topic.ID, Number: "2026-000901", Before: forum.OpinionPublished, After: forum.OpinionHidden, Status: forum.OpinionHidden}}}, nil
	}
	return c.batch, nil
}
func (c *city) UndoBatch(_ context.Context, _ forum.Official, _ string, id forum.ID, reason string) (int, error) {
	if err := forum.NeedReason(reason); err != nil {
		return 0, err
	}
	return 1, c.wrote("undo %s: %s", id, reason)
}
func (c *city) logged() []forum.ModerationEntry {
	return []forum.ModerationEntry{{At: noon, By: "전담당", Action: forum.ModerateOpinion, Before: forum.OpinionPublished, After: forum.OpinionHidden, Code: forum.Insulting, Reason: "덧붙인 말", Forum: c.topic.ID,
		ForumTitle: "=시청 앞", Opinion: id(600), Number: "2026-000901", Batch: id(1300)}, {At: noon, By: "전담당", Action: forum.SeeOpinion, Forum: c.topic.ID, ForumTitle: c.topic.Title, Opinion: id(600), Number: "2026-000901"}}
}
func (c *city) ModerationLog(_ context.Context, f forum.ModerationFilter) ([]forum.ModerationEntry, int, error) {
	c.logFilter = f
	return c.logged(), 2, nil
}
func (c *city) EachModeration(_ context.Context, f forum.ModerationFilter, use func(iter.Seq2[forum.ModerationEntry, error]) error) error {
	c.logFilter = f
	return use(func(yield func(forum.ModerationEntry, error) bool) {
		for _, e := range c.logged() {
			if !yield(e, nil) {
				return
			}
		}
	})
}
func (c *city) SetIdentity(_ context.Context, _ forum.Official, _ string, id forum.ID, to forum.IdentityPolicy, reason string) error {
	if err := forum.ValidateIdentity(to, reason); err != nil {
		return err
	}
	return c.wrote("identity of %s %s: %s", id, to, reason)
}
func (c *city) SetModeration(_ context.Context, _ forum.Official, _ string, id forum.ID, to forum.Moderation, reason string) error {
	if err := forum.ValidateModeration(to, reason); err != nil {
		return err
	}
	return c.wrote("moderation of %s %s: %s", id, to, reason)
}
func (c *city) Pressures(context.Context) ([]forum.Pressure, error) { return c.pressures, nil }
func (c *city) ProtectForum(_ context.Context, _ forum.Official, _ string, id forum.ID, protect bool, reason string) error {
	if err := forum.NeedReason(reason); err != nil {
		return err
	}
	return c.wrote("protect %s %t: %s", id, protect, reason)
}
func (c *city) StaffBoard(context.Context, forum.BoardFilter) ([]forum.Opinion, int, error) {
	return c.opinions, len(c.opinions), nil
}
func (c *city) ModerateOpinion(_ context.Context, _ forum.Official, _ string, v forum.Verdict) error {
	if err := v.Validate(); err != nil {
		return err
	}
	return c.wrote("answer %s with %s: %s%s", v.Opinion, v.To, v.Code, v.Reason)
}
func (c *city) Analysis(context.Context, forum.ID) (forum.Analysis, error) { return c.analysis, nil }
func (c *city) SaveSummary(_ context.Context, _ forum.Official, _ string, _ forum.ID, text string) error {
	return c.wrote("summary %s", text)
}
func (c *city) Awards(context.Context, forum.ID, forum.ID) ([]forum.Award, error) {
	return c.awards, nil
}
func (c *city) ScoreAward(_ context.Context, _ forum.Official, _ string, s forum.AwardScore) error {
	return c.wrote("score award %s %d %t", s.Award, s.Score, s.Conflict)
}
func (c *city) Response(context.Context, forum.ID) (forum.Response, error) { return c.response, nil }
func (c *city) SaveResponse(_ context.Context, _ forum.Official, _ string, _ forum.ID, base int, p []forum.Paragraph) (forum.Response, error) {
	return c.response, c.wrote("save response %d on %d: %+v", len(p), base, p)
}
func (c *city) Correction(context.Context, forum.ID) (forum.Correction, error) {
	return forum.Correction{Version: c.response.Version + c.corrected, Reason: "금액이 잘못되었습니다.", Paragraphs: c.response.Paragraphs}, nil
}
func (c *city) SaveCorrection(_ context.Context, _ forum.Official, _ string, _ forum.ID, base int, reason string, p []forum.Paragraph) error {
	return c.wrote("save correction %d on %d because %s", len(p), base, reason)
}
func (c *city) Milestones(context.Context, forum.ID) ([]forum.Milestone, error) { return c.plan, nil }
func (c *city) Audit(context.Context, forum.AuditFilter) ([]forum.AuditEntry, int, error) {
	return c.trail, len(c.trail), nil
}
func (c *city) Attention(context.Context) ([]forum.Attention, error)  { return c.parked, nil }
func (c *city) Stopped(context.Context) ([]forum.Stopped, int, error) { return c.stopped, 1, nil }
func (c *city) BadAddresses(context.Context) (int, error)             { return 3, nil }
func (c *city) CountAlarms(context.Context) ([]forum.CountAlarm, error) {
	return []forum.CountAlarm{{Forum: "01900000-0000-7000-8000-000000000001", Title: "광장", Shown: forum.Counts{VotesFor: 7}, Counted: forum.Counts{VotesFor: 6}}}, nil
}
func (c *city) FailedMails(context.Context) ([]forum.Mail, error) { return c.mails, nil }
func (c *city) RetryMail(_ context.Context, _ forum.Official, _ string, id forum.ID) error {
	return c.wrote("retry mail %s", id)
}
func (c *city) DecisionOutcome(context.Context, forum.ID) (forum.DecisionOutcome, error) {
	if c.outcome == nil {
		return forum.DecisionOutcome{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return *c.outcome, nil
}

// conductor remembers decisions by id, as their rows do.
type conductor struct {
	decided map[forum.ID]forum.Decision
	woken   []forum.Start
	retried []string
	started []forum.Start
	answer  error
}

func (c *conductor) Decide(_ context.Context, d forum.Decision) error {
	if c.answer == nil {
		c.decided[d.ID] = d
	}
	return c.answer
}
func (c *conductor) Wake(_ context.Context, s forum.Start) error {
	c.woken = append(c.woken, s)
	return nil
}
func (c *conductor) Retry(_ context.Context, workflow string) error {
	c.retried = append(c.retried, workflow)
	return c.answer
}

func (c *conductor) Restart(_ context.Context, _ forum.Official, _ string, s forum.Start) error {
	c.started = append(c.started, s)
	return c.answer
}

// only is the single decision that was taken.
func (c *conductor) only(t *testing.T) forum.Decision {
	t.Helper()
	if len(c.decided) != 1 {
		t.Fatalf("decisions taken: %d, want 1", len(c.decided))
	}
	for _, d := range c.decided {
		return d
	}
	return forum.Decision{}
}

// entryCode is the code of what staff enter.
const entryCode = forum.Receipt("00112233445566778899aabbccddeeff")

// session is one browser's.
type session struct {
	official string
	renewed  int
	also     map[string]string
}

func (s *session) GetString(_ context.Context, key string) string {
	if key != sessionKey {
		return s.also[key]
	}
	return s.official
}
func (s *session) Put(_ context.Context, key string, value any) {
	if key != sessionKey {
		s.also = map[string]string{key: value.(string)}
		return
	}
	s.official = value.(string)
}
func (s *session) RenewToken(context.Context) error { s.renewed++; return nil }
func (s *session) Destroy(context.Context) error    { s.official = ""; return nil }

type passwords struct{ known []forum.Official }

func (p passwords) Login(_ context.Context, name, password string) (forum.Official, error) {
	for _, o := range p.known {
		if o.UID == name && password == "right horse" {
			return o, nil
		}
	}
	return forum.Official{}, forum.Refuse(forum.Unauthorised, "login.failed")
}

type vitals struct{}

func (vitals) Vitals(context.Context, forum.ID) (forum.Vitals, error) { return forum.Vitals{}, nil }

type books struct{ fails error }

func (b books) FileName(title, _ string, at time.Time) string {
	return "사이버정책포럼_" + title + "_" + at.Format("20060102") + ".xlsx"
}

func (b books) Workbook(_ context.Context, _ forum.ID, lang string, w io.Writer) error {
	if b.fails != nil {
		return b.fails
	}
	_, err := io.WriteString(w, "PK workbook in "+lang)
	return err
}

func (b books) Table(w io.Writer, t forum.Table) error {
	if b.fails != nil {
		return b.fails
	}
	for cells, err := range t.Rows {
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, cells...); err != nil {
			return err
		}
	}
	return nil
}

// office is the intranet with a browser in front of it.
type office struct {
	*city
	conductor *conductor
	session   *session
	engine    *gin.Engine
	routes    []page.Route
	books     *books

	rehearsals *rehearsals
	now        time.Time
}

func newOffice(t testing.TB, as forum.Official) *office {
	t.Helper()
	o := &office{city: newCity(), conductor: &conductor{decided: map[forum.ID]forum.Decision{}}, session: &session{official: string(as.ID)}, books: &books{}, rehearsals: &rehearsals{}, now: noon}
	site, err := page.New(page.Options{Audience: page.Office, Templates: Templates(), CityName: map[string]string{"ko": "서울특별시", "en": "Seoul"},
		Menu: Menu, SignInPath: "/login", Strict: true, Logger: slog.New(slog.NewTextHandler(faults{t}, &slog.HandlerOptions{Level: slog.LevelError}))})
	if err != nil {
		t.Fatal(err)
	}
	h := New(site, Options{Store: o.city, Directory: passwords{o.officials}, Conductor: o.conductor, Workbook: o.books, Sessions: o.session, Vitals: vitals{}, Rehearsals: o.rehearsals, CalendarFile: twoDays, Inspect: anyText,
		Districts: []District{{"종로구", "Jongno-gu"}}, Address: "https://forum.city.example", Now: func() time.Time { return o.now }, Log: slog.New(slog.DiscardHandler)})
	o.engine, o.routes = site.Engine(), Routes(h)
	site.Mount(o.engine, o.routes, h.Guard)
	return o
}

// faults shows in the test's log what a page failed of.
type faults struct{ t testing.TB }

func (f faults) Write(p []byte) (int, error) {
	f.t.Log(string(p))
	return len(p), nil
}

type answer struct {
	*httptest.ResponseRecorder
	body string
}

func (o *office) do(r *http.Request) answer {
	w := httptest.NewRecorder()
	o.engine.ServeHTTP(w, r)
	return answer{w, w.Body.String()}
}

func (o *office) get(path string) answer { return o.do(httptest.NewRequest(http.MethodGet, path, nil)) }

func (o *office) post(path string, form url.Values) answer {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return o.do(r)
}

// form finds a form on a page and gives its address and its hidden fields.
func (a answer) form(t testing.TB, id string) (action string, fields url.Values) {
	t.Helper()
	_, rest, found := strings.Cut(a.body, `id="`+id+`" method="post" action="`)
	if !found {
		t.Fatalf("no form %s on the page:\n%s", id, a.body)
	}
	action, rest, _ = strings.Cut(rest, `"`)
	form, _, _ := strings.Cut(rest, "</form>")
	fields = url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(form, -1) {
		fields.Add(unescape(m[1]), unescape(m[2]))
	}
	return unescape(action), fields
}

var hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)

func unescape(s string) string {
	return strings.NewReplacer("&amp;", "&", "&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">").Replace(s)
}

func (a answer) want(t testing.TB, status int, texts ...string) {
	t.Helper()
	if a.Code != status {
		t.Fatalf("status %d, want %d\n%s", a.Code, status, a.body)
	}
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			t.Errorf("the page lacks %q:\n%s", text, a.body)
		}
	}
}

// twoDays reads any file as a calendar of two days, one of them a holiday already; an empty line is no calendar.
func twoDays(file []byte) ([]forum.Holiday, error) {
	if strings.TrimSpace(string(file)) == "" {
		return nil, forum.Refuse(forum.Invalid, "calendar_file.unreadable").At("file")
	}
	return []forum.Holiday{{Day: "2026-12-24", Name: "임시공휴일", Kind: forum.Imported}, {Day: "2026-12-25", Name: "성탄절", Kind: forum.Imported}}, nil
}
