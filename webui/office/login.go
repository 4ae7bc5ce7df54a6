package office

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Directory knows the city's people and their passwords, and gives the row of whoever proved theirs, as the directory has
// it now. A refusal is Unauthorised login.failed, or Unavailable when the directory doesn't answer.
type Directory interface {
	Login(ctx context.Context, name, password string) (forum.Official, error)
}

// Sessions keep who is signed in; scs.SessionManager is one.
type Sessions interface {
	GetString(ctx context.Context, key string) string
	Put(ctx context.Context, key string, value any)
	RenewToken(ctx context.Context) error
	Destroy(ctx context.Context) error
}

type loginView struct {
	base
	Name  string
	Next  string // where one was going
	Held  []held // the fields of a form that was sent after the session had ended
	Ended bool
}

// held is one field of a form that waits for its sender to sign in again.
type held struct{ Name, Value string }

const heldPrefix = "held."

func heldFields(form url.Values) []held {
	var fields []held
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			fields = append(fields, held{strings.TrimPrefix(name, heldPrefix), strings.ToValidUTF8(value, "\uFFFD")})
		}
	}
	return fields
}

// onlyHeld are the fields that a login form carries along for another form.
func onlyHeld(form url.Values) url.Values {
	kept := url.Values{}
	for name, values := range form {
		if strings.HasPrefix(name, heldPrefix) {
			kept[name] = values
		}
	}
	return kept
}

// LoginPage asks who is there.
func (h *Handlers) LoginPage(c *gin.Context) error {
	if _, known := signedIn(c); known {
		return h.site.Redirect(c, nextOr(c, c.Query("next")))
	}
	return h.site.Render(c, http.StatusOK, "login", loginView{Next: c.Query("next")})
}

// Login proves the password to the directory and begins a session under a new token.
func (h *Handlers) Login(c *gin.Context) error {
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	view := loginView{Name: values.Get("name"), Next: values.Get("next"), Held: heldFields(onlyHeld(c.Request.PostForm))}
	if err != nil {
		return h.site.Refused(c, "login", view, err)
	}
	official, err := h.Directory.Login(c, values.Get("name"), values.Raw("password"))
	if err == nil {
		err = h.Sessions.RenewToken(c)
	}
	if err != nil {
		return h.site.Refused(c, "login", view, err)
	}
	h.Sessions.Put(c, sessionKey, string(official.ID))
	if len(view.Held) > 0 {
		view.Name, view.Next = personName(page.Lang(c), official), nextOr(c, view.Next)
		return h.site.Render(c, http.StatusOK, "held", view)
	}
	return h.site.Redirect(c, nextOr(c, view.Next))
}

// Logout ends the session.
func (h *Handlers) Logout(c *gin.Context) error {
	if err := h.Sessions.Destroy(c); err != nil {
		return err
	}
	h.site.Flash(c, "notice.office.signed_out")
	return h.site.Redirect(c, page.To(c, "login"))
}

// nextOr is where to go: an address of this site, or the first page. The login page itself leads nowhere.
func nextOr(c *gin.Context, next string) string {
	home := page.To(c)
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") ||
		strings.HasPrefix(next, page.To(c, "login")) || strings.HasPrefix(next, page.To(c, "logout")) {
		return home
	}
	return next
}
