package excel_test

import (
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// allSheetsCSV makes LibreOffice write one UTF-8 file per sheet, cells as they are shown.
const allSheetsCSV = `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1`

func TestLibreOfficeOpensIt(t *testing.T) {
	dir := t.TempDir()
	r := firstForum("ko")
	texts := append([]string{"첫 줄\n둘째 줄"}, dangerous...)
	r.Opinions = these(texts...)
	for name, report := range map[string][]byte{"first": written(t, firstForum("ko")), "dangerous": written(t, r), "english": written(t, firstForum("en"))} {
		if err := os.WriteFile(filepath.Join(dir, name+".xlsx"), report, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	converted(t, dir, allSheetsCSV, "first", "dangerous", "english")

	cover := records(t, filepath.Join(dir, "first-표지.csv"))
	figures := nonEmpty(cover[20])
	if !slices.Equal(figures, []string{"계", "109", "98", "312", "700", "221", "7,509"}) {
		t.Errorf("the cover's figures %q", figures)
	}
	if daily := nonEmpty(cover[21]); !slices.Equal(daily, []string{"하루 평균", "2.9", "-", "-", "19", "6.0", "203"}) {
		t.Errorf("the cover's averages %q", daily)
	}
	if days := records(t, filepath.Join(dir, "first-일별.csv")); len(days) != 4+37 || days[4][0] != "2. 7.(금)" || days[3][4] != "7,509" {
		t.Errorf("%d rows, first %q, totals %q", len(days), days[4], days[3])
	}
	if opinions := records(t, filepath.Join(dir, "first-의견.csv")); len(opinions) != 1+109 || opinions[1][2] != "2003. 2. 7. 00:00" {
		t.Errorf("%d rows, first %q", len(opinions), opinions[1])
	}
	if cover := records(t, filepath.Join(dir, "english-Cover.csv")); !slices.Contains(nonEmpty(cover[13]), "- 203 a day on average (7,509 hits ÷ 37 days)") {
		t.Errorf("%q", cover[13])
	}
	got := records(t, filepath.Join(dir, "dangerous-의견.csv"))
	for i, text := range texts {
		if shown := got[i+1][4]; shown != text {
			t.Errorf("LibreOffice shows %q as %q", text, shown)
		}
	}
}

func TestCoverPrintsOnOnePage(t *testing.T) {
	dir := t.TempDir()
	r := firstForum("ko")
	r.Forum.Title = strings.Repeat("시청 앞 광장 조성에 관한 긴 제목 ", 8)
	r.Forum.Summary = strings.Repeat("긴 설명입니다. ", 100)
	r.Terms, r.Best, r.Figures.Districts = nil, nil, nil
	r.Opinions = these("하나")
	if err := os.WriteFile(filepath.Join(dir, "long.xlsx"), written(t, r), 0o600); err != nil {
		t.Fatal(err)
	}
	converted(t, dir, "pdf", "long")
	out, err := exec.Command(tool(t, "pdfinfo", "poppler-utils"), filepath.Join(dir, "long.pdf")).Output()
	if err != nil {
		t.Fatal(err)
	}
	// cover, days, opinions, invited opinions, awards, response, provenance
	if !strings.Contains(strings.Join(strings.Fields(string(out)), " "), "Pages: 7 ") {
		t.Errorf("%s", out)
	}
}

// converted has LibreOffice convert the workbooks, in a profile of its own, so that it doesn't wait for another one's.
func converted(t *testing.T, dir, format string, names ...string) {
	t.Helper()
	arguments := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--norestore", "--convert-to", format, "--outdir", dir}
	for _, name := range names {
		arguments = append(arguments, filepath.Join(dir, name+".xlsx"))
	}
	command := exec.CommandContext(t.Context(), tool(t, "soffice", "libreoffice-calc-nogui"), arguments...)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// tool finds a program, or says what to install: a workbook that nobody has opened isn't tested.
func tool(t *testing.T, name, of string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing; install it with: apt-get install --no-install-recommends %s", name, of)
	}
	return path
}

func records(t *testing.T, path string) [][]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.FieldsPerRecord = -1
	all, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func nonEmpty(row []string) []string {
	return slices.DeleteFunc(slices.Clone(row), func(s string) bool { return s == "" })
}
