package office

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Workbook writes a forum's workbook, or a list as one, and knows what its file is called.
type Workbook interface {
	Workbook(ctx context.Context, forumID forum.ID, lang string, w io.Writer) error
	FileName(title, lang string, at time.Time) string
	Table(w io.Writer, t forum.Table) error
}

// workbookPatience is how long an export of 100,000 opinions may take on a busy machine.
const workbookPatience = 5 * time.Minute

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Workbook streams a forum's workbook as a file named after the topic and today.
func (h *Handlers) DownloadWorkbook(c *gin.Context) error {
	t, err := h.topic(c, forum.DownloadWorkbook)
	if err != nil {
		return err
	}
	lang := c.DefaultQuery("lang", page.Lang(c))
	if !slices.Contains(page.Office.Languages(), lang) {
		lang = page.Lang(c)
	}
	page.Patience(c, workbookPatience)
	return h.Workbook.Workbook(c, t.ID, lang, &download{c: c, name: h.Workbook.FileName(forumTitle(lang, t.Forum), lang, h.Now())})
}

// download names the file with its first byte: until then a failure is an ordinary error page.
type download struct {
	c       *gin.Context
	name    string
	started bool
}

func (d *download) Write(p []byte) (int, error) {
	if !d.started {
		page.Download(d.c, d.name, xlsx)
		d.started = true
	}
	return d.c.Writer.Write(p)
}
