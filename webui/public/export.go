package public

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// Exports stream a forum's opinions from the database, so that a hundred thousand need no more memory than ten.
type Exports interface {
	Report(ctx context.Context, id forum.ID, lang string, use func(forum.Report) error) error
}

// exportPatience is how long a download may take.
const exportPatience = 10 * time.Minute

// openOpinion is an opinion as open data: what was said and how people voted, without anybody's name.
type openOpinion struct {
	Number     string    `json:"number"`
	AcceptedAt time.Time `json:"accepted_at"`
	Lang       string    `json:"lang"`
	Title      string    `json:"title"`
	Text       string    `json:"text"`
	District   string    `json:"district"`
	For        int       `json:"for"`
	Against    int       `json:"against"`
	Channel    string    `json:"channel"` // how it came, where staff entered it
}

func newOpenOpinion(o forum.Opinion) openOpinion {
	return openOpinion{o.Number, o.AcceptedAt.In(page.Seoul), o.Lang, o.Title, o.Text, o.District, o.For, o.Against, string(o.Channel)}
}

// ExportCSV is /api/v1/forums/{id}/export.csv, once the answer is out.
func (h *Handlers) ExportCSV(c *gin.Context) error {
	return h.export(c, "csv", "text/csv; charset=utf-8", func(opinions iter.Seq2[forum.Opinion, error]) error {
		return page.CSV(c, []string{"number", "accepted_at", "lang", "title", "text", "district", "for", "against", "channel"}, func(yield func([]string, error) bool) {
			for opinion, err := range opinions {
				o := newOpenOpinion(opinion)
				if !yield([]string{o.Number, o.AcceptedAt.Format(time.RFC3339), o.Lang, o.Title, o.Text, o.District, strconv.Itoa(o.For), strconv.Itoa(o.Against), o.Channel}, err) {
					return
				}
			}
		})
	})
}

// ExportJSON is /api/v1/forums/{id}/export.json: an array of opinions.
func (h *Handlers) ExportJSON(c *gin.Context) error {
	return h.export(c, "json", "application/json; charset=utf-8", func(opinions iter.Seq2[forum.Opinion, error]) error {
		before := "["
		for opinion, err := range opinions {
			if err != nil {
				return err
			}
			one, err := json.Marshal(newOpenOpinion(opinion))
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(c.Writer, "%s\n%s", before, one); err != nil {
				return err
			}
			before = ","
		}
		if before == "[" {
			before = "[\n"
		} else {
			before = "\n"
		}
		_, err := c.Writer.WriteString(before + "]\n")
		return err
	})
}

// DaysCSV is /api/v1/forums/{id}/days.csv: the figures per day, with the hits by the language of the page; a language's cells are
// empty where it isn't known.
func (h *Handlers) DaysCSV(c *gin.Context) error {
	r, err := h.resultsOf(c)
	if err != nil {
		return err
	}
	head := []string{"date", "opinions", "votes_for", "votes_against", "hits"}
	for _, lang := range page.Public.Languages() {
		head = append(head, "hits_"+lang)
	}
	known := len(r.Figures.HitsByLanguage()) > 0
	h.download(c, r.Forum, "public.export_days_name", "csv", "text/csv; charset=utf-8")
	return page.CSV(c, head, func(yield func([]string, error) bool) {
		for _, d := range r.Figures.Days {
			row := []string{d.Date, strconv.Itoa(d.Opinions), strconv.Itoa(d.VotesFor), strconv.Itoa(d.VotesAgainst), strconv.Itoa(d.Hits)}
			for _, lang := range page.Public.Languages() {
				cell := ""
				if known {
					cell = strconv.Itoa(d.HitsByLanguage[lang])
				}
				row = append(row, cell)
			}
			if !yield(row, nil) {
				return
			}
		}
	})
}

// download makes the answer a file that is named after the forum.
func (h *Handlers) download(c *gin.Context, f forum.Forum, name, ending, contentType string) {
	page.Download(c, h.site.Text(page.Lang(c), name)+"_"+f.Number+"."+ending, contentType)
	c.Status(http.StatusOK)
}

// export opens the opinions of the forum of the address for one way of writing them.
func (h *Handlers) export(c *gin.Context, ending, contentType string, write func(iter.Seq2[forum.Opinion, error]) error) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	if !f.Status.HasResults() {
		return forum.Refuse(forum.NotFound, "results.not_yet")
	}
	page.Patience(c, exportPatience)
	return h.Store.Report(c.Request.Context(), f.ID, page.Lang(c), func(r forum.Report) error {
		h.download(c, f, "public.export_name", ending, contentType)
		return write(r.Opinions)
	})
}
