package journey

import (
	"strings"
	"unicode"
)

// topic is what the journey's forum is about, in the words of its people.
type topic struct {
	lang, title string
}

// topicOf takes the title from the rows, and is Korean where that is or the rows are.
func topicOf(rows []Row) topic {
	t := topic{lang: "en", title: strings.Join(strings.Fields(rows[0].Topic), " ")}
	if strings.ContainsFunc(t.title+rows[0].Text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }) {
		t.lang = "ko"
	}
	if len([]rune(t.title)) < 2 {
		t.title = t.say("시민 여러분의 의견을 듣습니다", "What should the city do?")
	}
	if runes := []rune(t.title); len(runes) > 200 {
		t.title = string(runes[:200])
	}
	return t
}

func (t topic) say(ko, en string) string {
	if t.lang == "ko" {
		return ko
	}
	return en
}

func (t topic) suggestion() string {
	return t.say(`「`+t.title+`」를 다음 달 포럼 주제로 다루어 주시기를 제안합니다.

동네에서 이웃들과 이야기를 나누다 보면 이 문제로 불편을 겪는 분이 많습니다. 그런데 사는 곳과 처지에 따라 바라는 바가 서로 달라서, 몇 사람의 민원만으로는 방향을 정하기 어렵다고 생각합니다.

시에서 지금까지 해 온 일과 앞으로의 계획, 전문가의 의견을 먼저 알려 주시고, 시민들이 충분히 의견을 나눈 뒤에 정책에 반영해 주시면 좋겠습니다. 결과가 어떻게 반영되었는지도 꼭 알려 주십시오.`,
		`I suggest "`+t.title+`" as a topic of next month's forum.

Many people in my neighbourhood have trouble with this, and they want different things, depending on where they live and how they get by. A few complaints won't tell the city which way to go.

Please tell us first what the city has done so far, what it plans and what experts think, let us discuss it, and then tell us what became of our opinions.`)
}

// item is one piece of a dossier.
type item struct{ kind, title, body, name, affiliation, stance string }

func (t topic) dossier() []item {
	return []item{
		{kind: "background", title: t.say("추진 배경", "Background"), body: t.say(
			"시민 제안으로 선정된 주제입니다.\n\n- 제안 취지: 「"+t.title+"」에 대하여 시민의 의견을 폭넓게 듣고 정책에 반영합니다.\n- 그동안의 상황: 관련 민원과 제안이 꾸준히 접수되고 있으며, 지역과 세대에 따라 의견이 나뉩니다.\n- 살펴볼 점: 비용과 효과, 생활에 미치는 영향, 먼저 할 일과 나중에 할 일",
			"This topic was chosen from the citizens' suggestions.\n\n- Aim: to hear what citizens think about \""+t.title+"\" before the city decides\n- So far: complaints and suggestions keep coming in, and they differ by district and by age\n- To consider: cost and effect, what it means for daily life, what comes first")},
		{kind: "plan", title: t.say("검토 중인 방안", "Options under review"), body: t.say(
			"담당 부서는 다음 세 가지 방안을 검토하고 있습니다.\n\n1. 현행 제도를 보완하여 바로 시행할 수 있는 일부터 추진\n2. 시범 지역을 정하여 1년간 운영한 뒤 확대\n3. 조례 개정과 예산 확보를 거쳐 시 전체에 시행\n\n포럼에서 모인 의견에 따라 방안을 조정합니다.",
			"The department is looking at three options.\n\n1. Improve what exists and begin with what can be done at once\n2. Try it in some districts for a year, then extend it\n3. Amend the ordinance, secure the budget and do it in the whole city\n\nThe opinions of this forum will shape the choice.")},
		{kind: "expert", title: t.say("전문가 의견", "An expert's opinion"), name: t.say("정책연구자", "A policy researcher"),
			affiliation: t.say("도시정책연구소", "Institute for Urban Policy"), stance: "neutral", body: t.say(
				"제도를 바꾸는 일보다 지키기 쉽게 만드는 일이 중요합니다. 다른 도시의 경험을 보면 안내와 시설이 함께 갖추어졌을 때 효과가 오래갔습니다. 다만 지역마다 여건이 다르므로 시범 운영의 결과를 공개하고 단계를 나누어 시행하는 편이 바람직합니다.",
				"Making a rule easy to follow matters more than changing it. In other cities the effect lasted where information and facilities came together. Since districts differ, the city should publish the results of a trial and proceed in stages.")},
	}
}

func (t topic) summary(terms []string) string {
	list := strings.Join(terms[:min(len(terms), 8)], ", ")
	return t.say("접수된 의견을 집계하고 공감의 신뢰 구간으로 순위를 매겼습니다. 자주 쓰인 말은 "+list+"입니다. 같은 글을 되풀이해 올린 경우는 따로 묶었으며, 의견의 차이가 큰 쟁점은 답변에서 나누어 다룰 필요가 있습니다.",
		"The opinions were counted and ranked by a confidence bound of agreement. The words used most are "+list+". Re-posts were grouped. Where opinions differ much, the response should answer each side.")
}

func (t topic) awardReason() string {
	return t.say("내용이 구체적이고 실행할 수 있으며, 여러 시민의 공감을 얻었습니다.", "It is concrete, it can be done, and many citizens agree with it.")
}

// paragraph is one part of the city's answer.
type paragraph struct {
	text, disposition, reason string
	terms                     []string
}

// response answers with every disposition, and what no paragraph names in a last one.
func (t topic) response(terms []string) []paragraph {
	all := []paragraph{
		{disposition: "adopted", text: t.say("가장 많은 분이 말씀하신 부분은 올해 사업 계획에 반영하겠습니다. 현장을 점검하여 바로 고칠 수 있는 곳부터 고치고, 안내문과 시설을 함께 정비하겠습니다.",
			"What most of you wrote goes into this year's plan. We inspect the places concerned, mend at once what can be mended, and improve signs and facilities together.")},
		{disposition: "partly", text: t.say("지역마다 여건이 다른 부분은 희망하는 두 개 자치구에서 먼저 시범 운영하겠습니다. 여섯 달 뒤 결과를 공개하고 확대 여부를 정하겠습니다.",
			"Where districts differ, we begin with two that want to take part. We publish the results after six months and then decide whether to extend it.")},
		{disposition: "later", text: t.say("조례 개정과 예산이 필요한 제안은 중장기 과제로 검토하겠습니다. 내년 상반기까지 연구 용역을 마치고 시의회와 협의하겠습니다.",
			"Proposals that need an ordinance and a budget will be studied. The study ends in the first half of next year; then we consult the council.")},
		{disposition: "not_adopted", text: t.say("모든 곳에 한꺼번에 같은 기준을 적용하자는 제안은 반영하기 어렵습니다.", "We can't apply one rule everywhere at once."),
			reason: t.say("현행 법령으로는 시가 정할 수 없는 사항이며, 지역별 여건의 차이가 큽니다.", "The law doesn't leave it to the city, and districts differ too much.")},
	}
	for i := range all {
		if n := 2 * i; n < len(terms) {
			all[i].terms = terms[n:min(n+2, len(terms))]
		}
	}
	return append(all, paragraph{disposition: "adopted", text: t.say("그 밖에 보내 주신 의견도 빠짐없이 읽었으며, 담당자가 업무에 참고하겠습니다. 참여해 주신 모든 분께 감사드립니다.",
		"We have read all other opinions too, and those in charge will use them in their work. Thank you all for taking part.")})
}

// milestone is what the response promises, and by when.
type milestone struct {
	title string
	days  int
}

func (t topic) milestones() []milestone {
	return []milestone{{t.say("현장 점검과 정비", "Inspection and repairs"), 30}, {t.say("시범 운영 결과 공개", "Results of the trial published"), 200}}
}
