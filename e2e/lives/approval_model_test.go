package lives

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"acropolis/forum"
)

// paper is a document in its line, as somebody would keep it who has only read what the city promises.
type paper struct {
	status string
	places []string // as lineOf: waiting, approved, consulted, returned, skipped
	signed bool     // by anybody, ever
}

// step is the places that belong together with one: departments are consulted at once.
func step(place int) []int {
	if place == 1 || place == 2 {
		return []int{1, 2}
	}
	return []int{place}
}

// waitsFor are the places whose turn it is.
func (p *paper) waitsFor() []int {
	first := slices.Index(p.places, "waiting")
	if first < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(step(first)), func(place int) bool { return p.places[place] != "waiting" })
}

// turn is why an official may not act now, or "".
func (p *paper) turn(uid string) string {
	switch {
	case p.status != "in_review":
		return "procedure.moved_on"
	case uid == drafter:
		return "approval.own_draft"
	case !slices.Contains(p.waitsFor(), slices.Index(lineOf, uid)):
		return "approval.not_your_turn"
	}
	return ""
}

func (p *paper) sign(uid string) string {
	if refusal := p.turn(uid); refusal != "" {
		return refusal
	}
	place := slices.Index(lineOf, uid)
	p.places[place], p.signed = "approved", true
	if lineAs[place] == forum.Consulted {
		p.places[place] = "consulted"
	}
	if len(p.waitsFor()) == 0 {
		p.status = "approved"
	}
	return ""
}

// signFinally is for all who would come after; heads may do it for a dossier of theirs or of a unit below.
func (p *paper) signFinally(uid string) string {
	if refusal := p.turn(uid); refusal != "" {
		return refusal
	}
	if place := slices.Index(lineOf, uid); lineAs[place] == forum.Consulted {
		return "approval.not_delegated"
	}
	if p.places[1] == "waiting" || p.places[2] == "waiting" {
		return "approval.consulted_first"
	}
	p.places[slices.Index(lineOf, uid)], p.signed, p.status = "approved", true, "approved"
	for i := range p.places {
		if p.places[i] == "waiting" {
			p.places[i] = "skipped"
		}
	}
	return ""
}

// back returns the document to a place of the line, from 1, or with 0 to its drafter.
func (p *paper) back(uid string, to int) string {
	if refusal := p.turn(uid); refusal != "" {
		return refusal
	}
	if to == 0 {
		p.places[slices.Index(lineOf, uid)], p.status = "returned", "returned"
		return ""
	}
	if now := step(p.waitsFor()[0])[0]; to-1 >= now {
		return "approval.not_an_earlier_step"
	}
	for i := to - 1; i < len(p.places); i++ {
		p.places[i] = "waiting"
	}
	p.signed = true
	return ""
}

func (p *paper) recall() string {
	switch {
	case p.status != "in_review":
		return "procedure.moved_on"
	case p.signed:
		return "approval.signed_already"
	}
	p.status = "recalled"
	return ""
}

func TestApprovalsHoldAgainstTheirModel(t *testing.T) {
	holdAgainst(t, func(c city) model {
		at := forum.Start{Noun: forum.TheApproval, ID: c.drafted()}
		p := &paper{status: "in_review", places: slices.Repeat([]string{"waiting"}, len(lineOf))}
		var all []command
		for _, uid := range append(slices.Clone(lineOf), drafter, "analyst") {
			all = append(all,
				command{uid + " signs", sign(uid), func(*stage) string { return p.sign(uid) }},
				command{uid + " signs again", sign(uid), func(*stage) string { return p.sign(uid) }},
				command{uid + " decides finally", inApproval(uid, forum.SignApproval, "", forum.SignatureDetails{Final: true}), func(*stage) string { return p.signFinally(uid) }},
				command{uid + " returns it to the drafter", inApproval(uid, forum.ReturnApproval, "다시 쓰십시오.", nil), func(*stage) string { return p.back(uid, 0) }})
			for to := 1; to <= len(lineOf); to += 2 {
				all = append(all, command{fmt.Sprintf("%s returns it to %d", uid, to),
					inApproval(uid, forum.ReturnApproval, "다시 보십시오.", forum.ReturnDetails{To: to}), func(*stage) string { return p.back(uid, to) }})
			}
		}
		next := ""
		whoever := command{"whoever is waited for signs", func(s *stage, at forum.Start, over func(string)) { sign(next)(s, at, over) }, func(*stage) string {
			next = lineOf[0]
			if waited := p.waitsFor(); len(waited) > 0 {
				next = lineOf[waited[0]]
			}
			return p.sign(next)
		}}
		all = append(all, slices.Repeat([]command{whoever}, len(all)/2)...) // or few documents would come far
		all = append(all,
			command{"the drafter recalls", inApproval(drafter, forum.RecallApproval, "", nil), func(*stage) string { return p.recall() }},
			command{"five days pass", elapses(5 * day), func(*stage) string { return "" }},
			command{"the text is edited", editsText, func(*stage) string {
				if p.status == "in_review" {
					p.status = "voided"
				}
				return ""
			}})
		return model{at: at, starts: []forum.Start{at}, commands: all, sees: func(s *stage) (want, got string) {
			return p.status + " " + strings.Join(p.places, " "), one[string](s.city, `
SELECT a.status || ' ' || string_agg(s.status, ' ' ORDER BY s.ord) FROM approvals a JOIN approval_signers s ON s.approval_id = a.id
WHERE a.id = $1 GROUP BY a.status`, at.ID)
		}}
	})
}
