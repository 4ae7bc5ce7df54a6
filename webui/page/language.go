package page

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"acropolis/forum"
)

// languages are what each audience's pages are written in, the default first. A language's name here is the one in addresses
// and in the database.
var languages = map[Audience][]string{
	Public: {"ko", "en", "zh", "ja"},
	Office: {"ko", "en"},
}

// languageTags are the languages whose name in HTML says more than their name in addresses.
var languageTags = map[string]string{"zh": "zh-Hans"}

// languageNames are the languages in their own words.
var languageNames = map[string]string{"ko": "한국어", "en": "English", "zh": "简体中文", "ja": "日本語"}

// Languages are the languages of an audience's pages, the default first.
func (a Audience) Languages() []string { return languages[a] }

// LangTag is a language as HTML's lang, hreflang and Content-Language have it: zh-Hans for zh.
func LangTag(lang string) string {
	if tag, ok := languageTags[lang]; ok {
		return tag
	}
	return lang
}

var matchers = map[Audience]language.Matcher{Public: matcherOf(Public), Office: matcherOf(Office)}

func matcherOf(a Audience) language.Matcher {
	var tags []language.Tag
	for _, lang := range languages[a] {
		tags = append(tags, language.MustParse(LangTag(lang)))
	}
	return language.NewMatcher(tags)
}

const audienceKey = "page.audience"

// audienceOf is whose site answers this request; begin has noted it.
func audienceOf(c *gin.Context) Audience {
	if a, ok := c.Get(audienceKey); ok {
		return a.(Audience)
	}
	return Public
}

// Lang is the language to answer in: the address's first part, else its ?lang=, else what Accept-Language asks for, else Korean.
func Lang(c *gin.Context) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/"), "/")
	if slices.Contains(audienceOf(c).Languages(), first) {
		return first
	}
	if asked := c.Query("lang"); slices.Contains(audienceOf(c).Languages(), asked) {
		return asked
	}
	return preferred(audienceOf(c), c.GetHeader("Accept-Language"))
}

// preferred is the audience's language that an Accept-Language header asks for; Korean when it asks for none of them.
func preferred(a Audience, header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return a.Languages()[0]
	}
	_, index, confidence := matchers[a].Match(tags...)
	if confidence == language.No {
		return a.Languages()[0]
	}
	return a.Languages()[index]
}

func knownLanguage(c *gin.Context) error {
	if !slices.Contains(audienceOf(c).Languages(), c.Param("lang")) {
		return forum.Refuse(forum.NotFound, "page.not_found")
	}
	return nil
}

func toHome(c *gin.Context) error {
	if err := knownLanguage(c); err != nil {
		return err
	}
	c.Redirect(http.StatusPermanentRedirect, "/"+c.Param("lang")+"/")
	return nil
}

// TextLang is the language that a text's letters tell, else the one around it. Kana are Japanese; characters without them are
// Chinese, unless what is around is Japanese.
func TextLang(text, around string) string {
	var latin, han, kana bool
	for _, r := range text {
		if unicode.Is(unicode.Hangul, r) {
			return "ko"
		}
		latin, han = latin || unicode.Is(unicode.Latin, r), han || unicode.Is(unicode.Han, r)
		kana = kana || unicode.In(r, unicode.Hiragana, unicode.Katakana)
	}
	switch {
	case kana, han && around == "ja":
		return "ja"
	case han:
		return "zh"
	case latin:
		return "en"
	}
	return around
}

// pathWithout is the request's path without its language: what the same page is called in every language.
func pathWithout(c *gin.Context) string {
	path := c.Request.URL.EscapedPath()
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if slices.Contains(audienceOf(c).Languages(), first) {
		return "/" + rest
	}
	return path
}
