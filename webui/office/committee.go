package office

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Committees are who judges a month's topics, and by what.
type Committees interface {
	Seats(ctx context.Context) ([]forum.Seat, error)
	SeatMember(ctx context.Context, by forum.Official, from string, seat forum.Seat) error
	EndSeat(ctx context.Context, by forum.Official, from string, id forum.ID) error
	Criteria(ctx context.Context) ([]forum.Criterion, error)
	SaveCriteria(ctx context.Context, by forum.Official, from string, all []forum.Criterion) error
}

type seatRow struct {
	forum.Seat
	Name, Unit string
}

type committeeView struct {
	base
	Seats    []seatRow
	Everyone []forum.Track // judged by all who hold the duty
	May      bool
	Seat     *form
	Criteria *form
	Lines    [][]*field // of the criteria's form, a line each
	Rows     []criterion
}

// Committee shows the committees' seats and the scoring sheet, and lets the officer change them.
func (h *Handlers) Committee(c *gin.Context) error {
	view, err := h.committeeView(c, nil, nil)
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "committee", view)
}

func (h *Handlers) committeeView(c *gin.Context, values *page.Values, cause error) (committeeView, error) {
	lang := page.Lang(c)
	view := committeeView{May: officialOf(c).May(forum.SeatCommittee, "") == nil}
	seats, err := h.Store.Seats(c)
	if err != nil {
		return view, err
	}
	taken := map[forum.Track]bool{}
	for _, one := range seats {
		row := seatRow{Seat: one, Name: h.person(c, lang, one.Official, one.Name)}
		if o, err := h.Store.Official(c, one.Official); err == nil {
			row.Unit = h.department(c, lang, o.Department)
		}
		view.Seats = append(view.Seats, row)
		taken[one.Track] = taken[one.Track] || one.Sits
	}
	for _, track := range []forum.Track{forum.General, forum.Youth} {
		if !taken[track] {
			view.Everyone = append(view.Everyone, track)
		}
	}
	criteria, err := h.Store.Criteria(c)
	if err != nil {
		return view, err
	}
	if !view.May {
		view.Rows = sheetIn(lang, criteria)
		return view, nil
	}
	members, err := h.Store.Officials(c, forum.Committee, "")
	if err != nil {
		return view, err
	}
	people := []page.Choice{{Text: h.site.Text(lang, "office.choose")}}
	for _, o := range members {
		people = append(people, page.Choice{Value: string(o.ID), Text: personName(lang, o) + " (" + h.department(c, lang, o.Department) + ")"})
	}
	s := h.sheet(c, values, cause)
	view.Seat = &form{ID: "seat", URL: page.To(c, "committee", "seats"), Button: s.text("office.committee.seat"), Tone: "primary", Fields: []*field{
		s.field(page.Field{Name: "track", Kind: "select", Required: true, Choices: h.tracks(c, false), Value: string(forum.General)}, "office.field.track"),
		s.field(page.Field{Name: "official", Kind: "select", Required: true, Choices: people}, "office.committee.member"),
		s.field(page.Field{Name: "from", Kind: "date", Value: h.Now().In(page.Seoul).Format(time.DateOnly)}, "office.committee.from"),
		s.field(page.Field{Name: "until", Kind: "date", Hint: "office.committee.until.hint"}, "office.committee.until"),
	}}
	view.Criteria = &form{ID: "criteria", URL: page.To(c, "committee", "criteria"), Button: s.text("office.committee.save_criteria"), Tone: "primary"}
	view.Lines = criteriaLines(s, criteria)
	return view, nil
}

// criteriaLines has a line for each criterion and an empty one for a new one.
func criteriaLines(s sheet, rows []forum.Criterion) [][]*field {
	var lines [][]*field
	for _, one := range append(rows, forum.Criterion{}) {
		at, known, weight := "["+one.Code+"]", one.Code != "", ""
		if known {
			weight = strconv.Itoa(one.Weight)
		}
		lines = append(lines, []*field{
			s.field(page.Field{Name: "name" + at, Required: known, Value: one.Name}, "office.committee.criterion"),
			s.field(page.Field{Name: "name_en" + at, Value: one.NameEn}, "office.committee.criterion_en"),
			s.field(page.Field{Name: "weight" + at, Required: known, Value: weight}, "office.committee.weight"),
		})
	}
	return lines
}

// committeeAgain shows the committee's page with the words kept.
func (h *Handlers) committeeAgain(c *gin.Context, values *page.Values, err error) error {
	view, viewErr := h.committeeView(c, values, err)
	if viewErr != nil {
		return viewErr
	}
	return h.site.Refused(c, "committee", view, err)
}

// SeatMember gives somebody a seat.
func (h *Handlers) SeatMember(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	seat := forum.Seat{Track: forum.Track(values.Get("track"))}
	if err == nil {
		if seat.Official, err = forum.ParseID(values.Get("official")); err != nil {
			err = forum.Refuse(forum.Invalid, "choice.missing").At("official")
		}
	}
	if err == nil {
		seat.From, err = dayIn(values, "from")
	}
	if err == nil {
		seat.Until, err = dayIn(values, "until")
	}
	if err == nil {
		err = h.Store.SeatMember(c, officialOf(c).Official, c.ClientIP(), seat)
	}
	if err != nil {
		return h.committeeAgain(c, values, err)
	}
	return h.committeeDone(c)
}

func (h *Handlers) committeeDone(c *gin.Context) error {
	h.site.Flash(c, "notice.office.committee")
	return h.site.Redirect(c, page.To(c, "committee"))
}

// dayIn is a field's civil day; an empty one is the zero time.
func dayIn(values *page.Values, name string) (time.Time, error) {
	text := values.Get(name)
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, page.Seoul)
	if err != nil {
		return day, forum.Refuse(forum.Invalid, "request.not_a_time").At(name)
	}
	return day, nil
}

// EndSeat takes a seat away.
func (h *Handlers) EndSeat(c *gin.Context) error {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return err
	}
	if err := h.Store.EndSeat(c, officialOf(c).Official, c.ClientIP(), id); err != nil {
		return err
	}
	return h.committeeDone(c)
}

// SaveCriteria changes the scoring sheet of the rounds to come.
func (h *Handlers) SaveCriteria(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	known, readErr := h.Store.Criteria(c)
	if readErr != nil {
		return readErr
	}
	var all []forum.Criterion
	for _, one := range append(known, forum.Criterion{}) {
		at := "[" + one.Code + "]"
		next := forum.Criterion{Code: one.Code, Name: values.Get("name" + at), NameEn: values.Get("name_en" + at)}
		if one.Code == "" && next.Name == "" {
			continue
		}
		weight, failed := strconv.Atoi(values.Get("weight" + at))
		if failed != nil && err == nil {
			err = forum.Refuse(forum.Invalid, "committee.weight_out_of_range").At("weight" + at)
		}
		next.Weight = weight
		all = append(all, next)
	}
	if err == nil {
		err = forum.ValidateCriteria(all)
	}
	if err == nil {
		err = h.Store.SaveCriteria(c, officialOf(c).Official, c.ClientIP(), all)
	}
	if err != nil {
		return h.committeeAgain(c, values, err)
	}
	return h.committeeDone(c)
}
