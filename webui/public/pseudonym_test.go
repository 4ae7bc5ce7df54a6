package public

import "testing"

func TestNamesThatPassForTheCitysAreRefused(t *testing.T) {
	for _, name := range []string{"관리자", "관 리 자", "관리자1", "포럼 운영자", "서울시", "서울 시청", "서울특별시", "담당 공무원", "공지",
		"admin", "ADMIN", "Аdmin", "аdmіn", "adm1n", "ad.min", "ａｄｍｉｎ", "admin2", "Seoul admin", "adm\u00edn", "Administrator", "m0derator", "관\u1105\u1175자", "system"} {
		if checkPseudonym(name) == nil {
			t.Errorf("%q passes", name)
		}
	}
	for _, name := range []string{"", "광화문 주민", "서울시민", "badminton", "시청 앞에 사는 사람", "김공무", "Seoulite", "city walker", "Администратор Петя", "staffordshire", "官", "😀"} {
		if err := checkPseudonym(name); err != nil {
			t.Errorf("%q is refused", name)
		}
	}
}

func TestLanguageOfATextIsItsScript(t *testing.T) {
	for _, c := range []struct{ said, text, around, want string }{
		{"", "광장을 만듭시다", "en", "ko"}, {"", "Make a square", "ko", "en"}, {"", "12345", "ko", "ko"},
		{"", "Make a 광장", "en", "ko"}, {"ja", "広場", "ko", "ja"}, {"", "広場", "en", "en"},
	} {
		if got := languageOf(c.said, c.text, c.around); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}
