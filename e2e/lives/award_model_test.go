package lives

import (
	"fmt"
	"strings"
	"testing"

	"acropolis/forum"
)

// prizes are five awards and two runners-up, as somebody would keep them who has only read what the city promises.
type prizes struct {
	ids    []forum.ID
	status []string
	days   []int // since the offer
}

// promote offers each prize that is free to the next runner-up.
func (p *prizes) promote() {
	given := 0
	for _, status := range p.status {
		if status == "offered" || status == "accepted" || status == "delivered" {
			given++
		}
	}
	for i := range p.status {
		if p.status[i] == "decided" && given < 5 {
			p.status[i], p.days[i] = "offered", 0
			given++
		}
	}
}

// pass lets days go by one after another: who gets an offer on one of them has fourteen from then on.
func (p *prizes) pass(days int) {
	for range days {
		for i := range p.status {
			if p.status[i] != "offered" {
				continue
			}
			if p.days[i]++; p.days[i] >= 14 {
				p.status[i] = "lapsed"
			}
		}
		p.promote()
	}
}

// answer is a winner's yes or no.
func (p *prizes) answer(i int, to string) string {
	if p.status[i] != "offered" {
		return "procedure.moved_on"
	}
	p.status[i] = to
	p.promote()
	return ""
}

func TestAwardsHoldAgainstTheirModel(t *testing.T) {
	holdAgainst(t, func(c city) model {
		id := c.forumIn(forum.Awarding)
		c.exec(`UPDATE awards SET status = 'decided', place = by_rule WHERE forum_id = $1`, id)
		p := &prizes{}
		m := model{}
		for place := 1; place <= 7; place++ {
			award := one[forum.ID](c, `SELECT id FROM awards WHERE forum_id = $1 AND place = $2`, id, place)
			p.ids, p.status, p.days = append(p.ids, award), append(p.status, "decided"), append(p.days, 0)
			if place <= 5 {
				m.starts = append(m.starts, awardStart(award))
			}
		}
		p.promote()
		for i, award := range p.ids {
			at := awardStart(award)
			m.commands = append(m.commands,
				command{fmt.Sprintf("%d says yes", i+1), elsewhere(at, inAward("", forum.AnswerAward, forum.AnswerDetails{Accept: true})), func(*stage) string { return p.answer(i, "accepted") }},
				command{fmt.Sprintf("%d says no", i+1), elsewhere(at, inAward("", forum.AnswerAward, forum.AnswerDetails{})), func(*stage) string { return p.answer(i, "declined") }},
				command{fmt.Sprintf("%d gets the gift", i+1), elsewhere(at, inAward("officer", forum.DeliverAward, nil)), func(*stage) string {
					if p.status[i] != "accepted" {
						return "procedure.moved_on"
					}
					p.status[i] = "delivered"
					return ""
				}})
		}
		m.commands = append(m.commands,
			command{"a day passes", elapses(day), func(*stage) string { p.pass(1); return "" }},
			command{"five days pass", elapses(5 * day), func(*stage) string { p.pass(5); return "" }},
			command{"ten days pass", elapses(10 * day), func(*stage) string { p.pass(10); return "" }},
			command{"an officer answers instead", elsewhere(awardStart(p.ids[0]), inAward("officer", forum.AnswerAward, forum.AnswerDetails{Accept: true})), func(*stage) string { return "duty.missing" }})
		m.sees = func(s *stage) (want, got string) {
			for _, award := range p.ids {
				got += " " + one[string](s.city, `SELECT status FROM awards WHERE id = $1`, award)
			}
			return " " + strings.Join(p.status, " "), got
		}
		return m
	})
}
