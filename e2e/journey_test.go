package e2e

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/standalone/demo"
	"acropolis/standalone/journey"
)

func TestJourneyOnDemoOpinions(t *testing.T) {
	c, input := newJourneyCity(t), demo.OpinionsCSV()
	began := time.Now()
	r := c.journey(t, input)
	t.Logf("%d opinions in %v: %+v", r.Opinions, time.Since(began).Round(time.Second), r.Mails)
	sameAsInput(t, r, input)
	sameAsWorkbook(t, c, r)
	mailedOnce(t, c.store(), c, 0)
	wellKept(t, c.store())
	historiesHoldNobodysWords(t, c)
	historiesAreShort(t, c)
}

// The standard real run: written by strangers, so it isn't in this repository.
func TestJourneyOnRealOpinions(t *testing.T) {
	input, err := os.ReadFile(filepath.Join(cmp.Or(os.Getenv("ACROPOLIS_DATA"), filepath.Join("..", "..", "shared", "data")),
		"ko_seoul_waste", "opinions.csv"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no real opinions here; ACROPOLIS_DATA says where they are")
	}
	if err != nil {
		t.Fatal(err)
	}
	c := newJourneyCity(t)
	began := time.Now()
	r := c.journey(t, input)
	t.Logf("%d opinions in %v: %+v", r.Opinions, time.Since(began).Round(time.Second), r.Mails)
	if r.Opinions != 225 || r.VotesFor != 277 || r.VotesAgainst != 0 || len(r.Refused) != 0 {
		t.Errorf("want 225 opinions and 277 votes for: %+v", r)
	}
	sameAsInput(t, r, input)
	sameAsWorkbook(t, c, r)
	mailedOnce(t, c.store(), c, 0)
	wellKept(t, c.store())
}

// newJourneyCity has one worker and one web process.
func newJourneyCity(t *testing.T) *city {
	t.Helper()
	c := newCity(t)
	c.worker()
	c.webui()
	return c
}

func (c *city) out() string { return filepath.Join(c.dir, "out") }

// journey acts a forum's whole life.
func (c *city) journey(t *testing.T, input []byte) journey.Result {
	t.Helper()
	r, err := journey.Run(t.Context(), c.journeyOf(t, input))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// journeyOf is what a journey in this city needs to know. Its progress is in the test's log.
func (c *city) journeyOf(t *testing.T, input []byte) journey.Config {
	t.Helper()
	staff, err := demo.Staff()
	if err != nil {
		t.Fatal(err)
	}
	return journey.Config{Public: c.public, Office: c.office, Mail: c.mail, Staff: staff, Password: c.password,
		Input: bytes.NewReader(input), Out: c.out(), Log: t.Output()}
}

// sameAsInput compares what the city counts with the input. What it refuses is listed, and none of the rows here should be.
func sameAsInput(t *testing.T, r journey.Result, input []byte) {
	t.Helper()
	rows, err := journey.ReadRows(bytes.NewReader(input))
	if err != nil {
		t.Fatal(err)
	}
	up, down := 0, 0
	for _, row := range rows {
		up, down = up+row.Up, down+row.Down
	}
	if len(r.Refused) != 0 || r.Opinions != len(rows) || r.VotesFor != up || r.VotesAgainst != down {
		t.Errorf("the input has %d opinions, %d votes for and %d against; the city counts %+v", len(rows), up, down, r)
	}
	if r.Mails.Sent == 0 || r.Mails.Failed != 0 || r.Mails.Unknown != 0 {
		t.Errorf("mails: %+v", r.Mails)
	}
}

// sameAsWorkbook reads the workbook back and compares its figures with the summary, which stands beside it.
func sameAsWorkbook(t *testing.T, c *city, r journey.Result) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(c.out(), "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	var written journey.Result
	if err := json.Unmarshal(raw, &written); err != nil || written.ForumID != r.ForumID || written.Opinions != r.Opinions || written.Workbook != r.Workbook {
		t.Errorf("summary.json says something else: %+v, %v", written, err)
	}
	book, err := excelize.OpenFile(filepath.Join(c.out(), r.Workbook))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	want := map[string]int{"의견(건)": r.Opinions, "투표자(명)": r.Voters, "공감(표)": r.VotesFor, "비공감(표)": r.VotesAgainst, "조회(회)": r.Hits}
	if got := keyFigures(t, book, want); !maps.Equal(got, want) {
		t.Errorf("the workbook's cover says %v, the summary %v", got, want)
	}
	rows := cells(t, book, "의견")
	up, down := 0, 0
	for _, row := range rows[1:] {
		up, down = up+number(t, row[7]), down+number(t, row[8])
	}
	if len(rows)-1 != r.Opinions || up != r.VotesFor || down != r.VotesAgainst {
		t.Errorf("the workbook lists %d opinions, %d votes for and %d against", len(rows)-1, up, down)
	}
}

// keyFigures are the totals on the cover, each below its head.
func keyFigures(t *testing.T, book *excelize.File, heads map[string]int) map[string]int {
	t.Helper()
	found := map[string]int{}
	rows := cells(t, book, "표지")
	for n, row := range rows {
		for column, text := range row {
			if _, isHead := heads[text]; isHead && n+1 < len(rows) {
				found[text] = number(t, rows[n+1][column])
			}
		}
	}
	return found
}

func cells(t *testing.T, book *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
