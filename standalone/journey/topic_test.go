package journey

import (
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
)

// topics are of each language, and the extremes of a title.
func topics() []topic {
	return []topic{
		topicOf([]Row{{Topic: "생활쓰레기,  어떻게\n줄일까", Text: "가"}}), topicOf([]Row{{Topic: "$15/hour", Text: "a"}}),
		topicOf([]Row{{Text: "no topic"}}), topicOf([]Row{{Topic: strings.Repeat("광장 ", 100)}}),
	}
}

func TestWhatThePeopleWriteKeepsTheRules(t *testing.T) {
	for _, one := range topics() {
		s := forum.NewSuggestion{Title: one.title, Text: one.suggestion(), Lang: one.lang}
		if err := s.Validate(); err != nil {
			t.Errorf("%q: %v", one.title, err)
		}
		var items []forum.DossierItem
		for _, i := range one.dossier() {
			item := forum.DossierItem{Kind: forum.ItemKind(i.kind), Title: i.title, Body: i.body, Name: i.name, Affiliation: i.affiliation, Stance: forum.Stance(i.stance)}
			if err := item.Validate(); err != nil {
				t.Errorf("%s: %v", i.title, err)
			}
			items = append(items, item)
		}
		if missing := forum.Missing(items); len(missing) > 0 {
			t.Errorf("the dossier lacks %v", missing)
		}
		if err := forum.ValidateSummary(one.summary([]string{"광장"})); err != nil {
			t.Error(err)
		}
	}
	if title := topics()[0].title; title != "생활쓰레기, 어떻게 줄일까" {
		t.Errorf("title %q", title)
	}
}

func TestResponseHasEveryDispositionAndAnswersEveryTerm(t *testing.T) {
	for _, terms := range [][]string{nil, {"분리배출"}, {"가", "나", "다", "라", "마", "바", "사", "아", "자"}} {
		for _, one := range topics() {
			var paragraphs []forum.Paragraph
			var frequent []forum.TermFigures
			for _, p := range one.response(terms) {
				paragraph := forum.Paragraph{Text: p.text, Disposition: forum.Disposition(p.disposition), Reason: p.reason, Terms: p.terms}
				if err := paragraph.Validate(); err != nil {
					t.Error(err)
				}
				paragraphs = append(paragraphs, paragraph)
			}
			for _, term := range terms {
				frequent = append(frequent, forum.TermFigures{Text: term})
			}
			if left := forum.Unanswered(paragraphs, frequent); len(left) > 0 {
				t.Errorf("no paragraph answers %v", left)
			}
			for _, d := range forum.Dispositions {
				if !slices.ContainsFunc(paragraphs, func(p forum.Paragraph) bool { return p.Disposition == d }) {
					t.Errorf("no paragraph is %s", d)
				}
			}
			if n := len(paragraphs); n < 3 || n > 6 {
				t.Errorf("%d paragraphs", n)
			}
		}
	}
}

func TestTheDepartmentIsTheOneWhoseWordsPeopleUse(t *testing.T) {
	s := Staff{Departments: []Department{{Code: "roads", Words: []string{"교차로와 광장"}}, {Code: "waste", Words: []string{"재활용 분리배출", "일회용품 줄이기"}}}}
	if d := s.departmentFor([]Row{{Topic: "쓰레기", Text: "분리배출이 어렵습니다. 재활용을 도와주세요."}}); d.Code != "waste" {
		t.Errorf("got %s", d.Code)
	}
	if d := s.departmentFor([]Row{{Text: "nothing in common"}}); d.Code != "roads" {
		t.Errorf("where no words fit: %s, want the first", d.Code)
	}
}

func TestStaffWhoCantActAreRefusedBeforeAnythingBegins(t *testing.T) {
	one := []string{"somebody"}
	whole := Staff{Officer: one, Approver: one, Moderator: one, Committee: one, Analyst: one, Juror: one,
		Departments: []Department{{Code: "roads", Head: "kwon", Drafter: "jang"}}}
	if err := whole.validate(); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*Staff){
		"juror":         func(s *Staff) { s.Juror = nil },
		"a department":  func(s *Staff) { s.Departments = nil },
		"somebody else": func(s *Staff) { s.Departments = []Department{{Code: "roads", Head: "kwon", Drafter: "kwon"}} },
	} {
		s := whole
		change(&s)
		if err := s.validate(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want it to say %q", err, says)
		}
	}
}
