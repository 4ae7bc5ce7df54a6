package page

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"golang.org/x/text/language"

	"acropolis/forum"
)

// Languages are the languages of every page, the first being the default.
var Languages = []string{"ko", "en"}

var languageMatcher = language.NewMatcher([]language.Tag{language.Korean, language.English})

// Lang is the language to answer in: the address's first part, else what Accept-Language asks for, else Korean.
func Lang(c *gin.Context) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(c.Request.URL.Path, "/"), "/")
	if slices.Contains(Languages, first) {
		return first
	}
	return preferred(c.GetHeader("Accept-Language"))
}

// preferred is the language of Languages that an Accept-Language header asks for; Korean when it asks for none of them.
func preferred(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return Languages[0]
	}
	_, index, confidence := languageMatcher.Match(tags...)
	if confidence == language.No {
		return Languages[0]
	}
	return Languages[index]
}

func knownLanguage(c *gin.Context) error {
	if !slices.Contains(Languages, c.Param("lang")) {
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

// pathWithout is the request's path without its language: what the same page is called in every language.
func pathWithout(c *gin.Context) string {
	path := c.Request.URL.EscapedPath()
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if slices.Contains(Languages, first) {
		return "/" + rest
	}
	return path
}
