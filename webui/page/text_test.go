package page

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"acropolis/forum"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct{ in, want, refused string }{
		"plain":             {in: "자전거 도로를 늘려 주세요.", want: "자전거 도로를 늘려 주세요."},
		"decomposed Hangul": {in: norm.NFD.String("광장"), want: "광장"},
		"Windows lines":     {in: "하나\r\n둘\r\n", want: "하나\n둘"},
		"tab and line feed": {in: "하나\t둘\n셋", want: "하나\t둘\n셋"},
		"spaces around":     {in: " \u3000 하나 \n", want: "하나"},
		"family emoji":      {in: "👨\u200d👩\u200d👧 좋아요", want: "👨\u200d👩\u200d👧 좋아요"},
		"zero width space":  {in: "관\u200b리\ufeff자", want: "관리자"},
		"only invisible":    {in: "\u200b\ufeff", want: ""},
		"only fillers":      {in: "\u3164\u115f\u1160 \uffa0\n\u3164", want: ""},
		"only joiners":      {in: "\u200d\u2060\u00ad\u034f\ufe0f\U000e0041", want: ""},
		"only Braille gaps": {in: "\u2800\u2800", want: ""},
		"a filler between":  {in: "하나\u3164둘", want: "하나\u3164둘"},
		"empty":             {},
		"accents":           {in: "Cafe\u0301", want: "Café"},
		"NUL":               {in: "a\x00b", refused: "text.nul"},
		"bell":              {in: "a\x07b", refused: "text.control"},
		"lone CR":           {in: "a\rb", refused: "text.control"},
		"DEL":               {in: "a\x7fb", refused: "text.control"},
		"C1":                {in: "a\u0085b", refused: "text.control"},
		"RLO":               {in: "photo\u202Egpj.exe", refused: "text.control"},
		"LRE":               {in: "a\u202Ab", refused: "text.control"},
		"isolate":           {in: "a\u2066b\u2069", refused: "text.control"},
		"cut UTF-8":         {in: "광\xea\xb4", refused: "text.not_utf8"},
		"surrogate":         {in: "\xed\xa0\x80", refused: "text.not_utf8"},
		"overlong NUL":      {in: "\xc0\x80", refused: "text.not_utf8"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Text(c.in)
			if c.refused == "" && (err != nil || got != c.want) || c.refused != "" && (forum.CodeOf(err) != forum.Unreadable || forum.RefusalIn(err).Key != c.refused) {
				t.Errorf("%+q: %+q, %v", c.in, got, err)
			}
		})
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"광장", norm.NFD.String("광장"), "a\x00", "\u202E", "\xff", "👨\u200d👩\u200d👧", "\u200b \u0301\u200b\u0301", "a\r\r\nb", "\ufeff \ufeff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, text := range []string{must(Text(in)), readable(in)} {
			if !utf8.ValidString(text) || !norm.NFC.IsNormalString(text) || strings.TrimSpace(text) != text {
				t.Errorf("%+q became %+q", in, text)
			}
			for _, r := range text {
				if r != '\n' && r != '\t' && unicode.IsControl(r) || isBidiOverride(r) || r == '\u200B' || r == '\uFEFF' {
					t.Errorf("%+q became %+q with %U", in, text, r)
				}
			}
			if again, err := Text(text); err != nil || again != text {
				t.Errorf("%+q is not stable: %+q, %v", text, again, err)
			}
		}
	})
}

// must gives a refused text as none: what was refused is checked elsewhere.
func must(text string, _ error) string { return text }
