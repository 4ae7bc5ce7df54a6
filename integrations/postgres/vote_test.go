package postgres_test

import (
	"sync"
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

func TestVoteIsChangedAndTakenBackWhileEverythingIsKept(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	voter, other := citizen(t, s, "voter"), citizen(t, s, "other")
	cast := func(who forum.ID, choice forum.Choice) forum.VoteCast {
		return vote(t, s, forum.NewVote{Opinion: opinion, Citizen: who, Choice: choice})[0]
	}
	for _, step := range []struct {
		who           forum.ID
		choice        forum.Choice
		for_, against int
	}{
		{voter, forum.For, 1, 0},
		{other, forum.For, 2, 0},
		{voter, forum.For, 2, 0},
		{voter, forum.Against, 1, 1},
		{voter, forum.NoChoice, 1, 0},
	} {
		if got := cast(step.who, step.choice); got.For != step.for_ || got.Against != step.against || got.Mine != step.choice || got.AcceptedAt.IsZero() {
			t.Errorf("after %+v: %+v", step, got)
		}
	}
	if got := one[string](t, s, `SELECT string_agg(choice::text, ' ' ORDER BY n) FROM vote_changes`); got != "1 1 1 -1 0" {
		t.Errorf("changes: %s", got)
	}
	if got := one[string](t, s, `SELECT string_agg(choice::text, ' ' ORDER BY choice) FROM votes`); got != "0 1" {
		t.Errorf("votes: %s", got)
	}
	if n := one[int](t, s, `SELECT count(*) FROM log_pending l JOIN vote_changes c ON c.id = l.subject_id WHERE l.kind = 'vote'`); n != 5 {
		t.Errorf("%d leaves", n)
	}
}

func TestVoteLeafCommitsToTheChoice(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	v := forum.NewVote{Opinion: accept(t, s, opinionOf(id, "공감해 주십시오."))[0].ID, Citizen: citizen(t, s, "voter"), Choice: forum.Against}
	vote(t, s, v)
	v.Voter = one[[]byte](t, s, `SELECT voter FROM votes`)
	salt := one[[]byte](t, s, `SELECT salt FROM vote_changes`)
	if leaf := one[[]byte](t, s, `SELECT commitment FROM log_pending WHERE kind = 'vote'`); string(leaf) != string(forum.CommitVote(salt, v)) {
		t.Error("the leaf doesn't commit to the vote")
	}
}

func TestOneVoterTwiceInABatchCountsOnceAndIsAnsweredTwice(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	both := accept(t, s, opinionOf(id, "하나"+"요"), opinionOf(id, "둘이요"))
	voter, other := citizen(t, s, "voter"), citizen(t, s, "other")

	answers := vote(t, s,
		forum.NewVote{Opinion: both[0].ID, Citizen: voter, Choice: forum.For},
		forum.NewVote{Opinion: both[1].ID, Citizen: voter, Choice: forum.For},
		forum.NewVote{Opinion: both[0].ID, Citizen: other, Choice: forum.For},
		forum.NewVote{Opinion: both[0].ID, Citizen: voter, Choice: forum.Against})

	if answers[0].Mine != forum.For || answers[3].Mine != forum.Against || answers[3].For != 1 || answers[3].Against != 1 {
		t.Errorf("answers: %+v", answers)
	}
	if n := one[int](t, s, `SELECT count(*) FROM votes`); n != 3 {
		t.Errorf("%d votes", n)
	}
	if got := one[string](t, s, `SELECT string_agg(choice::text, ' ' ORDER BY n) FROM vote_changes WHERE opinion_id = $1`, both[0].ID); got != "1 1 -1" {
		t.Errorf("changes: %s", got)
	}
}

func TestParallelVotesOfOneVoterLeaveTheLastChange(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	voters := []forum.ID{citizen(t, s, "a"), citizen(t, s, "b"), citizen(t, s, "c")}
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for j := range 10 {
				var batch []forum.NewVote
				for k := range voters {
					batch = append(batch, forum.NewVote{Opinion: opinion, Citizen: voters[(i+k)%3], Choice: []forum.Choice{forum.For, forum.Against, forum.NoChoice}[(i+j+k)%3]})
				}
				vote(t, s, batch...)
			}
		})
	}
	all.Wait()
	if n := one[int](t, s, `
SELECT count(*) FROM votes v WHERE choice <> (SELECT choice FROM vote_changes c WHERE c.opinion_id = v.opinion_id AND c.voter = v.voter ORDER BY n DESC LIMIT 1)`); n != 0 {
		t.Errorf("%d votes aren't the last change", n)
	}
	if n := one[int](t, s, `SELECT count(*) FROM vote_changes`); n != 16*10*3 {
		t.Errorf("%d changes", n)
	}
}

func TestRetriedVoteDoesNotOverwriteALaterOne(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	voter := citizen(t, s, "voter")
	first := forum.NewVote{Opinion: opinion, Citizen: voter, Choice: forum.For, Idempotency: keyed("first", "for")}
	answer := vote(t, s, first)[0]
	vote(t, s, forum.NewVote{Opinion: opinion, Citizen: voter, Choice: forum.Against})

	if again := vote(t, s, first)[0]; again != answer {
		t.Errorf("first %+v, again %+v", answer, again)
	}
	if got := one[int](t, s, `SELECT choice FROM votes`); got != -1 {
		t.Errorf("the vote is %d", got)
	}
	other := first
	other.Choice, other.Idempotency.Body = forum.Against, []byte("another hash")
	refused(t, s.CastVotes(t.Context(), []forum.NewVote{other})[0].Err, forum.Invalid, "idempotency.other_body")

	fresh := forum.NewVote{Opinion: opinion, Citizen: voter, Choice: forum.For, Idempotency: keyed("second", "for")}
	twice := vote(t, s, fresh, fresh)
	if twice[0] != twice[1] || one[int](t, s, `SELECT count(*) FROM vote_changes`) != 3 {
		t.Errorf("a key twice in one batch: %+v", twice)
	}
}

func TestParallelVotesUnderOneKeyAreOne(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	voter := citizen(t, s, "voter")
	for round := range 5 {
		v := forum.NewVote{Opinion: opinion, Citizen: voter, Choice: []forum.Choice{forum.For, forum.Against}[round%2], Idempotency: keyed("key "+number(round), "body")}
		answers := make([]forum.Outcome[forum.VoteCast], 16)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = s.CastVotes(t.Context(), []forum.NewVote{v})[0] })
		}
		all.Wait()
		for _, a := range answers {
			if a.Err != nil || a.Answer != answers[0].Answer {
				t.Errorf("%+v, %v; another was answered with %+v", a.Answer, a.Err, answers[0].Answer)
			}
		}
		if n := one[int](t, s, `SELECT count(*) FROM vote_changes`); n != round+1 {
			t.Errorf("%d changes after %d keys", n, round+1)
		}
	}
}

func TestVoteIsRefused(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	me := citizen(t, s, "me")
	mine := opinionOf(id, "제 의견입니다.")
	mine.Citizen = me
	answers := accept(t, s, mine, opinionOf(id, "숨길 글"), opinionOf(id, "기다리는 글"), opinionOf(id, "공개 글"))
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, answers[1].ID)
	exec(t, s, `UPDATE opinions SET status = 'held' WHERE id = $1`, answers[2].ID)
	closed := openForum(t, s)
	there := accept(t, s, opinionOf(closed, "닫힌 포럼의 글"))[0].ID
	closeForum(t, s, closed)
	for _, c := range []struct {
		name string
		vote forum.NewVote
		code forum.Code
		key  string
	}{
		{"nobody signed in", forum.NewVote{Opinion: answers[3].ID, Device: []byte("a browser")}, forum.Unauthorised, "vote.sign_in"},
		{"my own", forum.NewVote{Opinion: answers[0].ID, Citizen: me}, forum.Conflict, "vote.own_opinion"},
		{"hidden", forum.NewVote{Opinion: answers[1].ID, Citizen: me}, forum.Conflict, "vote.opinion_not_public"},
		{"held", forum.NewVote{Opinion: answers[2].ID, Citizen: me}, forum.NotFound, "page.not_found"},
		{"unknown", forum.NewVote{Opinion: postgres.NewID(), Citizen: me}, forum.NotFound, "page.not_found"},
		{"closed", forum.NewVote{Opinion: there, Citizen: me}, forum.Conflict, "forum.closed"},
	} {
		c.vote.Choice = forum.For
		good := forum.NewVote{Opinion: answers[3].ID, Citizen: citizen(t, s, "good-"+c.name[:2]+string(postgres.NewID())), Choice: forum.For}
		outcomes := s.CastVotes(t.Context(), []forum.NewVote{c.vote, good})
		t.Run(c.name, func(t *testing.T) {
			refused(t, outcomes[0].Err, c.code, c.key)
			if outcomes[1].Err != nil {
				t.Errorf("the other vote of the batch: %v", outcomes[1].Err)
			}
		})
	}
}

func TestDeviceForumKnowsTheBrowserSignedInOrNot(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	exec(t, s, `UPDATE forums SET identity = 'device' WHERE id = $1`, id)
	opinion := accept(t, s, opinionOf(id, "공감해 주십시오."))[0].ID
	browser := []byte("one browser")
	vote(t, s, forum.NewVote{Opinion: opinion, Device: browser, Choice: forum.For})
	if got := vote(t, s, forum.NewVote{Opinion: opinion, Device: browser, Citizen: citizen(t, s, "me"), Choice: forum.For})[0]; got.For != 1 {
		t.Errorf("one person has %d votes", got.For)
	}
}

func TestPersonHasDifferentKeysOnDifferentForums(t *testing.T) {
	s := newStore(t)
	voter := citizen(t, s, "voter")
	for range 2 {
		vote(t, s, forum.NewVote{Opinion: accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID, Citizen: voter, Choice: forum.For})
	}
	if n := one[int](t, s, `SELECT count(DISTINCT voter) FROM votes`); n != 2 {
		t.Error("the voter can be followed from forum to forum")
	}
}

func TestPoisonVoteStandsAlone(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	var sent []forum.NewVote
	for i := range 9 {
		sent = append(sent, forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "v"+number(i)), Choice: forum.For})
	}
	sent[4].Idempotency = keyed("a NUL \x00", "for")
	for i, outcome := range s.CastVotes(t.Context(), sent) {
		if (outcome.Err != nil) != (i == 4) {
			t.Errorf("vote %d: %v", i, outcome.Err)
		}
	}
}

// TestVoteThatCantBeAnsweredTakesNobodysAnswer: what has become of the votes that a batch kept is known, whatever comes of the others.
func TestVoteThatCantBeAnsweredTakesNobodysAnswer(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	again := forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "one"), Choice: forum.For, Idempotency: keyed("the same again", "for")}
	s.CastVotes(t.Context(), []forum.NewVote{again})
	exec(t, s, `UPDATE idempotency_keys SET answer = '[]' WHERE key = 'the same again'`)
	outcomes := s.CastVotes(t.Context(), []forum.NewVote{again, {Opinion: opinion, Citizen: citizen(t, s, "two"), Choice: forum.For}})
	if outcomes[0].Err == nil || outcomes[1].Err != nil || outcomes[1].Answer.For != 2 {
		t.Errorf("%+v", outcomes)
	}
	if n := one[int](t, s, `SELECT count(*) FROM vote_changes`); n != 2 {
		t.Errorf("%d changes were kept", n)
	}
}

// TestKeysTakenAgainAndAgainDelayNobodyElse: whoever has several web processes take the same keys at once finds one used whenever the
// batch looks again; the votes beside theirs count.
func TestKeysTakenAgainAndAgainDelayNobodyElse(t *testing.T) {
	s := newStore(t)
	opinion := accept(t, s, opinionOf(openForum(t, s), "공감해 주십시오."))[0].ID
	exec(t, s, `CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN RAISE unique_violation USING CONSTRAINT = 'one_answer_per_key'; END$$`)
	exec(t, s, `CREATE TRIGGER taken BEFORE INSERT ON idempotency_keys FOR EACH ROW WHEN (NEW.key = 'taken elsewhere') EXECUTE FUNCTION taken()`)
	var sent []forum.NewVote
	for i := range 5 {
		sent = append(sent, forum.NewVote{Opinion: opinion, Citizen: citizen(t, s, "v"+number(i)), Choice: forum.For})
	}
	sent[2].Idempotency = keyed("taken elsewhere", "for")
	for i, outcome := range s.CastVotes(t.Context(), sent) {
		if (outcome.Err != nil) != (i == 2) {
			t.Errorf("vote %d: %v", i, outcome.Err)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM votes`); n != 4 {
		t.Errorf("%d votes stand", n)
	}
}
