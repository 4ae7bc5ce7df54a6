package office

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Urgents start topics that can't wait for a round.
type Urgents interface {
	StartUrgent(ctx context.Context, by forum.Official, from string, u forum.NewUrgent) (approval forum.ID, err error)
}

type urgentView struct {
	base
	Form form
}

// UrgentPage is the form for an urgent topic that nobody has suggested.
func (h *Handlers) UrgentPage(c *gin.Context) error {
	f, err := h.urgentForm(c, h.sheet(c, nil, nil), "", newKey())
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "urgent", urgentView{Form: f})
}

// urgentForm asks why a topic can't wait and who approves it; without a suggestion, what the topic is.
func (h *Handlers) urgentForm(c *gin.Context, s sheet, suggestion forum.ID, key string) (form, error) {
	signers, err := h.signers(c, forum.TheUrgent, officialOf(c).Department)
	if err != nil {
		return form{}, err
	}
	name := "office.action." + string(forum.StartUrgent)
	f := form{ID: string(forum.StartUrgent), Title: s.text(name), Hint: s.text(name + ".hint"), URL: page.To(c, "forums", "urgent"), Key: key,
		Button: s.text("office.urgent.submit"), Tone: "primary"}
	if suggestion != "" {
		f.URL = page.To(c, "suggestions", suggestion, "urgent")
	} else {
		langs := []page.Choice{{Value: "ko", Text: s.text("office.lang.ko")}, {Value: "en", Text: s.text("office.lang.en")}}
		f.Fields = []*field{
			s.field(page.Field{Name: "title", Required: true}, "office.field.title"),
			s.field(page.Field{Name: "text", Kind: "area", Rows: 8, Max: forum.SuggestionTextMax, Required: true}, "office.field.text"),
			s.field(page.Field{Name: "track", Kind: "radios", Required: true, Choices: h.tracks(c, false), Value: string(forum.General)}, "office.field.track"),
			s.field(page.Field{Name: "lang", Kind: "radios", Required: true, Choices: langs, Value: s.lang}, "office.field.lang"),
		}
	}
	f.Fields = append(f.Fields, s.field(page.Field{Name: "reason", Kind: "area", Rows: 3, Max: forum.ReasonMax, Required: true}, "office.field.urgent_reason"))
	f.Fields = append(f.Fields, lineFields(s, signers)...)
	return f, nil
}

// StartUrgent sends an urgent topic of the officer's own into its approval line.
func (h *Handlers) StartUrgent(c *gin.Context) error {
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	u := forum.NewUrgent{Title: values.Get("title"), Text: values.Get("text"), Lang: values.Get("lang"), Track: forum.Track(values.Get("track"))}
	switch {
	case err != nil:
	case u.Track != forum.General && u.Track != forum.Youth:
		err = forum.Refuse(forum.Invalid, "choice.missing").At("track")
	case !slices.Contains(page.Office.Languages(), u.Lang):
		err = forum.Refuse(forum.Invalid, "choice.missing").At("lang")
	default:
		u.Idempotency, err = entryKey(officialOf(c).ID, values.Get("key"), forum.NewSuggestion{Title: u.Title, Text: u.Text, Lang: u.Lang, Track: u.Track, Kind: forum.ByOfficial})
	}
	return h.startUrgent(c, u, values, err, func(s sheet, refusal error) error {
		f, err := h.urgentForm(c, s, "", newKey())
		if err != nil {
			return err
		}
		return h.site.Refused(c, "urgent", urgentView{Form: f}, refusal)
	})
}

// SuggestUrgent sends an accepted suggestion that can't wait for a round into its approval line.
func (h *Handlers) SuggestUrgent(c *gin.Context) error {
	one, err := h.suggestionOf(c)
	if err != nil {
		return err
	}
	values, err := page.Form(c)
	if values == nil {
		return err
	}
	return h.startUrgent(c, forum.NewUrgent{Suggestion: one.ID}, values, err, func(s sheet, refusal error) error {
		view, err := h.suggestionView(c, one, s)
		if err != nil {
			return err
		}
		return h.site.Refused(c, "suggestion", view, refusal)
	})
}

func (h *Handlers) startUrgent(c *gin.Context, u forum.NewUrgent, values *page.Values, err error, again func(sheet, error) error) error {
	u.Reason = values.Get("reason")
	if err == nil {
		err = u.Validate()
	}
	if err == nil {
		u.LineDetails, err = lineDetails(officialOf(c), values)
	}
	var approval forum.ID
	if err == nil {
		approval, err = h.Store.StartUrgent(c, officialOf(c).Official, c.ClientIP(), u)
	}
	if err != nil {
		return again(h.sheet(c, values, err), err)
	}
	h.wake(c, forum.TheApproval, approval)
	h.site.Flash(c, "notice.office.decided", "what", h.site.Text(page.Lang(c), "office.action."+string(forum.StartUrgent)))
	return h.site.Redirect(c, page.To(c, "approvals", approval))
}
