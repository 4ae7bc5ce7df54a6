package postgres_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

func TestOpinionIsKeptWithItsLeafAndItsReceipt(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	exec(t, s, `INSERT INTO dossiers (forum_id, status, version, approved_version) VALUES ($1, 'approved', 3, 2)`, id)
	o := opinionOf(id, "광장을 잔디로 덮어 주십시오.")
	o.Title, o.Pseudonym = "잔디 광장", "시민"

	a := accept(t, s, o)[0]

	if len(a.Receipt) != 32 || a.Status != "published" || a.Repeated || !strings.HasSuffix(a.Number, "-000001") {
		t.Errorf("answer: %+v", a)
	}
	if got := one[string](t, s, `SELECT title || '|' || text || '|' || pseudonym || '|' || district || '|' || dossier_version FROM opinions WHERE id = $1`, a.ID); got !=
		"잔디 광장|광장을 잔디로 덮어 주십시오.|시민|종로구|2" {
		t.Errorf("row: %s", got)
	}
	if at := one[time.Time](t, s, `SELECT accepted_at FROM opinions WHERE id = $1`, a.ID); !at.Equal(a.AcceptedAt) {
		t.Errorf("accepted at %v, answered %v", at, a.AcceptedAt)
	}
	salt := one[[]byte](t, s, `SELECT salt FROM opinions WHERE id = $1`, a.ID)
	leaf := one[[]byte](t, s, `SELECT commitment FROM log_pending WHERE subject_id = $1 AND kind = 'opinion' AND version = 1 AND forum_id = $2`, a.ID, id)
	if string(leaf) != string(forum.CommitOpinion(salt, forum.LeafOpinion, a.ID, o)) {
		t.Error("the leaf doesn't commit to what was sent")
	}
}

func TestOpinionOnModeratedBoardIsHeld(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	exec(t, s, `UPDATE forums SET moderation = 'before' WHERE id = $1`, id)
	if a := accept(t, s, opinionOf(id, "먼저 보아 주십시오."))[0]; a.Status != "held" {
		t.Errorf("status %s", a.Status)
	}
}

func TestRefusalSaysWhyTheForumTakesNothing(t *testing.T) {
	s := newStore(t)
	early, late := openForum(t, s), openForum(t, s)
	exec(t, s, `UPDATE forums SET opens_at = now() + interval '1 minute' WHERE id = $1`, early)
	exec(t, s, `UPDATE forums SET closes_at = now() - interval '1 minute' WHERE id = $1`, late)
	for _, c := range []struct {
		name  string
		forum forum.ID
		code  forum.Code
		key   string
	}{
		{"no such forum", postgres.NewID(), forum.NotFound, "page.not_found"},
		{"preparing", forumIn(t, s, forum.Preparing), forum.NotFound, "page.not_found"},
		{"scheduled", forumIn(t, s, forum.Scheduled), forum.Conflict, "forum.not_open_yet"},
		{"before the instant", early, forum.Conflict, "forum.not_open_yet"},
		{"suspended", forumIn(t, s, forum.Suspended), forum.Conflict, "forum.suspended"},
		{"withdrawn", forumIn(t, s, forum.Withdrawn), forum.Conflict, "forum.withdrawn"},
		{"after the instant", late, forum.Conflict, "forum.closed"},
		{"closed", forumIn(t, s, forum.Closed), forum.Conflict, "forum.closed"},
		{"archived", forumIn(t, s, forum.Archived), forum.Conflict, "forum.closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refused(t, s.AcceptOpinions(t.Context(), []forum.NewOpinion{opinionOf(c.forum, "의견입니다.")})[0].Err, c.code, c.key)
		})
	}
	if n := one[int](t, s, `SELECT count(*) FROM opinions`) + one[int](t, s, `SELECT count(*) FROM idempotency_keys`); n != 0 {
		t.Errorf("%d rows kept of refused opinions", n)
	}
}

func TestOneBatchServesManyForums(t *testing.T) {
	s := newStore(t)
	first, second, closed := openForum(t, s), openForum(t, s), forumIn(t, s, forum.Closed)
	var sent []forum.NewOpinion
	for i := range 30 {
		sent = append(sent, opinionOf([]forum.ID{second, closed, first}[i%3], "의견 "+number(i)))
	}
	for i, outcome := range s.AcceptOpinions(t.Context(), sent) {
		if i%3 == 1 {
			refused(t, outcome.Err, forum.Conflict, "forum.closed")
			continue
		}
		if got := one[string](t, s, `SELECT text FROM opinions WHERE id = $1 AND forum_id = $2`, outcome.Answer.ID, sent[i].Forum); got != sent[i].Text {
			t.Errorf("answer %d is for %q", i, got)
		}
	}
}

func TestSameKeyGetsTheSameAnswer(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	o := opinionOf(id, "한 번만 셉니다.")
	first := accept(t, s, o)[0]

	again := accept(t, s, o)[0]
	if !again.Repeated {
		t.Error("not marked as repeated")
	}
	if again.Repeated = false; again != first {
		t.Errorf("first %+v, again %+v", first, again)
	}

	closeForum(t, s, id)
	if late := accept(t, s, o)[0]; late.Receipt != first.Receipt {
		t.Error("after the close the retry isn't recognised")
	}
}

func TestSameKeyWithAnotherBodyIsRefused(t *testing.T) {
	s := newStore(t)
	id, other := openForum(t, s), openForum(t, s)
	o := opinionOf(id, "처음 글")
	accept(t, s, o)

	changed := o
	changed.Text, changed.Idempotency.Body = "다른 글", []byte("another hash")
	elsewhere := o
	elsewhere.Forum = other
	for _, outcome := range s.AcceptOpinions(t.Context(), []forum.NewOpinion{changed}) {
		refused(t, outcome.Err, forum.Invalid, "idempotency.other_body")
	}
	for _, outcome := range s.AcceptOpinions(t.Context(), []forum.NewOpinion{elsewhere}) {
		refused(t, outcome.Err, forum.Invalid, "idempotency.other_body")
	}
}

func TestKeyTwiceInOneBatchIsOneOpinion(t *testing.T) {
	s := newStore(t)
	o := opinionOf(openForum(t, s), "두 번 눌렀습니다.")
	changed := o
	changed.Idempotency.Body = []byte("another hash")

	answers := s.AcceptOpinions(t.Context(), []forum.NewOpinion{o, o, changed, o})

	if answers[0].Answer.Repeated || !answers[1].Answer.Repeated || answers[1].Answer.Receipt != answers[0].Answer.Receipt ||
		answers[3].Answer.Receipt != answers[0].Answer.Receipt || answers[0].Answer.Receipt == "" {
		t.Errorf("answers: %+v", answers)
	}
	refused(t, answers[2].Err, forum.Invalid, "idempotency.other_body")
	if n := one[int](t, s, `SELECT count(*) FROM opinions`); n != 1 {
		t.Errorf("%d opinions", n)
	}
}

func TestFiftyParallelPostsWithOneKeyAreOneOpinion(t *testing.T) {
	s := newStore(t)
	o := opinionOf(openForum(t, s), "오십 번 동시에")
	var all sync.WaitGroup
	receipts := make([]forum.Receipt, 50)
	for i := range receipts {
		all.Go(func() { receipts[i] = s.AcceptOpinions(t.Context(), []forum.NewOpinion{o})[0].Answer.Receipt })
	}
	all.Wait()
	for i, r := range receipts {
		if r != receipts[0] || r == "" {
			t.Errorf("answer %d: receipt %q, the first %q", i, r, receipts[0])
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM opinions`); n != 1 {
		t.Errorf("%d opinions", n)
	}
}

func TestPoisonRowStandsAlone(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	var sent []forum.NewOpinion
	for i := range 37 {
		sent = append(sent, opinionOf(id, "의견 "+number(i)))
	}
	sent[11].Text = "PostgreSQL can't keep \x00"
	sent[23].Citizen = postgres.NewID() // nobody

	answers := s.AcceptOpinions(t.Context(), sent)

	refused(t, answers[11].Err, forum.Unreadable, "text.not_utf8")
	if answers[23].Err == nil || forum.RefusalIn(answers[23].Err) != nil {
		t.Errorf("a broken reference: %v", answers[23].Err)
	}
	for i, a := range answers {
		if i != 11 && i != 23 && (a.Err != nil || one[string](t, s, `SELECT text FROM opinions WHERE id = $1`, a.Answer.ID) != sent[i].Text) {
			t.Errorf("row %d suffers: %v", i, a.Err)
		}
	}
}

func TestUnfitOpinionIsRefusedBeforeTheDatabase(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	long, keyless := opinionOf(id, strings.Repeat("가", forum.OpinionTextMax+1)), opinionOf(id, "열쇠가 없습니다.")
	keyless.Idempotency.Key = ""
	answers := s.AcceptOpinions(t.Context(), []forum.NewOpinion{long, keyless, opinionOf(id, strings.Repeat("가", forum.OpinionTextMax))})
	refused(t, answers[0].Err, forum.Invalid, "text.too_long")
	refused(t, answers[1].Err, forum.Invalid, "idempotency.missing")
	if answers[2].Err != nil {
		t.Errorf("4,000 characters: %v", answers[2].Err)
	}
}

func TestReceiptIsMailedToTheAddressGiven(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	first, second, quiet := opinionOf(id, "하나"), opinionOf(id, "둘이오"), opinionOf(id, "셋이오")
	first.Email, second.Email, second.Lang = "Citizen@example.org", "citizen@example.org ", "en"
	second.Email = strings.TrimSpace(second.Email)
	quiet.Citizen = citizen(t, s, "signed-in")

	answers := accept(t, s, first, second, quiet)

	if n := one[int](t, s, `SELECT count(*) FROM contacts WHERE email = 'citizen@example.org'`); n != 1 {
		t.Errorf("%d contacts for one address", n)
	}
	if got := one[forum.ID](t, s, `SELECT contact_id FROM opinions WHERE id = $1 AND citizen`, answers[2].ID); got != quiet.Citizen {
		t.Errorf("the signed-in citizen's contact is %s", got)
	}
	letters, err := s.DueMails(t.Context(), 10)
	if err != nil || len(letters) != 2 {
		t.Fatalf("%d letters, %v", len(letters), err)
	}
	for i, l := range letters {
		if l.Kind != forum.MailOpinionReceived || l.Address != "citizen@example.org" || l.Data["receipt"] != string(answers[i].Receipt) ||
			l.Data["number"] != answers[i].Number || l.MessageID != "<"+string(l.ID)+"@acropolis>" {
			t.Errorf("letter %d: %+v", i, l)
		}
	}
	if letters[0].Data["title"] != "서울시청 앞 광장" || letters[1].Data["title"] != "The square in front of City Hall" {
		t.Errorf("titles: %v, %v", letters[0].Data, letters[1].Data)
	}
}

func TestRefusedOpinionLeavesNoAddressBehind(t *testing.T) {
	s := newStore(t)
	o := opinionOf(forumIn(t, s, forum.Closed), "늦었습니다.")
	o.Email = "late@example.org"
	refused(t, s.AcceptOpinions(t.Context(), []forum.NewOpinion{o})[0].Err, forum.Conflict, "forum.closed")
	if n := one[int](t, s, `SELECT count(*) FROM contacts`); n != 0 {
		t.Error("the address was kept")
	}
}

func TestAuthorWithdrawsUntilTheClose(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	answers := accept(t, s, opinionOf(id, "거두겠습니다."), opinionOf(id, "남기겠습니다."))
	for range 2 { // twice is once
		if err := s.WithdrawOpinion(t.Context(), answers[0].Receipt); err != nil {
			t.Fatal(err)
		}
	}
	if got := one[string](t, s, `SELECT status FROM opinions WHERE id = $1`, answers[0].ID); got != "withdrawn" {
		t.Errorf("status %s", got)
	}
	if n := one[int](t, s, `SELECT count(*) FROM audit WHERE subject_id = $1 AND by_kind = 'citizen' AND before = 'published' AND after = 'withdrawn'`, answers[0].ID); n != 1 {
		t.Errorf("%d audit rows", n)
	}
	closeForum(t, s, id)
	refused(t, s.WithdrawOpinion(t.Context(), answers[1].Receipt), forum.Conflict, "forum.closed")
	refused(t, s.WithdrawOpinion(t.Context(), "00000000000000000000000000000000"), forum.NotFound, "receipt.not_found")
}
