package excel

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
)

// The response's table begins here, so that one who reads a filled-in workbook finds it; rowsDrawn of its rows are ruled.
const (
	responseHead  = 6
	responseFirst = responseHead + 1
	rowsDrawn     = 12
)

// answered are the paragraphs of a response that is approved or out already, or nil: a draft is its department's alone.
func (b *book) answered() []forum.Paragraph {
	if r := b.report.Response; r != nil {
		switch r.Status {
		case forum.ResponseApproved, forum.ResponsePublished, forum.ResponseCorrected:
			return r.Paragraphs
		}
	}
	return nil
}

// response is the city's answer, or the table to write it into.
func (b *book) response(s *sheet) {
	w, answers := b.words, b.answered()
	s.print(paper{landscape: true, repeat: responseHead})
	top := label
	top.top, top.wrap = true, true
	serial := whole.aligned("center")
	serial.top = true
	columns := []column{{w.Serial, 7, serial}, {w.Paragraph, 66, text}, {w.Disposition, 15, top}, {w.ReasonIf, 34, text}, {w.TermsOf, 26, text}}
	s.widths(columns)
	s.span(1, 1, 4, w.Sheets.Response, look{size: 14, bold: true})
	s.heads(responseHead, columns)
	s.freeze(responseFirst)
	if answers == nil {
		s.toFillIn(columns)
	} else {
		s.put(1, 2, fmt.Sprintf(w.ResponseNote, b.report.Response.Document), note)
		s.put(1, 3, w.Disposition+": "+w.dispositions(answers), plain)
		if open := b.report.Response.Unanswered; len(open) > 0 {
			s.span(4, 1, len(columns), fmt.Sprintf(w.StillToAnswer, strings.Join(open, ", ")), look{size: 9, wrap: true})
		}
		for i, p := range answers {
			s.line(responseFirst+i, columns, nil, i+1, p.Text, w.Dispositions[p.Disposition], p.Reason, strings.Join(p.Terms, ", "))
		}
	}
	s.dropDowns()
}

func (s *sheet) toFillIn(columns []column) {
	for i, line := range s.words.FillIn {
		if strings.Contains(line, "%") {
			line = fmt.Sprintf(line, commas(forum.ParagraphsMax))
		}
		s.put(1, 2+i, line, plain)
	}
	for i := range rowsDrawn {
		row := responseFirst + i
		s.line(row, columns, look.input, nil, nil, nil, nil, nil)
		s.put(1, row, i+1, columns[0].look)
		s.height(row, 48)
	}
}

// dropDowns lets a disposition only be chosen, keeps texts within the rules' lengths and marks the reason that is missing.
func (s *sheet) dropDowns() {
	w, last := s.words, responseFirst+forum.ParagraphsMax-1
	column := func(name string) string { return fmt.Sprintf("%[1]s%[2]d:%[1]s%[3]d", name, responseFirst, last) }

	choice := excelize.NewDataValidation(true)
	choice.Sqref = column("C")
	var choices []string
	for _, d := range forum.Dispositions {
		choices = append(choices, w.Dispositions[d])
	}
	s.keep(choice.SetDropList(choices))
	choice.SetInput(w.ChooseTitle, w.Choose)
	choice.SetError(excelize.DataValidationErrorStyleStop, w.ChooseTitle, w.Choose)
	s.keep(s.file.AddDataValidation(s.name, choice))

	for name, most := range map[string]int{"B": forum.ParagraphTextMax, "D": forum.ReasonMax} {
		length := excelize.NewDataValidation(true)
		length.Sqref = column(name)
		s.keep(length.SetRange(0, most, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween))
		length.SetError(excelize.DataValidationErrorStyleStop, w.Sheets.Response, fmt.Sprintf(w.TooLong, commas(most)))
		s.keep(s.file.AddDataValidation(s.name, length))
	}

	missing, err := s.file.NewConditionalStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FDEFEC"}}})
	s.keep(err)
	s.keep(s.file.SetConditionalFormat(s.name, column("D"), []excelize.ConditionalFormatOptions{{Type: "formula",
		Criteria: fmt.Sprintf(`AND($C%[1]d="%[2]s",LEN(TRIM($D%[1]d))=0)`, responseFirst, w.Dispositions[forum.NotAdopted]), Format: &missing}}))
}
