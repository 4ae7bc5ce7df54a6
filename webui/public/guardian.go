package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Guardians are asked whether the city may write to a child under fourteen about what it wrote on the youth track.
type Guardians interface {
	AskGuardian(context.Context, forum.GuardianAsk) error
	GuardianQuestion(ctx context.Context, secret string) (forum.GuardianQuestion, error)
	AnswerGuardian(ctx context.Context, secret string, consents bool) error
}

// youngBody is what is sent besides on the youth track.
type youngBody struct {
	Age      string `json:"age"`      // from_14 or under_14
	Guardian string `json:"guardian"` // under fourteen, beside an address: the guardian's
}

func youngForm(form *page.Values) youngBody {
	return youngBody{Age: form.Get("age"), Guardian: form.Get("guardian")}
}

// young is who writes on the youth track; nil on the general one, where nobody's age is asked.
type young struct{ *forum.Young }

func (b youngBody) of(track forum.Track, pseudonym, email string) young {
	if track != forum.Youth {
		return young{}
	}
	return young{&forum.Young{Age: forum.Age(b.Age), Pseudonym: pseudonym, Email: email, Guardian: b.Guardian}}
}

func (y young) validate() error {
	if y.Young == nil {
		return nil
	}
	return y.Validate()
}

func (y young) isChild() bool { return y.Young != nil && y.Age == forum.UnderFourteen }

// words are what makes one request another one, besides the text.
func (y young) words() []string {
	if y.Young == nil {
		return nil
	}
	return []string{string(y.Age), y.Guardian}
}

// youngOn is who writes an opinion on a forum, checked. Which track a forum is on never changes.
func (h *Handlers) youngOn(c *gin.Context, id forum.ID, body opinionBody) (young, error) {
	track, known := h.tracks.Load(id)
	if !known {
		f, err := h.Store.PublicForum(c.Request.Context(), id)
		if err != nil {
			return young{}, err
		}
		track = f.Track
		h.tracks.Store(id, track)
	}
	y := body.youngBody.of(track.(forum.Track), page.OneLine(body.Pseudonym), body.Email)
	return y, y.validate()
}

// askGuardian asks once the text is kept; a repeated request asks no second time.
func (h *Handlers) askGuardian(c *gin.Context, noun forum.Noun, id forum.ID, y young) error {
	if y.Young == nil || !y.AsksGuardian() {
		return nil
	}
	return h.Store.AskGuardian(c.Request.Context(), forum.GuardianAsk{Noun: noun, Subject: id, Child: y.Email, Guardian: y.Guardian, Lang: page.Lang(c)})
}

// flashGuardian tells who sent a form that its guardian was asked.
func (h *Handlers) flashGuardian(c *gin.Context, b youngBody, track forum.Track, email string) {
	if y := b.of(track, "", email); y.Young != nil && y.AsksGuardian() {
		h.site.Flash(c, "notice.guardian_asked")
	}
}

// Guardian is where the mail leads: what the child wrote, what is asked, and two buttons, because opening a link changes
// nothing.
func (h *Handlers) Guardian(c *gin.Context) error {
	page.Private(c)
	question, err := h.Store.GuardianQuestion(c.Request.Context(), c.Param("secret"))
	if err != nil {
		return err
	}
	return h.site.Render(c, http.StatusOK, "guardian", struct {
		Question forum.GuardianQuestion
		Secret   string
	}{question, c.Param("secret")})
}

// AnswerGuardian is those buttons.
func (h *Handlers) AnswerGuardian(c *gin.Context) error {
	page.Private(c)
	form, err := page.Form(c)
	if err != nil {
		return err
	}
	notice, known := map[string]string{"yes": "notice.guardian_yes", "no": "notice.guardian_no"}[form.Get("answer")]
	if !known {
		return forum.Refuse(forum.Invalid, "request.no_such_choice").At("answer")
	}
	if err := h.Store.AnswerGuardian(c.Request.Context(), c.Param("secret"), form.Get("answer") == "yes"); err != nil {
		return err
	}
	h.site.Flash(c, notice)
	return h.site.Redirect(c, page.To(c))
}
