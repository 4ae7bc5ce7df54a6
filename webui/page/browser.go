package page

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// formKeyField is the form field that carries the idempotency key; API callers send the header Idempotency-Key.
const formKeyField = "form_key"

const (
	browserCookie = "browser"
	flashCookie   = "notice"
	displayCookie = "display"

	secretBytes = 32
	oneYear     = 365 * 24 * 60 * 60
)

// cookieName has the prefix that ties the cookie to this very host, when TLS allows it.
func (s *Site) cookieName(name string) string {
	if s.options.Secure {
		return "__Host-" + name
	}
	return name
}

func (s *Site) setCookie(c *gin.Context, name, value string, maxAge int) {
	http.SetCookie(c.Writer, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: s.options.Secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *Site) cookie(c *gin.Context, name string) string {
	cookie, err := c.Request.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// BrowserSecret is this browser's random secret of 32 bytes, made on first need and kept for a year. It scopes idempotency
// keys and tells one visitor from another; it names nobody.
func (s *Site) BrowserSecret(c *gin.Context) []byte {
	const key = "page.browser"
	if known, ok := c.Get(key); ok {
		return known.([]byte)
	}
	secret, brought := s.broughtSecret(c)
	if !brought {
		secret = make([]byte, secretBytes)
		_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
		s.setCookie(c, browserCookie, base64.RawURLEncoding.EncodeToString(secret), oneYear)
	}
	c.Set(key, secret)
	return secret
}

// HasBrowserSecret says whether the browser brought a secret: robots and first visits don't, nor does a cookie that isn't ours, which
// would be another secret at each try.
func (s *Site) HasBrowserSecret(c *gin.Context) bool {
	_, brought := s.broughtSecret(c)
	return brought
}

func (s *Site) broughtSecret(c *gin.Context) (secret []byte, brought bool) {
	secret, err := base64.RawURLEncoding.DecodeString(s.cookie(c, browserCookie))
	return secret, err == nil && len(secret) == secretBytes
}

// Flash tells something once on the next page, across a 303: the text of key, with values in pairs.
func (s *Site) Flash(c *gin.Context, key string, values ...string) {
	parts := url.Values{"k": {key}, "v": values}
	s.setCookie(c, flashCookie, base64.RawURLEncoding.EncodeToString([]byte(parts.Encode())), 60)
}

// flashOf reads what the last request left. Only texts that exist are shown, so a forged cookie says nothing of its own.
func (s *Site) flashOf(c *gin.Context) (text string, found bool) {
	raw := s.cookie(c, flashCookie)
	if raw == "" {
		return "", false
	}
	decoded, err := base64.RawURLEncoding.DecodeString(raw)
	if err != nil {
		return "", true
	}
	parts, err := url.ParseQuery(string(decoded))
	if err != nil || !strings.HasPrefix(parts.Get("k"), "notice.") {
		return "", true
	}
	values := make([]any, len(parts["v"]))
	for i, value := range parts["v"] {
		values[i] = value
	}
	text, err = s.words.text(Lang(c), parts.Get("k"), values...)
	if err != nil {
		return "", true
	}
	return text, true
}

func newFormKey() string { return uuid.Must(uuid.NewRandom()).String() }

// postedFormKey is the key that the form brought, once Form has read it.
func postedFormKey(c *gin.Context) string {
	if c.Request.PostForm == nil {
		return ""
	}
	key, err := uuid.Parse(c.Request.PostForm.Get(formKeyField))
	if err != nil {
		return ""
	}
	return key.String()
}
