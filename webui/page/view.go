package page

import (
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
)

// View is what every template receives: the words in the reader's language and the handler's data.
type View struct {
	Lang     string // as in addresses; LangTag is for HTML
	Data     any
	Path     string // the address without the language, the same in every language
	Office   bool
	Masthead bool
	City     string
	User     *User  // nil while nobody is signed in
	SignIn   string // where they may; empty where no link leads there
	Menu     []Entry
	Display  Display
	Errors   []FieldError // what is to be mended; shown on top and beside the fields
	Notice   string       // what the last request did, told once

	site    *Site
	c       *gin.Context
	flashed bool
	bare    bool // shown in another site's frame
	formKey string
}

// User is the person signed in, as the header shows them.
type User struct {
	Name   string
	URL    string   // of their own page, where they have one
	Duties []string // identifiers; their words are "duty.<identifier>"
}

// Entry is one line of the menu.
type Entry struct {
	Text    string
	URL     string
	Current bool
}

// Language is another language of the same page.
type Language struct {
	Lang string // as html's lang attribute has it
	Name string // in its own words
	URL  string
}

const (
	userKey   = "page.user"
	signInKey = "page.sign_in"
)

// SetSignIn tells the pages of this request where whoever isn't signed in may do so. It is the same for all of them: a page may be
// kept for many readers.
func SetSignIn(c *gin.Context, address string) { c.Set(signInKey, address) }

// SetUser tells the pages of this request who is signed in.
func SetUser(c *gin.Context, u *User) { c.Set(userKey, u) }

func userOf(c *gin.Context) *User {
	u, _ := c.Get(userKey)
	user, _ := u.(*User)
	return user
}

func (s *Site) view(c *gin.Context, data any) *View {
	v := &View{
		Lang: Lang(c), Data: data, Path: pathWithout(c), Office: s.options.Audience == Office,
		Masthead: s.options.OfficialMasthead, User: userOf(c), SignIn: c.GetString(signInKey), Display: displayOf(c), site: s, c: c,
	}
	if v.City = s.options.CityName[v.Lang]; v.City == "" {
		v.City = s.options.CityName["ko"]
	}
	if s.options.Menu != nil {
		for _, link := range s.options.Menu(c) {
			current := v.Path == link.Path || strings.HasPrefix(v.Path, strings.TrimSuffix(link.Path, "/")+"/") && link.Path != "/"
			v.Menu = append(v.Menu, Entry{Text: s.text(v.Lang, link.Key), URL: "/" + v.Lang + link.Path, Current: current})
		}
	}
	v.Notice, v.flashed = s.flashOf(c)
	return v
}

// T is the text for key in the reader's language; values come in pairs: .T "opinion.too_long" "max" 4000. A whole number
// called "count" also chooses the plural form.
func (v *View) T(key string, values ...any) (string, error) {
	text, err := v.site.words.text(v.Lang, key, values...)
	if err != nil && !v.site.options.Strict {
		v.site.log.Warn("a text is missing", "key", key, "lang", v.Lang, "error", err)
		return text, nil
	}
	return text, err
}

// LangOf is the language of somebody's words, for the lang attribute: {{$.LangOf .Text}}.
func (v *View) LangOf(words string) string { return LangTag(TextLang(words, v.Lang)) }

// Quoted is T with somebody's words among its values: .Quoted "public.reason" "reason" .Reason. Where they are in another
// language than the page they stand in a <span> that says so, for screen readers and for the typeface.
func (v *View) Quoted(key, name, words string, values ...any) (template.HTML, error) {
	const here = "\x00"
	text, err := v.T(key, append(values, name, here)...)
	quoted := template.HTMLEscapeString(words)
	if TextLang(words, v.Lang) != v.Lang {
		quoted = `<span lang="` + v.LangOf(words) + `">` + quoted + `</span>`
	}
	before, after, _ := strings.Cut(text, here)
	return template.HTML(template.HTMLEscapeString(before) + quoted + template.HTMLEscapeString(after)), err //nolint:gosec // escaped
}

// Text is T for Go code, for any language; what is missing shows as its key.
func (s *Site) Text(lang, key string, values ...any) string { return s.text(lang, key, values...) }

func (s *Site) text(lang, key string, values ...any) string {
	text, err := s.words.text(lang, key, values...)
	if err != nil {
		s.log.Warn("a text is missing", "key", key, "lang", lang, "error", err)
	}
	return text
}

// To is the address of a page of this site in the reader's language: .To "forums" .ID "opinions" is /ko/forums/…/opinions.
// Every part is escaped; parts that begin with a slash are taken as paths.
func (v *View) To(parts ...any) string { return to(v.Lang, parts...) }

// To is the address of a page in the reader's language, for redirects.
func To(c *gin.Context, parts ...any) string { return to(Lang(c), parts...) }

func to(lang string, parts ...any) string {
	var b strings.Builder
	b.WriteString("/" + lang)
	for _, part := range parts {
		text := fmt.Sprint(part)
		if strings.HasPrefix(text, "/") {
			b.WriteString(strings.TrimSuffix(text, "/"))
			continue
		}
		b.WriteString("/" + url.PathEscape(text))
	}
	if b.Len() == len(lang)+1 {
		b.WriteString("/")
	}
	return b.String()
}

// Languages are the same page in the other languages, with the same query.
func (v *View) Languages() []Language {
	var others []Language
	for _, lang := range v.site.options.Audience.Languages() {
		if lang == v.Lang {
			continue
		}
		address := "/" + lang + v.Path
		if query := v.c.Request.URL.RawQuery; query != "" {
			address += "?" + query
		}
		others = append(others, Language{Lang: LangTag(lang), Name: languageNames[lang], URL: address})
	}
	return others
}

// LangTag is the page's language as HTML has it.
func (v *View) LangTag() string { return LangTag(v.Lang) }

// Here is this page's address with its query, for forms that return to it.
func (v *View) Here() string { return v.c.Request.URL.RequestURI() }

// RequestID names this request in the log.
func (v *View) RequestID() string { return RequestID(v.c) }

// Asset is View's Asset for Go code.
func (s *Site) Asset(name string) string { return s.assets.url(name) }

// City is the city's name in a language.
func (s *Site) City(lang string) string { return s.options.CityName[lang] }

// Asset is the address of a static file, with the hash of its content; "" when the file isn't there.
func (v *View) Asset(name string) string { return v.site.assets.url(name) }

// Date writes a day; it takes a time.Time, a pointer to one, a day like 2026-11-23, or nil, and gives "" for no time.
func (v *View) Date(at any) (string, error) {
	t, err := instant(at)
	return Date(v.Lang, t), err
}

// DateTime writes an instant to the minute.
func (v *View) DateTime(at any) (string, error) {
	t, err := instant(at)
	return DateTime(v.Lang, t), err
}

// End is an end as a day; see the function End.
func (v *View) End(at any) (time.Time, error) {
	t, err := instant(at)
	return End(t), err
}

// LastMoment writes until when.
func (v *View) LastMoment(at any) (string, error) {
	t, err := instant(at)
	return LastMoment(v.Lang, t), err
}

// Time is a <time> element that shows DateTime.
func (v *View) Time(at any) (template.HTML, error) {
	t, err := instant(at)
	if err != nil || t.IsZero() {
		return "", err
	}
	return template.HTML(`<time datetime="` + t.In(Seoul).Format(time.RFC3339) + `">` + DateTime(v.Lang, t) + `</time>`), nil //nolint:gosec // both come from a time
}

// Day is a <time> element that shows Date.
func (v *View) Day(at any) (template.HTML, error) {
	t, err := instant(at)
	if err != nil || t.IsZero() {
		return "", err
	}
	return template.HTML(`<time datetime="` + t.In(Seoul).Format(time.DateOnly) + `">` + Date(v.Lang, t) + `</time>`), nil //nolint:gosec // both come from a time
}

// Number writes 7509 as 7,509 and 203.46 as 203.5.
func (v *View) Number(value any) string { return v.site.words.number(v.Lang, value) }

// Size writes a number of bytes as people say it.
func (v *View) Size(bytes int) string { return SizeText(bytes) }

// Percent writes 0.4567 as 45.7%.
func (v *View) Percent(share float64) string { return v.site.words.percent(v.Lang, share) }

// FormKey is the idempotency key that a form carries, so that a double click or a retry is one effect. A page shown again
// after a refusal has a new one; after a failure whose outcome is unknown it keeps the old one.
func (v *View) FormKey() string {
	v.site.BrowserSecret(v.c) // the key is scoped to it, so the browser must have it before it posts
	if v.formKey == "" {
		v.formKey = newFormKey()
	}
	return v.formKey
}
