package activities_test

import (
	"context"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"acropolis/activities"
	"acropolis/forum"
)

// board gives a closed forum's opinions and keeps what was made of them.
type board struct {
	activities.AwardStore // nil: no other step is taken
	opinions              []forum.AnalysedOpinion
	made                  forum.Analysis
	nominated             []forum.Candidate
}

func (b *board) AnalysisInput(context.Context, forum.ID) ([]forum.AnalysedOpinion, error) {
	return slices.Clone(b.opinions), nil
}
func (b *board) SaveAnalysis(_ context.Context, _ forum.ID, made forum.Analysis) error {
	b.made = made
	return nil
}
func (b *board) BeginAwarding(_ context.Context, _ forum.ID, candidates []forum.Candidate) (forum.ForumFacts, error) {
	b.nominated = candidates
	return forum.ForumFacts{Status: forum.Awarding}, nil
}
func (b *board) ForumFacts(context.Context, forum.ID) (forum.ForumFacts, error) {
	return forum.ForumFacts{Status: forum.Analysing, Made: true}, nil
}

type words struct{}

func (words) Terms(text string) []string { return strings.Fields(text) }

var close2003 = time.Date(2003, 3, 16, 0, 0, 0, 0, time.UTC)

func said(id, author, text string, minute, votesFor, against int) forum.AnalysedOpinion {
	return forum.AnalysedOpinion{Author: author, Opinion: forum.Opinion{ID: forum.ID(id), Text: text, For: votesFor, Against: against,
		AcceptedAt: close2003.Add(time.Duration(minute) * time.Minute)}}
}

// aBoard has a campaign of three copies, an author of two good opinions, and ties.
func aBoard() []forum.AnalysedOpinion {
	return []forum.AnalysedOpinion{
		said("a", "kim", "광장 에 잔디 를 깔아 주십시오", 1, 90, 5), said("b", "kim", "광장 에 분수 를 놓아 주십시오", 2, 80, 5),
		said("c", "lee", "지하 주차장 이 먼저 필요합니다", 3, 70, 5), said("d", "one", "광장 조성 에 반대합니다 차로 를 지켜 주십시오", 4, 1, 9),
		said("e", "two", "광장 조성 에 반대합니다 차로 를 지켜 주십시오", 5, 40, 2), said("f", "three", "광장 조성 에 반대합니다. 차로 를 지켜 주십시오!", 6, 0, 0),
		said("g", "park", "나무 를 심어 주십시오", 7, 10, 1), said("h", "choi", "나무 그늘 이 좋겠습니다", 7, 10, 1), said("i", "jung", "의견 없음", 8, 0, 0),
	}
}

// TestSameOpinionsAlwaysGiveTheSameAnalysis, in whatever order the database hands them out and however maps are walked.
func TestSameOpinionsAlwaysGiveTheSameAnalysis(t *testing.T) {
	analyse := func(opinions []forum.AnalysedOpinion) forum.Analysis {
		b := &board{opinions: opinions}
		facts, err := (&activities.Analyses{Store: b, Terms: words{}}).Analyse(t.Context(), "forum-1")
		if err != nil || !facts.Made {
			t.Fatalf("%+v, %v", facts, err)
		}
		return b.made
	}
	want := analyse(aBoard())
	if want.Forum != "forum-1" || len(want.Best) != 9 || want.Best[0].ID != "a" || want.Best[0].Rank != 1 || want.Best[0].Bound <= want.Best[1].Bound {
		t.Errorf("ranked %+v", want.Best)
	}
	if len(want.Reposts) != 1 || !slices.Equal(want.Reposts[0], []forum.ID{"d", "e", "f"}) {
		t.Errorf("re-posts %v", want.Reposts)
	}
	if first := want.Terms[0]; first.Text != "주십시오" && first.Text != "를" || first.Opinions < 5 {
		t.Errorf("terms %+v", want.Terms)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		opinions := aBoard()
		dice.Shuffle(len(opinions), func(i, j int) { opinions[i], opinions[j] = opinions[j], opinions[i] })
		if got := analyse(opinions); !reflect.DeepEqual(got, want) {
			t.Fatalf("got\n%+v, want\n%+v", got, want)
		}
	}
}

// TestOnePrizeAPersonAndOnePlaceACampaign: an author stands once with their best, copies stand once as their earliest.
func TestOnePrizeAPersonAndOnePlaceACampaign(t *testing.T) {
	nominate := func(opinions []forum.AnalysedOpinion) []forum.Candidate {
		b := &board{opinions: opinions}
		if _, err := (&activities.Awards{Store: b}).NominateAwards(t.Context(), "forum-1"); err != nil {
			t.Fatal(err)
		}
		return b.nominated
	}
	want := nominate(aBoard())
	var ids []string
	for i, c := range want {
		ids = append(ids, string(c.Opinion))
		if c.Rank != i+1 || i > 0 && c.Opinion != "d" && want[i-1].Opinion != "d" && c.Bound > want[i-1].Bound {
			t.Errorf("place %d: %+v", i+1, c)
		}
	}
	if got := strings.Join(ids, " "); got != "a c d g h i" {
		t.Errorf("nominated %s", got)
	}
	dice := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		opinions := aBoard()
		dice.Shuffle(len(opinions), func(i, j int) { opinions[i], opinions[j] = opinions[j], opinions[i] })
		if got := nominate(opinions); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	var many []forum.AnalysedOpinion
	for i := range 50 {
		many = append(many, said(string(rune('A'+i)), string(rune('A'+i)), strings.Repeat("가", i+9), i, 50-i, 1))
	}
	if got := nominate(many); len(got) != forum.Prizes+forum.RunnersUp {
		t.Errorf("%d candidates", len(got))
	}
}

func TestStaffWinNothing(t *testing.T) {
	opinions := aBoard()
	opinions[0].Staff = true // the best one
	b := &board{opinions: opinions}
	if _, err := (&activities.Awards{Store: b}).NominateAwards(t.Context(), "forum-1"); err != nil {
		t.Fatal(err)
	}
	if len(b.nominated) == 0 || slices.ContainsFunc(b.nominated, func(c forum.Candidate) bool { return c.Opinion == "a" }) {
		t.Errorf("nominated %+v", b.nominated)
	}
}
