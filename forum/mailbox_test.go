package forum_test

import (
	"testing"

	"acropolis/forum"
)

func TestOneMailboxIsKnownByOneAddress(t *testing.T) {
	for address, want := range map[string]string{
		" Kim.Min@Example.org ":      "kim.min@example.org",
		"kim+forum@example.org":      "kim+forum@example.org", // may be another's
		"kim+forum@naver.com":        "kim+forum@naver.com",
		"Kim.Min+forum+2@Gmail.com":  "kimmin@gmail.com",
		"k.i.m.min@googlemail.com":   "kimmin@gmail.com",
		"kim.min+forum@outlook.com":  "kim.min@outlook.com",
		"kim@icloud.com":             "kim@icloud.com",
		"+forum@gmail.com":           "+forum@gmail.com",
		"kim+a@gmail.com.example.kr": "kim+a@gmail.com.example.kr",
		"nobody":                     "nobody",
		"":                           "",
	} {
		if got := forum.Mailbox(address); got != want || forum.Mailbox(got) != want {
			t.Errorf("%q is known as %q, want %q", address, got, want)
		}
	}
}
