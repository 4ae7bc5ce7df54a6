package excel_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
	"acropolis/integrations/excel"
)

func TestFirstForumReadsBackAsItWasReported(t *testing.T) {
	r := firstForum("ko")
	f := opened(t, written(t, r))
	want := []string{"표지", "일별", "자치구", "주요어", "의견", "초청 의견", "공감 순위", "우수 의견", "답변", "출처"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Fatalf("sheets %v", got)
	}

	cover := allText(t, f, "표지")
	for _, text := range []string{"담당", "팀장", "과장", "국장", "「시청 앞 광장 조성, 어떻게 할까요?」", "2003. 3. 17.(월) / 건설기획국 도로계획과 / 부서장 박정호 / 담당 이서연 (☎ 02-2133-0000)",
		"○ 의견 109건 접수, 작성자 98명", "- 하루 평균 2.9건(109건 ÷ 37일), 작성자 1명당 1.1건(109건 ÷ 98명)", "○ 공감 투표 312명 참여, 모두 921표",
		"- 공감 700표(76.0% = 700표 ÷ 921표), 비공감 221표(24.0% = 221표 ÷ 921표)", "- 하루 평균 203회(7,509회 ÷ 37일)", "○ 우수 의견 5건 선정, 예비 3건",
		"○ 답변 4건: 반영 1건, 일부 반영 1건, 중장기 검토 1건, 반영 곤란 1건", "○ 기간: 2003. 2. 7.(금) 00:00 ~ 2003. 3. 15.(토) 24:00, 37일간",
		"※ 공개된 의견만 집계하였으며, 수치는 2003. 3. 15.(토) 24:00 마감 시점에 확정된 값임"} {
		if !slices.Contains(cover, text) {
			t.Errorf("the cover lacks %q", text)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(cover, "\n"))
	}

	days := rows(t, f, "일별")
	if got := days[3]; !slices.Equal(got[:5], []string{"계", "109", "700", "221", "7509"}) {
		t.Errorf("totals %v", got)
	}
	if len(days) != 4+37 {
		t.Fatalf("%d rows of days", len(days)-4)
	}
	for i, d := range r.Figures.Days {
		got := days[4+i]
		for j, n := range []int{d.Opinions, d.VotesFor, d.VotesAgainst, d.Hits} {
			if got[1+j] != strconv.Itoa(n) {
				t.Errorf("%s: %v", d.Date, got)
			}
		}
	}
	if shown, _ := f.GetCellValue("일별", "A5"); shown != "2. 7.(금)" {
		t.Errorf("the first day is shown as %q", shown)
	}

	opinions := rows(t, f, "의견")
	if len(opinions) != 1+109 {
		t.Fatalf("%d opinions", len(opinions)-1)
	}
	i := 0
	for o := range r.Opinions {
		i++
		got := opinions[i]
		want := []string{strconv.Itoa(i), o.Number, got[2], o.Title, o.Text, o.Pseudonym, o.District, strconv.Itoa(o.For), strconv.Itoa(o.Against), "게시"}
		if o.Channel == forum.ViaLetter {
			want = append(want, "편지")
		}
		if !slices.Equal(got, want) {
			t.Fatalf("opinion %d: %q, want %q", i, got, want)
		}
	}
	if shown, _ := f.GetCellValue("의견", "C3"); shown != "2003. 2. 7. 08:00" {
		t.Errorf("accepted at %q", shown)
	}
	if shown, _ := f.GetCellValue("표지", "M21"); shown != "7,509" {
		t.Errorf("the hits' cell shows %q", shown)
	}
}

func TestEnglishWorkbookIsEnglish(t *testing.T) {
	books := excel.Books{Source: source{report: firstForum("ko")}}
	var out bytes.Buffer
	if err := books.Workbook(t.Context(), "01900000-0000-7000-8000-000000000001", "en", &out); err != nil {
		t.Fatal(err)
	}
	f := opened(t, out.Bytes())
	if got := f.GetSheetList(); !slices.Equal(got, []string{"Cover", "Days", "Districts", "Terms", "Opinions", "Invited opinions", "Ranking", "Awards", "Response", "Provenance"}) {
		t.Fatalf("sheets %v", got)
	}
	cover := allText(t, f, "Cover")
	for _, text := range []string{"“An open square in front of City Hall?”", "- 203 a day on average (7,509 hits ÷ 37 days)", "○ Answers: 4: Adopted 1, Partly adopted 1, For later study 1, Not adopted 1"} {
		if !slices.Contains(cover, text) {
			t.Errorf("the cover lacks %q in\n%s", text, strings.Join(cover, "\n"))
		}
	}
	if shown, _ := f.GetCellValue("Days", "A5"); shown != "7 Feb (Fri)" {
		t.Errorf("the first day is shown as %q", shown)
	}
}

func TestForumWithoutAnythingStillHasItsWorkbook(t *testing.T) {
	for lang, want := range map[string][]string{"ko": {"표지", "의견", "우수 의견", "답변", "출처"}, "en": {"Cover", "Opinions", "Awards", "Response", "Provenance"}} {
		f := opened(t, written(t, forum.Report{Lang: lang}))
		if got := f.GetSheetList(); !slices.Equal(got, want) {
			t.Errorf("sheets %v", got)
		}
		if got := len(rows(t, f, want[1])); got != 1 {
			t.Errorf("%d rows of opinions", got)
		}
		for _, text := range allText(t, f, want[0]) {
			if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") || strings.Contains(text, "%!") {
				t.Errorf("the cover says %q", text)
			}
		}
	}
}

func TestOpenForumsFiguresAreCalledProvisional(t *testing.T) {
	r := firstForum("ko")
	r.Forum.Status, r.Figures.FrozenAt = forum.Open, r.MadeAt // the store counts on the spot
	cover := allText(t, opened(t, written(t, r)), "표지")
	if !slices.Contains(cover, "사이버정책포럼 중간 보고") || !slices.Contains(cover, "※ 공개된 의견만 집계하였으며, 확정 전의 2003. 3. 17.(월) 09:30 현재 수치임") {
		t.Errorf("%s", strings.Join(cover, "\n"))
	}
}

// TestDaysTellHitsByLanguage beside the hits that they add up to, in a chart that is stacked from them.
func TestDaysTellHitsByLanguage(t *testing.T) {
	r := firstForum("ko")
	for i := range r.Figures.Days {
		d := &r.Figures.Days[i]
		d.HitsByLanguage = map[string]int{"ko": d.Hits - 1 - i%2, "en": 1}
		if i%2 == 1 {
			d.HitsByLanguage["ja"] = 1
		}
	}
	book := written(t, r)
	days := rows(t, opened(t, book), "일별")
	if !slices.Equal(days[2][4:], []string{"조회", "한국어 조회", "영어 조회", "일본어 조회"}) || !slices.Equal(days[3][4:], []string{"7509", "7454", "37", "18"}) {
		t.Errorf("heads %v, totals %v", days[2], days[3])
	}
	if d := r.Figures.Days[1]; !slices.Equal(days[5][4:], []string{itoa(d.Hits), itoa(d.Hits - 2), "1", "1"}) {
		t.Errorf("the second day %v", days[5])
	}
	chart := parts(t, book)["xl/charts/chart5.xml"]
	if !strings.Contains(chart, `<grouping val="stacked">`) || !strings.Contains(chart, "$H$5:$H$41") || !strings.Contains(chart, "일본어 조회") {
		t.Errorf("the chart of hits isn't stacked by language: %s", chart)
	}
}

func TestHitsOutsideThePeriodAreExplained(t *testing.T) {
	r := firstForum("ko")
	if note := cellOf(t, opened(t, written(t, r)), "일별", "G1"); note != "" {
		t.Errorf("a note where nothing differs: %q", note)
	}
	r.Figures.Hits += 12
	if note := cellOf(t, opened(t, written(t, r)), "일별", "G1"); !strings.Contains(note, "조회 7,521건") {
		t.Errorf("no note: %q", note)
	}
}

func TestSourceThatFailsGivesNoWorkbook(t *testing.T) {
	broken := errors.New("no database")
	books := excel.Books{Source: source{err: broken}}
	var out bytes.Buffer
	if err := books.Workbook(t.Context(), "01900000-0000-7000-8000-000000000001", "ko", &out); !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
}

func TestCursorThatBreaksGivesNoWorkbookAndLeavesNoFile(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r, broken := firstForum("ko"), errors.New("connection lost")
	r.Opinions = func(yield func(forum.Opinion, error) bool) {
		for i := range 20_000 { // enough for a temporary file
			if !yield(forum.Opinion{Status: forum.OpinionPublished, Text: strings.Repeat("가", 400) + strconv.Itoa(i)}, nil) {
				return
			}
		}
		yield(forum.Opinion{}, broken)
	}
	var out bytes.Buffer
	if err := excel.Write(&out, r); !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if left, _ := filepath.Glob(os.Getenv("TMPDIR") + "/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWriterThatFailsIsTold(t *testing.T) {
	full := errors.New("disk full")
	if err := excel.Write(writer(func([]byte) (int, error) { return 0, full }), firstForum("ko")); !errors.Is(err, full) {
		t.Error(err)
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestHiddenOpinionNeverLeaves(t *testing.T) {
	for _, status := range []forum.OpinionStatus{forum.OpinionHidden, forum.OpinionHeld, forum.OpinionWithdrawn, ""} {
		r := firstForum("ko")
		r.Opinions = func(yield func(forum.Opinion, error) bool) {
			yield(forum.Opinion{Status: status, Text: "숨긴 글"}, nil)
		}
		var out bytes.Buffer
		if err := excel.Write(&out, r); err == nil || out.Len() > 0 {
			t.Errorf("%q: %v, %d bytes", status, err, out.Len())
		}
	}
}

// rows reads a sheet's raw values.
func rows(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	all, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func cellOf(t *testing.T, f *excelize.File, sheet, at string) string {
	t.Helper()
	value, err := f.GetCellValue(sheet, at)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// allText are the texts of a sheet's cells.
func allText(t *testing.T, f *excelize.File, sheet string) []string {
	t.Helper()
	var all []string
	for _, row := range rows(t, f, sheet) {
		for _, text := range row {
			if text != "" {
				all = append(all, text)
			}
		}
	}
	return all
}
