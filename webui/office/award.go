package office

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Awards are the best opinions on their way to a prize.
type Awards interface {
	Awards(ctx context.Context, forumID, reader forum.ID) ([]forum.Award, error)
	ScoreAward(ctx context.Context, by forum.Official, from string, s forum.AwardScore) error
}

// blindAward is a candidate as a juror sees it: the text and nothing that tells whose it is or how it was voted on.
type blindAward struct {
	ID      forum.ID
	Letter  string // 가, 나, 다: in the order of the ids, which says nothing
	Text    string
	Title   string
	MyScore string
	Reason  string
	Fault   string
}

type juryView struct {
	head
	Awards  []blindAward
	Scores  []page.Choice
	Scored  int
	Officer bool // the reader runs the forum, too
}

// pickRow is a candidate as the officer sees it.
type pickRow struct {
	forum.Award
	Short   string
	Place   string // typed or decided
	Typed   string // the reason
	Fault   string
	Deliver *form
}

type awardsView struct {
	head
	Rows     []pickRow
	Pick     *form
	Places   []page.Choice
	Approval *approvalLine
}

// Awards shows a juror the texts to score, and everybody else who may read it the ranks, the picks and the deliveries.
func (h *Handlers) Awards(c *gin.Context) error {
	t, err := h.topic(c, forum.ReadAwards)
	if err != nil {
		return err
	}
	awards, err := h.Store.Awards(c, t.ID, officialOf(c).ID)
	if err != nil {
		return err
	}
	officer := officialOf(c).May(forum.SubmitAwards, "") == nil
	if isBlind(officialOf(c), t, awards) && (!officer || c.Query("as") != "officer") {
		view := h.juryView(c, t, awards, h.sheet(c, nil, nil))
		view.Officer = officer
		return h.site.Render(c, http.StatusOK, "jury", view)
	}
	view, err := h.awardsView(c, t, awards, h.sheet(c, nil, nil), newKey())
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "awards", view)
}

// isBlind says whether the reader must not see whose opinions these are: a juror, as long as there is something to score.
func isBlind(r reader, t topic, awards []forum.Award) bool {
	if r.May(forum.ScoreAward, "") != nil {
		return false
	}
	if r.May(forum.SubmitAwards, "") != nil && r.May(forum.ReadAudit, "") != nil {
		return true // a juror and nothing else never needs to know
	}
	return t.Status == forum.Awarding && slices.ContainsFunc(awards, func(a forum.Award) bool { return a.Status == forum.AwardCandidate && a.MyScore == 0 })
}

var letters = [...]string{"가", "나", "다", "라", "마", "바", "사", "아", "자", "차", "카", "타", "파", "하"}

func (h *Handlers) juryView(c *gin.Context, t topic, awards []forum.Award, s sheet) juryView {
	view := juryView{head: h.head(c, t, "awards")}
	for n := forum.ScoreMin; n <= forum.ScoreMax; n++ {
		view.Scores = append(view.Scores, page.Choice{Value: strconv.Itoa(n), Text: s.text("office.score." + strconv.Itoa(n))})
	}
	view.Scores = append(view.Scores, page.Choice{Value: "conflict", Text: s.text("office.score.conflict")})
	awards = slices.Clone(awards)
	slices.SortFunc(awards, func(a, b forum.Award) int { return cmp.Compare(a.ID, b.ID) })
	for n, a := range awards {
		if a.Status != forum.AwardCandidate && a.Status != forum.AwardScored {
			continue
		}
		one := blindAward{ID: a.ID, Letter: strconv.Itoa(n + 1), Title: a.Title, Text: a.Text}
		if s.lang == "ko" && n < len(letters) {
			one.Letter = letters[n]
		}
		if a.MyScore > 0 {
			one.MyScore = strconv.Itoa(a.MyScore)
			view.Scored++
		}
		if s.values != nil && s.values.Get("award") == string(a.ID) {
			one.MyScore, one.Reason = s.values.Get("score"), s.values.Get("reason")
			for _, refusal := range refusals(s.err) {
				one.Fault = s.reason(refusal)
			}
		}
		view.Awards = append(view.Awards, one)
	}
	return view
}

// ScoreAward takes a juror's blind score, or a declared conflict of interest.
func (h *Handlers) ScoreAward(c *gin.Context) error {
	t, err := h.topic(c, forum.ScoreAward)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	score := forum.AwardScore{Conflict: values.Get("score") == "conflict", Reason: values.Get("reason")}
	if err == nil {
		if score.Award, err = forum.ParseID(values.Get("award")); err != nil {
			err = forum.Refuse(forum.Invalid, "choice.missing")
		}
	}
	if err == nil && !score.Conflict {
		if score.Score, err = strconv.Atoi(values.Get("score")); err != nil {
			err = forum.Refuse(forum.Invalid, "score.out_of_range").At("score")
		}
	}
	if err == nil {
		err = score.Validate()
	}
	if err == nil {
		err = h.Store.ScoreAward(c, officialOf(c).Official, c.ClientIP(), score)
	}
	if err != nil {
		awards, readErr := h.Store.Awards(c, t.ID, officialOf(c).ID)
		if readErr != nil {
			return readErr
		}
		return h.site.Refused(c, "jury", h.juryView(c, t, awards, h.sheet(c, values, err)), err)
	}
	h.site.Flash(c, "notice.office.scored")
	return h.site.Redirect(c, page.To(c, "forums", t.ID, "awards"))
}

func (h *Handlers) awardsView(c *gin.Context, t topic, awards []forum.Award, s sheet, key string) (awardsView, error) {
	view := awardsView{head: h.head(c, t, "awards")}
	awards = slices.Clone(awards)
	slices.SortStableFunc(awards, func(a, b forum.Award) int {
		return cmp.Or(cmp.Compare(placeOf(a), placeOf(b)), cmp.Compare(b.Mean, a.Mean), cmp.Compare(a.ByRule, b.ByRule))
	})
	deliver := t.may(officialOf(c), forum.DeliverAward) == nil
	for _, a := range awards {
		row := pickRow{Award: a, Short: excerpt(a.Title+" "+a.Text, 160), Typed: a.Reason}
		if a.Rank > 0 {
			row.Place = strconv.Itoa(a.Rank)
		}
		if s.values != nil {
			row.Place, row.Typed = s.values.Get("pick["+string(a.ID)+"]"), s.values.Get("reason["+string(a.ID)+"]")
		}
		for _, refusal := range refusals(s.err) {
			if at := refusal.Fields["field"]; at == "pick["+string(a.ID)+"]" || at == "reason["+string(a.ID)+"]" {
				row.Fault = s.reason(refusal)
			}
		}
		if deliver && slices.Contains(forum.AwardDecisions[forum.DeliverAward], a.Status) {
			one := h.sheet(c, nil, nil)
			one.prefix = string(a.ID) + "-"
			f := h.form(c, h.deliveryQuestion(t, a), one, newKey())
			row.Deliver = &f
		}
		view.Rows = append(view.Rows, row)
	}
	view.Places = append(view.Places, page.Choice{Text: s.text("office.award.no_place")})
	for n := 1; n <= forum.Prizes+forum.RunnersUp; n++ {
		name := "office.award.place"
		if n > forum.Prizes {
			name = "office.award.runner_up"
		}
		view.Places = append(view.Places, page.Choice{Value: strconv.Itoa(n), Text: s.text(name, "n", n)})
	}
	document, err := h.Store.ApprovalOf(c, forum.TheAwards, t.ID)
	if err == nil {
		line := h.approvalLine(c, document)
		view.Approval = &line
	} else if forum.CodeOf(err) != forum.NotFound {
		return view, err
	}
	underway := view.Approval != nil && !forum.ApprovalSteps.IsFinal(view.Approval.Status)
	decided := slices.ContainsFunc(awards, func(a forum.Award) bool { return a.Status != forum.AwardCandidate && a.Status != forum.AwardScored })
	if underway || decided || t.may(officialOf(c), forum.SubmitAwards) != nil || !slices.Contains(forum.ForumDecisions[forum.SubmitAwards], t.Status) {
		return view, nil
	}
	q, err := h.forumQuestion(c, t, forum.SubmitAwards)
	if err != nil {
		return view, err
	}
	f := h.form(c, q, s, key)
	view.Pick = &f
	return view, nil
}

// placeOf puts those without a place last.
func placeOf(a forum.Award) int {
	if a.Rank == 0 {
		return forum.Prizes + forum.RunnersUp + 1
	}
	return a.Rank
}

// awardsQuestion asks for the places, each with a reason, and the approval line.
func (h *Handlers) awardsQuestion(c *gin.Context, t topic, q question) (question, error) {
	signers, err := h.signers(c, forum.TheAwards, t.Department)
	if err != nil {
		return q, err
	}
	awards, err := h.Store.Awards(c, t.ID, officialOf(c).ID)
	if err != nil {
		return q, err
	}
	q.parts = []any{"forums", t.ID}
	q.fields = func(s sheet) []*field { return lineFields(s, signers) }
	q.details = func(v *page.Values) (any, error) { return awardsDetails(officialOf(c), awards, v) }
	q.again = func(c *gin.Context, v *page.Values, key string, err error) error {
		view, viewErr := h.awardsView(c, t, awards, h.sheet(c, v, err), key)
		if viewErr != nil {
			return viewErr
		}
		return h.site.Refused(c, "awards", view, err)
	}
	return q, nil
}

// awardsDetails are the places that the officer gave: each place once, each with its reason.
func awardsDetails(drafter reader, awards []forum.Award, v *page.Values) (any, error) {
	d := forum.AwardsDetails{}
	taken := map[int]bool{}
	for _, a := range awards {
		name := "pick[" + string(a.ID) + "]"
		text := v.Get(name)
		if text == "" {
			continue
		}
		rank, err := strconv.Atoi(text)
		switch {
		case err != nil || rank < 1 || rank > forum.Prizes+forum.RunnersUp:
			return nil, forum.Refuse(forum.Invalid, "award.no_such_place").At(name)
		case taken[rank]:
			return nil, forum.Refuse(forum.Invalid, "award.place_taken").At(name)
		}
		taken[rank] = true
		reason := v.Get("reason[" + string(a.ID) + "]")
		if len([]rune(reason)) < 2 {
			return nil, forum.Refuse(forum.Invalid, "reason.missing").At("reason[" + string(a.ID) + "]")
		}
		d.Picks = append(d.Picks, forum.AwardPick{Award: a.ID, Rank: rank, Reason: reason})
	}
	if len(d.Picks) == 0 && len(awards) > 0 { // without a candidate the decision is that nobody wins, and the forum goes on
		return nil, forum.Refuse(forum.Invalid, "award.nothing_picked")
	}
	slices.SortFunc(d.Picks, func(a, b forum.AwardPick) int { return cmp.Compare(a.Rank, b.Rank) })
	line, err := lineDetails(drafter, v)
	d.LineDetails = line
	return d, err
}

func (h *Handlers) deliveryQuestion(t topic, a forum.Award) question {
	return question{
		action: forum.DeliverAward,
		subject: subject{noun: forum.TheAward, id: a.ID, title: a.Number, parts: []any{"awards", a.ID},
			shown: []any{"forums", t.ID, "awards"}, query: "?forum=" + string(t.ID)},
		fields: func(s sheet) []*field {
			f := page.Field{Name: "reason", Kind: "area", Rows: 2, Max: forum.ReasonMax}
			return []*field{s.field(f, "office.field.delivery_note")}
		},
	}
}

// DeliverAward confirms that a winner has the gift.
func (h *Handlers) DeliverAward(c *gin.Context) error {
	award, t, err := h.awardOf(c)
	if err != nil {
		return err
	}
	return h.take(c, h.deliveryQuestion(t, award))
}

// awardOf is the award of the address; its forum stands in the query.
func (h *Handlers) awardOf(c *gin.Context) (forum.Award, topic, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.Award{}, topic{}, err
	}
	forumID, err := forum.ParseID(c.Query("forum"))
	if err != nil {
		return forum.Award{}, topic{}, err
	}
	t, err := h.topicOf(c, forumID, forum.DeliverAward)
	if err != nil {
		return forum.Award{}, t, err
	}
	awards, err := h.Store.Awards(c, t.ID, officialOf(c).ID)
	if err != nil {
		return forum.Award{}, t, err
	}
	if n := slices.IndexFunc(awards, func(a forum.Award) bool { return a.ID == id }); n >= 0 {
		return awards[n], t, nil
	}
	return forum.Award{}, t, forum.Refuse(forum.NotFound, "page.not_found")
}
