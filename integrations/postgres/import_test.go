package postgres_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// seoul is an instant of the city.
func seoul(t testing.TB, civil string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", civil+" +0900")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// pastCity has the department and the people that an import may owe something to.
func pastCity(t testing.TB, s *postgres.Store) (operator forum.Official) {
	t.Helper()
	exec(t, s, `INSERT INTO departments (code, name) VALUES ('road', '도로계획과')`)
	for _, o := range []struct {
		uid  string
		duty forum.Duty
	}{{"officer", forum.Officer}, {"head", forum.Head}, {"drafter", forum.Drafter}, {"analyst", forum.Analyst}, {"juror", forum.Juror}, {"moderator", forum.Moderator}} {
		official(t, s, o.uid, o.duty)
	}
	exec(t, s, `UPDATE officials SET department = 'road' WHERE uid IN ('head', 'drafter')`)
	return official(t, s, "operator", forum.Operator)
}

// theSquare is the first forum in small: 37 days, 7,509 views, six opinions.
func theSquare(t testing.TB) forum.PastForum {
	p := forum.PastForum{Status: forum.Archived, Title: "시청 앞 광장", Department: "road",
		Suggestion: &forum.PastSuggestion{Title: "로터리를 광장으로 바꿉시다", Text: "시청 앞 로터리를 시민 광장으로 바꾸어 주시기 바랍니다.", At: seoul(t, "2002-12-16 09:00"), Supports: 312},
		OpensAt:    seoul(t, "2003-02-07 00:00"), ClosesAt: seoul(t, "2003-03-16 00:00"),
		Dossier: []forum.DossierItem{{Kind: forum.Background, Title: "배경", Body: "배경"}, {Kind: forum.Plan, Title: "계획", Body: "계획"},
			{Kind: forum.ExpertOpinion, Title: "의견", Body: "의견", Name: "전문가", Stance: forum.StanceFor}},
		Awards:     []forum.PastAward{{Opinion: 2, Rank: 1, Reason: "분명한 대안", NameShown: true}, {Opinion: 0, Rank: 2, Reason: "새로운 생각"}},
		Response:   []forum.Paragraph{{Text: "광장을 만들겠습니다.", Disposition: forum.Adopted}},
		Milestones: []forum.Milestone{{Title: "광장 개장", Due: seoul(t, "2004-05-01 18:00"), DoneAt: seoul(t, "2004-05-01 10:00"), Note: "서울광장이 열렸습니다."}},
		Steps:      map[forum.ForumStatus]time.Time{forum.Published: seoul(t, "2003-05-20 10:00"), forum.Archived: seoul(t, "2004-05-03 10:00")},
	}
	for i := range 6 {
		p.Opinions = append(p.Opinions, forum.PastOpinion{Text: "의견 " + number(i), Pseudonym: []string{"가", "나", "다"}[i%3], District: "중구",
			At: p.OpensAt.AddDate(0, 0, 6*i).Add(9 * time.Hour), For: 10 * i, Against: i})
	}
	p.Opinions[5].Status, p.Opinions[5].Reason = forum.OpinionHidden, "개인정보"
	for range 36 {
		p.Hits = append(p.Hits, 203)
	}
	p.Hits = append(p.Hits, 7509-36*203)
	return p
}

func wellInOrder(t testing.TB, s *postgres.Store) {
	t.Helper()
	tally(t, s)
	broken, err := s.Invariants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range broken {
		t.Errorf("%s: %d rows, such as %s", v.Name, v.Rows, v.Sample)
	}
}

func TestThePastForumComesWithItsFigures(t *testing.T) {
	s := newStore(t)
	operator := pastCity(t, s)
	id, err := s.Import(t.Context(), operator, theSquare(t))
	if err != nil {
		t.Fatal(err)
	}
	wellInOrder(t, s)

	f, err := s.PublicForum(t.Context(), id)
	if err != nil || !f.Imported || f.Counts != (forum.Counts{Opinions: 5, Voters: 44, VotesFor: 100, VotesAgainst: 10, Hits: 7509}) || f.Number[:5] != "2002-" && f.Number[:5] != "2003-" {
		t.Errorf("%+v, %v", f, err)
	}
	if langs, err := s.HitsByLanguage(t.Context(), id); err != nil || len(langs) != 0 {
		t.Errorf("in which language its readers read nobody knows: %v, %v", langs, err)
	}
	r, err := s.Results(t.Context(), id)
	if err != nil || len(r.Figures.HitsByLanguage()) != 0 || len(r.Figures.Days) != 37 || r.Figures.Days[0].Date != "2003-02-07" || r.Figures.Days[36].Date != "2003-03-15" || r.Figures.Days[0].Hits != 203 ||
		r.Figures.Authors != 3 {
		t.Errorf("figures: %+v, %v", r.Figures, err)
	}
	if len(r.Awards) != 2 || r.Awards[0].Text != "의견 2" || r.Awards[0].Pseudonym != "다" || r.Awards[1].Pseudonym != "" || len(r.Milestones) != 1 ||
		r.Milestones[0].Status != forum.MilestoneDone || r.Response.Paragraphs[0].Text != "광장을 만들겠습니다." {
		t.Errorf("%+v", r)
	}
	board, total, err := s.Board(t.Context(), forum.BoardFilter{Forum: id}, "", nil)
	if err != nil || total != 5 || board[0].Text != "의견 4" || board[0].For != 40 || board[0].Against != 4 || !board[1].Awarded && !board[2].Awarded {
		t.Errorf("%d: %+v, %v", total, board, err)
	}
	if d, _ := s.PublicDossier(t.Context(), id); len(d.Items) != 3 {
		t.Errorf("dossier: %+v", d)
	}
	g, err := s.Suggestion(t.Context(), one[forum.ID](t, s, `SELECT suggestion_id FROM forums WHERE id = $1`, id), false)
	if err != nil || g.Supports != 312 || g.Status != forum.SuggestionSelected || g.Forum != id {
		t.Errorf("%+v, %v", g, err)
	}
	if n := one[int](t, s, `SELECT count(*) FROM opinions WHERE forum_id = $1 AND answered_by = 0`, id); n != 5 {
		t.Errorf("%d opinions are answered", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM mails`); n != 0 {
		t.Errorf("%d mails about the past", n)
	}
}

func TestImportIsMarkedInTrailAndLedger(t *testing.T) {
	s := newStore(t)
	operator := pastCity(t, s)
	id, err := s.Import(t.Context(), operator, theSquare(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, s, `SELECT string_agg(after, ' ' ORDER BY id) FROM audit WHERE noun = 'forum' AND subject_id = $1 AND by_kind = 'import'`, id); got !=
		"selected assigning preparing scheduled open closed analysing awarding responding published following archived" {
		t.Errorf("trail: %s", got)
	}
	if n := one[int](t, s, `SELECT count(*) FROM (SELECT at < lag(at) OVER (ORDER BY id) AS back FROM audit WHERE by_kind = 'import' AND forum_id = $1) x WHERE back`, id); n != 0 {
		t.Error("the trail isn't in order")
	}
	if at := one[time.Time](t, s, `SELECT at FROM audit WHERE subject_id = $1 AND after = 'published'`, id); !at.Equal(seoul(t, "2003-05-20 10:00")) {
		t.Errorf("published at %v", at)
	}
	if by := one[forum.ID](t, s, `SELECT by_official FROM audit WHERE subject_id = $1 AND by_kind = 'official' AND action = 'forum.import'`, id); by != operator.ID {
		t.Error("who imported it isn't known")
	}
	if got := one[string](t, s, `SELECT string_agg(kind || ' ' || n, ', ' ORDER BY kind) FROM (SELECT kind, count(*) AS n FROM log_pending GROUP BY kind) x`); got !=
		"import.opinion 6, import.suggestion 1, import.votes 5" {
		t.Errorf("leaves: %s", got)
	}
	var o forum.NewOpinion
	var opinion forum.ID
	var salt, leaf []byte
	err = s.Pool().QueryRow(t.Context(), `SELECT o.id, o.forum_id, lang, title, text, pseudonym, district, salt, commitment FROM opinions o JOIN log_pending l ON l.subject_id = o.id AND l.kind = 'import.opinion' WHERE text = '의견 1'`).
		Scan(&opinion, &o.Forum, &o.Lang, &o.Title, &o.Text, &o.Pseudonym, &o.District, &salt, &leaf)
	if err != nil || string(leaf) != string(forum.CommitOpinion(salt, forum.LeafImportedOpinion, opinion, o)) {
		t.Errorf("the leaf doesn't commit to the opinion: %v", err)
	}
}

// inStatus is the square as it would be if it stood in a status now.
func inStatus(t testing.TB, status forum.ForumStatus) forum.PastForum {
	p := theSquare(t)
	day := 24 * time.Hour
	now := time.Now()
	p.Status, p.Steps, p.Hits = status, nil, []int{3, 2}
	p.Suggestion.At = now.Add(-90 * day)
	p.Milestones = []forum.Milestone{{Title: "끝난 일", Due: now.Add(-9 * day), DoneAt: now.Add(-8 * day)}, {Title: "늦은 일", Due: now.Add(-2 * day)}, {Title: "남은 일", Due: now.Add(90 * day)}}
	switch status {
	case forum.Selected, forum.Assigning, forum.Preparing, forum.Withdrawn:
		p.OpensAt, p.ClosesAt, p.Opinions, p.Awards, p.Hits = time.Time{}, time.Time{}, nil, nil, nil
	case forum.Scheduled:
		p.OpensAt, p.ClosesAt, p.Opinions, p.Awards, p.Hits = now.Add(7*day), now.Add(27*day), nil, nil, nil
	case forum.Open, forum.Suspended:
		p.OpensAt, p.ClosesAt = now.Add(-9*day), now.Add(12*day)
	default:
		p.OpensAt, p.ClosesAt = now.Add(-40*day), now.Add(-20*day)
	}
	if status == forum.Archived {
		p.Milestones = p.Milestones[:1]
	}
	for i := range p.Opinions {
		p.Opinions[i].At = p.OpensAt.Add(time.Duration(i) * day)
	}
	return p
}

func TestImportInEveryStatusOwesWhatIsWaitedForNow(t *testing.T) {
	s := newStore(t)
	operator := pastCity(t, s)
	waits := map[forum.ForumStatus]string{
		forum.Selected: "assignment.propose", forum.Assigning: "assignment.accept", forum.Preparing: "dossier.submit forum.set_period",
		forum.Analysing: "analysis.submit", forum.Awarding: "award.score award.submit", forum.Responding: "response.submit",
		forum.Published: "followup.plan", forum.Following: "followup.complete followup.complete",
	}
	for _, status := range append([]forum.ForumStatus{forum.Suspended, forum.Withdrawn}, forum.Journey...) {
		t.Run(string(status), func(t *testing.T) {
			id, err := s.Import(t.Context(), operator, inStatus(t, status))
			if err != nil {
				t.Fatal(err)
			}
			f, err := s.Forum(t.Context(), id)
			if err != nil || f.Status != status {
				t.Errorf("%s, %v", f.Status, err)
			}
			if got := one[string](t, s, `SELECT coalesce(string_agg(kind, ' ' ORDER BY kind), '') FROM owed WHERE forum_id = $1 AND done_at IS NULL`, id); got != waits[status] {
				t.Errorf("owed %q, want %q", got, waits[status])
			}
			if status.TakesOpinions() {
				accept(t, s, opinionOf(id, "지금 쓰는 의견"))
				o := one[forum.ID](t, s, `SELECT id FROM opinions WHERE forum_id = $1 AND text = '의견 4'`, id)
				if got := vote(t, s, forum.NewVote{Opinion: o, Citizen: citizen(t, s, "voter"), Choice: forum.For})[0]; got.For != 41 {
					t.Errorf("%+v", got)
				}
			}
			if status == forum.Awarding {
				if n := one[int](t, s, `SELECT count(*) FROM awards WHERE forum_id = $1 AND status = 'candidate' AND by_rule > 0`, id); n != 3 {
					t.Errorf("%d candidates of three authors", n)
				}
			}
		})
	}
	wellInOrder(t, s)
}

func TestHeldOpinionsOfAnImportWaitForTheModerator(t *testing.T) {
	s := newStore(t)
	operator := pastCity(t, s)
	p := inStatus(t, forum.Closed)
	p.Opinions[1].Status = forum.OpinionHeld
	id, err := s.Import(t.Context(), operator, p)
	if err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, s, `SELECT kind FROM owed WHERE forum_id = $1`, id); got != "opinion.moderate" {
		t.Errorf("owed %q", got)
	}
	wellInOrder(t, s)
}

func TestSuggestionsAreImportedInEveryStatus(t *testing.T) {
	s := newStore(t)
	operator := pastCity(t, s)
	into, err := s.ImportSuggestion(t.Context(), operator, forum.PastSuggestion{Status: forum.SuggestionAccepted, Title: "야간 약국", Text: "밤에도 문을 여는 약국", At: time.Now().AddDate(0, 0, -20), Supports: 12})
	if err != nil {
		t.Fatal(err)
	}
	for status := range statusesOf(forum.SuggestionSteps) {
		if status == forum.SuggestionSelected {
			continue // comes with its forum
		}
		p := forum.PastSuggestion{Status: status, Title: "제안 " + string(status), Text: "여러 상태의 제안", At: time.Now().AddDate(0, 0, -9), Supports: 3, Reason: "사유"}
		if status == forum.SuggestionMerged {
			p.MergedInto = into
		}
		if _, err := s.ImportSuggestion(t.Context(), operator, p); err != nil {
			t.Errorf("%s: %v", status, err)
		}
	}
	wellInOrder(t, s)
	if g, err := s.Suggestion(t.Context(), into, false); err != nil || g.Supports != 12 {
		t.Errorf("%+v, %v", g, err)
	}
	if n, err := s.Support(t.Context(), forum.NewSupport{Suggestion: into, Citizen: citizen(t, s, "me"), Stands: true}); err != nil || n != 13 {
		t.Errorf("%d, %v", n, err)
	}
}

// statusesOf gives every status that a step table knows.
func statusesOf[S ~string](steps forum.Steps[S]) map[S]bool {
	all := map[S]bool{}
	for from, next := range steps {
		all[from] = true
		for _, to := range next {
			all[to] = true
		}
	}
	return all
}

func TestOnlyOperatorsImportAndOnlyWhatCanBe(t *testing.T) {
	s := newStore(t)
	operator := pastCity(t, s)
	_, err := s.Import(t.Context(), official(t, s, "another", forum.Officer), theSquare(t))
	refused(t, err, forum.Forbidden, "duty.missing")
	_, err = s.ImportSuggestion(t.Context(), official(t, s, "third", forum.Officer), forum.PastSuggestion{})
	refused(t, err, forum.Forbidden, "duty.missing")
	_, err = s.ImportSuggestion(t.Context(), operator, forum.PastSuggestion{Status: forum.SuggestionSelected})
	if err == nil {
		t.Error("a selected suggestion came without its forum")
	}
	for name, spoil := range map[string]func(*forum.PastForum){
		"open in 2003":                   func(p *forum.PastForum) { p.Status = forum.Open },
		"no period":                      func(p *forum.PastForum) { p.OpensAt, p.ClosesAt = time.Time{}, time.Time{} },
		"no department":                  func(p *forum.PastForum) { p.Department = "" },
		"unknown department":             func(p *forum.PastForum) { p.Department = "nowhere" },
		"no such status":                 func(p *forum.PastForum) { p.Status = "dreaming" },
		"an opinion after the end":       func(p *forum.PastForum) { p.Opinions[0].At = p.ClosesAt },
		"an empty opinion":               func(p *forum.PastForum) { p.Opinions[0].Text = "" },
		"an award without a reason":      func(p *forum.PastForum) { p.Awards[0].Reason = "" },
		"a suspension before an opinion": func(p *forum.PastForum) { *p = suspendedTooEarly(t) },
		"results without a response":     func(p *forum.PastForum) { p.Response = nil },
		"an award of nothing":            func(p *forum.PastForum) { p.Awards[0].Opinion = 6 },
	} {
		p := theSquare(t)
		p.Opinions, p.Awards = slices.Clone(p.Opinions), slices.Clone(p.Awards)
		spoil(&p)
		if _, err := s.Import(t.Context(), operator, p); err == nil {
			t.Errorf("%s was imported", name)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM forums`) + one[int](t, s, `SELECT count(*) FROM suggestions`) + one[int](t, s, `SELECT count(*) FROM audit`); n != 0 {
		t.Errorf("%d rows left behind", n)
	}
}

func TestFrozenFiguresOfAnImportCountOnlyThePast(t *testing.T) {
	s := newStore(t)
	id, err := s.Import(t.Context(), pastCity(t, s), theSquare(t))
	if err != nil {
		t.Fatal(err)
	}
	var f forum.Figures
	if err := json.Unmarshal(one[[]byte](t, s, `SELECT figures FROM analyses WHERE forum_id = $1`, id), &f); err != nil {
		t.Fatal(err)
	}
	hits, votes := 0, 0
	for _, day := range f.Days {
		hits += day.Hits
		votes += day.VotesFor + day.VotesAgainst
	}
	if hits != 7509 || votes != 110 {
		t.Errorf("days add up to %d hits and %d votes", hits, votes)
	}
}

func suspendedTooEarly(t testing.TB) forum.PastForum {
	p := inStatus(t, forum.Suspended)
	p.Steps = map[forum.ForumStatus]time.Time{forum.Suspended: p.Opinions[3].At}
	return p
}
