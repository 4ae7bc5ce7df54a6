package postgres_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// waiting gives the numbers that wait in each tab.
func (c city) waiting() map[forum.QueueTab]int {
	c.t.Helper()
	q, err := c.ModerationQueue(c.t.Context(), forum.QueueFilter{})
	c.must(err)
	return q.Counts
}

func (c city) wantWaiting(reported, held, appealed, fresh int) {
	c.t.Helper()
	want := map[forum.QueueTab]int{forum.TabReported: reported, forum.TabHeld: held, forum.TabAppealed: appealed, forum.TabNew: fresh}
	if got := c.waiting(); fmt.Sprint(got) != fmt.Sprint(want) {
		c.t.Errorf("waiting: %v, want %v", got, want)
	}
}

func (c city) report(opinion forum.ID, browser string, code forum.ReasonCode, words string) error {
	return c.ReportOpinion(c.t.Context(), forum.NewReport{Opinion: opinion, Code: code, Words: words, Device: []byte(browser)})
}

func (c city) status(opinion forum.ID) string {
	c.t.Helper()
	return one[string](c.t, c.Store, `SELECT status FROM opinions WHERE id = $1`, opinion)
}

func TestReportedOpinionStaysPublicAndWaitsForTheModerator(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "둘째 말"))
	c.wantWaiting(0, 0, 0, 2)
	c.must(c.report(posted[0].ID, "one", forum.Insulting, ""))
	c.must(c.report(posted[0].ID, "one", forum.Insulting, "")) // the answer was lost
	refused(t, c.report(posted[0].ID, "one", forum.Unlawful, ""), forum.Conflict, "report.made_already")
	refused(t, c.report(posted[0].ID, "two", "ugly", ""), forum.Invalid, "reason.no_such_code")
	refused(t, c.report(posted[0].ID, "two", forum.AnotherCause, ""), forum.Invalid, "reason.missing")
	refused(t, c.report(posted[0].ID, "", forum.Insulting, ""), forum.Unauthorised, "report.no_browser")
	refused(t, c.report(postgres.NewID(), "two", forum.Insulting, ""), forum.NotFound, "page.not_found")
	c.must(c.report(posted[0].ID, "two", forum.AnotherCause, "같은 글이 여러 번 올라옵니다."))
	c.wantWaiting(1, 0, 0, 2)
	q, err := c.ModerationQueue(t.Context(), forum.QueueFilter{Tab: forum.TabReported})
	if err != nil || len(q.Rows) != 1 || len(q.Rows[0].Reports) != 2 || q.Rows[0].Reports[0].Code != forum.Insulting || q.Rows[0].Due.IsZero() || q.Rows[0].ForumTitle == "" {
		t.Fatalf("%+v, %v", q, err)
	}
	if board, _, err := c.Board(t.Context(), forum.BoardFilter{Forum: id}, "", nil); err != nil || len(board) != 2 {
		t.Errorf("the board: %v, %v", board, err)
	}
	c.must(c.answer(forum.Verdict{Opinion: posted[0].ID, To: forum.AnswerSeen, Reason: "문제가 없습니다."}))
	c.must(c.answer(forum.Verdict{Opinion: posted[0].ID, To: forum.AnswerSeen})) // again: nothing to do
	c.wantWaiting(0, 0, 0, 1)
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'opinion.see'`); n != 1 {
		t.Errorf("%d looks on the trail", n)
	}
	c.must(c.report(posted[0].ID, "three", forum.Advertising, "")) // a third person, after the answer
	c.wantWaiting(1, 0, 0, 1)
	c.must(c.answer(forum.Verdict{Opinion: posted[0].ID, To: forum.AnswerHide, Code: forum.Advertising}))
	c.wantWaiting(0, 0, 0, 1)
	refused(t, c.report(posted[0].ID, "four", forum.Insulting, ""), forum.NotFound, "page.not_found") // nobody sees it any more
	c.wantNothingWrong()
}

// A person who signs in after reporting is no second person.
func TestOnePersonReportsAnOpinionOnce(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"))[0]
	c.must(c.report(posted.ID, "one", forum.Insulting, ""))
	kim := citizen(t, c.Store, "kim")
	r := forum.NewReport{Opinion: posted.ID, Code: forum.AnotherCause, Words: "다른 까닭입니다.", Citizen: kim, Device: []byte("one")}
	refused(t, c.ReportOpinion(t.Context(), r), forum.Conflict, "report.made_already")
	if n := one[int](t, c.Store, `SELECT count(*) FROM opinion_reports`); n != 1 {
		t.Errorf("%d reports by one person", n)
	}
	r.Device = []byte("another browser")
	c.must(c.ReportOpinion(t.Context(), r))
	r.Device, r.Code = []byte("a third browser"), forum.OffTopic
	refused(t, c.ReportOpinion(t.Context(), r), forum.Conflict, "report.made_already")
	if n := one[int](t, c.Store, `SELECT count(*) FROM opinion_reports WHERE reporter = $1 OR length(reporter) <> 16`, []byte("one")); n != 0 {
		t.Error("a reporter is kept in the clear")
	}
}

// Two clicks at the same moment: the second has looked before the first was kept, and still is none.
func TestTwoReportsAtOnceAreOne(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "둘째 말"))
	c.must(c.report(posted[0].ID, "one", forum.Insulting, ""))
	tx, err := c.Pool().Begin(t.Context())
	c.must(err)
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = tx.Exec(t.Context(), `INSERT INTO opinion_reports (opinion_id, reporter, code) SELECT $1, reporter, 'unlawful' FROM opinion_reports`, posted[1].ID)
	c.must(err)
	second := make(chan error, 1)
	go func() { second <- c.report(posted[1].ID, "one", forum.Insulting, "") }()
	for one[int](t, c.Store, `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO opinion_reports%'`) == 0 {
		if len(second) > 0 {
			break // it didn't wait for the first
		}
	}
	c.must(tx.Commit(t.Context()))
	refused(t, <-second, forum.Conflict, "report.made_already")
	if n := one[int](t, c.Store, `SELECT count(*) FROM opinion_reports WHERE opinion_id = $1`, posted[1].ID); n != 1 {
		t.Errorf("%d reports by one person", n)
	}
}

func TestAuthorAppealsOnceAgainstEachHiding(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, c.post(id, "첫째 말", citizen(t, c.Store, "author")))[0]
	appeal := func(words string) error { return c.AppealOpinion(t.Context(), posted.Receipt, words) }
	refused(t, appeal("억울합니다."), forum.Conflict, "appeal.not_hidden")
	c.must(c.answer(forum.Verdict{Opinion: posted.ID, To: forum.AnswerHide, Code: forum.OffTopic, Reason: "도로 이야기입니다."}))
	refused(t, appeal(""), forum.Invalid, "text.missing")
	refused(t, c.AppealOpinion(t.Context(), "ffffffffffffffffffffffffffffffff", "억울합니다."), forum.NotFound, "receipt.not_found")
	refused(t, c.answer(forum.Verdict{Opinion: posted.ID, To: forum.AnswerDismiss, Reason: "까닭"}), forum.Conflict, "appeal.none")
	c.must(appeal("억울합니다."))
	c.must(appeal("억울합니다.")) // sent twice
	refused(t, appeal("정말로 억울합니다."), forum.Conflict, "appeal.made_already")
	c.wantWaiting(0, 0, 1, 0)
	c.must(c.answer(forum.Verdict{Opinion: posted.ID, To: forum.AnswerDismiss, Reason: "주제는 광장입니다."}))
	refused(t, appeal("그래도 억울합니다."), forum.Conflict, "appeal.made_already")
	status, err := c.Receipt(t.Context(), posted.Receipt)
	if err != nil || status.Appeal == nil || status.Appeal.Status != forum.AppealDismissed || status.Appeal.Reason != "주제는 광장입니다." ||
		status.History[1].Code != forum.OffTopic || status.Opinion.Code != forum.OffTopic {
		t.Errorf("the receipt: %+v, %v", status, err)
	}
	if c.mails(forum.MailAppealDismissed) != 1 || c.mails(forum.MailOpinionHidden) != 1 {
		t.Error("the author isn't told")
	}
	if code := one[string](t, c.Store, `SELECT data ->> 'code' FROM mails WHERE kind = 'opinion_hidden'`); code != "off_topic" {
		t.Errorf("the letter's code is %q", code)
	}
	// Another hiding, another appeal; this one is upheld.
	c.must(c.answer(forum.Verdict{Opinion: posted.ID, To: forum.AnswerPublish}))
	c.must(c.answer(forum.Verdict{Opinion: posted.ID, To: forum.AnswerHide, Code: forum.Insulting}))
	c.must(appeal("욕이 아닙니다."))
	c.must(c.answer(forum.Verdict{Opinion: posted.ID, To: forum.AnswerPublish, Reason: "욕이 아니었습니다."}))
	c.wantWaiting(0, 0, 0, 0)
	if c.status(posted.ID) != "published" || one[string](t, c.Store, `SELECT string_agg(status, ' ' ORDER BY appealed_at) FROM opinion_appeals`) != "dismissed upheld" {
		t.Error("the appeal isn't upheld")
	}
	if code := one[string](t, c.Store, `SELECT reason_code || reason FROM opinions WHERE id = $1`, posted.ID); code != "욕이 아니었습니다." {
		t.Errorf("a published opinion keeps the code of its hiding: %q", code)
	}
	c.wantNothingWrong()
}

func TestOneModeratorWorksOnAnOpinionAtATime(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"))[0]
	one1, two := c.official("moderator"), official(t, c.Store, "moderator.two", forum.Moderator)
	take := func(by forum.Official, over bool) error {
		return c.TakeOpinion(t.Context(), by, "10.0.0.6", posted.ID, over)
	}
	c.must(take(one1, false))
	c.must(take(one1, false)) // goes on
	refused(t, take(two, false), forum.Conflict, "moderation.in_work")
	hide := forum.Verdict{Opinion: posted.ID, To: forum.AnswerHide, Code: forum.Insulting}
	refused(t, c.ModerateOpinion(t.Context(), two, "", hide), forum.Conflict, "moderation.in_work")
	refused(t, c.ModerateMany(t.Context(), two, "", forum.Batch{ID: postgres.NewID(), To: forum.AnswerHide, Code: forum.Insulting, Opinions: []forum.ID{posted.ID}}), forum.Conflict, "moderation.in_work")
	refused(t, take(c.official("road.drafter"), false), forum.Forbidden, "duty.missing")
	found, _, err := c.ModerationCase(t.Context(), posted.ID)
	if err != nil || found.Lock == nil || found.Lock.Name != "moderator" {
		t.Fatalf("who has it: %+v, %v", found.Lock, err)
	}
	c.must(take(two, true))
	if why := one[string](t, c.Store, `SELECT reason FROM audit WHERE action = 'opinion.take_over'`); why != "moderator" {
		t.Errorf("the trail says it was taken over from %q", why)
	}
	refused(t, c.ModerateOpinion(t.Context(), one1, "", hide), forum.Conflict, "moderation.in_work")
	exec(t, c.Store, `UPDATE moderation_locks SET until = now()`) // ten minutes later
	c.must(take(one1, false))
	c.must(c.ModerateOpinion(t.Context(), one1, "", hide))
	if n := one[int](t, c.Store, `SELECT count(*) FROM moderation_locks`); n != 0 {
		t.Error("who has answered still has it")
	}
	c.must(take(two, false))
	c.must(c.LetGoOfOpinion(t.Context(), two, posted.ID))
	c.must(take(one1, false))
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'opinion.take_over'`); n != 1 {
		t.Errorf("%d takings over on the trail, want the one", n)
	}
}

func TestUndoPutsBackOnlyWhatNobodyHasChangedSince(t *testing.T) {
	c := newCity(t)
	id := c.open()
	exec(t, c.Store, `UPDATE forums SET moderation = 'before' WHERE id = $1`, id)
	held := accept(t, c.Store, c.post(id, "held 하나", citizen(t, c.Store, "author")), opinionOf(id, "held 둘"), opinionOf(id, "held 셋"), opinionOf(id, "held 넷"))
	ids := []forum.ID{held[0].ID, held[1].ID, held[2].ID, held[3].ID}
	by := c.official("moderator")
	// The fourth is another moderator's.
	c.must(c.TakeOpinion(t.Context(), official(t, c.Store, "moderator.two", forum.Moderator), "", ids[3], false))
	batch := forum.Batch{ID: postgres.NewID(), To: forum.AnswerPublish, Opinions: ids}
	for range 2 { // pressed twice
		c.must(c.ModerateMany(t.Context(), by, "10.0.0.6", batch))
	}
	other := batch
	other.To, other.Code = forum.AnswerHide, forum.Insulting
	refused(t, c.ModerateMany(t.Context(), by, "", other), forum.Invalid, "idempotency.other_body")
	record, err := c.ModerationBatch(t.Context(), batch.ID)
	if err != nil || len(record.Items) != 3 || record.Left() != 1 || record.By != "moderator" || record.Items[0].Changed {
		t.Fatalf("%+v, %v", record, err)
	}
	c.must(c.answer(forum.Verdict{Opinion: ids[1], To: forum.AnswerHide, Code: forum.Insulting})) // changed since
	refused(t, func() error { _, err := c.UndoBatch(t.Context(), by, "", batch.ID, ""); return err }(), forum.Invalid, "reason.missing")
	put, err := c.UndoBatch(t.Context(), by, "10.0.0.6", batch.ID, "잘못 골랐습니다.")
	if err != nil || put != 2 {
		t.Fatalf("put back %d, %v", put, err)
	}
	for i, want := range []string{"held", "hidden", "held", "held"} {
		if got := c.status(ids[i]); got != want {
			t.Errorf("opinion %d is %s, want %s", i, got, want)
		}
	}
	if c.mails(forum.MailOpinionPublished) != 1 || c.mails(forum.MailOpinionHeld) != 1 {
		t.Error("the author isn't told both")
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'opinion.undo' AND reason = '잘못 골랐습니다.' AND before = 'published' AND after = 'held'`); n != 2 {
		t.Errorf("%d undoings on the trail", n)
	}
	_, err = c.UndoBatch(t.Context(), by, "", batch.ID, "다시 한번")
	refused(t, err, forum.Conflict, "moderation.undone_already")
	refused(t, c.ModerateMany(t.Context(), by, "", batch), forum.Invalid, "idempotency.other_body") // an old page's form
	c.wantNothingWrong()
}

// What was hidden comes back with its reports and appeals waiting; what was seen is new again; what was published is hidden for the
// reason that stood before.
func TestUndoBringsBackWhatTheBatchHadAnswered(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "둘째 말"))
	by := c.official("moderator")
	c.must(c.report(posted[0].ID, "one", forum.Insulting, ""))
	many := func(to forum.ModerationAnswer, code forum.ReasonCode, ids ...forum.ID) forum.ID {
		b := forum.Batch{ID: postgres.NewID(), To: to, Code: code, Opinions: ids}
		c.must(c.ModerateMany(t.Context(), by, "", b))
		return b.ID
	}
	undo := func(batch forum.ID, want int) {
		t.Helper()
		if put, err := c.UndoBatch(t.Context(), by, "", batch, "잘못 눌렀습니다."); err != nil || put != want {
			t.Fatalf("put back %d, %v, want %d", put, err, want)
		}
	}
	seen := many(forum.AnswerSeen, "", posted[0].ID, posted[1].ID)
	c.wantWaiting(0, 0, 0, 0)
	undo(seen, 2)
	c.wantWaiting(1, 0, 0, 2)
	hidden := many(forum.AnswerHide, forum.Insulting, posted[0].ID)
	c.wantWaiting(0, 0, 0, 1)
	undo(hidden, 1)
	c.wantWaiting(1, 0, 0, 1) // a moderator has looked at the first
	many(forum.AnswerHide, forum.Unlawful, posted[0].ID)
	c.must(c.AppealOpinion(t.Context(), posted[0].Receipt, "억울합니다."))
	shown := many(forum.AnswerPublish, "", posted[0].ID)
	undo(shown, 1)
	c.wantWaiting(0, 0, 1, 1)
	if got := one[string](t, c.Store, `SELECT status || ' ' || reason_code FROM opinions WHERE id = $1`, posted[0].ID); got != "hidden unlawful" {
		t.Errorf("it is %s again", got)
	}
	c.wantNothingWrong()
}

// An undo that hides an opinion again doesn't take its author's appeal away: it is the same hiding that goes on.
func TestAppealOutlivesThePublishingThatWasUndone(t *testing.T) {
	c := newCity(t)
	id := c.open()
	posted := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "둘째 말"))
	by := c.official("moderator")
	for _, o := range posted {
		c.must(c.answer(forum.Verdict{Opinion: o.ID, To: forum.AnswerHide, Code: forum.Unlawful}))
		c.must(c.AppealOpinion(t.Context(), o.Receipt, "억울합니다."))
	}
	c.must(c.answer(forum.Verdict{Opinion: posted[1].ID, To: forum.AnswerDismiss, Reason: "법에 어긋납니다."}))
	for range 2 { // once more after the first time
		batch := forum.Batch{ID: postgres.NewID(), To: forum.AnswerPublish, Opinions: []forum.ID{posted[0].ID, posted[1].ID}}
		c.must(c.ModerateMany(t.Context(), by, "", batch))
		if put, err := c.UndoBatch(t.Context(), by, "", batch.ID, "잘못 눌렀습니다."); err != nil || put != 2 {
			t.Fatalf("put back %d, %v", put, err)
		}
		for i, want := range []forum.AppealStatus{forum.AppealOpen, forum.AppealDismissed} {
			status, err := c.Receipt(t.Context(), posted[i].Receipt)
			if err != nil || status.Appeal == nil || status.Appeal.Status != want || status.Appeal.Words != "억울합니다." {
				t.Errorf("the receipt says of the appeal: %+v, %v, want %s", status.Appeal, err, want)
			}
			refused(t, c.AppealOpinion(t.Context(), posted[i].Receipt, "다시 봐 주십시오."), forum.Conflict, "appeal.made_already")
		}
		c.wantWaiting(0, 0, 1, 0)
	}
	c.wantNothingWrong()
}

// After the close the forum waits again for what is held again, and after the analysis has begun nothing is.
func TestUndoHoldsNothingThatAnAnalysisWouldMiss(t *testing.T) {
	c := newCity(t)
	id := c.open()
	exec(t, c.Store, `UPDATE forums SET moderation = 'before' WHERE id = $1`, id)
	held := accept(t, c.Store, opinionOf(id, "첫째 말"), opinionOf(id, "둘째 말"))
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	by := c.official("moderator")
	batch := forum.Batch{ID: postgres.NewID(), To: forum.AnswerPublish, Opinions: []forum.ID{held[0].ID, held[1].ID}}
	c.must(c.ModerateMany(t.Context(), by, "", batch))
	c.wantWaits(id)
	if _, err := c.UndoBatch(t.Context(), by, "", batch.ID, "잘못 눌렀습니다."); err != nil {
		t.Fatal(err)
	}
	c.wantWaits(id, "opinion.moderate moderator")
	again := batch
	again.ID = postgres.NewID()
	c.must(c.ModerateMany(t.Context(), by, "", again))
	_, err := c.BeginAnalysis(t.Context(), id)
	c.must(err)
	if put, err := c.UndoBatch(t.Context(), by, "", again.ID, "늦었습니다."); err != nil || put != 0 || c.status(held[0].ID) != "published" {
		t.Errorf("put back %d, %v, now %s", put, err, c.status(held[0].ID))
	}
	c.wantNothingWrong()
}

func TestOpinionWithPersonalDataIsHeldOnAnyBoard(t *testing.T) {
	c := newCity(t)
	id := c.open()
	author := c.post(id, "연락 주세요. 010-1234-5678", citizen(t, c.Store, "author"))
	author.Email = "author@example.org"
	posted := accept(t, c.Store, author, opinionOf(id, "120번에 전화했더니 친절했습니다."))
	if posted[0].Status != "held" || posted[1].Status != "published" {
		t.Fatalf("%s and %s", posted[0].Status, posted[1].Status)
	}
	q, err := c.ModerationQueue(t.Context(), forum.QueueFilter{Tab: forum.TabHeld, Forum: id})
	if err != nil || len(q.Rows) != 1 || !slices.Equal(q.Rows[0].HeldFor, []forum.DataKind{forum.PhoneNumber}) {
		t.Errorf("%+v, %v", q.Rows, err)
	}
	status, err := c.Receipt(t.Context(), posted[0].Receipt)
	if err != nil || !slices.Equal(status.Opinion.HeldFor, []forum.DataKind{forum.PhoneNumber}) {
		t.Errorf("%+v, %v", status.Opinion, err)
	}
	if kinds := one[string](t, c.Store, `SELECT data ->> 'held_for' FROM mails WHERE kind = 'opinion_received'`); kinds != "phone" {
		t.Errorf("the letter says %q", kinds)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM opinions WHERE held_for LIKE '%1234%'`); n != 0 {
		t.Error("the number itself is kept again")
	}
	c.must(c.answer(forum.Verdict{Opinion: posted[0].ID, To: forum.AnswerHide, Code: forum.Disclosing}))
	c.wantNothingWrong()
}

func TestOfficerSetsWhenABoardIsModerated(t *testing.T) {
	c := newCity(t)
	id := c.open()
	set := func(by string, to forum.Moderation, reason string) error {
		return c.SetModeration(t.Context(), c.official(by), "10.0.0.1", id, to, reason)
	}
	refused(t, set("moderator", forum.ModerateBefore, "선거"), forum.Forbidden, "duty.missing")
	refused(t, set("officer", "never", "선거"), forum.Invalid, "choice.missing")
	refused(t, set("officer", forum.ModerateBefore, ""), forum.Invalid, "reason.missing")
	before := accept(t, c.Store, opinionOf(id, "먼저 온 말"))[0]
	c.must(set("officer", forum.ModerateBefore, "광고가 많습니다."))
	c.must(set("officer", forum.ModerateBefore, "광고가 많습니다."))
	after := accept(t, c.Store, opinionOf(id, "나중에 온 말"))[0]
	if before.Status != "published" || after.Status != "held" {
		t.Errorf("%s and %s", before.Status, after.Status)
	}
	if n := one[int](t, c.Store, `SELECT count(*) FROM audit WHERE action = 'forum.set_moderation_before' AND reason = '광고가 많습니다.'`); n != 1 {
		t.Errorf("%d rows on the trail", n)
	}
	c.mustInForum("officer", forum.CloseForum, id, "목적을 이루었습니다.", c.atOnce())
	refused(t, set("officer", forum.ModerateAfter, "끝났습니다."), forum.Conflict, "procedure.moved_on")
	c.wantNothingWrong()
}

func TestModerationLogTellsWhoDidWhatAndNoWordOfCitizens(t *testing.T) {
	c := newCity(t)
	id, elsewhere := c.open(), c.open()
	posted := accept(t, c.Store, opinionOf(id, "숨길 비밀의 말"), opinionOf(elsewhere, "다른 포럼의 말"))
	c.must(c.answer(forum.Verdict{Opinion: posted[0].ID, To: forum.AnswerHide, Code: forum.Insulting, Reason: "욕설"}))
	c.must(c.AppealOpinion(t.Context(), posted[0].Receipt, "억울합니다."))
	c.must(c.answer(forum.Verdict{Opinion: posted[1].ID, To: forum.AnswerSeen}))
	all, total, err := c.ModerationLog(t.Context(), forum.ModerationFilter{})
	if err != nil || total != 2 || all[0].Action != forum.SeeOpinion || all[1].Code != forum.Insulting || all[1].By != "moderator" || all[1].Number == "" || all[1].After != forum.OpinionHidden {
		t.Fatalf("%+v, %d, %v", all, total, err)
	}
	today := one[string](t, c.Store, `SELECT (now() AT TIME ZONE 'Asia/Seoul')::date::text`)
	for filter, want := range map[forum.ModerationFilter]int{{Forum: id}: 1, {From: today, To: today}: 2, {To: "2003-01-01"}: 0, {From: "2100-01-01"}: 0} {
		if _, total, err := c.ModerationLog(t.Context(), filter); err != nil || total != want {
			t.Errorf("%+v: %d, %v, want %d", filter, total, err, want)
		}
		n := 0
		c.must(c.EachModeration(t.Context(), filter, func(all iter.Seq2[forum.ModerationEntry, error]) error {
			for _, err := range all {
				c.must(err)
				n++
			}
			return nil
		}))
		if n != want {
			t.Errorf("%+v streams %d, want %d", filter, n, want)
		}
	}
}

func TestNearCopiesAreShownBesideAnOpinion(t *testing.T) {
	c := newCity(t)
	id, elsewhere := c.open(), c.open()
	const text = "시청 앞 광장에 나무를 더 많이 심고 그늘을 만들어 주십시오. 여름에는 너무 덥습니다."
	posted := accept(t, c.Store, opinionOf(id, text), opinionOf(id, "[펌] "+text), opinionOf(id, "광장에는 잔디만 있으면 됩니다."), opinionOf(elsewhere, text))
	c.must(c.moderate(posted[1].ID, forum.OpinionHidden, "도배입니다."))
	found, history, err := c.ModerationCase(t.Context(), posted[0].ID)
	if err != nil || len(found.Near) != 1 || found.Near[0].ID != posted[1].ID || found.Near[0].Status != forum.OpinionHidden || len(history) != 1 {
		t.Errorf("%+v, %v, %v", found.Near, history, err)
	}
	q, err := c.ModerationQueue(t.Context(), forum.QueueFilter{Tab: forum.TabNew, Forum: id, Query: "그늘"})
	if err != nil || q.Total != 1 || len(q.Rows[0].Near) != 1 || len(q.Forums) != 2 {
		t.Errorf("%+v, %v", q, err)
	}
}
