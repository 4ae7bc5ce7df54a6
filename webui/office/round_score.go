package office

import (
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// criterion is one line of a scoring sheet in the reader's words.
type criterion struct {
	Code, Name string
	Weight     int
}

func sheetIn(lang string, all []forum.Criterion) []criterion {
	var lines []criterion
	for _, c := range all {
		lines = append(lines, criterion{c.Code, inLang(lang, c.Name, c.NameEn), c.Weight})
	}
	return lines
}

// sheetForm is a member's sheet for one topic: first whether they may judge it at all, then a mark for each criterion.
type sheetForm struct {
	Saved    bool
	Conflict string // no, yes, or not said yet
	Marks    []markField
	Reason   string
	Unsaid   string   // that they didn't say whether they may
	Faults   []string // what is neither's
	Total    string
}

type markField struct {
	criterion
	Choices []page.Choice
	Fault   string
	At      string // the id that the error summary leads to; only the sheet that was sent has it
}

// newSheetForm fills in what the member has saved, or what they have just sent.
func newSheetForm(s sheet, r forum.Round, c forum.RoundCandidate) *sheetForm {
	f := &sheetForm{}
	marks := map[string]string{}
	if c.Mine != nil {
		f.Saved, f.Reason, f.Conflict = true, c.Mine.Reason, "no"
		if c.Mine.Conflict {
			f.Conflict = "yes"
		} else {
			f.Total = c.Mine.Total(r.Criteria).String()
		}
		for code, mark := range c.Mine.Marks {
			marks[code] = strconv.Itoa(mark)
		}
	}
	sent := s.values != nil && s.values.Get("suggestion") == string(c.Suggestion.ID)
	if sent {
		f.Conflict, f.Reason = s.values.Get("conflict"), s.values.Get("reason")
		for _, k := range r.Criteria {
			marks[k.Code] = s.values.Get("mark[" + k.Code + "]")
		}
	}
	for _, k := range sheetIn(s.lang, r.Criteria) {
		m := markField{criterion: k}
		for n := forum.ScoreMin; n <= forum.ScoreMax; n++ {
			text := strconv.Itoa(n)
			m.Choices = append(m.Choices, page.Choice{Value: text, Text: s.text("office.score." + text), Chosen: marks[k.Code] == text})
		}
		if sent {
			m.At = "field-mark[" + k.Code + "]"
			for _, refusal := range refusals(s.err) {
				if refusal.Fields["field"] == "mark["+k.Code+"]" {
					m.Fault = s.reason(refusal)
				}
			}
		}
		f.Marks = append(f.Marks, m)
	}
	if sent {
		for _, refusal := range refusals(s.err) {
			switch at := refusal.Fields["field"]; {
			case at == "conflict":
				f.Unsaid = s.reason(refusal)
			case !strings.HasPrefix(at, "mark["):
				f.Faults = append(f.Faults, s.reason(refusal))
			}
		}
	}
	return f
}

// Score takes one member's sheet for one topic, or a declared conflict of interest. The procedure is woken by the last one
// that it waits for, and by no other.
func (h *Handlers) Score(c *gin.Context) error {
	r, err := h.round(c)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	score := forum.RoundScore{Round: r.ID, Official: officialOf(c).ID, Conflict: values.Get("conflict") == "yes", Marks: map[string]int{}, Reason: values.Get("reason")}
	if err == nil {
		if score.Suggestion, err = forum.ParseID(values.Get("suggestion")); err != nil {
			err = forum.Refuse(forum.Invalid, "choice.missing")
		}
	}
	if err == nil && !score.Conflict && values.Get("conflict") != "no" {
		err = forum.Refuse(forum.Invalid, "score.conflict_unsaid").At("conflict")
	}
	for _, k := range r.Criteria {
		score.Marks[k.Code], _ = strconv.Atoi(values.Get("mark[" + k.Code + "]")) // what is no number is out of range
	}
	if err == nil {
		err = score.Validate(r.Criteria)
	}
	last := false
	if err == nil {
		last, err = h.Store.ScoreTopic(c, officialOf(c).Official, c.ClientIP(), score)
	}
	if err != nil {
		view, viewErr := h.roundView(c, r, values, newKey(), err)
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "round", view, err)
	}
	if last {
		h.wake(c, forum.TheRound, r.ID)
	}
	h.site.Flash(c, "notice.office.scored")
	return h.site.Redirect(c, page.To(c, "rounds", r.ID)+"#score-"+string(score.Suggestion))
}
