package postgres_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"acropolis/forum"
	"acropolis/forum/analysis"
	"acropolis/integrations/postgres"
)

func tally(t testing.TB, s *postgres.Store) {
	t.Helper()
	if err := s.Tally(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func shown(t testing.TB, s *postgres.Store, id forum.ID) (c forum.Counts) {
	t.Helper()
	rows, err := s.Pool().Query(t.Context(), `SELECT opinions, voters, votes_for, votes_against, hits FROM forum_counts WHERE forum_id = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
	if c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[forum.Counts]); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestShownTalliesCountWhatIsPublic(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	answers := accept(t, s, opinionOf(id, "첫째 의견"), opinionOf(id, "둘째 의견"), opinionOf(id, "셋째 의견"))
	a, b := citizen(t, s, "a"), citizen(t, s, "b")
	vote(t, s, forum.NewVote{Opinion: answers[0].ID, Citizen: a, Choice: forum.For}, forum.NewVote{Opinion: answers[1].ID, Citizen: a, Choice: forum.Against},
		forum.NewVote{Opinion: answers[2].ID, Citizen: b, Choice: forum.For})
	if err := s.NoteHits(t.Context(), []forum.NewHit{{Forum: id, Visitor: []byte("a")}, {Forum: id, Visitor: []byte("b")}}); err != nil {
		t.Fatal(err)
	}

	tally(t, s)
	if got, want := shown(t, s, id), (forum.Counts{Opinions: 3, Voters: 2, VotesFor: 2, VotesAgainst: 1, Hits: 2}); got != want {
		t.Errorf("shown %+v, want %+v", got, want)
	}

	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, answers[2].ID)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, before, after) VALUES ('system', 'test', 'opinion', $1, $2, 'published', 'hidden')`, answers[2].ID, id)
	vote(t, s, forum.NewVote{Opinion: answers[1].ID, Citizen: a, Choice: forum.NoChoice})
	tally(t, s)
	if got, want := shown(t, s, id), (forum.Counts{Opinions: 2, Voters: 1, VotesFor: 1, VotesAgainst: 0, Hits: 2}); got != want {
		t.Errorf("after hiding one: shown %+v, want %+v", got, want)
	}
}

func TestVoterIsOneAsLongAsAVoteStands(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	answers := accept(t, s, opinionOf(id, "첫째 의견"), opinionOf(id, "둘째 의견"))
	voter := citizen(t, s, "voter")
	for _, step := range []struct {
		told    string
		choices [2]forum.Choice // on the two opinions, one after the other; the last tally is in between
		voters  int
	}{
		{"votes on both", [2]forum.Choice{forum.For, forum.Against}, 1},
		{"takes one back", [2]forum.Choice{forum.NoChoice, forum.Against}, 1},
		{"changes the other", [2]forum.Choice{forum.NoChoice, forum.For}, 1},
		{"takes that back, too", [2]forum.Choice{forum.NoChoice, forum.NoChoice}, 0},
		{"comes back", [2]forum.Choice{forum.NoChoice, forum.For}, 1},
		{"moves to the other opinion", [2]forum.Choice{forum.Against, forum.NoChoice}, 1},
		{"takes all back", [2]forum.Choice{forum.NoChoice, forum.NoChoice}, 0},
	} {
		for i, choice := range step.choices {
			vote(t, s, forum.NewVote{Opinion: answers[i].ID, Citizen: voter, Choice: choice})
		}
		tally(t, s)
		if got := shown(t, s, id).Voters; got != step.voters {
			t.Errorf("%s: %d voters", step.told, got)
		}
	}
	vote(t, s, forum.NewVote{Opinion: answers[0].ID, Citizen: voter, Choice: forum.For})
	vote(t, s, forum.NewVote{Opinion: answers[0].ID, Citizen: voter, Choice: forum.NoChoice})
	tally(t, s)
	if got := shown(t, s, id).Voters; got != 0 {
		t.Errorf("between two tallies voted and took it back: %d voters", got)
	}
}

func TestTallySeesWhatWasSlowToCommit(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	opinion := accept(t, s, opinionOf(id, "공감해 주십시오."))[0].ID
	tx, err := s.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// A vote whose transaction has been at it for a minute when the tally comes by.
	for _, sql := range []string{
		`INSERT INTO votes (opinion_id, voter, choice, accepted_at) VALUES ($1, 'v', 1, now())`,
		`INSERT INTO vote_changes (id, opinion_id, voter, choice, accepted_at, salt) VALUES (gen_random_uuid(), $1, 'v', 1, now(), '')`,
	} {
		if _, err := tx.Exec(t.Context(), sql, opinion); err != nil {
			t.Fatal(err)
		}
	}
	tally(t, s)
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	tally(t, s)
	if got := shown(t, s, id); got.VotesFor != 1 {
		t.Errorf("shown %+v", got)
	}
}

func TestShownTalliesEqualARecountAfterARush(t *testing.T) {
	s := newStore(t)
	forums := []forum.ID{openForum(t, s), openForum(t, s)}
	var opinions []forum.ID
	for i := range 10 {
		opinions = append(opinions, accept(t, s, opinionOf(forums[i%2], "의견 "+number(i)))[0].ID)
	}
	var all sync.WaitGroup
	for i := range 12 {
		voter := citizen(t, s, "v"+number(i))
		all.Go(func() {
			for j := range 25 {
				vote(t, s, forum.NewVote{Opinion: opinions[(i+j)%10], Citizen: voter, Choice: []forum.Choice{forum.For, forum.Against, forum.NoChoice}[(i*j)%3]})
				if j%5 == 0 {
					tally(t, s)
				}
			}
		})
	}
	all.Wait()
	tally(t, s)
	if n := one[int](t, s, `
SELECT count(*) FROM vote_counts c WHERE (votes_for, votes_against) <>
	(SELECT count(*) FILTER (WHERE choice = 1), count(*) FILTER (WHERE choice = -1) FROM votes v WHERE v.opinion_id = c.opinion_id)`); n != 0 {
		t.Errorf("%d tallies are wrong", n)
	}
}

func TestFrozenFiguresHaveADayForEachCivilDay(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	answers := accept(t, s, opinionOf(id, "첫날 의견"), opinionOf(id, "첫날 또 하나"), opinionOf(id, "마지막 날 의견"))
	vote(t, s, forum.NewVote{Opinion: answers[0].ID, Citizen: citizen(t, s, "a"), Choice: forum.For})
	exec(t, s, `UPDATE forums SET opens_at = '2003-02-07T00:00+09', closes_at = '2003-03-16T00:00+09' WHERE id = $1`, id)
	exec(t, s, `UPDATE opinions SET accepted_at = '2003-02-07T00:30+09', district = '' WHERE id = ANY($1)`, []forum.ID{answers[0].ID, answers[1].ID})
	exec(t, s, `UPDATE opinions SET accepted_at = '2003-03-15T23:59:59+09', author = (SELECT author FROM opinions WHERE id = $2) WHERE id = $1`, answers[2].ID, answers[0].ID)
	exec(t, s, `UPDATE votes SET accepted_at = '2003-02-08T00:00+09'`)
	exec(t, s, `INSERT INTO hits SELECT $1, n::text::bytea, '2003-02-07T12:00+09'::timestamptz + n * interval '5 days', CASE n WHEN 6 THEN 'en' ELSE 'ko' END FROM generate_series(0, 6) AS n`, id)

	closeForum(t, s, id)

	var f forum.Figures
	if err := json.Unmarshal(one[[]byte](t, s, `SELECT figures FROM analyses WHERE forum_id = $1`, id), &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Days) != 37 || !reflect.DeepEqual(f.Days[0], forum.DayFigures{Date: "2003-02-07", Opinions: 2, Hits: 1, HitsByLanguage: map[string]int{"ko": 1}}) ||
		!reflect.DeepEqual(f.Days[1], forum.DayFigures{Date: "2003-02-08", VotesFor: 1}) || !reflect.DeepEqual(f.Days[36], forum.DayFigures{Date: "2003-03-15", Opinions: 1}) {
		t.Errorf("%d days: %+v", len(f.Days), f.Days)
	}
	if f.Counts != (forum.Counts{Opinions: 3, Voters: 1, VotesFor: 1, Hits: 7}) || f.Authors != 2 || f.Counts != shown(t, s, id) {
		t.Errorf("counts: %+v, authors %d, shown %+v", f.Counts, f.Authors, shown(t, s, id))
	}
	if got := f.HitsByLanguage(); !slices.Equal(got, []forum.LangHits{{Lang: "ko", Hits: 6}, {Lang: "en", Hits: 1}}) {
		t.Errorf("hits by language: %v", got)
	}
	if len(f.Districts) != 2 || f.Districts[0] != (forum.DistrictFigures{Name: "", Opinions: 2}) {
		t.Errorf("districts: %+v", f.Districts)
	}
}

func TestHidingAfterTheCloseCorrectsTheFrozenFigures(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	answers := accept(t, s, opinionOf(id, "남을 의견"), opinionOf(id, "숨길 의견"))
	closeForum(t, s, id)
	exec(t, s, `UPDATE opinions SET status = 'hidden' WHERE id = $1`, answers[1].ID)
	exec(t, s, `INSERT INTO audit (by_kind, action, noun, subject_id, forum_id, before, after) VALUES ('system', 'test', 'opinion', $1, $2, 'published', 'hidden')`, answers[1].ID, id)
	tally(t, s)
	if got := one[int](t, s, `SELECT (figures ->> 'opinions')::int FROM analyses WHERE forum_id = $1`, id); got != 1 || shown(t, s, id).Opinions != 1 {
		t.Errorf("frozen %d, shown %d", got, shown(t, s, id).Opinions)
	}
}

func TestBoardsAreSortedByTheBoundThatAnalysisComputes(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	for _, v := range [][2]int{{0, 0}, {0, 3}, {1, 0}, {5, 2}, {120, 44}, {100000, 3}} {
		opinion := accept(t, s, opinionOf(id, "의견"+number(v[0])))[0].ID
		exec(t, s, `INSERT INTO vote_counts (opinion_id, forum_id, accepted_at, votes_for, votes_against) VALUES ($1, $4, now(), $2, $3)`, opinion, v[0], v[1], id)
		got := one[float64](t, s, `SELECT bound FROM vote_counts WHERE opinion_id = $1`, opinion)
		if want := analysis.WilsonLower(v[0], v[1]); got < want-1e-12 || got > want+1e-12 {
			t.Errorf("%v: %v, want %v", v, got, want)
		}
	}
}

func TestOneTallyAtATime(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	accept(t, s, opinionOf(id, "의견입니다."))
	tx, err := s.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), `LOCK TABLE forum_counts`); err != nil { // the first tally waits here
		t.Fatal(err)
	}
	first := make(chan error, 1)
	go func() { first <- s.Tally(t.Context()) }()
	eventually(t, "the first tally to wait", func() bool {
		return one[bool](t, s, `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'forum_counts'::regclass)`)
	})
	tally(t, s) // returns at once
	if len(first) != 0 {
		t.Error("the first tally is over already")
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-first; err != nil || shown(t, s, id).Opinions != 1 {
		t.Error(err)
	}
}

// TestHitsAreCountedByTheLanguageOfThePage, a reload in another language being the same view.
func TestHitsAreCountedByTheLanguageOfThePage(t *testing.T) {
	s := newStore(t)
	id := openForum(t, s)
	for _, lang := range []string{"ko", "en", "zh"} {
		if err := s.NoteHits(t.Context(), []forum.NewHit{{Forum: id, Visitor: []byte("a"), Lang: lang}, {Forum: id, Visitor: []byte("b of " + lang), Lang: lang}}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.HitsByLanguage(t.Context(), id)
	if want := []forum.LangHits{{Lang: "ko", Hits: 2}, {Lang: "en", Hits: 1}, {Lang: "zh", Hits: 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, want %v: %v", got, want, err)
	}
}
