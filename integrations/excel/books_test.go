package excel_test

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"acropolis/integrations/excel"
)

func TestWorkbookOfAForumInTheLanguageAsked(t *testing.T) {
	books := excel.Books{Source: source{report: firstForum("ko")}}
	var out bytes.Buffer
	if err := books.Workbook(t.Context(), "01900000-0000-7000-8000-000000000001", "en", &out); err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("SHOW"); dir != "" {
		os.WriteFile(dir+"/en.xlsx", out.Bytes(), 0o600)
		os.WriteFile(dir+"/ko.xlsx", written(t, firstForum("ko")), 0o600)
		empty := firstForum("ko")
		empty.Response, empty.Awards = nil, nil
		os.WriteFile(dir+"/open.xlsx", written(t, empty), 0o600)
	}
	names := opened(t, out.Bytes()).GetSheetList()
	if names[0] != "Cover" {
		t.Errorf("sheets %v", names)
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
