package korean_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/text/unicode/norm"

	"acropolis/integrations/korean"
)

func terms(t *testing.T, text string) []string {
	t.Helper()
	tokenizer, err := korean.New()
	if err != nil {
		t.Fatal(err)
	}
	return tokenizer.Terms(text)
}

func TestTermsCarryTheMeaning(t *testing.T) {
	for text, want := range map[string]string{
		"자전거도로가 너무 좁아서 위험합니다. 보행자 공간을 넓혀 주세요!":                    "자전거 도로 좁다 위험 보행자 공간 넓히다",
		"자전거 도로를 늘려야 합니다. 나무를 심고 녹지도 늘렸으면 해요.":                    "자전거 도로 늘리다 나무 심다 녹지 늘리다",
		"저는 반대입니다. 교통 체증이 심해질 것이고 상인들의 매출도 줄어들 거예요.":              "교통 체증 심하다 상인 매출 줄어들다",
		"서울시청 앞 광장을 시민에게 돌려주는 데 찬성합니다.":                           "광장 돌려주다",
		"초등학교 앞 어린이보호구역에서 시속 30km 제한을 지키지 않는 차들":                  "초등 학교 어린이 보호구역 시속 제한 지키다 차",
		"어린이 보호구역에 과속방지턱을 설치해 주십시오.":                              "어린이 보호구역 과속방지턱",
		"쓰레기 분리수거함(재활용 bin)을 아파트 단지마다!":                           "쓰레기 분리수거 수거함 재활용 bin 아파트 단지",
		"지하철 2호선 시청역 3번 출구에서 1,000명이 50% 줄었습니다":                   "지하철 출구 줄다",
		"따릉이 대여소와 키오스크, CCTV를 늘려주세요ㅠㅠ ^^":                         "따릉이 대여소 키오스크 cctv 늘리다",
		"한강공원에서 술을 마시지 마십시오":                                      "한강 공원 마시다",
		"The city should build more Bike lanes, and plant trees.": "build bike lanes plant trees",
		"광장에 WiFi가 있으면 좋겠습니다":                                     "광장 wifi",
		"안녕하세요. 수고 많으십니다. 감사합니다.":                                 "",
		"12345 !!! ㅋㅋㅋ ㅎㅎ 😀👍🏽":                                    "",
		"": "",
	} {
		if got := strings.Join(terms(t, text), " "); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestNoPersonalDataBecomesATerm(t *testing.T) {
	text := "담당자 김철수 주무관, kim.chulsoo@seoul.example 또는 010-1234-5678, https://blog.example/kimchulsoo?id=abc www.example.com/secret 로 연락 바랍니다. 광장 이야기입니다."
	got := terms(t, text)
	for _, term := range got {
		if strings.Contains(term, "chulsoo") || strings.Contains(term, "철수") || strings.Contains(term, "secret") || strings.ContainsAny(term, "0123456789") {
			t.Errorf("%q in %v", term, got)
		}
	}
	if !slices.Contains(got, "광장") {
		t.Errorf("got %v", got)
	}
}

func TestUnicodeFormsGiveTheSameTerms(t *testing.T) {
	text := "따릉이 대여소를 지하철역 가까이에 늘려 주세요."
	composed, decomposed := terms(t, norm.NFC.String(text)), terms(t, norm.NFD.String(text))
	if len(composed) == 0 || !slices.Equal(composed, decomposed) {
		t.Fatalf("NFC %v, NFD %v", composed, decomposed)
	}
}

func TestTermsAreTheSameFromManyGoroutines(t *testing.T) {
	text := "광장을 만들면 집회와 시위로 교통 체증이 심해질까 걱정됩니다.\n그래도 숲과 그늘막이 있는 쉼터는 늘려야 합니다."
	want := terms(t, text)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				if got := terms(t, text); !slices.Equal(got, want) {
					t.Errorf("got %v, want %v", got, want)
				}
			}
		})
	}
	all.Wait()
}

func TestTextsOfAnyShapeAreTaken(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("광장", 4000), strings.Repeat("가", 4000), strings.Repeat("a", 4000), strings.Repeat("9", 4000),
		strings.Repeat("재", 100), "\xff\xfe광장", "a\u0301" + strings.Repeat("\u0301", 1000), "재", "3", "3 재", strings.Repeat("\n", 1000),
	} {
		terms(t, text)
	}
	if got := terms(t, strings.Repeat("나무를 심자. ", 500)); len(got) != 1000 {
		t.Errorf("%d terms of 500 sentences with two each", len(got))
	}
}
