package office

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

const (
	officialKey = "office.official" // in the request
	sessionKey  = "official"        // in the session: the official's id
)

// Guard stands before each route: whoever is signed in is shown in the header, and where the route has an action, they must
// hold a duty for it, if only in their own department. The handler asks again with the department of what it is about.
func (h *Handlers) Guard(r page.Route) []gin.HandlerFunc {
	handle := h.site.Handle
	if r.API {
		handle = h.site.API
	}
	return []gin.HandlerFunc{handle(func(c *gin.Context) error {
		official, err := h.known(c)
		switch nobody := forum.CodeOf(err) == forum.Unauthorised; {
		case nobody && r.Action == "":
			return nil // nobody needs to be signed in here
		case nobody && !r.API:
			c.Abort()
			return h.askLogin(c)
		case err != nil:
			return err
		}
		reader := h.reader(c, official)
		c.Set(officialKey, reader)
		user := page.User{Name: personName(page.Lang(c), official)}
		for _, duty := range official.Duties {
			user.Duties = append(user.Duties, string(duty))
		}
		page.SetUser(c, &user)
		if r.Action == "" {
			return nil
		}
		return reader.mayAnywhere(r.Action)
	})}
}

// known is the official of this session, as the directory knows them now. Somebody who has left is nobody.
func (h *Handlers) known(c *gin.Context) (forum.Official, error) {
	id := h.Sessions.GetString(c, sessionKey)
	if id == "" {
		return forum.Official{}, forum.Refuse(forum.Unauthorised, "login.needed")
	}
	official, err := h.Store.Official(c, forum.ID(id))
	if forum.CodeOf(err) == forum.NotFound {
		return forum.Official{}, forum.Refuse(forum.Unauthorised, "login.needed")
	}
	return official, err
}

// askLogin leads to the login page, which returns to where one was going. A form that was sent after the session had ended
// isn't lost: the login page carries its fields along.
func (h *Handlers) askLogin(c *gin.Context) error {
	if c.Request.Method == http.MethodGet {
		return h.site.Redirect(c, page.To(c, "login")+"?next="+url.QueryEscape(c.Request.URL.RequestURI()))
	}
	values, err := page.Form(c, editorLimit)
	if values == nil {
		return err
	}
	return h.site.Render(c, http.StatusUnauthorized, "login", loginView{
		Next: c.Request.URL.EscapedPath(), Held: heldFields(c.Request.PostForm), Ended: true,
	})
}
