package office

import (
	"context"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// lineReviewers and lineConsulted are how many reviewers and departments to be consulted a form lays out.
const lineReviewers, lineConsulted = 2, 3

// Lines are what lines are laid out by: who may decide finally, and whom the department usually asks.
type Lines interface {
	Delegations(ctx context.Context) (forum.Delegations, error)
	UsualLine(ctx context.Context, department string, noun forum.Noun) (forum.UsualLine, error)
	Comment(ctx context.Context, by forum.Official, from string, approval, key forum.ID, text string) error
}

// signersOf are the people from whom an approval line is laid out.
type signersOf struct {
	all      []page.Choice // the responsible department's heads, then the city's executives, officers and analysts
	heads    []page.Choice // every department's, to be consulted
	approver string        // who comes first
	usual    usualOffer
}

// signers lists who may sign a kind of document of a department, and says who of them may decide it finally. The drafter isn't
// among them.
func (h *Handlers) signers(c *gin.Context, noun forum.Noun, department string) (signersOf, error) {
	heads, err := h.Store.Officials(c, forum.Head, "")
	if err != nil {
		return signersOf{}, err
	}
	rules, err := h.Store.Delegations(c)
	if err != nil {
		return signersOf{}, err
	}
	final := func(o forum.Official) bool { return rules.Allow(noun, department, o) }
	var own []forum.Official
	for _, o := range heads {
		if o.Department == department {
			own = append(own, o)
		}
	}
	for _, duty := range []forum.Duty{forum.Executive, forum.Officer, forum.Analyst} {
		more, err := h.Store.Officials(c, duty, "")
		if err != nil {
			return signersOf{}, err
		}
		own = append(own, more...)
	}
	s := signersOf{all: h.signerChoices(c, own, final), heads: h.signerChoices(c, heads, func(forum.Official) bool { return false })}
	if len(s.all) > 1 {
		s.approver = s.all[1].Value
	}
	s.usual, err = h.usualOffer(c, noun, department, own, heads)
	return s, err
}

// signerChoices are people as choices, each once, with an empty choice first.
func (h *Handlers) signerChoices(c *gin.Context, officials []forum.Official, final func(forum.Official) bool) []page.Choice {
	lang, seen := page.Lang(c), map[forum.ID]bool{officialOf(c).ID: true}
	choices := []page.Choice{{Text: h.site.Text(lang, "office.choose")}}
	for _, o := range officials {
		if seen[o.ID] {
			continue
		}
		seen[o.ID] = true
		text := h.signerText(c, lang, o)
		if final(o) {
			text += " " + h.site.Text(lang, "office.approval.final_here")
		}
		choices = append(choices, page.Choice{Value: string(o.ID), Text: text})
	}
	return choices
}

func (h *Handlers) signerText(c *gin.Context, lang string, o forum.Official) string {
	unit := h.department(c, lang, o.Department)
	text := unit + " " + personTitle(lang, o) + " " + personName(lang, o)
	if lang != "ko" {
		text = personName(lang, o) + ", " + personTitle(lang, o) + ", " + unit
	}
	if o.Absent {
		text += " " + h.site.Text(lang, "office.absent")
	}
	return text
}

// lineFields lay out an approval line: reviewers in order, departments that are consulted at once, then the approver. The line
// that the department usually takes is filled in.
func lineFields(s sheet, signers signersOf) []*field {
	fields := signers.usual.note(s)
	put := func(f page.Field, role forum.SignerRole, label string, n int) {
		one := s.nth(signers.usual.filled(f, role, n), label, n)
		one.Hint = signers.usual.hint(s, role, n)
		fields = append(fields, one)
	}
	for n := range max(lineReviewers, len(signers.usual.places[forum.Reviewer])) {
		put(page.Field{Name: "reviewer[]", Kind: "select", Choices: slices.Clone(signers.all)}, forum.Reviewer, "office.field.reviewer", n)
	}
	for n := range max(lineConsulted, len(signers.usual.places[forum.Consulted])) {
		put(page.Field{Name: "consulted[]", Kind: "select", Choices: slices.Clone(signers.heads)}, forum.Consulted, "office.field.consulted", n)
	}
	put(page.Field{Name: "approver", Kind: "select", Required: true, Choices: slices.Clone(signers.all), Value: signers.approver}, forum.Approver, "office.field.approver", -1)
	return append(fields, signers.usual.keepBox(s)...)
}

// actFields lay out the line of something done to a forum's period. What can't wait is done at once and approved afterwards.
func actFields(s sheet, signers signersOf) []*field {
	return append(lineFields(s, signers), s.field(page.Field{Name: "after_the_fact", Kind: "box", Class: "whole", Hint: "office.field.after_the_fact.hint"}, "office.field.after_the_fact"))
}

// optionalLine lays out a line that may be left empty.
func optionalLine(s sheet, signers signersOf) []*field {
	signers.usual = signers.usual.whole()
	fields := lineFields(s, signers)
	for _, one := range fields {
		if one.Name == "approver" {
			one.Required, one.Optional = false, s.text("form.optional")
		}
	}
	return fields
}

func actDetails(drafter reader) func(*page.Values) (any, error) {
	return func(v *page.Values) (any, error) {
		line, err := lineDetails(drafter, v)
		return forum.ActDetails{AfterTheFact: v.Get("after_the_fact") == "yes", LineDetails: line}, err
	}
}

// suspensionDetails are those of an act that is always done at once; without an approver it has no line.
func suspensionDetails(drafter reader) func(*page.Values) (any, error) {
	return func(v *page.Values) (any, error) {
		if v.Get("approver") == "" {
			return forum.ActDetails{}, nil
		}
		line, err := lineDetails(drafter, v)
		return forum.ActDetails{AfterTheFact: true, LineDetails: line}, err
	}
}

// lineDetails is the line as the drafter laid it out: nobody twice, the drafter not at all, an approver at its end.
func lineDetails(drafter reader, v *page.Values) (forum.LineDetails, error) {
	line := forum.LineDetails{Keep: v.Get("keep_line") == "yes"}
	seen := map[string]bool{}
	add := func(role forum.SignerRole, name, official string, n int) error {
		at := name
		if n >= 0 {
			at = place(name, n)
		}
		switch {
		case official == "":
			return nil
		case official == string(drafter.ID):
			return forum.Refuse(forum.Invalid, "approval.own_draft").At(at)
		case seen[official]:
			return forum.Refuse(forum.Invalid, "approval.signer_twice").At(at)
		}
		id, err := forum.ParseID(official)
		if err != nil {
			return forum.Refuse(forum.Invalid, "choice.missing").At(at)
		}
		seen[official] = true
		line.Signers = append(line.Signers, forum.LineSigner{Role: role, Official: id})
		return nil
	}
	for n, official := range v.All("reviewer[]") {
		if err := add(forum.Reviewer, "reviewer[]", official, n); err != nil {
			return line, err
		}
	}
	for n, official := range v.All("consulted[]") {
		if err := add(forum.Consulted, "consulted[]", official, n); err != nil {
			return line, err
		}
	}
	if v.Get("approver") == "" {
		return line, forum.Refuse(forum.Invalid, "approval.approver_missing").At("approver")
	}
	return line, add(forum.Approver, "approver", v.Get("approver"), -1)
}
