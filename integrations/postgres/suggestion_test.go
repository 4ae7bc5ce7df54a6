package postgres_test

import (
	"sync"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

func suggestionOf(title string) forum.NewSuggestion {
	return forum.NewSuggestion{Title: title, Text: title + "에 대하여 자세히 말씀드립니다.", Lang: "ko", Idempotency: keyed(string(postgres.NewID()), title)}
}

func suggest(t testing.TB, s *postgres.Store, title string) forum.Accepted {
	t.Helper()
	a, err := s.Suggest(t.Context(), suggestionOf(title))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSuggestionIsKeptWithItsLeafAndItsClock(t *testing.T) {
	s := newStore(t)
	n := suggestionOf("시청 앞 광장")
	n.Email, n.Pseudonym = "citizen@example.org", "시민"
	first, err := s.Suggest(t.Context(), n)
	if err != nil || first.Status != "submitted" || len(first.Receipt) != 32 {
		t.Fatalf("%+v, %v", first, err)
	}
	salt := one[[]byte](t, s, `SELECT salt FROM suggestions WHERE id = $1`, first.ID)
	n.Track, n.Kind = forum.General, forum.ByCitizen
	if leaf := one[[]byte](t, s, `SELECT commitment FROM log_pending WHERE subject_id = $1 AND kind = 'suggestion'`, first.ID); string(leaf) != string(forum.CommitSuggestion(salt, first.ID, n)) {
		t.Error("the leaf doesn't commit to the suggestion")
	}
	if due := one[time.Time](t, s, `SELECT due FROM suggestions`); !due.Equal(first.AcceptedAt.Add(7 * 24 * time.Hour)) {
		t.Errorf("due %v", due)
	}
	letters, _ := s.DueMails(t.Context(), 10)
	if len(letters) != 1 || letters[0].Data["receipt"] != string(first.Receipt) || letters[0].Data["title"] != n.Title {
		t.Errorf("%+v", letters)
	}

	again, err := s.Suggest(t.Context(), n)
	if err != nil || again.Receipt != first.Receipt || !again.Repeated {
		t.Errorf("%+v, %v", again, err)
	}
	n.Idempotency.Body = []byte("another hash")
	_, err = s.Suggest(t.Context(), n)
	refused(t, err, forum.Invalid, "idempotency.other_body")
	n.Idempotency.Key = ""
	_, err = s.Suggest(t.Context(), n)
	refused(t, err, forum.Invalid, "idempotency.missing")
	n.Title = ""
	n.Idempotency.Key = "fresh"
	_, err = s.Suggest(t.Context(), n)
	refused(t, err, forum.Invalid, "text.missing")
}

func TestParallelSuggestionsWithOneKeyAreOne(t *testing.T) {
	s := newStore(t)
	n := suggestionOf("한 번만")
	var all sync.WaitGroup
	receipts := make([]forum.Receipt, 20)
	for i := range receipts {
		all.Go(func() {
			a, err := s.Suggest(t.Context(), n)
			if err != nil {
				t.Error(err)
			}
			receipts[i] = a.Receipt
		})
	}
	all.Wait()
	for _, r := range receipts {
		if r != receipts[0] {
			t.Error("two answers")
		}
	}
}

func TestOfficialsSuggestionIsAudited(t *testing.T) {
	s := newStore(t)
	n := suggestionOf("직원이 대신 적은 제안")
	n.Kind, n.Official = forum.ByOfficial, official(t, s, "officer", forum.Officer).ID
	a, err := s.Suggest(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	if by := one[forum.ID](t, s, `SELECT by_official FROM audit WHERE subject_id = $1 AND action = 'suggestion.enter'`, a.ID); by != n.Official {
		t.Errorf("by %s", by)
	}
}

func TestCitizensListWhatWasAccepted(t *testing.T) {
	s := newStore(t)
	public, waiting := suggest(t, s, "공개된 제안"), suggest(t, s, "기다리는 제안")
	exec(t, s, `UPDATE suggestions SET status = 'accepted' WHERE id = $1`, public.ID)

	all, total, err := s.Suggestions(t.Context(), forum.SuggestionFilter{})
	if err != nil || total != 1 || all[0].ID != public.ID || all[0].Number != public.Number {
		t.Errorf("%+v, %d, %v", all, total, err)
	}
	if _, total, _ := s.Suggestions(t.Context(), forum.SuggestionFilter{Staff: true}); total != 2 {
		t.Errorf("staff see %d", total)
	}
	if _, total, _ := s.Suggestions(t.Context(), forum.SuggestionFilter{Staff: true, Query: "기다리는", Status: forum.SuggestionSubmitted}); total != 1 {
		t.Errorf("found %d", total)
	}
	_, err = s.Suggestion(t.Context(), waiting.ID, false)
	refused(t, err, forum.NotFound, "page.not_found")
	if _, err := s.Suggestion(t.Context(), waiting.ID, true); err != nil {
		t.Error(err)
	}
	status, err := s.Receipt(t.Context(), waiting.Receipt)
	if err != nil || status.Noun != forum.TheSuggestion || status.Suggestion.ID != waiting.ID || len(status.History) != 1 {
		t.Errorf("%+v, %v", status, err)
	}
}

func TestSimilarSuggestionsAreFoundWhateverTheParticles(t *testing.T) {
	s := newStore(t)
	square := suggest(t, s, "서울광장에 그늘막을 설치해 주세요")
	suggest(t, s, "버스 노선을 늘려 주십시오")
	exec(t, s, `UPDATE suggestions SET status = 'accepted'`)

	got, err := s.SimilarSuggestions(t.Context(), "서울광장 그늘막 설치", 5)
	if err != nil || len(got) != 1 || got[0].ID != square.ID {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _ := s.SimilarSuggestions(t.Context(), "!", 5); got != nil {
		t.Errorf("%+v", got)
	}
}

func TestOnePersonBacksASuggestionOnce(t *testing.T) {
	s := newStore(t)
	id := suggest(t, s, "함께해 주세요").ID
	exec(t, s, `UPDATE suggestions SET status = 'accepted'`)
	a, b := citizen(t, s, "a"), citizen(t, s, "b")
	for _, step := range []struct {
		who    forum.ID
		stands bool
		want   int
	}{{a, true, 1}, {a, true, 1}, {b, true, 2}, {a, false, 1}} {
		if n, err := s.Support(t.Context(), forum.NewSupport{Suggestion: id, Citizen: step.who, Stands: step.stands}); err != nil || n != step.want {
			t.Errorf("after %+v: %d, %v", step, n, err)
		}
	}
	tally(t, s)
	if g, _ := s.Suggestion(t.Context(), id, false); g.Supports != 1 {
		t.Errorf("shown %d", g.Supports)
	}
	if n := one[int](t, s, `SELECT count(*) FROM support_changes c JOIN log_pending l ON l.subject_id = c.id AND l.kind = 'support'`); n != 4 {
		t.Errorf("%d changes with a leaf", n)
	}
	keyedOne := forum.NewSupport{Suggestion: id, Citizen: a, Stands: true, Idempotency: keyed("once", "stands")}
	for range 2 {
		if n, err := s.Support(t.Context(), keyedOne); err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
	}
	if n := one[int](t, s, `SELECT count(*) FROM support_changes`); n != 5 {
		t.Errorf("%d changes", n)
	}
	keyedOne.Idempotency.Body = []byte("another hash")
	_, err := s.Support(t.Context(), keyedOne)
	refused(t, err, forum.Invalid, "idempotency.other_body")
}

func TestSupportIsRefused(t *testing.T) {
	s := newStore(t)
	me := citizen(t, s, "me")
	submitted, selected := suggest(t, s, "아직 검토 중"), suggest(t, s, "이미 선정됨")
	exec(t, s, `UPDATE suggestions SET status = 'selected' WHERE id = $1`, selected.ID)
	_, err := s.Support(t.Context(), forum.NewSupport{Suggestion: selected.ID, Stands: true})
	refused(t, err, forum.Unauthorised, "support.sign_in")
	_, err = s.Support(t.Context(), forum.NewSupport{Suggestion: submitted.ID, Citizen: me, Stands: true})
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = s.Support(t.Context(), forum.NewSupport{Suggestion: postgres.NewID(), Citizen: me, Stands: true})
	refused(t, err, forum.NotFound, "page.not_found")
	_, err = s.Support(t.Context(), forum.NewSupport{Suggestion: selected.ID, Citizen: me, Stands: true})
	refused(t, err, forum.Conflict, "suggestion.takes_no_support")
}

func TestSupporterStaysOnePersonWhenTheVoterKeyChanges(t *testing.T) {
	s := newStore(t)
	id := suggest(t, s, "함께해 주세요").ID
	exec(t, s, `UPDATE suggestions SET status = 'accepted'`)
	me := citizen(t, s, "me")
	if _, err := s.Support(t.Context(), forum.NewSupport{Suggestion: id, Citizen: me, Stands: true}); err != nil {
		t.Fatal(err)
	}
	later, err := postgres.Open(t.Context(), postgres.Settings{URL: s.Pool().Config().ConnString(), VoterName: "2",
		VoterKey: "another key that is long enough, too", OldVoters: "1=the key of the voters in all the tests"})
	if err != nil {
		t.Fatal(err)
	}
	defer later.Close()
	if n, err := later.Support(t.Context(), forum.NewSupport{Suggestion: id, Citizen: me, Stands: true}); err != nil || n != 1 {
		t.Errorf("%d, %v", n, err)
	}
}
