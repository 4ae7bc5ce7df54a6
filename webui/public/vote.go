package public

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Voter takes a vote and answers with the opinion's tally once it is kept.
type Voter interface {
	Vote(context.Context, forum.NewVote) (forum.VoteCast, error)
}

// APIVote is PUT /api/v1/opinions/{id}/vote.
func (h *Handlers) APIVote(c *gin.Context) error {
	var body struct {
		Choice string `json:"choice"`
		Altcha string `json:"altcha"`
	}
	if err := page.JSON(c, &body); err != nil {
		return err
	}
	choice, err := forum.ParseChoice(body.Choice)
	if err != nil {
		return err
	}
	return h.answerVote(c, choice, body.Altcha)
}

// APIUnvote is DELETE /api/v1/opinions/{id}/vote: it takes the vote back.
func (h *Handlers) APIUnvote(c *gin.Context) error { return h.answerVote(c, forum.NoChoice, "") }

func (h *Handlers) answerVote(c *gin.Context, choice forum.Choice, solution string) error {
	cast, err := h.vote(c, choice, idempotencyKey(c), solution)
	if err != nil {
		return err
	}
	c.JSON(http.StatusOK, cast)
	return nil
}

// vote casts the reader's choice on the opinion of the address. A key may be missing: the same vote twice is one.
func (h *Handlers) vote(c *gin.Context, choice forum.Choice, key, solution string) (forum.VoteCast, error) {
	id, err := forum.ParseID(c.Param("id"))
	if err != nil {
		return forum.VoteCast{}, err
	}
	r, err := h.reader(c)
	if err != nil {
		return forum.VoteCast{}, err
	}
	v := forum.NewVote{Opinion: id, Choice: choice, Citizen: r.citizen, Kind: r.session.Kind, Device: r.device}
	if v.Origin, err = h.origin(c); err != nil {
		return forum.VoteCast{}, err
	}
	if key != "" {
		if v.Idempotency, err = h.idempotency(c, key, string(id), string(choice)); err != nil {
			return forum.VoteCast{}, err
		}
	}
	giveBack := func(error) {}
	if choice != forum.NoChoice && (v.Citizen != "" || v.Device != nil) { // taking one's own back gains nothing; nobody is asked to sign in
		if giveBack, err = h.admitOn(c, id, true, solution, usedFor(v)); err != nil {
			return forum.VoteCast{}, err
		}
	}
	cast, err := h.Writer.Vote(c.Request.Context(), v)
	giveBack(err)
	if forum.CodeOf(err) == forum.Unauthorised && v.Device == nil {
		h.site.BrowserSecret(c) // for a forum that knows browsers: the next try has one
	}
	return cast, err
}

// person is who supports, and how they were confirmed. Who is neither signed in nor has a browser's secret is refused, and gets one with the
// refusal: otherwise a retry would be another person.
func (h *Handlers) person(c *gin.Context) (forum.ID, []byte, forum.IdentityPolicy, error) {
	reader, err := h.reader(c)
	if err != nil {
		return "", nil, "", err
	}
	if reader.citizen == "" && reader.device == nil {
		h.site.BrowserSecret(c)
		return "", nil, "", forum.Refuse(forum.Unauthorised, "vote.sign_in")
	}
	return reader.citizen, reader.device, reader.session.Kind, nil
}

// Vote is the small form beside an opinion; it returns to the opinion, or to the sign-in that the forum asks for.
func (h *Handlers) Vote(c *gin.Context) error {
	form, err := page.Form(c)
	if err != nil {
		return err
	}
	choice := forum.NoChoice
	if given := form.Get("choice"); given != "none" {
		if choice, err = forum.ParseChoice(given); err != nil {
			return err
		}
	}
	back := form.Get("back")
	if _, err := h.vote(c, choice, "", form.Get("altcha")); err != nil {
		switch refusal := forum.RefusalIn(err); {
		case refusal != nil && refusal.Key == "vote.sign_in_gateway":
			return h.site.Redirect(c, toGateway(c, back))
		case forum.CodeOf(err) == forum.Unauthorised:
			return h.signInFirst(c, back)
		case isChallenge(err):
			return h.taskFirst(c, err, back, [][2]string{{"choice", form.Get("choice")}, {"back", back}})
		}
		return err
	}
	if choice == forum.NoChoice {
		h.site.Flash(c, "notice.vote_taken_back")
	} else {
		h.site.Flash(c, "notice.voted")
	}
	return h.site.Redirect(c, back)
}
