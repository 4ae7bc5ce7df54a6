package page

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
)

func TestMidnightIsTheEndOfTheDayBefore(t *testing.T) {
	midnight := time.Date(2026, 12, 9, 0, 0, 0, 0, Seoul)
	for lang, want := range map[string][2]string{
		"ko": {"2026. 12. 8.(화)", "2026. 12. 8.(화) 24:00"}, "en": {"8 Dec 2026 (Tue)", "8 Dec 2026 (Tue), 24:00"},
		"zh": {"2026年12月8日（周二）", "2026年12月8日（周二）24:00"}, "ja": {"2026年12月8日（火）", "2026年12月8日（火）24:00"},
	} {
		if day, moment := Date(lang, End(midnight.UTC())), LastMoment(lang, midnight.UTC()); day != want[0] || moment != want[1] {
			t.Errorf("%s: %q, %q", lang, day, moment)
		}
	}
	evening := midnight.Add(-6 * time.Hour)
	if got := LastMoment("ko", evening); got != "2026. 12. 8.(화) 18:00" || !End(evening).Equal(evening) || LastMoment("ko", time.Time{}) != "" {
		t.Errorf("%q", got)
	}
}

func TestDatesAreSeouls(t *testing.T) {
	for _, c := range []struct {
		at               time.Time
		ko, en, koT, enT string
	}{
		{time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC), "2026. 11. 23.(월)", "23 Nov 2026 (Mon)", "2026. 11. 23.(월) 18:05", "23 Nov 2026 (Mon), 18:05"},
		{time.Date(2025, 12, 31, 15, 0, 0, 0, time.UTC), "2026. 1. 1.(목)", "1 Jan 2026 (Thu)", "2026. 1. 1.(목) 00:00", "1 Jan 2026 (Thu), 00:00"},
		{time.Date(1988, 6, 1, 0, 0, 0, 0, time.UTC), "1988. 6. 1.(수)", "1 Jun 1988 (Wed)", "1988. 6. 1.(수) 10:00", "1 Jun 1988 (Wed), 10:00"}, // summer time in Seoul
		{time.Time{}, "", "", "", ""},
	} {
		if Date("ko", c.at) != c.ko || Date("en", c.at) != c.en || DateTime("ko", c.at) != c.koT || DateTime("en", c.at) != c.enT {
			t.Errorf("%v: %q %q %q %q", c.at, Date("ko", c.at), Date("en", c.at), DateTime("ko", c.at), DateTime("en", c.at))
		}
	}
	monday := time.Date(2026, 11, 23, 9, 5, 0, 0, time.UTC)
	for _, c := range []struct{ lang, day, minute, short string }{
		{"zh", "2026年11月23日（周一）", "2026年11月23日（周一）18:05", "11月23日"}, {"ja", "2026年11月23日（月）", "2026年11月23日（月）18:05", "11月23日"},
		{"ko", "2026. 11. 23.(월)", "2026. 11. 23.(월) 18:05", "11. 23."}, {"en", "23 Nov 2026 (Mon)", "23 Nov 2026 (Mon), 18:05", "23 Nov"},
	} {
		if Date(c.lang, monday) != c.day || DateTime(c.lang, monday) != c.minute || ShortDate(c.lang, monday) != c.short {
			t.Errorf("%s: %q %q %q", c.lang, Date(c.lang, monday), DateTime(c.lang, monday), ShortDate(c.lang, monday))
		}
	}
	s, _ := testSite(t, Options{})
	v := testView(t, s, "/ko/it")
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	if got, err := v.Time(&at); err != nil || got != `<time datetime="2026-11-23T18:00:00+09:00">2026. 11. 23.(월) 18:00</time>` {
		t.Errorf("%s %v", got, err)
	}
	if got, err := v.Day((*time.Time)(nil)); got != "" || err != nil {
		t.Errorf("no time: %q %v", got, err)
	}
	if got, err := v.Date("2026-11-23"); got != "2026. 11. 23.(월)" || err != nil {
		t.Errorf("a day of the calendar: %q %v", got, err)
	}
	if _, err := v.Date("yesterday"); err == nil {
		t.Error("a word is no day")
	}
}

func TestNumbers(t *testing.T) {
	s, _ := testSite(t, Options{})
	v := testView(t, s, "/ko/it")
	for value, want := range map[any]string{7509: "7,509", int64(1_234_567): "1,234,567", 202.946: "202.9", 0.0: "0", -5: "-5"} {
		if got := v.Number(value); got != want {
			t.Errorf("%v: %q", value, got)
		}
	}
	if got := v.Percent(0.4567); got != "45.7%" {
		t.Errorf("%q", got)
	}
}

func TestStatusTagsHaveTextAndTone(t *testing.T) {
	s, _ := testSite(t, Options{})
	for path, want := range map[string]Tag{"/ko/it": {"의견 접수 중", "good"}, "/en/it": {"Open for opinions", "good"}} {
		if got := testView(t, s, path).Status("forum", "open"); got != want {
			t.Errorf("%+v", got)
		}
	}
	css, err := own.ReadFile("static/acropolis.css")
	if err != nil {
		t.Fatal(err)
	}
	words := readWords(t, "ko")
	for name, tone := range tones {
		if _, ok := words["status."+name]; !ok {
			t.Errorf("%s has a tone but no text", name)
		}
		if tone != "neutral" && !strings.Contains(string(css), ".tag."+tone) {
			t.Errorf("%s: no colour for %s", name, tone)
		}
	}
}

func TestSampleRendersInEveryLanguage(t *testing.T) {
	for _, audience := range []Audience{Public, Office} {
		s, log := testSite(t, sampleOptions(audience))
		e := sampleEngine(s)
		for _, lang := range audience.Languages() {
			for _, path := range []string{"/sample", "/refused", "/lost"} {
				got := ask(e, "GET", "/"+lang+path, "")
				html := got.Body.String()
				for _, want := range []string{`<a class="skip" href="#main">`, `<main id="main"`, `<html lang="` + LangTag(lang) + `"`, `class="` + string(audience) + `"`, "</html>"} {
					if !strings.Contains(html, want) {
						t.Errorf("%s %s%s: no %s", audience, lang, path, want)
					}
				}
				if strings.Contains(html, "&lt;no value&gt;") || strings.Contains(html, "{{") || strings.Contains(log.String(), "missing") {
					t.Errorf("%s %s%s: a value or a text is missing\n%s", audience, lang, path, log)
				}
			}
		}
	}
}

func TestMastheadIsASetting(t *testing.T) {
	o := sampleOptions(Public)
	for _, official := range []bool{false, true} {
		o.OfficialMasthead = official
		s, _ := testSite(t, o)
		if got := strings.Contains(ask(sampleEngine(s), "GET", "/ko/sample", "").Body.String(), "공식 전자정부 누리집"); got != official {
			t.Errorf("masthead %v, set %v", got, official)
		}
	}
}

func TestPageIsWholeOrNothing(t *testing.T) {
	s, log := testSite(t, Options{Templates: fstest.MapFS{
		"half.html": {Data: []byte(`{{define "title"}}x{{end}}{{define "main"}}<h1>Half</h1>{{.Data.Missing.Deeper}}{{end}}`)},
		"word.html": {Data: []byte(`{{define "title"}}x{{end}}{{define "main"}}{{.T "no.such_word"}}{{end}}`)},
	}})
	e := s.Engine()
	s.Pages(e).GET("/:name", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, c.Param("name"), struct{}{}) }))
	for _, name := range []string{"half", "word", "nothing"} {
		log.Reset()
		got := ask(e, "GET", "/ko/"+name, "")
		if got.Code != 500 || strings.Contains(got.Body.String(), "Half") || !strings.Contains(log.String(), name) {
			t.Errorf("%s: %d\n%s\n%s", name, got.Code, got.Body, log)
		}
	}
}

func TestTemplateWithoutItsBlocksIsRefusedAtTheStart(t *testing.T) {
	for _, text := range []string{`<p>x</p>`, `{{define "title"}}x{{end}}`, `{{define "main"}}x{{end}}`, `{{define "title"}}{{`} {
		if _, err := New(Options{Audience: Public, Templates: fstest.MapFS{"x.html": {Data: []byte(text)}}}); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a site without an audience was made")
	}
}

func TestMenuMarksWhereOneIs(t *testing.T) {
	o := Options{Menu: func(*gin.Context) []Link {
		return []Link{{Key: "layout.menu", Path: "/"}, {Key: "layout.skip", Path: "/forums"}, {Key: "layout.official", Path: "/forumsandmore"}}
	}}
	s, _ := testSite(t, o)
	for path, want := range map[string]string{"/ko/": "/ko/", "/ko/forums": "/ko/forums", "/ko/forums/1/opinions": "/ko/forums", "/ko/other": ""} {
		got := ""
		for _, entry := range testView(t, s, path).Menu {
			if entry.Current {
				got += entry.URL
			}
		}
		if got != want {
			t.Errorf("at %s the menu marks %q", path, got)
		}
	}
}

func TestPagination(t *testing.T) {
	s, _ := testSite(t, Options{})
	v := testView(t, s, "/ko/forums?status=open&page=6&q=%EA%B4%91")
	p := v.Pagination(6, 12)
	var shown []string
	for _, link := range p.Links {
		shown = append(shown, link.Text)
	}
	if got := strings.Join(shown, " "); got != "1 … 4 5 6 7 8 … 12" {
		t.Errorf("%s", got)
	}
	if p.Next.URL != "/ko/forums?page=7&q=%EA%B4%91&status=open" || p.Previous.URL == "" || p.Links[4].Label != "12쪽 중 6쪽" || !p.Links[4].Current {
		t.Errorf("%+v", p)
	}
	if v.Pagination(1, 1) != nil || v.Pagination(1, 2).Previous.URL != "" || v.Pagination(2, 2).Next.URL != "" {
		t.Error("the ends lead further")
	}
}

func TestFieldDescribesItselfToAScreenReader(t *testing.T) {
	s, _ := testSite(t, Options{})
	v := testView(t, s, "/ko/it")
	v.Errors = []FieldError{{Field: "text", Text: "너무 짧습니다."}, {Field: "other", Text: "x"}}
	f, err := v.Field("text", "form.summary", "광장", "kind", "area", "hint", "form.optional", "max", 4000, "required", true)
	if err != nil || f.DescribedBy() != "field-text-hint field-text-error field-text-count" || f.Error != "너무 짧습니다." || f.Optional != "" {
		t.Errorf("%+v %v", f, err)
	}
	given := []Choice{{Value: "a"}, {Value: "b"}, {Value: "c"}}
	f, err = v.Field("boxes", "form.summary", []string{"a", "c"}, "kind", "boxes", "choices", given)
	if err != nil || !f.Choices[0].Chosen || f.Choices[1].Chosen || !f.Choices[2].Chosen || given[0].Chosen {
		t.Errorf("%+v %v", f, err)
	}
	for _, wrong := range [][]any{{"kind"}, {"kind", "slider"}, {"colour", "red"}, {"max", "many"}, {1, 2}} {
		if _, err := v.Field("x", "form.summary", nil, wrong...); err == nil {
			t.Errorf("%v was taken", wrong)
		}
	}
}

// TestErrorSummarySaysWhichFieldItMeans by the words that stand there, and leads to no field that isn't on the page.
func TestErrorSummarySaysWhichFieldItMeans(t *testing.T) {
	faults := []FieldError{{Field: "text"}, {Field: "age"}, {Field: "agree"}, {Field: "mark[need]"}, {Field: "elsewhere"}, {}}
	err := nameErrors([]byte(`<label for="field-text">의견
 <span class="optional">선택</span></label><textarea id="field-text"></textarea>
<fieldset id="field-age"><legend>나이가 어떻게 되십니까?</legend><label><input type="radio" name="age"> 14세</label></fieldset>
<label><input type="checkbox" id="field-agree"> <span>동의합니다</span></label>
<fieldset id="field-mark[need]"><p>x</p><legend>필요성 <b>30%</b></legend></fieldset>`), faults)
	if err != nil {
		t.Fatal(err)
	}
	want := []FieldError{{"text", "", "의견:", "#field-text"}, {"age", "", "나이가 어떻게 되십니까?", "#field-age"}, {"agree", "", "동의합니다:", "#field-agree"},
		{"mark[need]", "", "필요성 30%:", "#field-mark[need]"}, {Field: "elsewhere"}, {}}
	if !slices.Equal(faults, want) {
		t.Errorf("%+v", faults)
	}
}
