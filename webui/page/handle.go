package page

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Handler is a gin handler that returns what went wrong. As a middleware it stops the chain by an error.
type Handler func(*gin.Context) error

// Handle is the one place where an error becomes a page: a refusal in the reader's words with a way back; anything else a
// request id, while its text goes to the log. A client that has gone away is not an error.
func (s *Site) Handle(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := guarded(h, c); err != nil {
			s.fail(c, err)
		}
	}
}

// API is Handle for documents: an error becomes application/problem+json (RFC 9457) in the caller's language.
func (s *Site) API(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := guarded(h, c); err != nil {
			s.failWith(c, err, s.showProblem)
		}
	}
}

// StatusOf maps a refusal's code to HTTP.
func StatusOf(code forum.Code) int {
	switch code {
	case forum.Invalid:
		return http.StatusUnprocessableEntity
	case forum.Unreadable:
		return http.StatusBadRequest
	case forum.Unauthorised:
		return http.StatusUnauthorized
	case forum.Forbidden:
		return http.StatusForbidden
	case forum.NotFound:
		return http.StatusNotFound
	case forum.Conflict:
		return http.StatusConflict
	case forum.TooLarge:
		return http.StatusRequestEntityTooLarge
	case forum.Unsupported:
		return http.StatusUnsupportedMediaType
	case forum.TooMany:
		return http.StatusTooManyRequests
	case forum.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// errMethod is the one refusal whose status no code has: the page exists, but not for this method.
var errMethod = forum.Refuse(forum.Unsupported, "request.method")

func statusOf(refusal *forum.Error) int {
	if errors.Is(refusal, errMethod) {
		return http.StatusMethodNotAllowed
	}
	return StatusOf(refusal.Code)
}

// panicked is a panic on its way into the log.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

// guarded calls the handler and returns its panic as an error.
func guarded(h Handler, c *gin.Context) (err error) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so, too
			panic(value)
		}
		err = &panicked{value: value, stack: debug.Stack()}
	}()
	return h(c)
}

// fail answers with an error as the address's kind of caller expects it.
func (s *Site) fail(c *gin.Context, err error) {
	if isAPI(c) {
		s.failWith(c, err, s.showProblem)
		return
	}
	s.failWith(c, err, s.showError)
}

func (s *Site) failWith(c *gin.Context, err error, show func(*gin.Context, []*forum.Error)) {
	c.Abort()
	if s.isGone(c, err) {
		c.Status(statusClientGone)
		return
	}
	refusals := s.explained(c, err)
	if c.Writer.Written() {
		// A broken export must not look whole: the connection ends without its last chunk.
		panic(http.ErrAbortHandler)
	}
	if wait := retryAfter(refusals[0]); wait != "" {
		c.Header("Retry-After", wait)
	}
	c.Header("Cache-Control", "no-store")
	show(c, refusals)
}

// statusClientGone is what the access log shows for a client that hung up; nobody receives it.
const statusClientGone = 499

func (s *Site) isGone(c *gin.Context, err error) bool {
	return errors.Is(err, context.Canceled) && errors.Is(context.Cause(c.Request.Context()), context.Canceled)
}

// explained is what may be said about an error: its refusals, or for anything else a general one, after logging it.
func (s *Site) explained(c *gin.Context, err error) []*forum.Error {
	if refusals, all := refusalsIn(err); all {
		if refusals[0].Code == forum.Unavailable && err.Error() != refusals[0].Error() { // it says more than the reader needs
			s.logFailure(c, err)
		}
		return refusals
	}
	if errors.Is(context.Cause(c.Request.Context()), errPatience) || errors.Is(err, context.DeadlineExceeded) {
		s.logFailure(c, err)
		return []*forum.Error{forum.Refuse(forum.Unavailable, "request.timeout")}
	}
	s.logFailure(c, err)
	return []*forum.Error{forum.Refuse(forum.Internal, "internal").With("request_id", RequestID(c))}
}

// refusalsIn lists the refusals of an error or of joined errors; all says that there was nothing else among them.
func refusalsIn(err error) (found []*forum.Error, all bool) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // only the outermost join is a list for people
		all = true
		for _, one := range joined.Unwrap() {
			refusals, only := refusalsIn(one)
			found, all = append(found, refusals...), all && only
		}
		return found, all && len(found) > 0
	}
	if refusal := forum.RefusalIn(err); refusal != nil && refusal.Code != forum.Internal {
		return []*forum.Error{refusal}, true
	}
	return nil, false
}

func (s *Site) logFailure(c *gin.Context, err error) {
	fields := []any{"request_id", RequestID(c), "method", c.Request.Method, "route", routeOf(c), "error", err.Error()}
	if p, ok := errors.AsType[*panicked](err); ok {
		fields = append(fields, "stack", string(p.stack))
	}
	s.log.ErrorContext(c.Request.Context(), "request failed", fields...)
}

func retryAfter(refusal *forum.Error) string {
	if refusal.Code != forum.TooMany && refusal.Code != forum.Unavailable {
		return ""
	}
	if seconds, err := strconv.Atoi(refusal.Fields["retry_after"]); err == nil && seconds > 0 {
		return strconv.Itoa(seconds)
	}
	return "5"
}

// message is a refusal's text in a language; a key without a text says what its code says.
func (s *Site) message(lang string, refusal *forum.Error) string {
	values := make([]any, 0, 2*len(refusal.Fields))
	for name, value := range refusal.Fields {
		values = append(values, name, value)
	}
	text, err := s.words.text(lang, "error."+refusal.Key, values...)
	if err == nil {
		return text
	}
	s.log.Warn("a refusal has no text", "key", refusal.Key, "lang", lang, "error", err)
	return s.text(lang, "error_page."+string(refusal.Code)+".text")
}
