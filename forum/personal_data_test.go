package forum_test

import (
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
)

// Made-up numbers: check digits are right where they say so.
func TestPersonalDataIsFound(t *testing.T) {
	for text, want := range map[string]forum.DataKind{
		"제 주민번호는 800101-1234560입니다.": forum.ResidentNumber, // 1980, check digit right
		"주민등록번호 8001011234560":       forum.ResidentNumber,
		"８００１０１－１２３４５６０":             forum.ResidentNumber,
		"800101 - 1234560":           forum.ResidentNumber,
		"800101–1234560 (대시)":        forum.ResidentNumber,
		"아이의 번호는 210305-3000001":     forum.ResidentNumber, // born after October 2020: no check digit
		"201001-4999999":             forum.ResidentNumber,
		"040229-3123453":             forum.ResidentNumber, // a leap day
		"외국인등록번호 850615-5123456":     forum.ForeignerNumber,
		"210305-7000001":             forum.ForeignerNumber,
		"연락처 010-1234-5678":          forum.PhoneNumber,
		"연락처 01012345678":            forum.PhoneNumber,
		"연락처 010 1234 5678로 주세요":     forum.PhoneNumber,
		"연락처 010.1234.5678":          forum.PhoneNumber,
		"０１０－１２３４－５６７８":              forum.PhoneNumber,
		"010)1234-5678":              forum.PhoneNumber,
		"010\u034f-1234\u3164-5678":  forum.PhoneNumber, // characters that nobody sees
		"010\ufe0e1234\u20605678":    forum.PhoneNumber,
		"0️⃣1️⃣0️⃣-1️⃣2️⃣3️⃣4️⃣-5️⃣6️⃣7️⃣8️⃣": forum.PhoneNumber, // keys
		"𝟎𝟏𝟎-𝟏𝟐𝟑𝟒-𝟓𝟔𝟕𝟖":                       forum.PhoneNumber, // bold
		"𝟘𝟙𝟘-𝟭𝟮𝟯𝟰-𝟻𝟼𝟽𝟾":                       forum.PhoneNumber, // three more scripts
		"٠١٠-١٢٣٤-٥٦٧٨":                       forum.PhoneNumber,
		"+82 10-1234-5678":                    forum.PhoneNumber,
		"+821012345678":                       forum.PhoneNumber,
		"82-2-555-1234":                       forum.PhoneNumber,
		"011-234-5678 옛 번호":                   forum.PhoneNumber,
		"집 전화 02-555-1234":                    forum.PhoneNumber,
		"(02) 555-1234":                       forum.PhoneNumber,
		"025551234":                           forum.PhoneNumber,
		"031-555-1234":                        forum.PhoneNumber,
		"0315551234":                          forum.PhoneNumber,
		"064 7123 4567":                       forum.PhoneNumber,
		"070-7123-4567":                       forum.PhoneNumber,
		"0507-1234-5678":                      "", // no exchange begins with 1
		"0507-4234-5678":                      forum.PhoneNumber,
		"카드 4111-1111-1111-1111":              forum.CardNumber,
		"카드 4111 1111 1111 1111":              forum.CardNumber,
		"4111111111111111":                    forum.CardNumber,
		"3782-822463-10005":                   forum.CardNumber,
		"5500 0000 0000 0004":                 forum.CardNumber,
		"메일은 hong.gildong@naver.com 입니다":      forum.EmailAddress,
		"메일:kim＠example.co.kr":                forum.EmailAddress,
		"lee_1@gmail.com,답장 주세요":              forum.EmailAddress,
		"HONG @ NAVER.COM":                    forum.EmailAddress,
		"여권번호는 M12345678입니다":                  forum.PassportNumber,
		"my passport m123a4567":               forum.PassportNumber,
		"면허 11-05-123456-78":                  forum.LicenceNumber,
		"2026. 11. 23. 010-1234-5678로 연락":     forum.PhoneNumber,
		"3번 출구 앞 02 - 555 - 1234":             forum.PhoneNumber,
	} {
		got := forum.FindPersonalData(text)
		if want == "" {
			if len(got) > 0 {
				t.Errorf("%s: found %v", text, got)
			}
			continue
		}
		if !slices.Equal(got, []forum.DataKind{want}) {
			t.Errorf("%s: found %v, want %s", text, got, want)
		}
	}
	all := forum.FindPersonalData("kim@naver.com 010-1234-5678, 010-8765-4321, 800101-1234560, 4111-1111-1111-1111")
	if want := []forum.DataKind{forum.ResidentNumber, forum.CardNumber, forum.PhoneNumber, forum.EmailAddress}; !slices.Equal(all, want) {
		t.Errorf("found %v, want %v", all, want)
	}
}

func TestWhatIsNobodysIsNotFound(t *testing.T) {
	for _, text := range []string{
		"", "좋습니다.", "120에 전화했습니다.", "다산콜센터 02-120", "02)120", "국번 없이 110, 112, 119", "1588-1234", "1577 0001로 문의", "080-123-4567",
		"담당 부서 02-2133-5678에 물었습니다.", "정부청사 044-201-1234", "dasan@seoul.go.kr", "시청 트위터 @seoulmania",
		"2003년 2월 7일부터 2003-03-15까지", "2003. 02. 07.", "예산 1,234,567,890원", "12345678901원", "3.14159265358979", "사업비 2,000,000천원",
		"800101-1234567",                   // a wrong check digit
		"801301-1234560", "800230-1234560", // no such day
		"210101-1000124",                 // a document's number: born in 1921, the check digit doesn't go with it
		"850615-5123451",                 // a foreigner's with a wrong check digit
		"4111-1111-1111-1112",            // Luhn says no
		"8801234567893", "9788912345678", // bar codes
		"1234-5678-9012-3456", // no issuer's
		"M12345678 모델",        // no word of a passport
		"여권을 갱신했습니다 2026", "29-05-123456-78", "10-05-123456-78",
		"02-1234-5678", // no exchange begins with 1
		"2023-010-1234", "의견-2026-001284", "제2026-0007호", "문서 도로계획과-2026-3", "서울시 조례 제010호",
		"10-10-10", "1 2 3 4 5 6 7 8 9 10 11 12 13", "37.5665, 126.9780", "버스 7016, 7022, 1711번", "우편번호 04524", "123-45-67890",
		"http://www.seoul.go.kr/index?no=201401234567", "https://example.org/feed/6419874131952660480", "오전 10:30-11:30 2호선 010번", "@", "a@b", "me@home", "가@나.다", "user@1.2",
		"010", "010-1234", "010-12-5678", "0101234567", "02-555", strings.Repeat("7", 40),
	} {
		if got := forum.FindPersonalData(text); len(got) > 0 {
			t.Errorf("%q: found %v", text, got)
		}
	}
}

// Any text is read without a fault, however it was cut.
func FuzzFindPersonalData(f *testing.F) {
	for _, seed := range []string{"010-1234-5678", "800101-1234560", "a@b.co", "０１０", "\xff@\xff", "82", "여권 M1234567"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := forum.FindPersonalData(text)
		if slices.Contains(found, "") || len(slices.Compact(slices.Clone(found))) != len(found) {
			t.Errorf("%q: %v", text, found)
		}
	})
}
