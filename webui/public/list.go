package public

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// pageSize is how many rows a list shows, pageSizeMax how many a program may ask for, and queryMax how long a search may be.
const (
	pageSize    = 20
	pageSizeMax = 100
	pageMax     = 100_000
	queryMax    = 100
)

// list is what every list of the API answers.
type list[T any] struct {
	Items []T `json:"items"`
	Page  int `json:"page"`
	Size  int `json:"size"`
	Total int `json:"total"`
}

// window is which part of a list is asked for.
type window struct{ Page, Size int }

// Pages is how many pages total rows fill.
func (w window) Pages(total int) int { return (total + w.Size - 1) / w.Size }

// apiWindow reads ?page= and ?size=; it refuses (Invalid) what is no number in range.
func apiWindow(c *gin.Context) (window, error) {
	number, err := queryNumber(c, "page", 1, pageMax)
	if err != nil {
		return window{}, err
	}
	size, err := queryNumber(c, "size", pageSize, pageSizeMax)
	return window{number, size}, err
}

func queryNumber(c *gin.Context, name string, otherwise, most int) (int, error) {
	given := c.Query(name)
	if given == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(given)
	if err != nil || n < 1 || n > most {
		return 0, forum.Refuse(forum.Invalid, "request.out_of_range").At(name).With("least", "1").With("most", strconv.Itoa(most))
	}
	return n, nil
}

// queryInstant reads a Unix time, which the database keeps to the microsecond; none is the zero time.
func queryInstant(c *gin.Context, name string) (time.Time, error) {
	given := c.Query(name)
	if given == "" {
		return time.Time{}, nil
	}
	seconds, err := strconv.ParseFloat(given, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 1 || seconds > math.MaxInt32 {
		return time.Time{}, forum.Refuse(forum.Invalid, "request.out_of_range").At(name).With("least", "1").With("most", strconv.Itoa(math.MaxInt32))
	}
	return time.UnixMicro(int64(math.Round(seconds * 1e6))), nil
}

// pageWindow reads ?page= of a page, where a mistyped number is the first page and no error.
func pageWindow(c *gin.Context) window {
	n, err := queryNumber(c, "page", 1, pageMax)
	if err != nil {
		n = 1
	}
	return window{n, pageSize}
}

// search reads ?q=.
func search(c *gin.Context) (string, error) {
	q, err := page.Text(c.Query("q"))
	if err != nil {
		return "", forum.RefusalIn(err).At("q")
	}
	if len([]rune(q)) > queryMax {
		return "", forum.Refuse(forum.Invalid, "text.too_long").At("q").With("most", strconv.Itoa(queryMax))
	}
	return q, nil
}

// oneOf reads a choice from the query; empty is allowed and means no choice.
func oneOf[T ~string](c *gin.Context, name string, allowed ...T) (T, error) {
	given := T(c.Query(name))
	if given == "" {
		return "", nil
	}
	for _, one := range allowed {
		if given == one {
			return one, nil
		}
	}
	return "", forum.Refuse(forum.Invalid, "request.no_such_choice").At(name)
}

// answerList writes a page of a list; no rows are an empty list and never null.
func answerList[T any](c *gin.Context, items []T, w window, total int) error {
	if items == nil {
		items = []T{}
	}
	c.JSON(http.StatusOK, list[T]{Items: items, Page: w.Page, Size: w.Size, Total: total})
	return nil
}

// choices are a filter's options, the first of which is none.
func choices[T ~string](h *Handlers, c *gin.Context, anyKey, prefix string, values ...T) []page.Choice {
	all := []page.Choice{{Text: h.site.Text(page.Lang(c), anyKey)}}
	for _, value := range values {
		all = append(all, page.Choice{Value: string(value), Text: h.site.Text(page.Lang(c), prefix+string(value))})
	}
	return all
}
