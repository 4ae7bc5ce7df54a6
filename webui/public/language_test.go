package public

import "testing"

func TestLanguageOfATextIsItsScript(t *testing.T) {
	for _, c := range []struct{ said, text, around, want string }{
		{"", "광장을 만듭시다", "en", "ko"}, {"", "Make a square", "ko", "en"}, {"", "12345", "ko", "ko"},
		{"", "Make a 광장", "en", "ko"}, {"ja", "広場", "ko", "ja"}, {"", "広場", "ja", "ja"},
		{"", "广场", "zh", "zh"}, {"", "广场", "en", "zh"}, {"", "ソウル広場", "ko", "ja"}, {"", "Make a square", "ja", "en"}, {"", "12345", "zh", "zh"},
	} {
		if got := languageOf(c.said, c.text, c.around); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
