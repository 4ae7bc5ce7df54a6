package page

import (
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// FormLimit is how long a form may be unless its handler says otherwise: a long opinion of 4,000 characters takes 36 KB
// when it is percent-encoded.
const FormLimit = 64 << 10

// maxFields is more than any form of this site has.
const maxFields = 1000

// Values are what a form brought. Get and All give texts as Text makes them.
type Values struct {
	raw   url.Values
	texts url.Values
}

// Form reads a posted form of at most FormLimit bytes, or of limit. Values is nil when the body is no form at all (Unsupported,
// TooLarge, Unreadable "request.malformed"). When only a text is unreadable, its field is in the error and Values holds what
// can be shown again.
func Form(c *gin.Context, limit ...int64) (*Values, error) {
	if err := acceptable(c, "application/x-www-form-urlencoded"); err != nil {
		return nil, err
	}
	body, err := readBody(c, limit)
	if err != nil {
		return nil, err
	}
	raw, err := parseForm(string(body))
	if err != nil {
		return nil, err
	}
	c.Request.PostForm = raw
	return textsOf(raw)
}

// Query reads the texts of an address as Form reads a form's: a form that only asks is sent that way.
func Query(c *gin.Context) (*Values, error) {
	raw, err := parseForm(c.Request.URL.RawQuery)
	if err != nil {
		return &Values{}, err
	}
	return textsOf(raw)
}

// acceptable refuses what isn't of the content type, or not in UTF-8, or compressed.
func acceptable(c *gin.Context, want string) error {
	got, parameters, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	charset := parameters["charset"]
	if err != nil || got != want || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return forum.Refuse(forum.Unsupported, "request.content_type").With("expected", want)
	}
	if encoding := c.GetHeader("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return forum.Refuse(forum.Unsupported, "request.content_encoding")
	}
	return nil
}

func readBody(c *gin.Context, limit []int64) ([]byte, error) {
	most := int64(FormLimit)
	if len(limit) > 0 {
		most = limit[0]
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, most))
	if err != nil {
		return nil, unreadBody(err)
	}
	return body, nil
}

// unreadBody tells a body that is too long from one that broke off or makes no sense.
func unreadBody(err error) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return forum.Refuse(forum.TooLarge, "request.too_large").With("most", sizeText(tooLong.Limit))
	}
	return forum.Refuse(forum.Unreadable, "request.malformed")
}

// sizeText writes a size as people say it.
func sizeText(bytes int64) string {
	if bytes >= 1<<20 {
		return strconv.FormatInt(bytes>>20, 10) + " MB"
	}
	return strconv.FormatInt(bytes>>10, 10) + " KB"
}

func parseForm(body string) (url.Values, error) {
	if strings.Count(body, "&") >= maxFields {
		return nil, forum.Refuse(forum.Unreadable, "request.malformed")
	}
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, forum.Refuse(forum.Unreadable, "request.malformed")
	}
	return values, nil
}

func textsOf(raw url.Values) (*Values, error) {
	v := &Values{raw: raw, texts: url.Values{}}
	var first error
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		for _, value := range raw[name] {
			text, err := Text(value)
			if err != nil {
				text = readable(value)
				if first == nil {
					first = forum.RefusalIn(err).At(readable(name))
				}
			}
			v.texts.Add(name, text)
		}
	}
	return v, first
}

// Get is the field's text, "" when it wasn't sent.
func (v *Values) Get(name string) string { return v.texts.Get(name) }

// All are the texts of a field that may be sent several times.
func (v *Values) All(name string) []string { return v.texts[name] }

// Has says whether a field was sent: a ticked box.
func (v *Values) Has(name string) bool { return v.texts.Has(name) }

// Raw is the field as it was sent, untrimmed: for passwords only.
func (v *Values) Raw(name string) string { return v.raw.Get(name) }

// FormKey is the form's idempotency key, "" when it carries none.
func (v *Values) FormKey() string { return v.texts.Get(formKeyField) }

// Int is the field's whole number; it refuses (Invalid) anything else.
func (v *Values) Int(name string) (int, error) {
	n, err := strconv.Atoi(strings.ReplaceAll(v.Get(name), ",", ""))
	if err != nil {
		return 0, forum.Refuse(forum.Invalid, "request.not_a_number").At(name)
	}
	return n, nil
}
