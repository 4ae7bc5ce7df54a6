package page

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

const (
	requestIDKey = "page.request_id"
	patienceKey  = "page.patience"
)

// errPatience is why a request's context ended when the handler took too long.
var errPatience = errors.New("the request took longer than it may")

// RequestID names a request in its answer and in the log. It is made here; a client's own is not believed.
func RequestID(c *gin.Context) string { return c.GetString(requestIDKey) }

// begin names the request and writes one line about it when it is over: the route's pattern and never the address, because
// receipts are in addresses; nobody's IP either.
func (s *Site) begin(c *gin.Context) {
	began := time.Now()
	c.Set(requestIDKey, fmt.Sprintf("%016x", mathrand.Uint64())) //nolint:gosec // a name, not a secret
	c.Set(audienceKey, s.options.Audience)
	c.Writer.Header()["X-Request-Id"] = []string{RequestID(c)}
	defer func() { // deferred, so that an aborted answer is seen too
		line := slog.NewRecord(time.Now(), slog.LevelInfo, "request", 0) // nobody asks which line of this file wrote it
		line.AddAttrs(slog.String("request_id", RequestID(c)), slog.String("method", c.Request.Method), slog.String("route", routeOf(c)),
			slog.Int("status", c.Writer.Status()), slog.Int("bytes", c.Writer.Size()), slog.Int64("ms", time.Since(began).Milliseconds()))
		if s.requests.Enabled(c.Request.Context(), slog.LevelInfo) {
			_ = s.requests.Handle(c.Request.Context(), line)
		}
	}()
	c.Next()
}

// patient gives what comes after it the request's time limit.
func (s *Site) patient(c *gin.Context) {
	ctx, cancel := context.WithCancelCause(c.Request.Context())
	defer cancel(nil)
	patience := time.AfterFunc(s.options.Timeout, func() { cancel(errPatience) })
	defer patience.Stop()
	c.Set(patienceKey, patience)
	c.Request = c.Request.WithContext(ctx)
	c.Next()
}

// Patience gives this request another time limit from now on: an export may take minutes where a page may not.
func Patience(c *gin.Context, limit time.Duration) {
	if timer, ok := c.Get(patienceKey); ok {
		timer.(*time.Timer).Reset(limit)
	}
}

// routeOf is the pattern of the route; an address that no route has is not repeated.
func routeOf(c *gin.Context) string {
	if route := c.FullPath(); route != "" {
		return route
	}
	return "(none)"
}

// recovered makes a panic outside of Handle and API the same page that an error would be.
func (s *Site) recovered(c *gin.Context) {
	if err := guarded(func(c *gin.Context) error { c.Next(); return nil }, c); err != nil {
		s.fail(c, err)
	}
}

const contentSecurity = "default-src 'self'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// security are the headers that keep a browser from doing what no page here asks for. Their values are shared by all answers:
// a header is replaced, never written into.
func (o Options) security() http.Header {
	h := http.Header{}
	h.Set("Content-Security-Policy", contentSecurity)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // receipts are in addresses
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if o.Secure {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
	if o.Audience == Office {
		h.Set("Cache-Control", "no-store") // on shared desks the back button must not show the last person's page
	} else {
		h.Set("Cache-Control", "private, no-cache")
	}
	for name, values := range h {
		h[name] = slices.Clip(values)
	}
	return h
}

// secured sets them.
func (s *Site) secured(c *gin.Context) { maps.Copy(c.Writer.Header(), s.security) }

var crossOrigin = http.NewCrossOriginProtection()

// sameOrigin refuses what another site's page makes a browser send: forms need no token of their own.
func (s *Site) sameOrigin(c *gin.Context) {
	if s.anywhere[c.Request.Method+" "+c.FullPath()] {
		return
	}
	if err := crossOrigin.Check(c.Request); err != nil {
		s.fail(c, forum.Refuse(forum.Forbidden, "request.cross_origin"))
	}
}

// noStore keeps an answer out of every cache.
func noStore(c *gin.Context) { c.Header("Cache-Control", "no-store") }

// Private keeps an answer out of every cache, every index and every Referer: for pages whose address is the secret.
func Private(c *gin.Context) {
	noStore(c)
	c.Header("Referrer-Policy", "no-referrer")
	c.Header("X-Robots-Tag", "noindex, nofollow")
}

// Download makes an answer a file with a name in any script, never shown in the browser.
func Download(c *gin.Context, name, contentType string) {
	c.Header("Content-Type", contentType)
	c.Header("Content-Disposition", "attachment; filename=\""+asciiName(name)+"\"; filename*=UTF-8''"+rfc5987(name))
	noStore(c)
}

// asciiName is for clients that don't read filename*.
func asciiName(name string) string {
	plain := strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\' || r == '/' || r < 0x20 || r == 0x7f:
			return -1
		case r > 0x7e:
			return '_'
		}
		return r
	}, name)
	if plain == "" {
		return "download"
	}
	return plain
}

func rfc5987(name string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
	var b strings.Builder
	for i := range len(name) {
		if strings.IndexByte(plain, name[i]) >= 0 {
			b.WriteByte(name[i])
		} else {
			b.WriteByte('%')
			b.WriteString(strings.ToUpper(hex.EncodeToString([]byte{name[i]})))
		}
	}
	return b.String()
}
