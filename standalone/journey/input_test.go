package journey

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRowsKeepQuotesLineBreaksAndUnknowns(t *testing.T) {
	rows, err := ReadRows(strings.NewReader("\ufefftopic,opinion_id,author,lang,title,text,votes_up,votes_down,votes_pass,note\r\n" +
		"광장,a-1,푸른하늘,ko,,\"첫째 줄\n둘째 \"\"줄\"\"\",16,2,,마포구\r\n" +
		"광장,a-2,,en-GB,Title,\"one, two\",,,7,moved from another board\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{
		{Ref: "a-1", Topic: "광장", Author: "푸른하늘", Lang: "ko", Text: "첫째 줄\n둘째 \"줄\"", District: "마포구", Up: 16, Down: 2},
		{Ref: "a-2", Topic: "광장", Lang: "en", Title: "Title", Text: "one, two"},
	}
	if len(rows) != 2 || rows[0] != want[0] || rows[1] != want[1] {
		t.Errorf("got %+v", rows)
	}
}

func TestWhatIsNoInputIsSaidWithItsPlace(t *testing.T) {
	for _, bad := range []struct{ csv, says string }{
		{"", "header"},
		{"opinion_id,title\nx,y\n", "no column text"},
		{"text\nx\n", "no column opinion_id"},
		{"opinion_id,text,votes_up\na,b,3\nc,d,three\n", "line 3: votes_up"},
		{"opinion_id,text,votes_down\na,b,-1\n", "line 2: votes_down"},
		{"opinion_id,text\na\n", "wrong number of fields"},
		{"opinion_id,text\na,\"b\n", "quote"},
	} {
		if _, err := ReadRows(strings.NewReader(bad.csv)); err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%q: %v, want it to say %q", bad.csv, err, bad.says)
		}
	}
}

func TestEveryTextComesThroughAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.StringMatching(`[가-힣a-z ,"\n']{0,30}`), 1, 5).Draw(t, "texts")
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		_ = w.Write([]string{"opinion_id", "text", "votes_up"})
		for n, one := range text {
			_ = w.Write([]string{strconv.Itoa(n), one, strconv.Itoa(n)})
		}
		w.Flush()
		rows, err := ReadRows(&file)
		if err != nil || len(rows) != len(text) {
			t.Fatalf("%v, %d rows", err, len(rows))
		}
		for n, row := range rows {
			if row.Text != text[n] || row.Up != n {
				t.Fatalf("row %d: %+v, want %q", n, row, text[n])
			}
		}
	})
}
