package page

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// errorView is what the error page shows.
type errorView struct {
	Code      string
	Heading   string
	Messages  []string
	Back      string // the page the reader came from, when it was one of ours
	SignIn    string
	RequestID string
}

func (s *Site) showError(c *gin.Context, refusals []*forum.Error) {
	lang, first := Lang(c), refusals[0]
	data := errorView{
		Code:    string(first.Code),
		Heading: s.text(lang, "error_page."+string(first.Code)+".heading"),
		Back:    cameFrom(c),
	}
	for _, refusal := range refusals {
		data.Messages = append(data.Messages, s.message(lang, refusal))
	}
	if first.Code == forum.Internal || first.Code == forum.Unavailable {
		data.RequestID = RequestID(c)
	}
	if first.Code == forum.Unauthorised && s.options.SignInPath != "" {
		data.SignIn = "/" + lang + s.options.SignInPath + "?next=" + url.QueryEscape(c.Request.URL.RequestURI())
		if c.Request.Method != "GET" {
			data.SignIn = "/" + lang + s.options.SignInPath
		}
	}
	if err := s.Render(c, statusOf(first), "error", data); err != nil {
		s.logFailure(c, err)
		c.String(statusOf(first), "%s\n%s\n", data.Heading, strings.Join(data.Messages, "\n"))
	}
}

// cameFrom is the page before this one, when the browser says so and it was of this site and not this very page.
func cameFrom(c *gin.Context) string {
	from, err := url.Parse(c.Request.Referer())
	if err != nil || from.Host != c.Request.Host || from.EscapedPath() == c.Request.URL.EscapedPath() {
		return ""
	}
	return local(from.RequestURI(), "")
}

// Refused shows a form again after an error: the words kept, each reason in the summary, which leads to its field, and beside it. An error that
// is no refusal is logged and told in general words, so that even then nobody loses what they typed. It returns an error
// only when the client has gone or the page can't be rendered.
func (s *Site) Refused(c *gin.Context, name string, data any, err error) error {
	if s.isGone(c, err) {
		return err
	}
	refusals := s.explained(c, err)
	view := s.view(c, data)
	for _, refusal := range refusals {
		view.Errors = append(view.Errors, FieldError{Field: refusal.Fields["field"], Text: s.message(view.Lang, refusal)})
	}
	status := statusOf(refusals[0])
	if status >= 500 {
		view.formKey = postedFormKey(c)
	}
	if wait := retryAfter(refusals[0]); wait != "" {
		c.Header("Retry-After", wait)
	}
	c.Header("Cache-Control", "no-store")
	return s.render(c, status, name, view)
}
