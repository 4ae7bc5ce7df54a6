package excel

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"acropolis/forum/analysis"
)

func TestTextsThatCellsMayHold(t *testing.T) {
	for text, want := range map[string]string{
		"가나다":                      "가나다",
		"첫 줄\r\n둘째 줄\r셋째":          "첫 줄\n둘째 줄\n셋째",
		"탭\t은 둔다":                  "탭\t은 둔다",
		"\x00\x01\x08\x0b\x0c\x1f": "\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd",
		"\x7f\u0085":               "\ufffd\ufffd",
		"\uFFFE와 \uFFFF":           "\ufffd와 \ufffd",
		"깨진 \xff 바이트":              "깨진 \ufffd 바이트",
		"뒤집는 \u202e글":              "뒤집는 \ufffd글",
		"가족 👨‍👩‍👧":                 "가족 👨‍👩‍👧",
		"=1+1":                     "=1+1",
	} {
		if got := cellText(text, "…"); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestTooLongTextIsCutVisiblyWhereExcelCounts(t *testing.T) {
	const mark, limit = "…(이하 생략)", 32767
	for name, text := range map[string]string{
		"Hangul": strings.Repeat("가", 40000), "pairs": strings.Repeat("😀", 20000), "odd": "a" + strings.Repeat("😀", 20000), "one more": strings.Repeat("a", limit+1),
	} {
		got := cellText(text, mark)
		units := len(utf16.Encode([]rune(got)))
		if !strings.HasSuffix(got, mark) || units > limit || units < limit-1 || !utf8.ValidString(got) {
			t.Errorf("%s: %d units, ends %q", name, units, got[len(got)-30:])
		}
		if !strings.HasPrefix(text, strings.TrimSuffix(got, mark)) {
			t.Errorf("%s: not the beginning of the text", name)
		}
	}
	for _, whole := range []string{strings.Repeat("가", limit), strings.Repeat("😀", limit/2)} {
		if cellText(whole, mark) != whole {
			t.Errorf("a text of %d units, which fits, was cut", len(utf16.Encode([]rune(whole))))
		}
	}
}

func TestNamesAreMasked(t *testing.T) {
	for name, want := range map[string]string{"김광장": "김○○", " 이 ": "이○○", "Smith": "S○○", "": "", "  ": ""} {
		if got := masked(name); got != want {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func TestNumbersAsKoreanReportsWriteThem(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 7509: "7,509", 1234567: "1,234,567", -12: "△12", -1234: "△1,234"} {
		if got := commas(n); got != want {
			t.Errorf("%d became %s, want %s", n, got, want)
		}
	}
	for rate, want := range map[analysis.Rate]string{
		{Numerator: 7509, Denominator: 37}: "203", {Numerator: 109, Denominator: 37}: "2.9", {Numerator: 95, Denominator: 10}: "10",
		{Numerator: 94, Denominator: 10}: "9.4", {Numerator: 100000, Denominator: 8}: "12,500",
	} {
		if got := average(rate); got != want {
			t.Errorf("%v became %s, want %s", rate, got, want)
		}
	}
	if got := percent(700, 921); got != "76.0" {
		t.Error(got)
	}
}

func TestTheEndOfAPeriodIsNamedByItsLastDay(t *testing.T) {
	midnight := time.Date(2003, 3, 16, 0, 0, 0, 0, seoul)
	if got := lastMoment(korean, midnight); got != "2003. 3. 15.(토) 24:00" {
		t.Error(got)
	}
	if got := lastMoment(english, midnight.UTC()); got != "15 Mar 2003 (Sat) 24:00" {
		t.Error(got)
	}
	if got := lastMoment(korean, midnight.Add(18*time.Hour)); got != "2003. 3. 16.(일) 18:00" {
		t.Error(got)
	}
}

func TestFileNamesAreSafe(t *testing.T) {
	at := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC) // the 23rd in Seoul
	for title, want := range map[string]string{
		"시청 앞 광장, 어떻게?":            "사이버정책포럼_시청_앞_광장_어떻게_20261123.xlsx",
		"../../etc/passwd\x00\r\n": "사이버정책포럼_etc_passwd_20261123.xlsx",
		`a\b:c*d?e"f<g>h|i`:        "사이버정책포럼_a_b_c_d_e_f_g_h_i_20261123.xlsx",
		"CON.":                     "사이버정책포럼_CON_20261123.xlsx",
		"":                         "사이버정책포럼_20261123.xlsx",
		"!!!":                      "사이버정책포럼_20261123.xlsx",
		strings.Repeat("가", 500):   "사이버정책포럼_" + strings.Repeat("가", 40) + "_20261123.xlsx",
		"\xff\xfe깨진":               "사이버정책포럼_깨진_20261123.xlsx",
	} {
		if got := FileName(title, korean, at); got != want {
			t.Errorf("%q became %q, want %q", title, got, want)
		}
	}
	if got := FileName("An open square?", english, at); got != "policy_forum_An_open_square_20261123.xlsx" {
		t.Error(got)
	}
}
