package page

import (
	"os"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// sampleData is a page with everything that the shared templates draw.
type sampleData struct {
	Title, Text             string
	Opens, Closes           time.Time
	Steps                   []Step
	Days, Districts, Themes Figures
	Choices                 []Choice
}

func sample() sampleData {
	opens := time.Date(2003, 2, 7, 9, 0, 0, 0, Seoul)
	d := sampleData{
		Title: "시청 앞 광장을 어떻게 만들까요?", Opens: opens, Closes: opens.AddDate(0, 0, 36),
		Text: "## 배경\n\n**서울(Seoul)**은 시청 앞 교차로를 [광장](https://example.org)으로 바꾸려 합니다.\n\n- 차로를 줄입니다.\n- 잔디를 깝니다.\n\n| 안 | 넓이 |\n|---|---|\n| 가 | 13,000㎡ |\n",
		Steps: []Step{
			{Text: "주제 선정", At: opens.AddDate(0, 0, -20), Done: true}, {Text: "자료 준비", At: opens.AddDate(0, 0, -3), Done: true},
			{Text: "의견 접수 중", At: opens, Current: true, Note: "12일 남음", URL: "/ko/forums/1"}, {Text: "분석", Note: "분석 담당, 기한 지남", Late: true}, {Text: "답변 공개"},
		},
		Choices: []Choice{{Value: "new", Text: "최신순"}, {Value: "best", Text: "공감순", Hint: "공감 비율의 하한으로 정렬합니다"}},
	}
	for day := range 37 {
		d.Days.Labels = append(d.Days.Labels, strconv.Itoa(int(opens.AddDate(0, 0, day).Month()))+". "+strconv.Itoa(opens.AddDate(0, 0, day).Day())+".")
	}
	opinions, hits := make([]float64, 37), make([]float64, 37)
	for day := range 37 {
		opinions[day] = float64((day * 7) % 11)
		hits[day] = float64(20 + (day*13)%60)
	}
	d.Days.ID, d.Days.Title, d.Days.LabelsName = "days", "하루 의견과 조회", "날짜"
	d.Days.Series = []Series{{"의견", opinions}, {"조회", hits}}
	d.Districts = Figures{ID: "districts", Title: "자치구별 의견", LabelsName: "자치구", Labels: []string{"종로구", "중구", "서대문구", "밝히지 않음"}, Series: []Series{{"의견", []float64{41, 33, 12, 23}}}}
	d.Themes = Figures{ID: "themes", Title: "쟁점별 공감과 비공감", LabelsName: "쟁점", Labels: []string{"보행 공간 확대", "버스 우회", "지하보도와 횡단보도의 이동 편의"},
		Series: []Series{{"공감", []float64{120, 40, 30}}, {"비공감", []float64{14, 60, 2}}}}
	return d
}

// sampleEngine shows the sample; POST shows it refused.
func sampleEngine(s *Site) *gin.Engine {
	e := s.Engine()
	s.Pages(e).GET("/sample", s.Handle(func(c *gin.Context) error {
		if s.options.Audience == Office {
			SetUser(c, &User{Name: "김담당", Duties: []string{"officer", "drafter"}})
		}
		return s.Render(c, 200, "sample", sample())
	}))
	s.Pages(e).GET("/refused", s.Handle(func(c *gin.Context) error {
		return s.Refused(c, "sample", sample(), forum.Refuse(forum.Invalid, "text.control").At("text"))
	}))
	s.Pages(e).GET("/live", s.Handle(func(c *gin.Context) error { return s.Render(c, 200, "live", c.Query("q")) }))
	s.Pages(e).GET("/lost", s.Handle(func(*gin.Context) error { return forum.Refuse(forum.Unavailable, "request.timeout") }))
	return e
}

func sampleOptions(audience Audience) Options {
	return Options{
		Audience: audience, Templates: os.DirFS("testdata/sample"), OfficialMasthead: audience == Public,
		Menu: func(*gin.Context) []Link {
			return []Link{{Key: "display.legend", Path: "/sample"}, {Key: "layout.menu", Path: "/forums"}, {Key: "timeline.label", Path: "/suggestions"}}
		},
	}
}
