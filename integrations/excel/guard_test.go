package excel_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"acropolis/forum"
)

// dangerous are texts that spreadsheets take for formulas, or that break files.
var dangerous = []string{
	"=1+1", "+1", "-1", "@SUM(A1:A9)", "=HYPERLINK(\"http://x.example\",\"눌러\")", "=cmd|'/c calc'!A0", "\t=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)",
	"'=1+1", "  =1+1", "0012", "1e9", "2003-02-07", "TRUE", "#REF!", "_x0041_ 그대로", "<b>&amp;</b>", "]]>", "{=1}", "😀 가나다 中文",
}

func TestTextNeverBecomesAFormula(t *testing.T) {
	r := firstForum("ko")
	r.Opinions = these(dangerous...)
	r.Forum.Title, r.Forum.Summary, r.Head, r.Officer, r.Source = "=1+1", "@SUM(1)", "+1", "-1", "=1+1"
	r.Terms = []forum.TermFigures{{Text: "=1+1", Opinions: 1, Occurrences: 1}}
	r.Figures.Districts = []forum.DistrictFigures{{Name: "=1+1", Opinions: 1}}
	for i := range r.Awards {
		r.Awards[i].Title, r.Awards[i].Text, r.Awards[i].Reason, r.Awards[i].Pseudonym = "=1+1", "+1", "-1", "=1+1"
	}
	r.Response.Paragraphs[0] = forum.Paragraph{Text: "=1+1", Reason: "@SUM(1)", Disposition: forum.Adopted, Terms: []string{"=1+1"}}
	workbook := written(t, r)

	f := opened(t, workbook)
	for i, text := range dangerous {
		for _, column := range []string{"D", "E", "F"} {
			at := column + itoa(i+2)
			if got := cellOf(t, f, "의견", at); got != text {
				t.Errorf("%s: %q became %q", at, text, got)
			}
			style, err := f.GetCellStyle("의견", at)
			if err != nil {
				t.Fatal(err)
			}
			if look, err := f.GetStyle(style); err != nil || look.NumFmt != 49 {
				t.Errorf("%s isn't formatted as text: %v %v", at, look, err)
			}
		}
	}
	if got := cellOf(t, f, "답변", "B7"); got != "=1+1" {
		t.Errorf("the response's paragraph became %q", got)
	}
	for name, part := range parts(t, workbook) {
		if strings.HasPrefix(name, "xl/worksheets/") && (strings.Contains(part, "<f>") || strings.Contains(part, "<f ")) {
			t.Errorf("a formula in %s", name)
		}
	}
}

func TestForbiddenCharactersLeaveAReadableFile(t *testing.T) {
	r := firstForum("ko")
	bad := "앞\x00\x0b\x1f\uFFFE\u202e뒤 \xff"
	r.Opinions = these(bad)
	r.Forum.Title, r.Forum.TitleEn, r.Forum.Summary, r.Forum.Number, r.Head, r.Officer, r.Phone, r.Source = bad, bad, bad, bad, bad, bad, bad, bad
	r.Department.Name, r.Department.NameEn = bad, bad
	r.Terms = []forum.TermFigures{{Text: bad, Opinions: 1, Occurrences: 1}}
	r.Figures.Districts = []forum.DistrictFigures{{Name: bad, Opinions: 1}}
	r.Awards[0].Text, r.Awards[0].Title, r.Awards[0].Reason, r.Awards[0].Pseudonym = bad, bad, bad, bad
	r.Best[0].Text, r.Best[0].Title = bad, bad
	r.Response.Paragraphs[0].Text, r.Response.Document, r.Response.Unanswered = bad, bad, []string{bad}
	for _, lang := range []string{"ko", "en"} {
		r.Lang = lang
		workbook := written(t, r)
		for name, part := range parts(t, workbook) {
			decoder := xml.NewDecoder(strings.NewReader(part))
			for {
				if _, err := decoder.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s isn't XML: %v", name, err)
				}
			}
		}
		sheet := map[string]string{"ko": "의견", "en": "Opinions"}[lang]
		if got := cellOf(t, opened(t, workbook), sheet, "E2"); got != "앞\ufffd\ufffd\ufffd\ufffd\ufffd뒤 \ufffd" {
			t.Errorf("%q", got)
		}
	}
}

func TestTextLongerThanACellIsCutWithAMark(t *testing.T) {
	long := strings.Repeat("가나다라", 10_000)
	for lang, mark := range map[string]string{"ko": "…(이하 생략)", "en": "…(cut)"} {
		r := firstForum(lang)
		r.Opinions = these(long, "짧은 글")
		r.Awards[0].Text = long
		f := opened(t, written(t, r))
		names := f.GetSheetList()
		for _, at := range [][2]string{{names[4], "E2"}, {names[7], "D4"}} {
			if got := cellOf(t, f, at[0], at[1]); len([]rune(got)) != 32767 || !strings.HasSuffix(got, mark) {
				t.Errorf("%s %v: %d characters", lang, at, len([]rune(got)))
			}
		}
		if header, err := f.GetHeaderFooter(names[4]); err != nil || !strings.Contains(header.OddHeader, "&R") {
			t.Errorf("nothing tells a reader of the paper that a text goes on: %+v, %v", header, err)
		}
	}
	whole := strings.Repeat("가", 4000)
	r := firstForum("ko")
	r.Opinions = these(whole)
	if got := cellOf(t, opened(t, written(t, r)), "의견", "E2"); got != whole {
		t.Error("the longest opinion that the rules allow was cut")
	}
}

// parts are the workbook's files by name.
func parts(t *testing.T, workbook []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, file := range archive.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		all[file.Name] = string(raw)
	}
	return all
}
