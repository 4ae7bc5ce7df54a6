package postgres_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// today is the city's day, some days from now.
func today(days int) string {
	return time.Now().In(time.FixedZone("Asia/Seoul", 9*60*60)).AddDate(0, 0, days).Format(time.DateOnly)
}

// letterOf is an opinion that came by letter some days ago.
func letterOf(forumID forum.ID, text string, days int) forum.NewOpinion {
	o := opinionOf(forumID, text)
	o.Device, o.Entry = nil, forum.Entry{Channel: forum.ViaLetter, Received: today(-days), From: "10.0.0.7"}
	return o
}

func TestLetterIsEnteredAsItsSendersOwnOpinion(t *testing.T) {
	c := newCity(t)
	officer, id := c.official("officer"), openForum(t, c.Store)
	a, err := c.EnterOpinion(t.Context(), officer, letterOf(id, "광장에 그늘을 만들어 주십시오.", 3))
	c.must(err)

	board, _, err := c.Board(t.Context(), forum.BoardFilter{Forum: id}, "", []byte("a browser"))
	c.must(err)
	if len(board) != 1 || board[0].Channel != forum.ViaLetter || board[0].ReceivedOn != today(-3) || board[0].EnteredBy != "officer" {
		t.Fatalf("board: %+v", board)
	}
	if trail := one[string](t, c.Store, `SELECT by_official || action || after || from_addr FROM audit WHERE noun = 'opinion' AND subject_id = $1 AND forum_id = $2`,
		a.ID, id); trail != string(officer.ID)+"opinion.enterpublished10.0.0.7" {
		t.Errorf("trail: %s", trail)
	}
	status, err := c.Receipt(t.Context(), a.Receipt)
	c.must(err)
	if len(status.History) != 1 || status.Opinion.Channel != forum.ViaLetter {
		t.Errorf("its status page: %+v", status)
	}
	// Two letters are two people's; and the official who typed one in may still vote on it as a citizen.
	_, err = c.EnterOpinion(t.Context(), officer, letterOf(id, "분수도 만들어 주십시오.", 0))
	c.must(err)
	if n := one[int](t, c.Store, `SELECT count(DISTINCT author) FROM opinions`); n != 2 {
		t.Errorf("%d authors of two letters", n)
	}
	if o, err := c.EnteredOpinion(t.Context(), a.ID); err != nil || o.Number != a.Number {
		t.Errorf("%+v, %v", o, err)
	}
	own := accept(t, c.Store, opinionOf(id, "제가 보냅니다."))[0]
	_, err = c.EnteredOpinion(t.Context(), own.ID)
	refused(t, err, forum.NotFound, "page.not_found")
	tx, err := c.Pool().Begin(t.Context())
	c.must(err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	broken, err := postgres.BrokenInvariants(t.Context(), tx)
	c.must(err)
	for _, one := range broken {
		if strings.Contains(one.Name, "trail") || strings.Contains(one.Name, "step") || strings.Contains(one.Name, "leaf") || strings.Contains(one.Name, "key") {
			t.Errorf("%+v", one)
		}
	}
}

func TestEntryOnAModeratedBoardIsHeld(t *testing.T) {
	c := newCity(t)
	id := openForum(t, c.Store)
	exec(t, c.Store, `UPDATE forums SET moderation = 'before' WHERE id = $1`, id)
	a, err := c.EnterOpinion(t.Context(), c.official("officer"), letterOf(id, "먼저 보아 주십시오.", 0))
	if err != nil || a.Status != "held" {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestEntrySentTwiceIsOneOpinion(t *testing.T) {
	c := newCity(t)
	officer, id := c.official("officer"), openForum(t, c.Store)
	o := letterOf(id, "두 번 눌렀습니다.", 1)
	var both sync.WaitGroup
	var answers [2]forum.Accepted
	for i := range answers {
		both.Go(func() {
			a, err := c.EnterOpinion(t.Context(), officer, o)
			if err != nil {
				t.Error(err)
			}
			answers[i] = a
		})
	}
	both.Wait()
	if answers[0].Receipt != answers[1].Receipt || answers[0].Repeated == answers[1].Repeated {
		t.Errorf("%+v", answers)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM opinions`) + one[int](t, c.Store, `SELECT count(*) FROM audit WHERE noun = 'opinion'`); n != 2 {
		t.Errorf("%d rows of an opinion and its trail", n)
	}
	// It stays answered after the close: the second press tells the official that it was taken.
	exec(t, c.Store, `UPDATE forums SET closes_at = now() WHERE id = $1`, id)
	if a, err := c.EnterOpinion(t.Context(), officer, o); err != nil || a.Receipt != answers[0].Receipt {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestLetterThatCameInTimeIsTooLateOnceTheForumHasClosed(t *testing.T) {
	c := newCity(t)
	officer := c.official("officer")
	atTheInstant, closed, suspended := openForum(t, c.Store), forumIn(t, c.Store, forum.Closed), forumIn(t, c.Store, forum.Suspended)
	exec(t, c.Store, `UPDATE forums SET closes_at = now() WHERE id = $1`, atTheInstant) // its procedure hasn't closed it yet
	for _, id := range []forum.ID{atTheInstant, closed} {
		_, err := c.EnterOpinion(t.Context(), officer, letterOf(id, "마감 전에 부친 편지입니다.", 2))
		refused(t, err, forum.Conflict, "entry.forum_closed")
	}
	_, err := c.EnterOpinion(t.Context(), officer, letterOf(suspended, "중지된 동안입니다.", 2))
	refused(t, err, forum.Conflict, "forum.suspended")
	if n := one[int](t, c.Store, `SELECT count(*) FROM opinions`) + one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'opinion.enter'`); n != 0 {
		t.Errorf("%d rows of refused entries", n)
	}
}

// The shared lock: entries that come while a forum closes are either counted by the close or refused.
func TestEntriesAcrossTheCloseAreCountedOrRefused(t *testing.T) {
	c := newCity(t)
	slowDown(t, c.Store, "0.1")
	officer := c.official("officer")
	enter := func(ctx context.Context, sent []forum.NewOpinion) []forum.Outcome[forum.Accepted] {
		var outcomes []forum.Outcome[forum.Accepted]
		for _, o := range sent {
			o.Entry = forum.Entry{Channel: forum.ViaPhone, Received: today(0)}
			a, err := c.EnterOpinion(ctx, officer, o)
			if refusal := forum.RefusalIn(err); refusal != nil && refusal.Key == "entry.forum_closed" {
				err = forum.Refuse(forum.Conflict, "forum.closed")
			}
			outcomes = append(outcomes, forum.Outcome[forum.Accepted]{Answer: a, Err: err})
		}
		return outcomes
	}
	if late, lost := closeUnderLoad(t, c.Store, byEarlyClose, enter); late != 0 || lost != 0 {
		t.Errorf("%d late, %d lost", late, lost)
	}
}

func TestDayOfReceiptIsHeldAgainstTheCitysCalendar(t *testing.T) {
	c := newCity(t)
	officer, id := c.official("officer"), openForum(t, c.Store)
	for _, wrong := range []struct {
		entry forum.Entry
		key   string
	}{
		{forum.Entry{Channel: forum.ViaPaper, Received: today(1)}, "entry.in_future"},
		{forum.Entry{Channel: forum.ViaPaper, Received: today(-forum.ReceivedDays - 1)}, "entry.too_old"},
		{forum.Entry{Channel: forum.ViaPaper, Received: "어제"}, "entry.not_a_day"},
		{forum.Entry{Channel: "pigeon", Received: today(0)}, "choice.missing"},
		{forum.Entry{}, "choice.missing"},
	} {
		o, s := opinionOf(id, "의견입니다."), suggestionOf("광장의 의자")
		o.Entry, s.Entry, s.Official = wrong.entry, wrong.entry, officer.ID
		_, err := c.EnterOpinion(t.Context(), officer, o)
		refused(t, err, forum.Invalid, wrong.key)
		if wrong.entry.Channel != "" {
			_, err = c.Suggest(t.Context(), s)
			refused(t, err, forum.Invalid, wrong.key)
		}
	}
	unsaid := suggestionOf("광장의 나무")
	unsaid.Official = officer.ID
	_, err := c.Suggest(t.Context(), unsaid)
	refused(t, err, forum.Invalid, "entry.channel_missing")
	unsaid.Kind = forum.ByOfficial
	_, err = c.Suggest(t.Context(), unsaid)
	c.must(err)
	_, err = c.EnterOpinion(t.Context(), officer, letterOf(id, "작년에 온 편지입니다.", forum.ReceivedDays))
	c.must(err)
}

func TestSuggestionSaysHowItCame(t *testing.T) {
	c := newCity(t)
	officer := c.official("officer")
	n := suggestionOf("경로당 급식")
	n.Official, n.Entry = officer.ID, forum.Entry{Channel: forum.ViaPhone, Received: today(-1), From: "10.0.0.7"}
	a, err := c.Suggest(t.Context(), n)
	c.must(err)
	again, err := c.Suggest(t.Context(), n)
	if err != nil || again.Receipt != a.Receipt || !again.Repeated {
		t.Errorf("%+v, %v", again, err)
	}
	g, err := c.Suggestion(t.Context(), a.ID, true)
	if err != nil || g.Channel != forum.ViaPhone || g.ReceivedOn != today(-1) || g.EnteredBy != "officer" {
		t.Errorf("%+v, %v", g, err)
	}
	if from := one[string](t, c.Store, `SELECT from_addr FROM audit WHERE action = 'suggestion.enter' AND by_official = $1`, officer.ID); from != "10.0.0.7" {
		t.Errorf("entered from %q", from)
	}
}

func TestChannelStandsInWhatIsExported(t *testing.T) {
	c := newCity(t)
	id := openForum(t, c.Store)
	_, err := c.EnterOpinion(t.Context(), c.official("officer"), letterOf(id, "편지로 보냅니다.", 0))
	c.must(err)
	accept(t, c.Store, opinionOf(id, "제가 보냅니다."))
	var channels []string
	c.must(c.Report(t.Context(), id, "ko", func(r forum.Report) error {
		for o, err := range r.Opinions {
			c.must(err)
			channels = append(channels, string(o.Channel))
		}
		return nil
	}))
	if strings.Join(channels, ",") != "letter," {
		t.Errorf("channels %q", channels)
	}
}

func TestSimilarForumsAreFoundAndHiddenOnesNot(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	forumIn(t, s, forum.Preparing)
	got, err := s.SimilarForums(t.Context(), "서울시청 앞에 광장을", 5)
	if err != nil || len(got) != 1 || got[0].ID != id {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _ := s.SimilarForums(t.Context(), "!", 5); got != nil {
		t.Errorf("%+v", got)
	}
	if got, _ := s.SimilarForums(t.Context(), "도서관 야간 개방", 5); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// ran inserts a forum of 20 days that closed a while ago, with so many opinions on its first day and one on its last.
func (c city) ran(track forum.Track, department string, early int) {
	c.t.Helper()
	id := postgres.NewID()
	exec(c.t, c.Store, `
INSERT INTO forums (id, status, track, department, title, opens_at, closes_at, closed_at, voter_key)
VALUES ($1, 'archived', $2, $3, '지난 포럼', now() - interval '120 days', now() - interval '100 days', now() - interval '100 days', '1')`, id, track, department)
	for i := range early + 1 {
		age := "119 days 12 hours"
		if i == early {
			age = "101 days"
		}
		exec(c.t, c.Store, `
INSERT INTO opinions (id, forum_id, status, text, author, receipt, salt, accepted_at) VALUES ($1, $2, 'published', '의견', '', $3, '', now() - $4::interval)`,
			postgres.NewID(), id, string(postgres.NewID()), age)
	}
}

func TestParticipationIsHeldAgainstComparableForumsByThen(t *testing.T) {
	c := newCity(t)
	id := openForum(t, c.Store)
	exec(t, c.Store, `UPDATE forums SET department = 'road', opens_at = now() - interval '10 days', closes_at = now() + interval '10 days' WHERE id = $1`, id)
	for range 3 {
		accept(t, c.Store, opinionOf(id, "의견입니다."))
	}
	look := func() forum.Participation {
		t.Helper()
		p, err := c.Participation(t.Context(), id)
		c.must(err)
		return p
	}
	c.ran(forum.General, "road", 9)
	c.ran(forum.General, "parks", 5)
	if p := look(); p.Comparable != 0 || p.Like != "" || p.Lags() || p.Opinions != 3 || p.Day != 11 {
		t.Errorf("two forums are too few to say anything: %+v", p)
	}
	c.ran(forum.Youth, "parks", 40)
	if p := look(); p.Like != forum.LikeAny || p.Comparable != 3 || p.Median != 9 || !p.Lags() {
		t.Errorf("among all: %+v", p)
	}
	c.ran(forum.General, "parks", 6)
	if p := look(); p.Like != forum.LikeTrack || p.Comparable != 3 || p.Median != 6 || p.Lags() {
		t.Errorf("on its track, where half is no lag: %+v", p)
	}
	c.ran(forum.General, "road", 20)
	c.ran(forum.General, "road", 8)
	if p := look(); p.Like != forum.LikeUnit || p.Comparable != 3 || p.Median != 9 || !p.Lags() {
		t.Errorf("in its department: %+v", p)
	}
	if lagging, err := c.Lagging(t.Context()); err != nil || len(lagging) != 1 || lagging[0].Forum != id {
		t.Errorf("%+v, %v", lagging, err)
	}
	for range 2 {
		accept(t, c.Store, opinionOf(id, "의견입니다."))
	}
	if lagging, err := c.Lagging(t.Context()); err != nil || lagging != nil {
		t.Errorf("it has caught up: %+v, %v", lagging, err)
	}
	_, err := c.Participation(t.Context(), forumIn(t, c.Store, forum.Closed))
	refused(t, err, forum.NotFound, "page.not_found")
}
