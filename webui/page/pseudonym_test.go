package page

import "testing"

func TestNamesThatPassForTheCitysAreRefused(t *testing.T) {
	for _, name := range []string{"관리자", "관 리 자", "관리자1", "포럼 운영자", "서울시", "서울 시청", "서울특별시", "담당 공무원", "공지",
		"admin", "ADMIN", "Аdmin", "аdmіn", "adm1n", "ad.min", "ａｄｍｉｎ", "admin2", "Seoul admin", "adm\u00edn", "Administrator", "m0derator", "관\u1105\u1175자", "system", "首尔市", "官方", "论坛管理员", "ソウル市", "フォーラム管理者", "公 式",
		"서울시\u3164", "관리\u3164자", "서\uffa0울시", "관\u115f리자", "\u1160운영자", "서울시\u2800", "서울\u200d시", "adm\u3164in", "staff\u034f", "공식\ufe0f"} {
		if CheckPseudonym(name) == nil {
			t.Errorf("%q passes", name)
		}
	}
	for _, name := range []string{"", "광화문 주민", "서울시민", "badminton", "시청 앞에 사는 사람", "김공무", "Seoulite", "city walker", "Администратор Петя", "staffordshire", "官", "首尔市民", "ソウル市民", "😀"} {
		if err := CheckPseudonym(name); err != nil {
			t.Errorf("%q is refused", name)
		}
	}
}
