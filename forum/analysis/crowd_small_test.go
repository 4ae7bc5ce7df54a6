package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"acropolis/forum/analysis"
)

// town is a board of people who differ, whom no file is needed for: forty opinions with approvals from a third to nine tenths.
func town(seed uint64, people int) (*rand.Rand, []analysis.Cast) {
	r := rand.New(rand.NewPCG(seed, 7))
	opening := time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)
	var casts []analysis.Cast
	for i := range people {
		at := opening.Add(time.Duration(r.Float64() * float64(20*24*time.Hour)))
		for o := range 40 {
			if r.IntN(40) < 12 {
				casts = append(casts, analysis.Cast{Voter: fmt.Sprintf("p%d", i), Opinion: fmt.Sprintf("o%d", o), For: r.Float64() < 0.3+0.015*float64(o),
					At: at.Add(time.Duration(o) * 9 * time.Second), Network: fmt.Sprintf("n%d", r.IntN(people)), Domain: "naver.com", Common: true,
					Age: time.Duration(r.IntN(400)+1) * time.Hour})
			}
		}
	}
	return r, casts
}

// together lets people of one network vote within three quarters of an hour on five opinions; alike says whether one hand moves them.
func together(r *rand.Rand, casts []analysis.Cast, kind string, day, size int, alike bool) []analysis.Cast {
	begin := time.Date(2026, 11, day, 10, 0, 0, 0, time.UTC)
	for i := range size {
		for o := 10; o < 15; o++ {
			casts = append(casts, analysis.Cast{Voter: fmt.Sprintf("%s%d", kind, i), Opinion: fmt.Sprintf("o%d", o), For: alike || r.Float64() < 0.3+0.015*float64(o),
				At: begin.Add(time.Duration(r.IntN(45*60)) * time.Second), Network: kind, Domain: kind + ".example", Age: time.Minute})
		}
	}
	return casts
}

func TestClassBehindOneAddressIsNoCrowdAndOneHandIs(t *testing.T) {
	for seed := range uint64(10) {
		r, casts := town(seed, 300)
		casts = together(r, casts, "class", 10, 30, false)
		if crowds := analysis.Crowds(casts, nil); len(crowds) != 0 {
			t.Errorf("seed %d: a class is suspected: %d of %v", seed, len(crowds[0].Suspects), crowds[0].Signals)
		}
		casts = together(r, casts, "farm", 13, 30, true)
		crowds := analysis.Crowds(casts, nil)
		if len(crowds) != 1 || len(crowds[0].Suspects) != 30 || crowds[0].Suspects[0].Voter[:4] != "farm" || len(crowds[0].Targets) != 5 || crowds[0].Networks != 1 {
			t.Errorf("seed %d: %+v", seed, crowds)
		}
	}
}

func TestCrowdsAreTheSameInWhateverOrderVotesCome(t *testing.T) {
	r, casts := town(3, 300)
	casts = together(r, casts, "farm", 13, 30, true)
	want := analysis.Crowds(casts, nil)
	for range 3 {
		r.Shuffle(len(casts), func(i, j int) { casts[i], casts[j] = casts[j], casts[i] })
		if got := analysis.Crowds(casts, nil); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v\nwant %+v", got, want)
		}
	}
}

func TestNearCopiesAreFoundAndShortAgreementIsNone(t *testing.T) {
	posts := []analysis.Post{}
	for i, word := range []string{"하루빨리", "반드시", "올해 안에", "조속히", "지금 바로"} {
		posts = append(posts, analysis.Post{Opinion: fmt.Sprintf("copy%d", i), Text: "시청 앞 광장은 시민의 것입니다. " + word + " 차도를 걷어 내고 잔디와 나무를 심어 주십시오. 아이들이 뛰어놀 곳이 필요합니다."})
	}
	for i := range 20 {
		posts = append(posts, analysis.Post{Opinion: fmt.Sprintf("short%d", i), Text: "적극 동의합니다"})
	}
	posts = append(posts, analysis.Post{Opinion: "own", Text: "광장보다 주차장과 버스 정류장을 먼저 손보아야 한다고 생각합니다. 교통이 막히면 누구도 오지 않습니다."})
	groups := analysis.NearCopies(posts)
	if len(groups) != 1 || len(groups[0]) != 5 {
		t.Errorf("%+v", groups)
	}
}

// TestManyVotesAreLookedAtInSeconds: 100,000 votes of 8,000 people, a hundred of whom are moved by one hand.
func TestManyVotesAreLookedAtInSeconds(t *testing.T) {
	r, casts := town(1, 8300)
	casts = together(r, casts, "farm", 13, 100, true)
	began := time.Now()
	crowds := analysis.Crowds(casts, nil)
	if took := time.Since(began); len(crowds) != 1 || len(crowds[0].Suspects) != 100 || took > time.Minute {
		t.Errorf("%d votes took %s, crowds: %d", len(casts), took, len(crowds))
	} else {
		t.Logf("%d votes took %s", len(casts), took)
	}
}
