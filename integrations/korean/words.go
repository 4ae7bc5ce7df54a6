package korean

import (
	"fmt"
	"strings"

	"github.com/ikawaha/kagome-dict/dict"
)

// civic are words of a city's life that the dictionary lacks and cuts in the wrong place, with the parts that they give:
// those in which they come when written with spaces.
const civic = `
어린이보호구역=어린이 보호구역
노인보호구역=노인 보호구역
키오스크 따릉이 반려견 반려묘 반려동물 스쿨존 젠트리피케이션 대여소 어르신 수거함 분리수거함=분리수거 수거함
층간소음=층간소음
전동킥보드=전동 킥보드
킥보드
공영주차장=공영 주차장
거주자우선주차=거주자 우선 주차
한강 한강공원=한강 공원
한강변=한강
과속방지턱=과속방지턱
일회용컵=일회용 컵
일회용품=일회용품
일회용
재활용 재활용품 재사용
와이파이 돌봄 쉼터
버스전용차로제=버스전용차로
보호구역 녹지
횡단보도 로터리 로타리 을지로 인왕산
쓰레기봉투=쓰레기 봉투
음식물쓰레기=음식물 쓰레기
중앙차로=중앙차로
`

// civicWords makes the dictionary of those words.
func civicWords() (*dict.UserDict, error) {
	var records dict.UserDictRecords
	for _, word := range civicEntries() {
		text, parts, split := strings.Cut(word, "=")
		if !split {
			parts = text
		}
		tokens := strings.Fields(parts)
		records = append(records, dict.UserDicRecord{Text: text, Tokens: tokens, Yomi: tokens, Pos: "NNG"})
	}
	words, err := records.NewUserDict()
	if err != nil {
		return nil, fmt.Errorf("civic words: %w", err)
	}
	return words, nil
}

// civicEntries takes the list apart: word, or word=parts up to the end of the line.
func civicEntries() []string {
	var entries []string
	for line := range strings.Lines(civic) {
		words, parts, split := strings.Cut(strings.TrimSpace(line), "=")
		fields := strings.Fields(words)
		if split && len(fields) > 0 {
			fields[len(fields)-1] += "=" + parts
		}
		entries = append(entries, fields...)
	}
	return entries
}

func set(words string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(words) {
		all[word] = true
	}
	return all
}

// shortNouns are nouns of one syllable that say something by themselves.
var shortNouns = set(`길 숲 강 산 물 차 집 땅 돈 밤 꽃`)

// stopNouns stand in every citizen's text and tell none from the others.
var stopNouns = set(`
	의견 제안 생각 말씀 부탁 감사 바람 희망 기대 찬성 반대 동의 공감 지지 문제 문제점 해결 개선 방안 방법 필요 필요성
	경우 때문 정도 부분 사실 이유 결과 관련 대한 대해 이번 다음 지금 현재 오늘 내일 어제 올해 작년 요즘 최근 이후 이전 앞 뒤 위
	아래 옆 안 밖 중 가운데 사이 여기 저기 거기 이것 저것 그것 무엇 누구 어디 언제 모두 전부 대부분 일부 각종 각각 여러
	사람 우리 저희 본인 자신 여러분 시민 국민 주민 서울 서울시 서울특별시 시청 정부 정책 사업 시행 실시 진행 추진 계획 검토 요청 건의
	하나 가지 만큼 동안 순간 처음 마지막 계속 항상 진짜 정말 보통 나름 자체 점 것 수 등 및 화이팅 파이팅 안녕 안녕하세요 수고
	가능 불가능 중요 활용 이용 사용 도움 노력 관심 상황 내용 측면 입장 의미 차원 기준 마련 제공 운영 설치 확대 방식 대상 조치
	하루 이틀 하나하나 이상 효과 발생 현황 실정 첨부 해당 일반 다양 확인 사항 얼마 나라 사회 직접 적극 조금 만약 대신 먼저 나중
	당장 원래 한참 최소한 그때 매우 무조건 실질 현실 평소 예상 추가 일정 기존 자료 현행 이내 자리 모습 상태 수준 위주 수도 대다수
	사례 요구 주장 기본 전체 생활 시간 장소 곳
`)

// stopVerbs are stems that carry grammar rather than meaning.
var stopVerbs = set(`
	하 되 있 없 같 보 주 받 가 오 알 모르 싶 말 그렇 이렇 저렇 어떻 어떠하 그러 이러 저러 않 못하 두 놓 나 내 들 나오 나가
	많 적 좋 크 작 대하 위하 통하 따르 의하 관하 인하 만들 바라 생각하 이르 지나 가지 갖 느끼 말하 듣 여기 보이 시키 당하
	드리 계시 바꾸 바뀌 맞 쓰 잡 걸 높 낮 새롭 다르 비하 부탁드리 원하 살 먹 넣 치 지 나누 찾 얻 도 아 만드 사 벌 웁 니 비오 메인 생기 이루 이루어지 쉽 다니 남 전하 일어나 겪 어리 나쁘 넘 세
`)

// stopEnglish are the English function words and those of politeness.
var stopEnglish = set(`
	a about after again all also although always am an and another any are as at be because been before being between both
	but by can could did do does doing don down during each even every few for from further get gets go had has have having
	he her here hers him his how however i if in instead into is it its itself just let like made make makes many may me
	might more most much must my need needs no nor not now of off on once one only or other our out over own people please
	really same shall she should so some still such than thank thanks that the their them then there these they thing
	things think this those though through to too under until up use used using very want was we well were what when where
	which while who why will with within without would yes you your city seoul korea
	http https www com kr co
`)
