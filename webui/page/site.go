package page

import (
	"context"
	"errors"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Audience says who a site is for: it decides the body's class, caching and which words may appear.
type Audience string

// The two audiences.
const (
	Public Audience = "public"
	Office Audience = "office"
)

// Options are what one part of the site needs to know. Zero values are safe.
type Options struct {
	Audience  Audience
	Templates fs.FS             // the caller's *.html; each defines "title" and "main", _*.html are partials
	CityName  map[string]string // by language; shown in the header, the footer and <title>; Korean where one is missing
	Menu      func(*gin.Context) []Link

	OfficialMasthead bool          // the band that only an official government site may show
	Secure           bool          // served over TLS: Secure and __Host- cookies, HSTS
	TrustedProxies   []string      // addresses whose X-Forwarded-For is believed; nobody's by default
	Timeout          time.Duration // per request; 15 seconds by default; see Patience
	SignInPath       string        // where a 401 page leads to, without the language
	Logger           *slog.Logger
	Cache            *Cache // of whole pages; nil: every page is made for its reader
	Strict           bool   // for tests: a page that lacks a word fails instead of showing the key
}

// Link is one entry of the menu; Path comes without the language.
type Link struct {
	Key  string
	Path string
}

// Site renders the pages of one audience.
type Site struct {
	options   Options
	words     *words
	templates map[string]*template.Template
	assets    *assets
	log       *slog.Logger
	paces     []*pace      // of all limits, shared with the other web processes
	requests  slog.Handler // for the line about each request
	security  http.Header
	anywhere  map[string]bool // routes that another site may have a browser send
}

// New reads templates, words and assets; what is wrong with them shows here and not at the first visitor.
func New(o Options) (*Site, error) {
	s, err := newSite(o, ext)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func newSite(o Options, others fs.FS) (*Site, error) {
	if o.Audience != Public && o.Audience != Office {
		return nil, errors.New("page: a site needs an audience")
	}
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	words, err := loadWords(locales, o.Audience.Languages())
	if err != nil {
		return nil, err
	}
	assets, err := gatherAssets(own, others)
	if err != nil {
		return nil, err
	}
	templates, err := parseTemplates(o.Templates)
	if err != nil {
		return nil, err
	}
	return &Site{options: o, words: words, templates: templates, assets: assets, log: o.Logger,
		requests: o.Logger.With("site", string(o.Audience)).Handler(), security: o.security(), anywhere: map[string]bool{}}, nil
}

// Engine is a gin engine with everything that stands before a handler, and the routes that every site has. It believes no
// X-Forwarded-For unless told whose.
func (s *Site) Engine() *gin.Engine {
	e := gin.New()
	e.ContextWithFallback = true // a *gin.Context passed on as a context.Context is the request's
	e.HandleMethodNotAllowed = true
	e.RedirectTrailingSlash = false // its target is built from the raw path and X-Forwarded-Prefix
	e.MaxMultipartMemory = 1 << 20
	if err := e.SetTrustedProxies(s.options.TrustedProxies); err != nil {
		panic("page: trusted proxies: " + err.Error())
	}
	e.Use(s.begin, s.recovered, s.secured, s.sameOrigin)
	e.NoRoute(s.Handle(func(*gin.Context) error { return forum.Refuse(forum.NotFound, "page.not_found") }))
	e.NoMethod(func(c *gin.Context) { s.fail(c, errMethod) })
	e.GET("/", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, "/"+Lang(c)+"/") })
	e.GET("/static/:version/:name", s.Handle(s.static))
	e.GET("/:lang", s.Handle(toHome))
	e.POST("/:lang/display", s.Handle(s.saveDisplay))
	return e
}

// Pages is the group of routes under /ko, /en and so on; a language that the audience hasn't is not found.
func (s *Site) Pages(e *gin.Engine, before ...gin.HandlerFunc) *gin.RouterGroup {
	return e.Group("/:lang", append([]gin.HandlerFunc{s.Handle(knownLanguage)}, before...)...)
}

// Head answers HEAD as GET, without its body, so that link checkers and proxies see the same headers.
func Head(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		get := r.Clone(context.WithValue(r.Context(), headKey{}, true))
		get.Method = http.MethodGet
		next.ServeHTTP(bodiless{w}, get)
	})
}

type headKey struct{}

// IsHead says that the request was a HEAD, which Head answers as GET: nobody reads the page.
func IsHead(c *gin.Context) bool { return c.Request.Context().Value(headKey{}) != nil }

type bodiless struct{ http.ResponseWriter }

func (b bodiless) Write(p []byte) (int, error) { return len(p), nil }
func (b bodiless) Unwrap() http.ResponseWriter { return b.ResponseWriter }

// isAPI says that the caller expects documents, not pages.
func isAPI(c *gin.Context) bool { return strings.HasPrefix(c.Request.URL.Path, "/api/") }
