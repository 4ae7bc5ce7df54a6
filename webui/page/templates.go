package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed templates/*.html templates/pages/*.html
var ownTemplates embed.FS

// functions are few on purpose: what a page decides, it decides in Go.
var functions = template.FuncMap{
	"markdown": Markdown,
	"coord":    coord,
	"add":      func(a, b int) int { return a + b },
}

// parseTemplates gives each page its own set: the layout, the shared partials, the caller's partials, and the page.
func parseTemplates(callers fs.FS) (map[string]*template.Template, error) {
	shared, err := template.New("").Funcs(functions).ParseFS(ownTemplates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	if err := addPages(pages, shared, ownTemplates, "templates/pages/*.html"); err != nil || callers == nil {
		return pages, err
	}
	pattern := "*.html"
	if _, err := fs.Stat(callers, "templates"); err == nil { // an embed.FS keeps its folder's name
		pattern = "templates/*.html"
	}
	return pages, addPages(pages, shared, callers, pattern)
}

func addPages(pages map[string]*template.Template, shared *template.Template, files fs.FS, pattern string) error {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return err
	}
	var whole []string
	for _, name := range names {
		if !strings.HasPrefix(path.Base(name), "_") {
			whole = append(whole, name)
		} else if _, err := shared.ParseFS(files, name); err != nil {
			return err
		}
	}
	for _, name := range whole {
		set, err := shared.Clone()
		if err != nil {
			return err
		}
		if _, err := set.ParseFS(files, name); err != nil {
			return err
		}
		for _, block := range []string{"title", "main"} {
			if set.Lookup(block) == nil {
				return fmt.Errorf("template %s defines no %q", name, block)
			}
		}
		pages[strings.TrimSuffix(path.Base(name), ".html")] = set
	}
	return nil
}

// Render writes the page called name (forum for forum.html), whole, or nothing when the template fails.
func (s *Site) Render(c *gin.Context, status int, name string, data any) error {
	return s.render(c, status, name, s.view(c, data))
}

func (s *Site) render(c *gin.Context, status int, name string, view *View) error {
	set, ok := s.templates[name]
	if !ok {
		return fmt.Errorf("no template is called %q", name)
	}
	layout := "layout"
	if view.bare {
		layout = "bare"
	}
	var body bytes.Buffer
	if len(view.Errors) > 0 { // the summary stands before the fields that it names
		if err := set.ExecuteTemplate(&body, "main", view); err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
		if err := nameErrors(body.Bytes(), view.Errors); err != nil {
			return fmt.Errorf("page %s: %w", name, err)
		}
		body.Reset()
	}
	if err := set.ExecuteTemplate(&body, layout, view); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	if view.flashed {
		s.setCookie(c, flashCookie, "", -1)
	}
	c.Header("Content-Language", LangTag(view.Lang))
	c.Data(status, "text/html; charset=utf-8", body.Bytes())
	return nil
}

// Redirect answers a POST with 303 to an address of this site; make it with To. Anything else leads home.
func (s *Site) Redirect(c *gin.Context, to string) error {
	c.Redirect(http.StatusSeeOther, local(to, "/"+Lang(c)+"/"))
	return nil
}

// local is the address when it is a path of this site, else otherwise: no address that a visitor sent leads elsewhere.
func local(address, otherwise string) string {
	if !strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//") || strings.ContainsAny(address, "\\\r\n\t") {
		return otherwise
	}
	return address
}
