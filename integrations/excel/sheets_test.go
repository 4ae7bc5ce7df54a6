package excel_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
)

func TestAwardsNameOnlyWhoAgreedAndThenMasked(t *testing.T) {
	r := firstForum("ko")
	r.Awards[0], r.Awards[3] = r.Awards[3], r.Awards[0] // the source's order doesn't matter
	r.Awards = append(r.Awards, forum.Award{Number: "2003-000999", Status: forum.AwardScored, Rank: 9, Text: "심사 중인 글"}, forum.Award{Number: "2003-000998", Status: forum.AwardCandidate})
	workbook := written(t, r)
	got := rows(t, opened(t, workbook), "우수 의견")[3:]
	if len(got) != 8 {
		t.Fatalf("%d awards", len(got))
	}
	for i, want := range []struct{ place, name, status string }{
		{"1", "김○○", "전달 완료"}, {"2", "비공개", "전달 완료"}, {"3", "김○○", "전달 완료"}, {"4", "비공개", "전달 완료"}, {"5", "김○○", "전달 완료"},
		{"예비 1", "비공개", "수상 결정"}, {"예비 2", "비공개", "수상 결정"}, {"예비 3", "비공개", "수상 결정"},
	} {
		if row := got[i]; row[0] != want.place || row[5] != want.name || row[6] != want.status || row[3] != sampleText(i) || row[4] == "" {
			t.Errorf("%d: %q", i, row)
		}
	}
	for name, part := range parts(t, workbook) {
		if strings.Contains(part, "김광장") || strings.Contains(part, "심사 중인 글") {
			t.Errorf("%s tells what it mustn't", name)
		}
	}
}

func TestUndecidedAwardsSaySo(t *testing.T) {
	r := firstForum("ko")
	r.Awards = r.Awards[:1]
	r.Awards[0].Status = forum.AwardScored
	f := opened(t, written(t, r))
	if got := cellOf(t, f, "우수 의견", "A4"); got != "아직 결정된 우수 의견이 없습니다." {
		t.Error(got)
	}
	if cover := allText(t, f, "표지"); !slices.Contains(cover, "○ 우수 의견: 아직 결정되지 않음") {
		t.Error("the cover says nothing of it")
	}
}

func TestRankingShowsAHundredPlaces(t *testing.T) {
	r := firstForum("ko")
	for i := len(r.Best); i < 150; i++ {
		r.Best = append(r.Best, forum.RankedOpinion{Opinion: forum.Opinion{Number: fmt.Sprint(i), Text: "글"}, Rank: i + 1})
	}
	got := rows(t, opened(t, written(t, r)), "공감 순위")
	if len(got) != 3+100 || got[3][1] != r.Best[0].Number || got[3][6] != "0.91" || got[102][0] != "100" {
		t.Errorf("%d rows, first %q", len(got)-3, got[3])
	}
}

// TestInvitedOpinionsHaveTheirSheet: names and words as their authors gave them, and none of it a formula.
func TestInvitedOpinionsHaveTheirSheet(t *testing.T) {
	r := firstForum("ko")
	got := rows(t, opened(t, written(t, r)), "초청 의견")
	if want := []string{"1", "김교통", "서울연구원", "중립", "우회로가 먼저입니다", r.Invited[0].Body}; len(got) != 5 || !slices.Equal(got[3], want) {
		t.Errorf("%q, want %q", got, want)
	}
	if formula, _ := opened(t, written(t, r)).GetCellFormula("초청 의견", "E5"); formula != "" || !strings.HasSuffix(got[4][4], "광장은 필요합니다") {
		t.Errorf("formula %q, cell %q", formula, got[4])
	}
	r.Invited = nil
	if list := opened(t, written(t, r)).GetSheetList(); slices.Contains(list, "초청 의견") {
		t.Error("a sheet with nothing to tell")
	}
}

func TestAnswersStandInTheirTable(t *testing.T) {
	r := firstForum("ko")
	f := opened(t, written(t, r))
	got := rows(t, f, "답변")
	if !slices.Equal(got[5], []string{"연번", "답변 내용", "처리 결과", "사유(반영 곤란은 필수)", "관련 주요어"}) {
		t.Fatalf("heads %q", got[5])
	}
	for i, p := range r.Response.Paragraphs {
		want := []string{itoa(i + 1), p.Text, []string{"반영", "일부 반영", "중장기 검토", "반영 곤란"}[i], p.Reason, strings.Join(p.Terms, ", ")}
		if row := got[6+i]; !slices.Equal(row, want) {
			t.Errorf("%q, want %q", row, want)
		}
	}
	offersDispositions(t, f, "답변", `"반영,일부 반영,중장기 검토,반영 곤란"`)
}

func TestDraftOfAResponseIsAnEmptyTableToFillIn(t *testing.T) {
	for _, draft := range []*forum.Response{nil, {}, {Status: forum.ResponseDraft}, {Status: forum.ResponseSubmitted}, {Status: forum.ResponseReturned}} {
		r := firstForum("en")
		if r.Response = draft; draft != nil {
			draft.Paragraphs = []forum.Paragraph{{Text: "nobody may see this yet", Disposition: forum.Adopted}}
		}
		f := opened(t, written(t, r))
		got := rows(t, f, "Response")
		if !strings.HasPrefix(got[1][0], "1. Please write one answer a row") || got[5][2] != "Disposition" || len(got) != 6+12 {
			t.Errorf("%q", got)
		}
		if cellOf(t, f, "Response", "B7") != "" {
			t.Error("the draft is shown")
		}
		offersDispositions(t, f, "Response", `"Adopted,Partly adopted,For later study,Not adopted"`)
		if cover := allText(t, f, "Cover"); !slices.Contains(cover, "○ Answers: to be written (on the sheet “Response”)") {
			t.Error("the cover says nothing of it")
		}
	}
}

// offersDispositions expects the drop-down in all rows that a response may have, and a style on the missing reason.
func offersDispositions(t *testing.T, f *excelize.File, sheet, list string) {
	t.Helper()
	validations, err := f.GetDataValidations(sheet)
	if err != nil {
		t.Fatal(err)
	}
	limits := map[string]string{}
	for _, v := range validations {
		limits[v.Sqref] = v.Type + " " + v.Formula1 + v.Formula2
	}
	if limits["C7:C106"] != "list "+list || limits["B7:B106"] != "textLength 08000" || limits["D7:D106"] != "textLength 01000" {
		t.Errorf("%v", limits)
	}
	formats, err := f.GetConditionalFormats(sheet)
	if err != nil || len(formats["D7:D106"]) != 1 {
		t.Errorf("%v, %v", formats, err)
	}
}

func TestProvenanceCanBeRecomputed(t *testing.T) {
	r := firstForum("ko")
	sum := sha256.New()
	for o := range r.Opinions {
		for _, field := range []string{o.Number, o.AcceptedAt.UTC().Format(time.RFC3339Nano), o.Title, o.Text, o.Pseudonym, o.District, itoa(o.For), itoa(o.Against), "published"} {
			_ = binary.Write(sum, binary.BigEndian, uint32(len(field)))
			sum.Write([]byte(field))
		}
	}
	told := provenance(t, r)
	for item, want := range map[string]string{"의견 SHA-256": hex.EncodeToString(sum.Sum(nil)), "「의견」 시트의 행 수": "109", "집계된 의견 수": "109",
		"작성 시각": "2003. 3. 17.(월) 09:30", "집계 확정 시각": "2003. 3. 16.(일) 00:00", "포럼 번호": "2003-0001", "포럼 식별자": string(r.Forum.ID), "조회 내용": r.Source} {
		if told[item] != want {
			t.Errorf("%s: %q, want %q", item, told[item], want)
		}
	}
	if told["프로그램 판"] == "" || told["※"] != "" {
		t.Errorf("%v", told)
	}

	one := told["의견 SHA-256"]
	r.Opinions = these("a", "b")
	told = provenance(t, r)
	if told["의견 SHA-256"] == one || told["「의견」 시트의 행 수"] != "2" || told["※"] == "" {
		t.Errorf("other opinions: %v", told)
	}
}

func provenance(t *testing.T, r forum.Report) map[string]string {
	t.Helper()
	told := map[string]string{}
	for _, row := range rows(t, opened(t, written(t, r)), "출처")[3:] {
		told[row[0]] = row[1]
	}
	return told
}

func TestEverySheetPrintsOnA4(t *testing.T) {
	f := opened(t, written(t, firstForum("ko")))
	repeated := map[string]bool{}
	for _, name := range f.GetDefinedName() {
		if name.Name == "_xlnm.Print_Titles" {
			repeated[name.Scope] = true
		}
	}
	for _, sheet := range f.GetSheetList() {
		layout, err := f.GetPageLayout(sheet)
		if err != nil {
			t.Fatal(err)
		}
		want := "landscape"
		if sheet == "표지" {
			want = "portrait"
		}
		if *layout.Size != 9 || *layout.Orientation != want || *layout.FitToWidth != 1 {
			t.Errorf("%s: size %d, %s, %d wide", sheet, *layout.Size, *layout.Orientation, *layout.FitToWidth)
		}
		if props, err := f.GetSheetProps(sheet); err != nil || !*props.FitToPage {
			t.Errorf("%s isn't fitted to the page", sheet)
		}
		if footer, err := f.GetHeaderFooter(sheet); err != nil || !strings.Contains(footer.OddFooter, "- &P / &N -") {
			t.Errorf("%s: footer %+v", sheet, footer)
		}
		if sheet != "표지" && !repeated[sheet] {
			t.Errorf("%s doesn't repeat its heads", sheet)
		}
	}
	for sheet, first := range map[string]string{"의견": "A2", "일별": "A5", "답변": "A7"} {
		if panes, err := f.GetPanes(sheet); err != nil || !panes.Freeze || panes.TopLeftCell != first {
			t.Errorf("%s: panes %+v", sheet, panes)
		}
	}
	if part := parts(t, written(t, firstForum("ko")))["xl/worksheets/sheet5.xml"]; !strings.Contains(part, `<autoFilter ref="$A$1:$K$110">`) {
		t.Error("the opinions have no filter")
	}
	props, err := f.GetDocProps()
	if err != nil || props.Title != "사이버정책포럼 결과 보고 - 시청 앞 광장 조성, 어떻게 할까요?" || props.Creator != "건설기획국 도로계획과" || props.Language != "ko-KR" || props.Created != "2003-03-17T00:30:00Z" {
		t.Errorf("%+v, %v", props, err)
	}
	if font, err := f.GetDefaultFont(); err != nil || font != "맑은 고딕" {
		t.Errorf("default font %s", font)
	}
}

func TestAmpersandsOfATitleArePrintedNotObeyed(t *testing.T) {
	for _, title := range []string{"R&D 거리", strings.Repeat("&P", 200)} {
		for _, lang := range []string{"ko", "en"} {
			r := firstForum(lang)
			r.Forum.Title, r.Forum.TitleEn = title, title
			r.Opinions = these(strings.Repeat("가", 4000)) // with the notice beside it
			f := opened(t, written(t, r))
			header, err := f.GetHeaderFooter(f.GetSheetList()[4])
			if err != nil || !strings.Contains(header.OddHeader, strings.ReplaceAll(title, "&", "&&")[:4]) || len([]rune(header.OddHeader)) > 255 {
				t.Errorf("%+v, %v", header, err)
			}
		}
	}
}
