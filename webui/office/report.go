package office

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Workbook writes a forum's workbook.
type Workbook interface {
	Workbook(ctx context.Context, forumID forum.ID, lang string, w io.Writer) error
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
	if !slices.Contains(page.Languages, lang) {
		lang = page.Lang(c)
	}
	page.Patience(c, workbookPatience)
	return h.Workbook.Workbook(c, t.ID, lang, &download{c: c, name: workbookName(lang, t.Forum, h.Now())})
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

// workbookName is 사이버정책포럼_<topic>_20261123.xlsx, without what file systems refuse.
func workbookName(lang string, f forum.Forum, now time.Time) string {
	topic := strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`\/:*?"<>|`, r) || unicode.IsControl(r):
			return -1
		case unicode.IsSpace(r):
			return '_'
		}
		return r
	}, excerpt(forumTitle(lang, f), 60))
	return "사이버정책포럼_" + strings.Trim(topic, "._") + "_" + now.In(page.Seoul).Format("20060102") + ".xlsx"
}
