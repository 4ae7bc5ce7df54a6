package journey

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/alexedwards/scs/v2/memstore"
	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/office"
	pages "acropolis/webui/page"
)

const (
	officialID   = forum.ID("01a20000-0000-7000-8000-000000000001")
	suggestionID = forum.ID("01a20000-0000-7000-8000-000000000002")
	forumID      = forum.ID("01a20000-0000-7000-8000-000000000003")
)

// intranet is the true intranet over a memory of a few rows; what isn't here nobody asks for.
type intranet struct {
	office.Store
	office.Conductor
	status    forum.SuggestionStatus
	screened  int
	decided   []forum.Decision
	forgotten bool // the first decision's answer doesn't come in time
	outcome   forum.DecisionOutcome
	sessions  *scs.SessionManager
}

var moderator = forum.Official{ID: officialID, UID: "jung.daun", Name: "정다운", Title: "주무관", Department: "citizen-communication",
	Duties: []forum.Duty{forum.Moderator, forum.Officer}}

func (i *intranet) Login(_ context.Context, name, password string) (forum.Official, error) {
	if name != moderator.UID || password != "right" {
		return forum.Official{}, forum.Refuse(forum.Unauthorised, "login.failed")
	}
	return moderator, nil
}
func (i *intranet) SaveOfficial(_ context.Context, o forum.Official) (forum.Official, error) {
	return o, nil
}
func (i *intranet) Official(context.Context, forum.ID) (forum.Official, error) { return moderator, nil }
func (i *intranet) Officials(context.Context, forum.Duty, string) ([]forum.Official, error) {
	return []forum.Official{moderator}, nil
}
func (i *intranet) Leavers(context.Context) ([]forum.Official, error)            { return nil, nil }
func (i *intranet) Departments(context.Context) ([]forum.Department, error)      { return nil, nil }
func (i *intranet) MyWork(context.Context, forum.Official) ([]forum.Owed, error) { return nil, nil }
func (i *intranet) Lagging(context.Context) ([]forum.Participation, error)       { return nil, nil }
func (i *intranet) OwedOf(context.Context, forum.Noun, forum.ID) ([]forum.Owed, error) {
	return nil, nil
}
func (i *intranet) Suggestion(context.Context, forum.ID, bool) (forum.Suggestion, error) {
	return forum.Suggestion{ID: suggestionID, Number: "2026-0001", Status: i.status, Title: "광장", Text: "광장을 만듭시다.", Lang: "ko", Track: forum.General,
		Kind: forum.ByCitizen, SubmittedAt: time.Now(), Due: time.Now().Add(time.Hour)}, nil
}
func (i *intranet) SimilarSuggestions(context.Context, string, int) ([]forum.Suggestion, error) {
	return nil, nil
}
func (i *intranet) Screen(_ context.Context, by forum.Official, _ string, s forum.Screening) error {
	if i.status != forum.SuggestionSubmitted {
		return forum.Refuse(forum.Conflict, "suggestion.answered_already")
	}
	i.screened++
	i.status = s.To
	return nil
}
func (i *intranet) Forum(context.Context, forum.ID) (forum.Forum, error) {
	return forum.Forum{ID: forumID, Number: "2026-0007", Status: forum.Scheduled, Title: "광장", Lang: "ko"}, nil
}
func (i *intranet) Assignment(context.Context, forum.ID) (forum.Assignment, error) {
	return forum.Assignment{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (i *intranet) ApprovalOf(context.Context, forum.Noun, forum.ID) (forum.Approval, error) {
	return forum.Approval{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (i *intranet) Delegations(context.Context) (forum.Delegations, error) {
	return forum.Delegations{}, nil
}
func (i *intranet) UsualLine(context.Context, string, forum.Noun) (forum.UsualLine, error) {
	return forum.UsualLine{}, nil
}
func (i *intranet) SuitedDepartments(context.Context, forum.ID) ([]forum.Suited, error) {
	return nil, nil
}
func (i *intranet) Consultations(context.Context, forum.ID) ([]forum.Consultation, error) {
	return nil, nil
}
func (i *intranet) Handover(context.Context, forum.ID) (forum.Handover, error) {
	return forum.Handover{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (i *intranet) Forums(context.Context, forum.ForumFilter) ([]forum.Forum, int, error) {
	return nil, 0, nil
}
func (i *intranet) Decide(_ context.Context, d forum.Decision) error {
	i.decided = append(i.decided, d)
	if i.forgotten {
		return forum.Refuse(forum.Unavailable, "decision.outcome_unknown")
	}
	return forum.Refuse(forum.Conflict, "forum.moved_on")
}
func (i *intranet) DecisionOutcome(context.Context, forum.ID) (forum.DecisionOutcome, error) {
	was := i.outcome
	i.outcome = forum.DecisionOutcome{Done: true, Refused: forum.Refuse(forum.Conflict, "forum.moved_on"), At: time.Now()} // by the next look
	return was, nil
}

func openIntranet(t *testing.T) (*intranet, *journey) {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	log := slog.New(slog.DiscardHandler)
	site, err := pages.New(pages.Options{Audience: pages.Office, Templates: office.Templates(), CityName: map[string]string{"ko": "서울", "en": "Seoul"},
		Menu: office.Menu, SignInPath: "/login", Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	i := &intranet{status: forum.SuggestionSubmitted, sessions: scs.New()}
	desk := office.New(site, office.Options{Store: i, Directory: i, Conductor: i, Sessions: i.sessions, Log: log})
	engine := site.Engine()
	site.Mount(engine, office.Routes(desk), desk.Guard)
	server := httptest.NewServer(i.sessions.LoadAndSave(engine))
	t.Cleanup(server.Close)
	j := aJourney()
	j.Office, j.Password, j.staff = server.URL, "right", map[string]*official{}
	j.Staff.Moderator, j.Staff.Officer = []string{moderator.UID}, []string{moderator.UID}
	j.suggestion, j.forum = string(suggestionID), string(forumID)
	return i, j
}

func TestOfficialLogsInByTheTruePageAndIsGreeted(t *testing.T) {
	_, j := openIntranet(t)
	o, err := j.who(t.Context(), moderator.UID)
	if err != nil || o.name != "정다운" {
		t.Fatalf("%v, greeted as %+v", err, o)
	}
	j.Password, j.staff = "wrong", map[string]*official{}
	if _, err := j.who(t.Context(), moderator.UID); err == nil || !strings.Contains(err.Error(), "jung.daun") || !strings.Contains(err.Error(), "비밀번호") {
		t.Errorf("with a wrong password: %v", err)
	}
}

func TestModeratorAcceptsASuggestionOnceEvenAfterTheSessionEnded(t *testing.T) {
	i, j := openIntranet(t)
	if _, err := j.who(t.Context(), moderator.UID); err != nil {
		t.Fatal(err)
	}
	i.sessions.Store = memstore.New() // every session is gone
	for range 2 {
		if err := j.screen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if i.screened != 1 || i.status != forum.SuggestionAccepted {
		t.Errorf("screened %d times, %s", i.screened, i.status)
	}
}

func TestAFormWhoseSessionEndedIsSentAgainAsItWas(t *testing.T) {
	i, j := openIntranet(t)
	o, err := j.who(t.Context(), moderator.UID)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.read(t.Context(), "/ko/suggestions/"+string(suggestionID))
	if err != nil {
		t.Fatal(err)
	}
	i.sessions.Store = memstore.New()
	err = o.fillAndSend(t.Context(), p, "/screening", func(f *form) error { return f.set("to", 0, "accepted") })
	if err != nil || i.screened != 1 {
		t.Errorf("%v, screened %d times", err, i.screened)
	}
}

func TestARefusedFormIsARefusalInItsOwnWords(t *testing.T) {
	i, j := openIntranet(t)
	o, err := j.who(t.Context(), moderator.UID)
	if err != nil {
		t.Fatal(err)
	}
	closes := func(f *form) error { return f.set("reason", 0, "태풍") }
	err = o.decide(t.Context(), j.forumPage(""), "forum.withdraw", closes)
	refused, ok := errors.AsType[*refusal](err)
	if !ok || refused.Status != 409 || !strings.Contains(refused.Path, "forum.withdraw") || refused.Text == "" {
		t.Errorf("got %v", err)
	}
	if len(i.decided) != 1 || i.decided[0].Reason != "태풍" {
		t.Errorf("what is asked a second time was sent as %+v", i.decided)
	}
}

func TestADecisionWhoseAnswerIsLateIsFollowedToItsOutcome(t *testing.T) {
	i, j := openIntranet(t)
	i.forgotten = true
	o, err := j.who(t.Context(), moderator.UID)
	if err != nil {
		t.Fatal(err)
	}
	err = o.decide(t.Context(), j.forumPage(""), "forum.withdraw", func(f *form) error { return f.set("reason", 0, "태풍") })
	if refused, ok := errors.AsType[*refusal](err); !ok || refused.Text == "" {
		t.Errorf("got %v, want what the outcome page says", err)
	}
	if len(i.decided) != 1 {
		t.Errorf("decided %d times", len(i.decided))
	}
}
