package forum_test

import (
	"slices"
	"testing"

	"acropolis/forum"
)

func TestOpinionIsAnsweredByTheParagraphOfItsTerms(t *testing.T) {
	square := forum.Paragraph{Terms: []string{"광장", "잔디", "Plaza"}}
	traffic := forum.Paragraph{Terms: []string{"교통", "잔디", " "}}
	rest := forum.Paragraph{}
	for name, test := range map[string]struct {
		paragraphs []forum.Paragraph
		text       string
		want       int
	}{
		"most of its terms":         {[]forum.Paragraph{traffic, square, rest}, "광장에 잔디를", 1},
		"the first of equals":       {[]forum.Paragraph{traffic, square, rest}, "잔디를 심읍시다", 0},
		"whatever the case":         {[]forum.Paragraph{traffic, square, rest}, "A PLAZA, please", 1},
		"none: the one for no term": {[]forum.Paragraph{traffic, rest, square}, "지하철", 1},
		"none at all: the first":    {[]forum.Paragraph{traffic, square}, "지하철", 0},
		"an empty response":         {nil, "지하철", 0},
		"a term named twice":        {[]forum.Paragraph{{Terms: []string{"교통", "교통"}}, square}, "교통과 광장과 잔디", 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := forum.NewAnswers(test.paragraphs).To(test.text); got != test.want {
				t.Errorf("paragraph %d, want %d", got, test.want)
			}
		})
	}
}

func TestFrequentTermWithoutAnswer(t *testing.T) {
	frequent := []forum.TermFigures{{Text: "광장"}, {Text: "교통"}, {Text: "Plaza"}}
	if got := forum.Unanswered([]forum.Paragraph{{Terms: []string{"교통 ", "plaza"}}}, frequent); !slices.Equal(got, []string{"광장"}) {
		t.Errorf("unanswered: %v", got)
	}
	if got := forum.Unanswered([]forum.Paragraph{{Terms: []string{"교통"}}, {}}, frequent); len(got) != 0 {
		t.Errorf("a paragraph without terms answers them all, but not %v", got)
	}
}
