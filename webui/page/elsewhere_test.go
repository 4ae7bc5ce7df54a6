package page

import (
	"testing"

	"golang.org/x/image/font/sfnt"
)

// TestOnlyOriginsMayFrame: what is let in here stands in a header, so a word too many would let everybody in.
func TestOnlyOriginsMayFrame(t *testing.T) {
	for _, good := range []string{"https://www.seoul.go.kr", "https://*.seoul.go.kr", "https://portal.city.example:8443", "http://localhost:8080", "http://127.0.0.1:9000"} {
		if err := CheckOrigins([]string{good}); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"*", "https:", "https://*", "https://*.kr", "https://a.kr; script-src *", "https://a.kr https:", "http://a.kr", "https://a.kr/", "a.kr", "'self'", "", "https://a.kr\nX: y", "HTTPS://A.KR"} {
		if CheckOrigins([]string{"https://www.seoul.go.kr", bad}) == nil {
			t.Errorf("%q would be let in", bad)
		}
	}
}

func TestTypefaceHasKoreanSyllables(t *testing.T) {
	typeface := Typeface()
	if typeface == nil {
		t.Skip("a bare clone: npm run assets")
	}
	var buffer sfnt.Buffer
	for _, r := range "서울시청앞광장을시민에게7,509(월)A" {
		if index, err := typeface.GlyphIndex(&buffer, r); err != nil || index == 0 {
			t.Errorf("no sign for %c: %v", r, err)
		}
	}
}

func TestWhatIsNoWOFFIsRefused(t *testing.T) {
	packed, err := ext.ReadFile(typefaceFile)
	if err != nil {
		t.Skip("a bare clone: npm run assets")
	}
	for _, cut := range []int{0, 3, woffHead, woffHead + 10, len(packed) / 2} {
		if _, err := unpackWOFF(packed[:cut]); err == nil {
			t.Errorf("%d bytes pass for a whole file", cut)
		}
	}
}
