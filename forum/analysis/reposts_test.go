package analysis_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"acropolis/forum/analysis"
)

func TestTheSameWordsInOtherDressAreARepost(t *testing.T) {
	const said = "시청 앞 광장에 나무 100그루를 심읍시다. Plant trees!"
	for name, again := range map[string]string{
		"white space":      "  시청 앞\n\n광장에\t나무 100그루를  심읍시다.\u3000Plant trees! ",
		"none at all":      "시청앞광장에나무100그루를심읍시다Planttrees",
		"case":             "시청 앞 광장에 나무 100그루를 심읍시다. PLANT Trees!",
		"punctuation":      "“시청 앞, 광장에 나무 100그루를 심읍시다…” plant trees?!",
		"full-width forms": "시청　앞　광장에　나무　１００그루를　심읍시다．　Ｐｌａｎｔ　ｔｒｅｅｓ！",
		"emoji and signs":  "★시청 앞 광장에 나무 100그루를 심읍시다♥️ Plant trees 👍",
	} {
		t.Run(name, func(t *testing.T) {
			wantGroups(t, analysis.Reposts([]analysis.Text{
				{ID: "b", Title: "다른 제목", Body: again, At: noon.Add(time.Hour)}, {ID: "a", Body: said, At: noon},
			}), "a b")
		})
	}
}

func TestOtherWordsAreNoRepost(t *testing.T) {
	for name, pair := range map[string][2]analysis.Text{
		"another number":                      {{Body: "나무 100그루를 심어 주십시오"}, {Body: "나무 200그루를 심어 주십시오"}},
		"one word more":                       {{Body: "시청 앞 광장에 나무를 심읍시다"}, {Body: "시청 앞 광장에 큰 나무를 심읍시다"}},
		"two people agree in a word":          {{Title: "의견", Body: "동의합니다"}, {Title: "의견", Body: "동의합니다!"}},
		"short bodies under other titles":     {{Title: "광장에 나무를 심읍시다", Body: "부탁합니다"}, {Title: "광장에 잔디를 심읍시다", Body: "부탁합니다"}},
		"a title that another has for a body": {{Title: "시청 앞 광장에 나무를"}, {Body: "시청 앞 광장에 나무를"}},
		"a title cut off elsewhere":           {{Title: "시청 앞 광장에 나무", Body: "를 심자"}, {Title: "시청 앞 광장에 나무를", Body: " 심자"}},
		"nothing but signs":                   {{Title: "!!", Body: "👍👍👍👍👍👍👍👍👍👍"}, {Title: "!!", Body: "👎👎👎👎👎👎👎👎👎👎"}},
	} {
		t.Run(name, func(t *testing.T) {
			pair[0].ID, pair[1].ID = "a", "b"
			wantGroups(t, analysis.Reposts(pair[:]))
		})
	}
}

func TestAShortBodyUnderTheSameTitleIsARepost(t *testing.T) {
	wantGroups(t, analysis.Reposts([]analysis.Text{
		{ID: "a", Title: "Parking públicos en el centro"}, {ID: "b", Title: "parking PÚBLICOS en el centro."},
		{ID: "c", Title: "광장에 나무를 심읍시다", Body: "부탁!"}, {ID: "d", Title: "광장에 나무를 심읍시다!", Body: "부탁"},
	}), "a b", "c d")
}

func TestGroupsComeInTheOrderOfTheirFirst(t *testing.T) {
	at := func(minute int) time.Time { return noon.Add(time.Duration(minute) * time.Minute) }
	wantGroups(t, analysis.Reposts([]analysis.Text{
		{ID: "5", Body: "나무를 더 심어 주십시오", At: at(9)}, {ID: "4", Body: "잔디 광장을 원합니다", At: at(5)},
		{ID: "3", Body: "잔디 광장을 원합니다", At: at(2)}, {ID: "2", Body: "잔디 광장을 원합니다", At: at(2)},
		{ID: "1", Body: "나무를 더 심어 주십시오", At: at(3)}, {ID: "0", Body: "하나뿐인 의견입니다", At: at(0)},
	}), "2 3 4", "1 5")
}

func wantGroups(t *testing.T, groups [][]string, want ...string) {
	t.Helper()
	got := make([]string, 0, len(groups))
	for _, g := range groups {
		got = append(got, strings.Join(g, " "))
	}
	if !slices.Equal(got, want) {
		t.Errorf("groups are %q, want %q", got, want)
	}
}

func TestRepostsAreAPartitionAndDoNotDependOnTheOrder(t *testing.T) {
	bodies := []string{"잔디 광장을 원합니다", "잔디광장을 원합니다!", "Plant more trees", "plant MORE trees.", "동의합니다", "나무를 더 심어 주십시오", ""}
	rapid.Check(t, func(t *rapid.T) {
		texts := make([]analysis.Text, rapid.IntRange(0, 20).Draw(t, "texts"))
		at := map[string]time.Time{}
		for i := range texts {
			texts[i] = analysis.Text{ID: fmt.Sprintf("t%02d", i), Body: rapid.SampledFrom(bodies).Draw(t, "body"),
				At: noon.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "minute")) * time.Minute)}
			at[texts[i].ID] = texts[i].At
		}
		given := slices.Clone(texts)
		groups := analysis.Reposts(texts)
		if !slices.Equal(texts, given) {
			t.Fatal("Reposts moved its argument")
		}
		again := analysis.Reposts(rapid.Permutation(texts).Draw(t, "shuffled"))
		if !slices.EqualFunc(groups, again, slices.Equal) {
			t.Fatalf("%v in one order, %v in another", groups, again)
		}
		seen := map[string]bool{}
		for _, g := range groups {
			if len(g) < 2 {
				t.Fatalf("%v is no group", g)
			}
			for _, id := range g {
				if seen[id] {
					t.Fatalf("%s is in two groups", id)
				}
				seen[id] = true
				if at[id].Before(at[g[0]]) {
					t.Fatalf("%s is earlier than the first of %v", id, g)
				}
			}
		}
	})
}

// TestRepostsOfRealForums measures against dup_of, the id of the earlier copy, which stands in four sets of real
// proposals: every one of them must be found.
func TestRepostsOfRealForums(t *testing.T) {
	folder := realData(t)
	for name, marked := range map[string]int{
		"ko_seoul_democracy/opinions.csv": 41, "ko_gwanghwamun/opinions.csv": 13,
		"ko_petitions/opinions.csv.gz": 27, "es_decide_madrid/opinions.csv": 52,
	} {
		t.Run(filepath.Dir(name), func(t *testing.T) {
			var texts []analysis.Text
			original := map[string]string{}
			marks := 0
			for _, row := range readRows(t, filepath.Join(folder, filepath.FromSlash(name))) {
				text := analysis.Text{ID: row["opinion_id"], Title: row["title"], Body: row["text"], At: instant(t, row["time"])}
				texts = append(texts, text)
				original[text.ID] = text.ID
				if row["dup_of"] != "" {
					original[text.ID] = row["dup_of"]
					marks++
				}
			}
			if marks != marked {
				t.Fatalf("%d rows are marked as copies, expected %d", marks, marked)
			}

			groupOf := map[string]int{}
			right, found := 0, 0
			for i, g := range analysis.Reposts(texts) {
				found += len(g) - 1
				for _, id := range g {
					groupOf[id] = i + 1
				}
				for _, id := range g[1:] {
					if original[id] == original[g[0]] {
						right++
					} else {
						t.Logf("found and not marked: %s after %s", id, g[0])
					}
				}
			}
			for copied, first := range original {
				if copied != first && (groupOf[copied] == 0 || groupOf[copied] != groupOf[first]) {
					t.Errorf("%s is a copy of %s and wasn't found", copied, first)
				}
			}
			t.Logf("%d texts: %d later copies found, %d of the %d marked among them: precision %.3f",
				len(texts), found, right, marks, float64(right)/float64(found))
		})
	}
}

func instant(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at
		}
	}
	t.Fatalf("%q is no instant", s)
	return time.Time{}
}
