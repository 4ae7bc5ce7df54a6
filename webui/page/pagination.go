package page

import (
	"net/url"
	"slices"
	"strconv"
)

// Pagination is the way through a list, as the partial "pagination" draws it.
type Pagination struct {
	Label          string
	Previous, Next PageLink
	Links          []PageLink
}

// PageLink is one page of a list; one without a URL is a gap or the end.
type PageLink struct {
	Text    string
	Label   string
	URL     string
	Current bool
}

// Pagination prepares the way through pages pages, of which page (from 1) is shown. The rest of the query stays; more, in pairs of
// name and value, joins it.
func (v *View) Pagination(page, pages int, more ...string) *Pagination {
	if pages <= 1 {
		return nil
	}
	p := &Pagination{
		Label:    v.site.text(v.Lang, "pagination.label"),
		Previous: PageLink{Text: v.site.text(v.Lang, "pagination.previous"), URL: v.pageURL(page-1, pages, more)},
		Next:     PageLink{Text: v.site.text(v.Lang, "pagination.next"), URL: v.pageURL(page+1, pages, more)},
	}
	last := 0
	for _, n := range shownPages(page, pages) {
		if n > last+1 {
			p.Links = append(p.Links, PageLink{Text: "…"})
		}
		p.Links = append(p.Links, PageLink{
			Text: v.Number(n), URL: v.pageURL(n, pages, more), Current: n == page,
			Label: v.site.text(v.Lang, "pagination.page", "page", n, "pages", pages),
		})
		last = n
	}
	return p
}

// shownPages are the first, the last and those around the current one.
func shownPages(page, pages int) []int {
	shown := []int{1, pages}
	for n := page - 2; n <= page+2; n++ {
		if 1 <= n && n <= pages {
			shown = append(shown, n)
		}
	}
	slices.Sort(shown)
	return slices.Compact(shown)
}

func (v *View) pageURL(n, pages int, more []string) string {
	if n < 1 || n > pages {
		return ""
	}
	query := url.Values{}
	for name, values := range v.c.Request.URL.Query() {
		query[name] = values
	}
	for i := 0; i+1 < len(more); i += 2 {
		query.Set(more[i], more[i+1])
	}
	query.Set("page", strconv.Itoa(n))
	return v.c.Request.URL.EscapedPath() + "?" + query.Encode()
}
