package postgres_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/postgres"
)

// attacked is an open board with thirty people who differ, and forty accounts from two networks that push one opinion.
func attacked(t testing.TB, s *postgres.Store) (id, target forum.ID) {
	t.Helper()
	id = openForum(t, s)
	var sent []forum.NewOpinion
	for i := range 8 {
		sent = append(sent, opinionOf(id, "의견입니다 "+number(i)))
	}
	opinions := accept(t, s, sent...)
	var votes []forum.NewVote
	for i := range 30 {
		who := citizen(t, s, "person"+number(i))
		from := forum.Origin{Network: []byte("home" + number(i)), Wide: []byte("isp" + number(i%4)), Domain: []byte("mail"), Common: true, Age: time.Duration(i) * time.Hour}
		for j, o := range opinions {
			if (i+j)%3 != 0 {
				choice := forum.For
				if (i*7+j*3)%5 < 2 {
					choice = forum.Against
				}
				votes = append(votes, forum.NewVote{Opinion: o.ID, Citizen: who, Choice: choice, Origin: from})
			}
		}
	}
	for i := range 40 {
		from := forum.Origin{Network: []byte("farm" + number(i%2)), Wide: []byte("far"), Domain: []byte("mail"), Common: true, Age: time.Minute}
		votes = append(votes, forum.NewVote{Opinion: opinions[3].ID, Citizen: citizen(t, s, "account"+number(i)), Choice: forum.Against, Origin: from})
	}
	vote(t, s, votes...)
	// They all came at once; people come over an hour.
	exec(t, s, `UPDATE vote_changes SET accepted_at = accepted_at - (n % 47) * interval '1 minute' WHERE network::text LIKE '%' AND convert_from(network, 'UTF8') LIKE 'home%'`)
	exec(t, s, `UPDATE votes v SET accepted_at = c.accepted_at FROM vote_changes c WHERE c.opinion_id = v.opinion_id AND c.voter = v.voter`)
	exec(t, s, `UPDATE log_pending l SET accepted_at = c.accepted_at FROM vote_changes c WHERE c.id = l.subject_id`)
	exec(t, s, `UPDATE audit SET at = now() - interval '2 hours' WHERE subject_id = $1`, id)
	exec(t, s, `INSERT INTO departments (code, name) VALUES ('road', '도로계획과') ON CONFLICT DO NOTHING`)
	exec(t, s, `UPDATE forums SET department = 'road' WHERE id = $1`, id)
	exec(t, s, `INSERT INTO assignments (forum_id, status, department) VALUES ($1, 'accepted', 'road')`, id)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, after) VALUES ('system', 'test', 'assignment', $1, $1, 'accepted')`, id)
	if err := errors.Join(s.Tally(t.Context()), s.MarkSuspects(t.Context())); err != nil {
		t.Fatal(err)
	}
	return id, opinions[3].ID
}

// shownOn are an opinion's shown counts.
func shownOn(t testing.TB, s *postgres.Store, opinion forum.ID) string {
	t.Helper()
	if err := s.Tally(t.Context()); err != nil {
		t.Fatal(err)
	}
	return one[string](t, s, `SELECT votes_for || ':' || votes_against FROM vote_counts WHERE opinion_id = $1`, opinion)
}

// board is all that is counted of a forum.
func boardOf(t testing.TB, s *postgres.Store, id forum.ID) string {
	t.Helper()
	if err := s.Tally(t.Context()); err != nil {
		t.Fatal(err)
	}
	return one[string](t, s, `
SELECT (SELECT string_agg(c.votes_for || ':' || c.votes_against, ' ' ORDER BY c.opinion_id) FROM vote_counts c JOIN opinions o ON o.id = c.opinion_id WHERE o.forum_id = $1)
	|| ' ' || (SELECT concat_ws(' ', voters, votes_for, votes_against) FROM forum_counts WHERE forum_id = $1) || ' ' ||
	coalesce((SELECT (figures - 'frozen_at')::text FROM analyses WHERE forum_id = $1), '')`, id)
}

func holds(t testing.TB, s *postgres.Store) {
	t.Helper()
	if err := s.Tally(t.Context()); err != nil {
		t.Fatal(err)
	}
	broken, err := s.Invariants(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range broken {
		t.Errorf("broken: %s (%d, %s)", v.Name, v.Rows, v.Sample)
	}
}

// ask asks that the forum's strongest crowd be excluded.
func ask(t testing.TB, s *postgres.Store, by forum.Official, id forum.ID) (forum.ID, error) {
	t.Helper()
	found, err := s.Suspects(t.Context(), id)
	if err != nil || len(found.Crowds) == 0 {
		t.Fatalf("crowds: %v, %v", found.Crowds, err)
	}
	_, preview, err := s.PreviewExclusion(t.Context(), id, found.Crowds[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return s.AskExclusion(t.Context(), by, "10.0.0.1", forum.NewExclusion{Forum: id, Crowd: found.Crowds[0].ID, Digest: preview.Digest, Reason: "한 망에서 몰렸습니다."})
}

func TestCrowdIsMarkedAndCountsAllTheSame(t *testing.T) {
	s := newStore(t)
	id, target := attacked(t, s)
	found, err := s.Suspects(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Crowds) != 1 || found.Crowds[0].Voters != 40 || found.Crowds[0].Networks != 2 || found.Crowds[0].Targets[0].Opinion != target {
		t.Fatalf("crowds: %+v", found.Crowds)
	}
	against := one[int](t, s, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice = -1`, target)
	if against < 40 || shownOn(t, s, target) != fmt.Sprintf("%d:%d", one[int](t, s, `SELECT count(*) FROM votes WHERE opinion_id = $1 AND choice = 1`, target), against) {
		t.Errorf("marked votes must count: %s", shownOn(t, s, target))
	}
	before := found.Crowds[0].ID
	exec(t, s, `UPDATE suspect_runs SET at = at - interval '1 hour', votes_for = 0`)
	if err := s.MarkSuspects(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, _ = s.Suspects(t.Context(), id); len(found.Crowds) != 1 || found.Crowds[0].ID != before {
		t.Errorf("a crowd that is found again is the same one: %+v", found.Crowds)
	}
	holds(t, s)
}

func TestExclusionNeedsTwoPeopleAndUndoingItRestoresExactly(t *testing.T) {
	s := newStore(t)
	id, target := attacked(t, s)
	before, all := boardOf(t, s, id), shownOn(t, s, target)
	officer, analyst, moderator := official(t, s, "officer", forum.Officer), official(t, s, "analyst", forum.Analyst), official(t, s, "moderator", forum.Moderator)
	step := func(by forum.Official, x forum.ID, action forum.Action) error {
		return s.DecideExclusion(t.Context(), by, "10.0.0.1", x, action, "확인했습니다.")
	}

	_, err := s.AskExclusion(t.Context(), officer, "", forum.NewExclusion{Forum: id, Crowd: postgres.NewID(), Reason: "이유"})
	refused(t, err, forum.Conflict, "exclusion.nothing_left")
	x, err := ask(t, s, officer, id)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ask(t, s, analyst, id)
	refused(t, err, forum.Conflict, "exclusion.asked_already")
	if boardOf(t, s, id) != before {
		t.Error("what is only asked for changes nothing")
	}
	refused(t, step(officer, x, forum.ConfirmExclusion), forum.Forbidden, "exclusion.second_person")
	refused(t, step(moderator, x, forum.ConfirmExclusion), forum.Forbidden, "duty.missing")
	refused(t, s.DecideExclusion(t.Context(), analyst, "", x, forum.ConfirmExclusion, ""), forum.Invalid, "reason.missing")
	if boardOf(t, s, id) != before {
		t.Error("a refused confirmation changes nothing")
	}
	if err := step(analyst, x, forum.ConfirmExclusion); err != nil {
		t.Fatal(err)
	}
	without := shownOn(t, s, target)
	if without == all || one[int](t, s, `SELECT count(*) FROM votes WHERE excluded`) != 40 || one[int](t, s, `SELECT count(*) FROM vote_changes`) < 180 {
		t.Errorf("excluded votes stay and don't count: %s before, %s now", all, without)
	}
	if got, err := s.Exclusion(t.Context(), x); err != nil || got.Changes[0].WithoutAgainst != 40 || fmt.Sprintf("%d:%d", got.Changes[0].For, got.Changes[0].Against) != all {
		t.Errorf("the exclusion tells what it changed: %+v, %v", got, err)
	}
	holds(t, s)
	if err := s.Tally(t.Context()); err != nil || shownOn(t, s, target) != without {
		t.Errorf("the next tally leaves them out too: %s, %v", shownOn(t, s, target), err)
	}

	refused(t, step(officer, x, forum.ConfirmUndo), forum.Conflict, "procedure.moved_on")
	if err := step(analyst, x, forum.AskUndo); err != nil {
		t.Fatal(err)
	}
	refused(t, step(analyst, x, forum.ConfirmUndo), forum.Forbidden, "exclusion.second_person")
	if err := step(moderator, x, forum.DeclineUndo); err != nil {
		t.Fatal(err)
	}
	if shownOn(t, s, target) != without {
		t.Error("while undoing is only asked for, or was declined, the votes stay out")
	}
	if err := step(moderator, x, forum.AskUndo); err != nil {
		t.Fatal(err)
	}
	if err := step(officer, x, forum.ConfirmUndo); err != nil {
		t.Fatal(err)
	}
	if got := boardOf(t, s, id); got != before {
		t.Errorf("undone:\n%s\nbefore:\n%s", got, before)
	}
	if n := one[int](t, s, `SELECT count(*) FROM log_pending WHERE kind = 'exclusion'`); n != 6 {
		t.Errorf("%d leaves, want one a step", n)
	}
	if got := one[string](t, s, `SELECT string_agg(after, ' ' ORDER BY id) FROM audit WHERE noun = 'exclusion'`); got != "asked in_force doubted in_force doubted undone" {
		t.Errorf("the trail: %s", got)
	}
	holds(t, s)
}

func TestChangedMindOfAnExcludedVoterCountsNowhere(t *testing.T) {
	s := newStore(t)
	id, target := attacked(t, s)
	officer, analyst := official(t, s, "officer", forum.Officer), official(t, s, "analyst", forum.Analyst)
	x, err := ask(t, s, officer, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DecideExclusion(t.Context(), analyst, "", x, forum.ConfirmExclusion, "확인했습니다."); err != nil {
		t.Fatal(err)
	}
	without := shownOn(t, s, target)
	account := one[forum.ID](t, s, `SELECT id FROM contacts WHERE email = 'account1@example.org'`)
	got := vote(t, s, forum.NewVote{Opinion: target, Citizen: account, Choice: forum.For})[0]
	if answered := fmt.Sprintf("%d:%d", got.For, got.Against); answered != without || shownOn(t, s, target) != without || got.Mine != forum.For {
		t.Errorf("answered %s and shown %s, want %s", answered, shownOn(t, s, target), without)
	}
	holds(t, s)
}

func TestDeclinedExclusionChangesNothingAndAnotherMayBeAsked(t *testing.T) {
	s := newStore(t)
	id, _ := attacked(t, s)
	before := boardOf(t, s, id)
	officer := official(t, s, "officer", forum.Officer)
	x, err := ask(t, s, officer, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DecideExclusion(t.Context(), officer, "", x, forum.DeclineExclusion, "다시 보겠습니다."); err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, s, `SELECT status FROM exclusions`); got != "declined" || boardOf(t, s, id) != before {
		t.Error("declined, but the board changed")
	}
	found, _ := s.Suspects(t.Context(), id)
	_, err = s.AskExclusion(t.Context(), officer, "", forum.NewExclusion{Forum: id, Crowd: found.Crowds[0].ID, Digest: "of other votes", Reason: "이유"})
	refused(t, err, forum.Conflict, "exclusion.changed_since")
	if _, err := ask(t, s, officer, id); err != nil {
		t.Error("after a refusal it may be asked for again: ", err)
	}
	_, _, err = s.PreviewExclusion(t.Context(), id, postgres.NewID())
	refused(t, err, forum.NotFound, "exclusion.crowd_gone")
	holds(t, s)
}

func TestClosedForumsFiguresAreMadeAnewWithoutExcludedVotes(t *testing.T) {
	s := newStore(t)
	id, target := attacked(t, s)
	closeForum(t, s, id)
	exec(t, s, `UPDATE suspect_runs SET at = at - interval '2 minutes'`)
	if err := s.MarkSuspects(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !one[bool](t, s, `SELECT r.at >= f.closed_at FROM suspect_runs r JOIN forums f ON f.id = r.forum_id`) {
		t.Error("a board is looked at once more after its close, whenever it was before")
	}
	before := boardOf(t, s, id)
	officer, analyst := official(t, s, "officer", forum.Officer), official(t, s, "analyst", forum.Analyst)
	x, err := ask(t, s, officer, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DecideExclusion(t.Context(), analyst, "", x, forum.ConfirmExclusion, "확인했습니다."); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, s, `SELECT (figures ->> 'voters')::int FROM analyses`); n != 30 || boardOf(t, s, id) == before {
		t.Errorf("frozen figures tell of %d voters, want the 30 people", n)
	}
	holds(t, s)
	for by, action := range map[*forum.Official]forum.Action{&officer: forum.AskUndo} {
		if err := s.DecideExclusion(t.Context(), *by, "", x, action, "오인이었습니다."); err != nil {
			t.Fatal(err)
		}
	}
	exec(t, s, `UPDATE forums SET status = 'awarding' WHERE id = $1`, id)
	refused(t, s.DecideExclusion(t.Context(), analyst, "", x, forum.ConfirmUndo, "오인이었습니다."), forum.Conflict, "exclusion.too_late")
	exec(t, s, `UPDATE forums SET status = 'closed' WHERE id = $1`, id)
	if err := s.DecideExclusion(t.Context(), analyst, "", x, forum.ConfirmUndo, "오인이었습니다."); err != nil {
		t.Fatal(err)
	}
	if got := boardOf(t, s, id); got != before {
		t.Errorf("undone:\n%s\nbefore:\n%s", got, before)
	}
	holds(t, s)
	if got := shownOn(t, s, target); got == "" {
		t.Error("nothing is shown")
	}
}
