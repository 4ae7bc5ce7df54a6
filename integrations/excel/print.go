package excel

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// paper is how a sheet lies on A4.
type paper struct {
	landscape bool
	onePage   bool
	repeat    int // the row of titles that every page repeats; 0: none
}

// runningTitle is how much of a title stands above every page: with each & doubled, Excel's 255 characters hold it.
const runningTitle = 60

// print sets the sheet up for A4, as wide as the page. It must come before a stream of rows begins.
func (s *sheet) print(p paper) {
	a4, wide, high := 9, 1, 0
	orientation := "portrait"
	if p.landscape {
		orientation = "landscape"
	}
	if p.onePage {
		high = 1
	}
	yes := true
	s.keep(s.file.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &yes}))
	s.keep(s.file.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &a4, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}))
	side, top, bottom, footer := 0.6, 0.7, 0.7, 0.3 // inches
	s.keep(s.file.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{
		Left: &side, Right: &side, Top: &top, Bottom: &bottom, Header: &footer, Footer: &footer, Horizontally: &yes}))
	s.running(p, "")
	if p.repeat > 0 {
		s.keep(s.file.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", s.name, p.repeat, p.repeat), Scope: s.name}))
	}
}

// running sets what stands above and below every page; notice, if any, at the top right.
func (s *sheet) running(p paper, notice string) {
	const font = `&"` + fontName + `,Regular"&9`
	layout := &excelize.HeaderFooterOptions{OddFooter: "&L" + font + s.words.Product + "&C" + font + "- &P / &N -&R" + font + "&A"}
	if p.landscape { // the cover has its title in sight
		layout.OddHeader = "&L" + font + strings.ReplaceAll(fmt.Sprintf(s.words.Quoted, shortened(cellText(s.title(), ""), runningTitle)), "&", "&&")
		if notice != "" {
			layout.OddHeader += "&R" + font + notice
		}
	}
	s.keep(s.file.SetHeaderFooter(s.name, layout))
}
