package excel_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"acropolis/forum"
	"acropolis/integrations/excel"
)

func TestTableIsASheetOfTextsThatAreNoFormulas(t *testing.T) {
	at := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)
	table := forum.Table{Title: "검토 기록", Lang: "ko", Columns: []forum.TableColumn{{Head: "일시", Width: 17}, {Head: "포럼", Width: 30}, {Head: "건수", Width: 8}},
		Rows: func(yield func([]any, error) bool) {
			for i, text := range dangerous {
				if !yield([]any{at, text, i}, nil) {
					return
				}
			}
		}}
	var out bytes.Buffer
	if err := (&excel.Books{}).Table(&out, table); err != nil {
		t.Fatal(err)
	}
	f := opened(t, out.Bytes())
	for i, text := range dangerous {
		if got := cellOf(t, f, "검토 기록", "B"+itoa(i+2)); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	if got := cellOf(t, f, "검토 기록", "A2"); got != "2026. 11. 23. 12:00" {
		t.Errorf("the instant is shown as %q", got)
	}
	table.Rows = func(yield func([]any, error) bool) { yield(nil, errors.New("lost")) }
	if err := (&excel.Books{}).Table(&out, table); err == nil {
		t.Error("half a list is no list")
	}
}
