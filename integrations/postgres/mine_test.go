package postgres_test

import (
	"testing"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// TestEverybodyFindsTheirOwnAndNobodyElses: what I posted and voted on two forums, though my key is another on each; not what
// somebody else posted while typing my address into their own session, and no vote on what was hidden since.
func TestEverybodyFindsTheirOwnAndNobodyElses(t *testing.T) {
	s := newStore(t)
	me, other := citizen(t, s, "me"), citizen(t, s, "other")
	first, second := openForum(t, s), openForum(t, s)
	post := func(id, by forum.ID, email, text string) forum.ID {
		o := opinionOf(id, text)
		o.Citizen, o.Email = by, email
		return accept(t, s, o)[0].ID
	}
	mine := post(first, me, "", "내 의견")
	post(second, me, "elsewhere@example.org", "다른 주소로 받는 내 의견")
	post(first, "", "me@example.org", "본인 확인 없이 보낸 의견")
	theirs := post(second, other, "me@example.org", "남이 내 주소를 적은 의견")
	hidden := post(second, other, "", "가려질 의견")
	exec(t, s, `UPDATE opinions SET status = 'hidden', reason = '욕설' WHERE id = $1`, mine)

	got, total, err := s.MyOpinions(t.Context(), me, forum.Window{Page: 1, Size: 2})
	if err != nil || total != 3 || len(got) != 2 || got[0].Confirmed || !got[1].Confirmed || got[1].Topic.Title == "" || got[0].Receipt == "" {
		t.Fatalf("%d of %d, %v: %+v", len(got), total, err, got)
	}
	rest, _, err := s.MyOpinions(t.Context(), me, forum.Window{Page: 2, Size: 2})
	if err != nil || len(rest) != 1 || rest[0].ID != mine || rest[0].Status != forum.OpinionHidden || rest[0].Reason != "욕설" {
		t.Errorf("%v: %+v", err, rest)
	}

	vote(t, s, forum.NewVote{Opinion: theirs, Citizen: me, Choice: forum.For}, forum.NewVote{Opinion: hidden, Citizen: me, Choice: forum.For})
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, hidden)
	votes := func(citizen forum.ID, device string) []forum.MyVote {
		all, total, err := s.MyVotes(t.Context(), citizen, []byte(device), forum.Window{Page: 1, Size: 20})
		if err != nil || total != len(all) {
			t.Fatal(total, err)
		}
		return all
	}
	if all := votes(me, "a browser"); len(all) != 1 || all[0].ID != theirs || all[0].Mine != forum.For || all[0].Topic.ID != second {
		t.Errorf("%+v", all)
	}
	if all := votes(other, "a browser"); len(all) != 0 {
		t.Errorf("another's votes: %+v", all)
	}
	vote(t, s, forum.NewVote{Opinion: theirs, Citizen: me, Choice: forum.NoChoice})
	if all := votes(me, ""); len(all) != 0 {
		t.Errorf("a vote that was taken back: %+v", all)
	}
}

// TestOneStopsOnesOwnNewsOnly: the list has what is confirmed and stands, and another's can't be ended.
func TestOneStopsOnesOwnNewsOnly(t *testing.T) {
	s := newStore(t)
	me, other, topic := citizen(t, s, "me"), citizen(t, s, "other"), openForum(t, s)
	of, all := postgres.NewID(), postgres.NewID()
	exec(t, s, `INSERT INTO subscriptions (id, contact_id, forum_id, secret, confirmed_at) VALUES ($1, $2, $3, 'a', now()), ($4, $2, NULL, 'b', now() - interval '1 day')`, of, me, topic, all)
	exec(t, s, `INSERT INTO subscriptions (id, contact_id, forum_id, secret) VALUES ($1, $2, $3, 'c')`, postgres.NewID(), other, topic)
	list := func(citizen forum.ID) []forum.MySubscription {
		got, total, err := s.MySubscriptions(t.Context(), citizen, forum.Window{Page: 1, Size: 20})
		if err != nil || total != len(got) {
			t.Fatal(total, err)
		}
		return got
	}
	if got := list(me); len(got) != 2 || got[0].Forum != topic || got[0].Title == "" || got[1].Forum != "" {
		t.Errorf("%+v", got)
	}
	if got := list(other); len(got) != 0 {
		t.Errorf("unconfirmed: %+v", got)
	}
	refused(t, s.EndSubscription(t.Context(), other, of), forum.NotFound, "page.not_found")
	for range 2 {
		if err := s.EndSubscription(t.Context(), me, of); err != nil {
			t.Error(err)
		}
	}
	if got := list(me); len(got) != 1 || got[0].ID != all {
		t.Errorf("%+v", got)
	}
}

// TestSuggestionsAndSupportsOfOnesOwn: mine whatever became of it, and those that I back while they are public.
func TestSuggestionsAndSupportsOfOnesOwn(t *testing.T) {
	s := newStore(t)
	me := citizen(t, s, "me")
	sent, err := s.Suggest(t.Context(), forum.NewSuggestion{Title: "그늘", Text: "광장에 나무를 심어 주세요.", Lang: "ko", Track: forum.General, Kind: forum.ByCitizen, Citizen: me, Idempotency: keyed("k", "k")})
	if err != nil {
		t.Fatal(err)
	}
	got, total, err := s.MySuggestions(t.Context(), me, forum.Window{Page: 1, Size: 20})
	if err != nil || total != 1 || got[0].Receipt != sent.Receipt || got[0].Status != forum.SuggestionSubmitted {
		t.Errorf("%d, %v: %+v", total, err, got)
	}
	exec(t, s, `UPDATE suggestions SET status = 'accepted' WHERE id = $1`, sent.ID)
	backs := func() int {
		all, total, err := s.MySupports(t.Context(), me, forum.Window{Page: 1, Size: 20})
		if err != nil || len(all) != total {
			t.Fatal(err)
		}
		return total
	}
	for i, stands := range []bool{true, false, true} {
		if _, err := s.Support(t.Context(), forum.NewSupport{Suggestion: sent.ID, Citizen: me, Stands: stands}); err != nil {
			t.Fatal(err)
		}
		if n := backs(); (n == 1) != stands {
			t.Errorf("after %d: %d", i, n)
		}
	}
	exec(t, s, `UPDATE suggestions SET status = 'rejected' WHERE id = $1`, sent.ID)
	if n := backs(); n != 0 {
		t.Errorf("%d after it was taken from the list", n)
	}
}
