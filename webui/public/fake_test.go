package public

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
	"acropolis/webui/public/contract"
)

func init() { gin.SetMode(gin.TestMode) }

const (
	forumID      = forum.ID("01900000-0000-7000-8000-000000000001")
	opinionID    = forum.ID("01900000-0000-7000-8000-000000000002")
	suggestionID = forum.ID("01900000-0000-7000-8000-000000000003")
	citizenID    = forum.ID("01900000-0000-7000-8000-000000000004")
	awardID      = forum.ID("01900000-0000-7000-8000-000000000005")
	invitationID = forum.ID("01900000-0000-7000-8000-000000000006")
	unknownID    = forum.ID("01900000-0000-7000-8000-00000000dead")
	receipt      = forum.Receipt("000102030405060708090a0b0c0d0e0f")
	token        = "a-session's-token"
	secret       = "a-letter's-secret"
)

// city is a memory of a few rows. A test sets what it needs; what it doesn't set panics when it is asked for.
type city struct {
	Store // nil: asks that no test prepared for

	forum       forum.Forum
	dossier     forum.Dossier
	fileFails   bool
	opinions    []forum.Opinion
	suggestions []forum.Suggestion
	status      forum.ReceiptStatus
	results     forum.Results
	award       forum.Award
	invitation  forum.Invitation
	saved       []forum.InvitedDraft
	news        forum.News
	refusal     error // what every write meets, when it is set

	posted     []forum.NewOpinion
	votes      []forum.NewVote
	hits       []forum.NewHit
	suggested  []forum.NewSuggestion
	supports   []forum.NewSupport
	spent      string            // the rate of which nothing is left
	pressures  []forum.Pressure  // that all processes know of
	noted      []forum.ID        // as under pressure
	handlers   *Handlers         // that serve it
	solved     map[string]string // tasks, and what they were used for
	decisions  []forum.Decision
	reports    []forum.NewReport
	appeals    []string
	asked      []string // addresses that a code was mailed to
	subscribed []string
	guardians  []forum.GuardianAsk
	filter     forum.BoardFilter // of the last look at the board
	changes    int               // every call that would change something
}

func (s *city) change() error { s.changes++; return s.refusal }

func (s *city) Departments(context.Context) ([]forum.Department, error) {
	return []forum.Department{{Code: "road", Name: "도로계획과", NameEn: "Road Planning Division"}}, nil
}

func (s *city) PublicForums(_ context.Context, f forum.ForumFilter) ([]forum.Forum, int, error) {
	if f.Status != "" && f.Status != s.forum.Status || !s.forum.Status.IsPublic() {
		return nil, 0, nil
	}
	return []forum.Forum{s.forum}, 1, nil
}

func (s *city) PublicForum(_ context.Context, id forum.ID) (forum.Forum, error) {
	if id != forumID || !s.forum.Status.IsPublic() {
		return forum.Forum{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return s.forum, nil
}

func (s *city) PublicFile(_ context.Context, _, id forum.ID) (forum.DossierFile, error) {
	for _, i := range s.dossier.Items {
		if i.File.ID == id {
			return i.File, nil
		}
	}
	return forum.DossierFile{}, forum.Refuse(forum.NotFound, "page.not_found")
}
func (s *city) FileSlice(_ context.Context, _ forum.ID, from, n int) ([]byte, error) {
	if s.fileFails {
		return nil, errors.New("the database is gone")
	}
	return []byte(fileContent)[from : from+n], nil
}
func (s *city) PublicDossier(context.Context, forum.ID) (forum.Dossier, error) { return s.dossier, nil }

func (s *city) Board(_ context.Context, f forum.BoardFilter, _ forum.ID, _ []byte) ([]forum.Opinion, int, error) {
	s.filter = f
	return s.opinions, len(s.opinions), nil
}

func (s *city) Post(_ context.Context, o forum.NewOpinion) (forum.Accepted, error) {
	for _, earlier := range s.posted {
		if earlier.Idempotency.Key == o.Idempotency.Key && bytes.Equal(earlier.Idempotency.Scope, o.Idempotency.Scope) {
			if !bytes.Equal(earlier.Idempotency.Body, o.Idempotency.Body) {
				return forum.Accepted{}, forum.Refuse(forum.Invalid, "idempotency.other_body").At("Idempotency-Key")
			}
			return forum.Accepted{ID: opinionID, Number: "2026-000001", Receipt: receipt, Status: "published", Repeated: true}, nil
		}
	}
	if o.Forum != forumID {
		return forum.Accepted{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	if err := s.change(); err != nil {
		return forum.Accepted{}, err
	}
	s.posted = append(s.posted, o)
	return forum.Accepted{ID: opinionID, Number: "2026-000001", Receipt: receipt, Status: "published"}, nil
}

func (s *city) Vote(_ context.Context, v forum.NewVote) (forum.VoteCast, error) {
	if v.Citizen == "" && s.forum.Identity == forum.IdentityEmail {
		return forum.VoteCast{}, forum.Refuse(forum.Unauthorised, "vote.sign_in")
	}
	s.votes = append(s.votes, v)
	return forum.VoteCast{For: 3, Against: 1, Mine: v.Choice}, s.change()
}

func (s *city) View(hit forum.NewHit) { s.hits = append(s.hits, hit) }

func (s *city) Suggestions(context.Context, forum.SuggestionFilter) ([]forum.Suggestion, int, error) {
	return s.suggestions, len(s.suggestions), nil
}

func (s *city) Suggestion(_ context.Context, id forum.ID, _ bool) (forum.Suggestion, error) {
	for _, one := range s.suggestions {
		if one.ID == id {
			return one, nil
		}
	}
	return forum.Suggestion{}, forum.Refuse(forum.NotFound, "page.not_found")
}

func (s *city) SimilarSuggestions(context.Context, string, int) ([]forum.Suggestion, error) {
	return s.suggestions, nil
}

func (s *city) SimilarForums(context.Context, string, int) ([]forum.Forum, error) {
	return []forum.Forum{s.forum}, nil
}

func (s *city) Suggest(_ context.Context, one forum.NewSuggestion) (forum.Accepted, error) {
	s.suggested = append(s.suggested, one)
	return forum.Accepted{ID: suggestionID, Number: "2026-000002", Receipt: receipt, Status: "submitted"}, s.change()
}

func (s *city) Support(_ context.Context, one forum.NewSupport) (int, error) {
	if one.Citizen == "" {
		return 0, forum.Refuse(forum.Unauthorised, "support.sign_in")
	}
	s.supports = append(s.supports, one)
	return 8, s.change()
}

func (s *city) Receipt(_ context.Context, r forum.Receipt) (forum.ReceiptStatus, error) {
	if r != receipt {
		return forum.ReceiptStatus{}, forum.Refuse(forum.NotFound, "receipt.not_found")
	}
	return s.status, nil
}

func (s *city) WithdrawOpinion(context.Context, forum.Receipt) error { return s.change() }

func (s *city) PublicOpinion(_ context.Context, id, _ forum.ID, _ []byte) (forum.Opinion, error) {
	for _, o := range s.opinions {
		if o.ID == id && o.Status.IsPublic() {
			return o, nil
		}
	}
	return forum.Opinion{}, forum.Refuse(forum.NotFound, "page.not_found")
}

func (s *city) ReportOpinion(_ context.Context, r forum.NewReport) error {
	if err := r.Validate(); err != nil {
		return err
	}
	if len(r.Device) == 0 && r.Citizen == "" {
		return forum.Refuse(forum.Unauthorised, "report.no_browser")
	}
	s.reports = append(s.reports, r)
	return s.change()
}

func (s *city) AppealOpinion(_ context.Context, r forum.Receipt, text string) error {
	if err := forum.ValidateAppeal(text); err != nil {
		return err
	}
	s.appeals = append(s.appeals, text)
	return s.change()
}

func (s *city) WithdrawSuggestion(context.Context, forum.Receipt) error { return s.change() }

func (s *city) TakeRate(_ context.Context, rate forum.Rate, _ string) error {
	if s.spent == rate.Name {
		return forum.Refuse(forum.TooMany, "request.too_many").With("retry_after", "7")
	}
	return nil
}

func (s *city) NotePressure(_ context.Context, ids []forum.ID) error {
	s.noted = append(s.noted, ids...)
	return nil
}

func (s *city) Pressures(context.Context) ([]forum.Pressure, error) { return s.pressures, nil }

func (s *city) SpendChallenge(_ context.Context, challenge, usedFor []byte, _ time.Time) error {
	if earlier, spent := s.solved[string(challenge)]; spent && earlier != string(usedFor) {
		return forum.Refuse(forum.Forbidden, "challenge.spent")
	}
	if s.solved == nil {
		s.solved = map[string]string{}
	}
	s.solved[string(challenge)] = string(usedFor)
	return nil
}

func (s *city) Ballot(context.Context, forum.ID) (forum.ID, forum.IdentityPolicy, error) {
	return forumID, s.forum.Identity, nil
}

func (s *city) AskSession(_ context.Context, email, _ string) error {
	s.asked = append(s.asked, email)
	return s.change()
}

func (s *city) ConfirmSession(_ context.Context, _, code string) (string, forum.Session, error) {
	if code != "123456" {
		return "", forum.Session{}, forum.Refuse(forum.Invalid, "session.wrong_code").At("code")
	}
	return token, forum.Session{Contact: citizenID, Until: time.Now().Add(forum.SessionLife)}, s.change()
}

func (s *city) Session(_ context.Context, given string) (forum.Session, error) {
	if given != token {
		return forum.Session{}, forum.Refuse(forum.Unauthorised, "session.ended")
	}
	return forum.Session{Contact: citizenID, Until: time.Now().Add(time.Hour)}, nil
}

func (s *city) EndSession(context.Context, string) error { return s.change() }

func (s *city) Subscribe(_ context.Context, email string, _ forum.ID, _ string) error {
	s.subscribed = append(s.subscribed, email)
	return s.change()
}

func (s *city) ConfirmSubscription(_ context.Context, given string, often forum.News) error {
	if given != secret {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	s.news = cmp.Or(often, s.news)
	return s.change()
}

func (s *city) NewsReader(given string) (forum.ID, error) {
	if given != secret {
		return "", forum.Refuse(forum.NotFound, "page.not_found")
	}
	return citizenID, nil
}

func (s *city) News(context.Context, forum.ID) (forum.News, error) {
	return cmp.Or(s.news, forum.NewsDaily), nil
}

func (s *city) ChooseNews(_ context.Context, who forum.ID, often forum.News) error {
	if who != citizenID {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	s.news = often
	return s.change()
}

func (s *city) Results(context.Context, forum.ID) (forum.Results, error) { return s.results, nil }

func (s *city) AwardOffer(_ context.Context, given string) (forum.Award, forum.Forum, error) {
	if given != secret {
		return forum.Award{}, forum.Forum{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return s.award, s.forum, nil
}

func (s *city) InvitationBy(_ context.Context, given string) (forum.Invitation, forum.Forum, error) {
	if given != secret {
		return forum.Invitation{}, forum.Forum{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return s.invitation, s.forum, nil
}

func (s *city) SaveInvited(_ context.Context, given string, d forum.InvitedDraft) (int, error) {
	if err := s.change(); err != nil {
		return 0, err
	}
	s.saved = append(s.saved, d)
	return d.Version + 1, nil
}

func (s *city) Decide(_ context.Context, d forum.Decision) error {
	s.decisions = append(s.decisions, d)
	return s.change()
}

func (s *city) Report(_ context.Context, _ forum.ID, _ string, use func(forum.Report) error) error {
	return use(forum.Report{Forum: s.forum, Opinions: func(yield func(forum.Opinion, error) bool) {
		for _, o := range s.opinions {
			if !yield(o, nil) {
				return
			}
		}
	}})
}

func (s *city) PublicDates(context.Context) ([]forum.PublicDates, error) {
	if !s.forum.Status.IsPublic() {
		return nil, nil
	}
	return []forum.PublicDates{{Forum: s.forum, AnsweredAt: s.results.Response.PublishedAt, ChangedAt: s.forum.OpensAt}}, nil
}

func (s *city) MyOpinions(_ context.Context, who forum.ID, _ forum.Window) ([]forum.MyOpinion, int, error) {
	if who != citizenID {
		return nil, 0, nil
	}
	return []forum.MyOpinion{{Opinion: s.opinions[0], Receipt: receipt, Confirmed: true, Topic: s.forum}}, 41, nil
}

func (s *city) MyVotes(_ context.Context, who forum.ID, _ []byte, _ forum.Window) ([]forum.MyVote, int, error) {
	voted := s.opinions[1]
	voted.Mine = forum.For
	return []forum.MyVote{{Opinion: voted, VotedAt: s.forum.OpensAt, Topic: s.forum}}, 1, nil
}

func (s *city) MySuggestions(context.Context, forum.ID, forum.Window) ([]forum.MySuggestion, int, error) {
	return []forum.MySuggestion{{Suggestion: s.suggestions[0], Receipt: receipt}}, 1, nil
}

func (s *city) MySupports(context.Context, forum.ID, forum.Window) ([]forum.Suggestion, int, error) {
	return s.suggestions, 1, nil
}

func (s *city) MySubscriptions(context.Context, forum.ID, forum.Window) ([]forum.MySubscription, int, error) {
	return []forum.MySubscription{{ID: awardID, Forum: forumID, Title: s.forum.Title, Since: s.forum.OpensAt}, {ID: invitationID, Since: s.forum.OpensAt}}, 2, nil
}

func (s *city) EndSubscription(_ context.Context, who, id forum.ID) error {
	if who != citizenID || id != awardID {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	return s.change()
}

func (s *city) AskGuardian(_ context.Context, a forum.GuardianAsk) error {
	s.guardians = append(s.guardians, a)
	return nil
}

func (s *city) GuardianQuestion(_ context.Context, given string) (forum.GuardianQuestion, error) {
	if given != secret {
		return forum.GuardianQuestion{}, forum.Refuse(forum.NotFound, "page.not_found")
	}
	return forum.GuardianQuestion{Noun: forum.TheOpinion, Number: "2026-000001", Text: "놀이터가 있으면 좋겠습니다.", Lang: "ko", Child: "k***@example.org", AnswerBy: time.Now().Add(72 * time.Hour)}, nil
}

func (s *city) AnswerGuardian(_ context.Context, given string, _ bool) error {
	if given != secret {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	return s.change()
}

func (s *city) PublicAddresses(context.Context) ([]forum.PublicAddress, error) {
	return []forum.PublicAddress{{Noun: forum.TheForum, ID: forumID, Results: s.forum.Status.HasResults(), ChangedAt: s.forum.OpensAt},
		{Noun: forum.TheSuggestion, ID: suggestionID, ChangedAt: s.forum.OpensAt}}, nil
}

// aCity has one open forum with a dossier, two opinions and a suggestion.
func aCity() *city {
	opened := time.Now().Add(-3 * 24 * time.Hour)
	f := forum.Forum{
		ID: forumID, Number: "2026-0007", Status: forum.Open, Track: forum.General, Lang: "ko",
		Title: "시청 앞 광장을 시민에게 돌려드립니다", TitleEn: "An open square in front of City Hall",
		Summary: "차로를 줄이고 잔디 광장을 만드는 방안에 대해 의견을 듣습니다.", SummaryEn: "Fewer lanes and a lawn: what do you think?",
		Identity: forum.IdentityEmail, Moderation: forum.ModerateAfter, Department: "road", OpensAt: opened, ClosesAt: time.Now().Add(11 * 24 * time.Hour),
		Counts: forum.Counts{Opinions: 2, Voters: 4, VotesFor: 3, VotesAgainst: 1, Hits: 7509},
	}
	opinions := []forum.Opinion{
		{ID: opinionID, Forum: forumID, Number: "2026-000001", Status: forum.OpinionPublished, Title: "찬성합니다", Text: "광장이 생기면 시민이 쉴 곳이 늘어납니다.",
			Pseudonym: "광화문 주민", District: "종로구", Lang: "ko", AcceptedAt: opened.Add(time.Hour), For: 3, Against: 1},
		{ID: unknownID, Forum: forumID, Number: "2026-000003", Status: forum.OpinionPublished, Text: "<script>alert(1)</script>\n=1+1", Lang: "en", AcceptedAt: opened.Add(2 * time.Hour)},
	}
	return &city{
		forum: f, opinions: opinions,
		dossier: forum.Dossier{Forum: forumID, Version: 2, Approved: 2, Document: "도로계획과-2026-3", SHA256: strings.Repeat("ab", 32), SavedAt: opened, Items: []forum.DossierItem{
			{Kind: forum.Background, Title: "왜 광장인가", Body: "**서울(Seoul)**은 광장이 부족합니다."},
			{Kind: forum.Plan, Title: "1안", Body: "- 차로 축소\n- 잔디 조성"},
			{Kind: forum.ExpertOpinion, Title: "교통 영향", Body: "우회로가 필요합니다.", Name: "김교통", Affiliation: "서울연구원", Stance: forum.StanceNeutral},
			{Kind: forum.Video, Title: "설명 영상", Link: "https://example.org/video"},
		}},
		suggestions: []forum.Suggestion{{ID: suggestionID, Number: "2026-000002", Status: forum.SuggestionAccepted, Track: forum.General, Kind: forum.ByCitizen,
			Title: "한강에 자전거 다리를 놓아 주세요", Text: "출근길에 다리를 건너기가 위험합니다.", Pseudonym: "자전거", Lang: "ko", Supports: 7, SubmittedAt: opened}},
		status: forum.ReceiptStatus{Noun: forum.TheOpinion, Opinion: &opinions[0], Forum: &f,
			History: []forum.StatusChange{{Status: "published", At: opened.Add(time.Hour)}}},
		invitation: forum.Invitation{ID: invitationID, Kind: forum.InvitedOpinion, Forum: forumID, Status: forum.InvitationDrafted, Name: "김교통", Affiliation: "서울연구원", Lang: "ko",
			Asked: "우회로의 영향을 봐 주십시오.", InvitedAt: opened, AnswerBy: time.Now().Add(5 * 24 * time.Hour), SavedAt: opened,
			Draft: forum.InvitedDraft{Title: "우회로가 먼저입니다", Body: "**대중교통**부터 갖추십시오.", Stance: forum.StanceNeutral, Consent: forum.ConsentYes, Version: 3}},
		award: forum.Award{ID: awardID, Forum: forumID, Opinion: opinionID, Number: "2026-000001", Title: "찬성합니다", Status: forum.AwardOffered, Rank: 1, AnswerBy: time.Now().Add(5 * 24 * time.Hour)},
	}
}

// hiddenCity has hidden the opinion that the receipt opens.
func hiddenCity() *city {
	s := aCity()
	s.opinions[0].Status, s.opinions[0].Code = forum.OpinionHidden, forum.OffTopic
	s.status.History = append(s.status.History, forum.StatusChange{Status: "hidden", At: time.Now(), Code: forum.OffTopic, Reason: "도로 이야기입니다."})
	return s
}

// answered is the same city after the answer.
func answered() *city {
	s := aCity()
	s.forum.Status = forum.Following
	s.forum.ClosesAt = time.Now().Add(-24 * time.Hour)
	answer := forum.Paragraph{Text: "광장을 만들겠습니다.", Disposition: forum.Adopted, Terms: []string{"광장"}}
	s.status.Forum, s.status.Answer = &s.forum, &answer
	s.dossier.Invited = []forum.ExpertsOpinion{{Title: "우회로가 먼저입니다", Body: "대중교통부터", Name: "김교통", Affiliation: "서울연구원", Stance: forum.StanceNeutral, Lang: "ko", SubmittedAt: time.Now(), PublishedAt: time.Now()}}
	s.results = forum.Results{
		Forum: s.forum,
		Response: forum.Response{Forum: forumID, Status: forum.ResponsePublished, Document: "도로계획과-2026-9", PublishedAt: time.Now(), Paragraphs: []forum.Paragraph{
			answer, {Text: "지하 주차장은 어렵습니다.", Disposition: forum.NotAdopted, Reason: "문화재 보호구역입니다."}}},
		Awards:     []forum.Award{{Opinion: opinionID, Number: "2026-000001", Text: "광장이 생기면", Pseudonym: "이름을 밝히지 않은 사람", Rank: 1}},
		Milestones: []forum.Milestone{{ID: awardID, Title: "서울광장 개장", Due: time.Now(), Status: forum.MilestoneDone, DoneAt: time.Now(), Note: "2004년 5월 1일 개장"}},
		Invited:    []forum.ExpertsOpinion{{Title: "우회로가 먼저입니다", Body: "**대중교통**부터", Name: "김교통", Affiliation: "서울연구원", Stance: forum.StanceNeutral, Lang: "ko", SubmittedAt: time.Now(), PublishedAt: time.Now()}},
		Figures: forum.Figures{Days: []forum.DayFigures{{Date: "2003-02-07", Opinions: 1}, {Date: "2003-02-08", Opinions: 1}},
			Districts: []forum.DistrictFigures{{Name: "종로구", Opinions: 1}, {Opinions: 1}}},
	}
	return s
}

// serve is the whole public site on that city. Every word must be there.
func serve(t *testing.T, s *city, with ...func(*Options)) http.Handler {
	t.Helper()
	return serveKept(t, s, nil, with...)
}

// serveKept answers from memory what may come from there.
func serveKept(t testing.TB, s *city, cache *page.Cache, with ...func(*Options)) http.Handler {
	t.Helper()
	site, err := page.New(page.Options{
		Audience: page.Public, Templates: Templates(), CityName: map[string]string{"ko": "서울특별시", "en": "Seoul", "zh": "首尔特别市", "ja": "ソウル特別市"},
		Menu: func(*gin.Context) []page.Link { return Menu }, SignInPath: "/sign-in", Cache: cache, Strict: true, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Store: s, Writer: s, Decider: s}
	for _, set := range with {
		set(&o)
	}
	h := New(site, o)
	if err := h.SharePressure(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.handlers = h
	e := site.Engine()
	site.Mount(e, Routes(h), h.Before)
	served := page.Head(e)
	described.Do(func() { document = contract.Of(t, served) })
	return contract.Checked(t, document, served)
}

// The document is the same in every test but for the address.
var (
	described sync.Once
	document  *contract.Contract
)

// ask sends one request; headers come in pairs. A method of POST with a form has its content type already.
func ask(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("User-Agent", "Mozilla/5.0 (a person's)")
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	} else if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// form encodes fields given in pairs.
func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

const signedIn = sessionCookie + "=" + token

// into reads a JSON answer.
func into[T any](t *testing.T, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return v
}

func wantStatus(t *testing.T, w *httptest.ResponseRecorder, status int) {
	t.Helper()
	if w.Code != status {
		t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
}
