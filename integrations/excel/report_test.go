package excel_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
	"acropolis/integrations/excel"
)

var seoul = time.FixedZone("KST", 9*60*60)

// firstForum is a report shaped like the first forum's: 37 days, 109 opinions, 7,509 hits.
func firstForum(lang string) forum.Report {
	opens := time.Date(2003, 2, 7, 0, 0, 0, 0, seoul)
	closes := time.Date(2003, 3, 16, 0, 0, 0, 0, seoul)
	r := forum.Report{
		Forum: forum.Forum{
			ID: "01900000-0000-7000-8000-000000000001", Number: "2003-0001", Status: forum.Published,
			Title: "시청 앞 광장 조성, 어떻게 할까요?", TitleEn: "An open square in front of City Hall?",
			Summary:   "서울시청 앞 교통광장을 시민이 걷고 쉬는 열린 광장으로 바꾸는 방안에 대하여 시민의 의견을 듣습니다.",
			SummaryEn: "Shall the traffic circle in front of City Hall become an open square where people walk and rest?",
			OpensAt:   opens, ClosesAt: closes,
		},
		Department: forum.Department{Code: "road", Name: "건설기획국 도로계획과", NameEn: "Road Planning Division"},
		Head:       "박정호", Officer: "이서연", Phone: "02-2133-0000",
		MadeAt: time.Date(2003, 3, 17, 9, 30, 0, 0, seoul),
		Source: "opinions WHERE forum_id = 01900000-… AND status = 'published' ORDER BY accepted_at, id",
		Lang:   lang,
	}
	f := &r.Figures
	f.FrozenAt = closes
	f.Authors, f.Voters = 98, 312
	hits := 7509
	for i := range 37 {
		day := forum.DayFigures{Date: opens.AddDate(0, 0, i).Format(time.DateOnly), Opinions: 2 + i%3, VotesFor: 10 + (i*7)%19, VotesAgainst: 3 + (i*5)%7, Hits: 150 + (i*37)%109}
		if i == 36 {
			day.Opinions, day.Hits = 109-f.Opinions, hits
		}
		hits -= day.Hits
		f.Opinions += day.Opinions
		f.VotesFor += day.VotesFor
		f.VotesAgainst += day.VotesAgainst
		f.Hits += day.Hits
		f.Days = append(f.Days, day)
	}
	f.Districts = []forum.DistrictFigures{{Opinions: 21}, {Name: "강남구", Opinions: 9}, {Name: "종로구", Opinions: 31}, {Name: "중구", Opinions: 40}, {Name: "마포구", Opinions: 8}}
	for i, term := range strings.Fields("광장 교통 잔디 보행 시청 차량 우회 지하 행사 휴식 나무 분수") {
		r.Terms = append(r.Terms, forum.TermFigures{Text: term, Opinions: 60 - 4*i, Occurrences: 90 - 5*i})
	}
	r.Opinions = opinionsOf(109, opens)
	for i := range 8 {
		a := forum.Award{Number: fmt.Sprintf("2003-%06d", 3*i+1), Title: "잔디광장과 대중교통 개선을 함께", Text: sampleText(i), Pseudonym: "김광장",
			Status: forum.AwardDelivered, Rank: i + 1, Reason: "교통 대책과 함께 제시하여 실현 가능성이 높습니다.", NameShown: i%2 == 0}
		if i >= forum.Prizes {
			a.Status, a.NameShown = forum.AwardDecided, false
		}
		r.Awards = append(r.Awards, a)
		r.Best = append(r.Best, forum.RankedOpinion{Opinion: forum.Opinion{Number: a.Number, Title: a.Title, Text: a.Text, For: 40 - 3*i, Against: i}, Rank: i + 1, Bound: 0.91 - float64(i)/50})
	}
	r.Invited = []forum.ExpertsOpinion{{Title: "우회로가 먼저입니다", Body: sampleText(2), Name: "김교통", Affiliation: "서울연구원", Stance: forum.StanceNeutral},
		{Title: "=광장은 필요합니다", Body: "보행자가 먼저입니다.", Name: "이보행", Stance: forum.StanceFor}}
	r.Response = &forum.Response{Status: forum.ResponsePublished, Document: "도로계획과-2003-12", Paragraphs: []forum.Paragraph{
		{Text: "시청 앞 교통광장을 시민이 이용하는 잔디광장으로 조성하겠습니다. 2004년 5월 완공을 목표로 합니다.", Disposition: forum.Adopted, Terms: []string{"광장", "잔디"}},
		{Text: "우회 도로와 신호 체계를 함께 고치고, 주변 다섯 개 교차로의 통행 방향을 조정하겠습니다.", Disposition: forum.PartlyAdopted, Terms: []string{"교통", "우회"}},
		{Text: "지하 주차장은 지하철 구조물 조사를 마친 뒤 검토하겠습니다.", Disposition: forum.ForLater, Reason: "지하철 1·2호선 구조물 안전 진단이 먼저 필요합니다.", Terms: []string{"지하"}},
		{Text: "광장 가운데의 분수대는 설치하지 않습니다.", Disposition: forum.NotAdopted, Reason: "행사 공간이 줄고 겨울철 관리가 어렵습니다.", Terms: []string{"분수"}},
	}}
	return r
}

func sampleText(i int) string {
	return strings.Repeat("시청 앞은 늘 차가 막히고 걸어서 건너기가 어렵습니다. 광장을 만들되 버스가 다니는 길은 남겨 주십시오. ", 1+i%4)
}

// opinionsOf streams n opinions, eight hours apart.
func opinionsOf(n int, from time.Time) iter.Seq2[forum.Opinion, error] {
	return func(yield func(forum.Opinion, error) bool) {
		for i := range n {
			o := forum.Opinion{
				ID: "01900000-0000-7000-8000-000000000002", Number: fmt.Sprintf("2003-%06d", i+1), Status: forum.OpinionPublished,
				Title: fmt.Sprintf("%d번째 생각", i+1), Text: sampleText(i), Pseudonym: "시민", District: "중구",
				AcceptedAt: from.UTC().Add(time.Duration(i) * 8 * time.Hour), For: i % 40, Against: i % 7,
			}
			if i%10 == 9 {
				o.Channel = forum.ViaLetter
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// these streams opinions with the given texts.
func these(texts ...string) iter.Seq2[forum.Opinion, error] {
	return func(yield func(forum.Opinion, error) bool) {
		for i, text := range texts {
			if !yield(forum.Opinion{Number: fmt.Sprintf("2003-%06d", i+1), Status: forum.OpinionPublished, Text: text, Title: text, Pseudonym: text, AcceptedAt: time.Unix(1e9, 0)}, nil) {
				return
			}
		}
	}
}

func written(t testing.TB, r forum.Report) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := excel.Write(&out, r); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func opened(t testing.TB, workbook []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(workbook))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// source reports what the test gave it.
type source struct {
	report forum.Report
	err    error
}

func (s source) Report(_ context.Context, _ forum.ID, lang string, use func(forum.Report) error) error {
	if s.err != nil {
		return s.err
	}
	s.report.Lang = lang
	return use(s.report)
}
