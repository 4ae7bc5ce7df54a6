package office

import (
	"context"
	"net/http"
	"regexp"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Rounds are the monthly choices of topics.
type Rounds interface {
	Rounds(ctx context.Context) ([]forum.Round, error)
	Round(ctx context.Context, id, reader forum.ID) (forum.Round, error)
	OpenRound(ctx context.Context, by forum.Official, from string, track forum.Track, month string) (forum.ID, error)
	ScoreTopic(ctx context.Context, by forum.Official, from string, s forum.RoundScore) (last bool, err error)
}

type roundsView struct {
	base
	Rounds []forum.Round
	Open   *form
}

// Rounds lists the rounds and opens one.
func (h *Handlers) Rounds(c *gin.Context) error {
	view, err := h.roundsView(c, h.sheet(c, nil, nil))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "rounds", view)
}

func (h *Handlers) roundsView(c *gin.Context, s sheet) (roundsView, error) {
	rounds, err := h.Store.Rounds(c)
	view := roundsView{Rounds: rounds}
	if err != nil || officialOf(c).May(forum.OpenRound, "") != nil {
		return view, err
	}
	now := h.Now().In(page.Seoul)
	f := form{ID: string(forum.OpenRound), Title: s.text("office.action.round.open"), Hint: s.text("office.action.round.open.hint"), URL: page.To(c, "rounds"), Key: newKey(), Button: s.text("office.action.round.open"), Tone: "primary"}
	f.Fields = []*field{
		s.field(page.Field{Name: "track", Kind: "select", Required: true, Choices: h.tracks(c, false), Value: string(forum.General)}, "office.field.track"),
		s.field(page.Field{Name: "month", Required: true, Value: now.Format("2006-01"), Hint: "office.field.month.hint"}, "office.field.month"),
	}
	view.Open = &f
	return view, nil
}

var monthShape = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)

// OpenRound opens a month's round on one track; there is one a month.
func (h *Handlers) OpenRound(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	track, month := forum.Track(values.Get("track")), values.Get("month")
	switch {
	case err != nil:
	case track != forum.General && track != forum.Youth:
		err = forum.Refuse(forum.Invalid, "choice.missing").At("track")
	case !monthShape.MatchString(month):
		err = forum.Refuse(forum.Invalid, "round.month_malformed").At("month")
	}
	var id forum.ID
	if err == nil {
		id, err = h.Store.OpenRound(c, officialOf(c).Official, c.ClientIP(), track, month)
	}
	if err != nil {
		view, viewErr := h.roundsView(c, h.sheet(c, values, err))
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "rounds", view, err)
	}
	h.wake(c, forum.TheRound, id)
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action.round.open"))
	return h.site.Redirect(c, page.To(c, "rounds", id))
}

// candidate is a suggestion in a round's pool, with what the form says about it.
type candidate struct {
	forum.RoundCandidate
	Unit    string // the department that the text suggests
	Picked  bool
	Typed   string // the reason
	Fault   string
	Excerpt string
	Means   []string // of each criterion, in the sheet's order
	Sheet   *sheetForm
}

type roundView struct {
	base
	Round      forum.Round
	Steps      []page.Step
	Candidates []candidate
	Criteria   []criterion
	Quorum     int
	Decided    bool
	Officer    bool
	Shortlist  *form
	Choose     *form
	MayScore   bool
	Mine       int // topics that the reader has judged
	Forms      []form
	Waits      []wait
	Minutes    *approvalLine
}

// Round shows a round: the pool to shortlist from, the topics to score, the ranked table to choose from, the minutes.
func (h *Handlers) Round(c *gin.Context) error {
	r, err := h.round(c)
	if err != nil {
		return err
	}
	view, err := h.roundView(c, r, nil, newKey(), nil)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "round", view)
}

func (h *Handlers) round(c *gin.Context) (forum.Round, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Round{}, err
	}
	return h.Store.Round(c, id, officialOf(c).ID)
}

func (h *Handlers) roundView(c *gin.Context, r forum.Round, values *page.Values, key string, err error) (roundView, error) {
	reader, s := officialOf(c), h.sheet(c, values, err)
	may := func(action forum.Action) bool {
		return slices.Contains(forum.RoundDecisions[action], r.Status) && reader.May(action, "") == nil
	}
	view := roundView{Round: r, Quorum: forum.RoundQuorum(r.Members), Criteria: sheetIn(page.Lang(c), r.Criteria), Steps: h.roundSteps(c, r),
		Decided: r.Status == forum.RoundDecided || r.Status == forum.RoundRecorded, Officer: reader.May(forum.StartScoring, "") == nil}
	view.MayScore = r.Status == forum.RoundScoring && slices.ContainsFunc(r.Seated, func(m forum.RoundMember) bool { return m.Official == reader.ID })
	view.Candidates = h.candidates(c, r, s, view.MayScore)
	for _, one := range view.Candidates {
		if one.Mine != nil {
			view.Mine++
		}
	}
	if may(forum.StartScoring) {
		f := h.form(c, h.roundQuestion(c, r, forum.StartScoring), s, key)
		view.Shortlist = &f
	}
	if may(forum.CloseRound) {
		closing := h.sheet(c, nil, nil)
		closing.prefix = string(forum.CloseRound) + "-"
		view.Forms = append(view.Forms, h.form(c, h.roundQuestion(c, r, forum.CloseRound), closing, newKey()))
	}
	if may(forum.ChooseTopics) && !r.IsChosen() {
		f := h.form(c, h.roundQuestion(c, r, forum.ChooseTopics), s, key)
		view.Choose = &f
	}
	if may(forum.SubmitMinutes) && r.IsChosen() {
		q, err := h.minutesQuestion(c, r)
		if err != nil {
			return view, err
		}
		view.Forms = append(view.Forms, h.form(c, q, s, newKey()))
	}
	owed, owedErr := h.Store.OwedOf(c, forum.TheRound, r.ID)
	if owedErr != nil {
		return view, owedErr
	}
	if !view.Officer { // who hasn't scored yet is the officer's to know
		owed = slices.DeleteFunc(owed, func(o forum.Owed) bool { return o.Kind == forum.ScoreTopic && o.Official != reader.ID })
	}
	view.Waits = h.waits(c, owed)
	a, approvalErr := h.Store.ApprovalOf(c, forum.TheMinutes, r.ID)
	if approvalErr == nil {
		line := h.approvalLine(c, a)
		view.Minutes = &line
	} else if forum.CodeOf(approvalErr) != forum.NotFound {
		return view, approvalErr
	}
	return view, nil
}

// roundSteps are a round's stages, the one it stands at marked.
func (h *Handlers) roundSteps(c *gin.Context, r forum.Round) []page.Step {
	lang, passed := page.Lang(c), true
	var steps []page.Step
	for _, status := range []forum.RoundStatus{forum.RoundOpen, forum.RoundScoring, forum.RoundDecided, forum.RoundRecorded} {
		one := page.Step{Text: h.site.Text(lang, "status.round."+string(status)), Done: passed}
		if status == r.Status {
			one.Current, passed = true, false
			one.Late = status == forum.RoundScoring && !h.Now().Before(r.Deadline)
		}
		switch status {
		case forum.RoundOpen:
			one.At = r.OpenedAt
		case forum.RoundScoring:
			one.At = r.Deadline
		case forum.RoundDecided:
			one.At = r.DecidedAt
		case forum.RoundRecorded:
			one.At = r.RecordedAt
		}
		steps = append(steps, one)
	}
	return steps
}

// candidates are the pool as the round's status needs it: weighed while it is shortlisted, by rank once it is scored.
func (h *Handlers) candidates(c *gin.Context, r forum.Round, s sheet, mayScore bool) []candidate {
	var all []candidate
	for _, one := range r.Candidates {
		if r.Status != forum.RoundOpen && !one.Shortlisted {
			continue
		}
		x := candidate{RoundCandidate: one, Picked: one.Shortlisted && r.Status == forum.RoundOpen, Typed: one.Reason, Excerpt: excerpt(one.Suggestion.Text, 200)}
		if one.Department != "" {
			x.Unit = h.department(c, s.lang, one.Department)
		}
		for _, k := range r.Criteria {
			x.Means = append(x.Means, one.Tally.Criteria[k.Code].String())
		}
		if s.values != nil {
			id := string(one.Suggestion.ID)
			x.Picked = slices.Contains(s.values.All("suggestion[]"), id) || slices.Contains(s.values.All("chosen[]"), id)
			x.Typed = s.values.Get("reason[" + id + "]")
		}
		for _, refusal := range refusals(s.err) {
			at := refusal.Fields["field"]
			if at == "reason["+string(one.Suggestion.ID)+"]" || at == "reasons" && refusal.Fields["suggestion"] == string(one.Suggestion.ID) {
				x.Fault = s.reason(refusal)
			}
		}
		if mayScore {
			x.Sheet = newSheetForm(s, r, one)
		}
		all = append(all, x)
	}
	return all
}

func (h *Handlers) roundQuestion(c *gin.Context, r forum.Round, action forum.Action) question {
	q := question{action: action, subject: h.roundSubject(c, r)}
	if action == forum.CloseRound {
		q.fields = func(s sheet) []*field {
			return []*field{s.field(page.Field{Name: "reason", Kind: "area", Rows: 2, Max: forum.ReasonMax, Required: true}, "office.field.reason")}
		}
		return q
	}
	q.again = func(c *gin.Context, v *page.Values, key string, err error) error {
		view, viewErr := h.roundView(c, r, v, key, err)
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "round", view, err)
	}
	switch action {
	case forum.StartScoring:
		q.fields = func(s sheet) []*field {
			return []*field{s.field(page.Field{Name: "deadline", Kind: "datetime-local", Required: true, Value: localText(r.ScoreBy)}, "office.field.deadline")}
		}
		q.details = shortlistDetails
	case forum.ChooseTopics:
		q.fields = func(sheet) []*field { return nil }
		q.details = func(v *page.Values) (any, error) { return choiceDetails(r, v) }
	}
	return q
}

func (h *Handlers) roundSubject(c *gin.Context, r forum.Round) subject {
	lang := page.Lang(c)
	title := h.site.Text(lang, "office.round.title", "month", r.Month, "track", h.site.Text(lang, "office.track."+string(r.Track)))
	return subject{noun: forum.TheRound, id: r.ID, title: title, parts: []any{"rounds", r.ID}}
}

func (h *Handlers) minutesQuestion(c *gin.Context, r forum.Round) (question, error) {
	signers, err := h.signers(c, forum.TheMinutes, officialOf(c).Department)
	q := question{action: forum.SubmitMinutes, subject: h.roundSubject(c, r)}
	q.fields = func(s sheet) []*field {
		return append(lineFields(s, signers), s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax}, "office.field.note"))
	}
	q.details = func(v *page.Values) (any, error) { return lineDetails(officialOf(c), v) }
	return q, err
}

// shortlistDetails are the suggestions put before the committee, and until when.
func shortlistDetails(v *page.Values) (any, error) {
	d := forum.ShortlistDetails{}
	for _, text := range v.All("suggestion[]") {
		id, err := forum.ParseID(text)
		if err != nil {
			return nil, forum.Refuse(forum.Invalid, "choice.missing").At("suggestion[]")
		}
		d.Suggestions = append(d.Suggestions, id)
	}
	if len(d.Suggestions) == 0 {
		return nil, forum.Refuse(forum.Invalid, "round.shortlist_empty").At("suggestion[]")
	}
	var err error
	d.Deadline, err = instantIn(v, "deadline")
	return d, err
}

// choiceDetails are the chosen topics, and a reason for each that isn't, or that too few have judged. None may be chosen.
func choiceDetails(r forum.Round, v *page.Values) (any, error) {
	d := forum.ChoiceDetails{Reasons: map[forum.ID]string{}}
	for _, one := range r.Candidates {
		if !one.Shortlisted {
			continue
		}
		id := one.Suggestion.ID
		reason := v.Get("reason[" + string(id) + "]")
		missing := forum.NeedReason(reason) != nil
		if slices.Contains(v.All("chosen[]"), string(id)) {
			d.Chosen = append(d.Chosen, id)
			if one.Tally.NeedsReason() && missing {
				return nil, forum.Refuse(forum.Invalid, "round.choice_needs_reason").At("reason[" + string(id) + "]")
			}
		} else if missing {
			return nil, forum.Refuse(forum.Invalid, "reason.missing").At("reason[" + string(id) + "]")
		}
		if reason != "" {
			d.Reasons[id] = reason
		}
	}
	return d, nil
}

// DecideRound takes one decision on a round.
func (h *Handlers) DecideRound(action forum.Action) page.Handler {
	return func(c *gin.Context) error {
		r, err := h.round(c)
		if err != nil {
			return err
		}
		q := h.roundQuestion(c, r, action)
		if action == forum.SubmitMinutes {
			if q, err = h.minutesQuestion(c, r); err != nil {
				return err
			}
		}
		return h.take(c, q)
	}
}
