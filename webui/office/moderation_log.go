package office

import (
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

type logRow struct {
	forum.ModerationEntry
	What string
	Why  string // the code's text, and what was added
}

type logView struct {
	base
	listing
	Filter    forum.ModerationFilter
	Forums    []page.Choice
	Rows      []logRow
	CSV, XLSX string // where the files are, exactly as it is filtered
	MayWork   bool
}

// logFilter reads a forum and days of the city from the address; what is none narrows nothing.
func logFilter(c *gin.Context) (f forum.ModerationFilter, query string) {
	values := url.Values{}
	if id, err := forum.ParseID(c.Query("forum")); err == nil {
		f.Forum = id
		values.Set("forum", string(id))
	}
	day := func(name string) string {
		if _, err := time.Parse(time.DateOnly, c.Query(name)); err != nil {
			return ""
		}
		values.Set(name, c.Query(name))
		return c.Query(name)
	}
	f.From, f.To = day("from"), day("to")
	return f, values.Encode()
}

// ModerationLog lists who answered which opinion how and why. Of hidden opinions it shows the number alone.
func (h *Handlers) ModerationLog(c *gin.Context) error {
	lang := page.Lang(c)
	view := logView{listing: listingOf(c), MayWork: officialOf(c).May(forum.ModerateOpinion, "") == nil}
	filter, asked := logFilter(c)
	view.Filter = filter
	view.CSV, view.XLSX = page.To(c, "opinions", "log.csv")+"?"+asked, page.To(c, "opinions", "log.xlsx")+"?"+asked
	view.Filter.Page, view.Filter.Size = view.Page, view.Size
	found, total, err := h.Store.ModerationLog(c, view.Filter)
	if err != nil {
		return err
	}
	view.Total = total
	for _, e := range found {
		view.Rows = append(view.Rows, logRow{ModerationEntry: e, What: h.moderatedText(lang, e), Why: h.codeAndWords(lang, e.Code, e.Reason)})
	}
	forums, _, err := h.Store.Forums(c, forum.ForumFilter{Page: 1, Size: listSizes[len(listSizes)-1]})
	if err != nil {
		return err
	}
	view.Forums = h.queueForums(c, forum.QueueFilter{Forum: view.Filter.Forum}, forums)
	return h.site.Render(c, http.StatusOK, "moderation_log", view)
}

// moderatedText says what was done in the words of a list.
func (h *Handlers) moderatedText(lang string, e forum.ModerationEntry) string {
	if e.Action == forum.ModerateOpinion {
		return h.site.Text(lang, "office.moderate."+string(e.After))
	}
	return h.actionText(lang, e.Action)
}

// logHeads are the columns of the files, and how wide they are in a workbook.
var logHeads = []struct {
	key   string
	width float64
}{{"office.audit.at", 18}, {"office.audit.by", 14}, {"office.audit.action", 24}, {"office.log.code", 24}, {"office.log.before", 12}, {"office.log.after", 12},
	{"office.forums.number", 16}, {"office.log.forum", 44}}

// logCells is one line of the files: no reason in words, which may repeat what was hidden.
func (h *Handlers) logCells(lang string, e forum.ModerationEntry) []any {
	code := ""
	if e.Code != "" {
		code = h.site.Text(lang, "moderation.code."+string(e.Code))
	}
	return []any{e.At, e.By, h.moderatedText(lang, e), code, h.statusText(lang, forum.TheOpinion, string(e.Before)), h.statusText(lang, forum.TheOpinion, string(e.After)),
		e.Number, e.ForumTitle}
}

func (h *Handlers) logName(c *gin.Context, ending string) string {
	return h.site.Text(page.Lang(c), "office.log.file") + "_" + h.Now().In(page.Seoul).Format("20060102") + "." + ending
}

// ModerationCSV is the log as a file of text, exactly as it is filtered.
func (h *Handlers) ModerationCSV(c *gin.Context) error {
	lang := page.Lang(c)
	filter, _ := logFilter(c)
	page.Patience(c, workbookPatience)
	return h.Store.EachModeration(c, filter, func(entries iter.Seq2[forum.ModerationEntry, error]) error {
		page.Download(c, h.logName(c, "csv"), "text/csv; charset=utf-8")
		head := make([]string, len(logHeads))
		for i, one := range logHeads {
			head[i] = h.site.Text(lang, one.key)
		}
		return page.CSV(c, head, func(yield func([]string, error) bool) {
			for e, err := range entries {
				if !yield(plainCells(h.logCells(lang, e)), err) {
					return
				}
			}
		})
	})
}

// plainCells are a row's cells as text.
func plainCells(cells []any) []string {
	line := make([]string, len(cells))
	for i, cell := range cells {
		switch v := cell.(type) {
		case string:
			line[i] = v
		case time.Time:
			line[i] = v.In(page.Seoul).Format("2006-01-02 15:04:05")
		}
	}
	return line
}

// ModerationBook is the same as a workbook.
func (h *Handlers) ModerationBook(c *gin.Context) error {
	lang := page.Lang(c)
	filter, _ := logFilter(c)
	page.Patience(c, workbookPatience)
	t := forum.Table{Title: h.site.Text(lang, "office.log.file"), Lang: lang}
	for _, head := range logHeads {
		t.Columns = append(t.Columns, forum.TableColumn{Head: h.site.Text(lang, head.key), Width: head.width})
	}
	return h.Store.EachModeration(c, filter, func(entries iter.Seq2[forum.ModerationEntry, error]) error {
		t.Rows = func(yield func([]any, error) bool) {
			for e, err := range entries {
				if !yield(h.logCells(lang, e), err) {
					return
				}
			}
		}
		return h.Workbook.Table(&download{c: c, name: h.logName(c, "xlsx")}, t)
	})
}
