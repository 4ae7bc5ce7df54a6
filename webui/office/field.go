package office

import (
	"strconv"
	"strings"
	"time"

	"acropolis/forum"
	"acropolis/webui/page"
)

// field is an input that may stand several times on a page: in several forms, or several times in one.
type field struct {
	page.Field
	prefix string // of the form, where a page has several
	at     string // the name, with its place where a form has several: reviewer[].1
}

// ID is the input's id, where the error summary leads.
func (f *field) ID() string { return "field-" + f.prefix + f.at }

// DescribedBy lists what a screen reader reads after the label.
func (f *field) DescribedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID()+"-error")
	}
	if f.CountText != "" {
		ids = append(ids, f.ID()+"-count")
	}
	return strings.Join(ids, " ")
}

// InputType lets an instant that is finer than a browser's own input stand as text, so that nothing is rounded.
func (f *field) InputType() string {
	if len(f.Value) > len("2006-01-02T15:04:05.000") {
		return "text"
	}
	return f.Kind
}

// Said is the value as the check page reads it out.
func (f *field) Said(lang string) string {
	switch f.Kind {
	case "select", "radios":
		for _, choice := range f.Choices {
			if choice.Value == f.Value {
				return choice.Text
			}
		}
		return ""
	case "datetime-local":
		if at, err := instant(f.Value); err == nil {
			return page.DateTime(lang, at)
		}
	case "date":
		if day, err := time.ParseInLocation(time.DateOnly, f.Value, page.Seoul); err == nil {
			return page.Date(lang, day)
		}
	}
	return f.Value
}

// sheet makes the fields of one form: their words, what was typed, what is wrong with it.
type sheet struct {
	site   *page.Site
	lang   string
	prefix string
	values *page.Values // what was sent, or nil
	err    error        // why it is shown again
}

func (s sheet) text(key string, values ...any) string { return s.site.Text(s.lang, key, values...) }

// field completes a field: its label, what was typed before, the reason beside it.
func (s sheet) field(f page.Field, label string) *field { return s.nth(f, label, -1) }

// nth is a field that the form has several times, from 0.
func (s sheet) nth(f page.Field, label string, n int) *field {
	one := &field{Field: f, prefix: s.prefix, at: f.Name}
	if n >= 0 {
		one.at = place(f.Name, n)
	}
	if one.Kind == "" {
		one.Kind = "text"
	}
	if one.Kind == "area" || one.Kind == "radios" {
		one.Class = "whole"
	}
	one.Label = s.text(label)
	if one.Hint != "" {
		one.Hint = s.text(one.Hint)
	}
	one.ErrorWord = s.text("form.error")
	if !one.Required {
		one.Optional = s.text("form.optional")
	}
	if one.Kind == "area" && one.Max > 0 {
		one.CountText = s.text("form.count", "max", one.Max)
	}
	if s.values != nil {
		one.Value = ""
		if typed := s.values.All(f.Name); max(n, 0) < len(typed) {
			one.Value = typed[max(n, 0)]
		}
	}
	for i := range one.Choices {
		one.Choices[i].Chosen = one.Choices[i].Value == one.Value
	}
	for _, refusal := range refusals(s.err) {
		if at := refusal.Fields["field"]; at == one.at || n == 0 && at == f.Name {
			one.Error = strings.TrimSpace(one.Error + " " + s.reason(refusal))
		}
	}
	return one
}

// place names one of several fields of a name, in refusals and ids.
func place(name string, n int) string { return name + "." + strconv.Itoa(n) }

// reason is a refusal in words.
func (s sheet) reason(refusal *forum.Error) string {
	values := make([]any, 0, 2*len(refusal.Fields))
	for name, value := range refusal.Fields {
		values = append(values, name, value)
	}
	return s.text("error."+refusal.Key, values...)
}

// refusals lists the refusals of an error or of joined errors.
func refusals(err error) []*forum.Error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // only the outermost join is a list for people
		var all []*forum.Error
		for _, one := range joined.Unwrap() {
			all = append(all, refusals(one)...)
		}
		return all
	}
	if refusal := forum.RefusalIn(err); refusal != nil {
		return []*forum.Error{refusal}
	}
	return nil
}

const localInstant = "2006-01-02T15:04:05.999999999"

// instant reads what a datetime-local input sends, in Seoul, to whatever fraction of a second; or RFC 3339. Nothing is
// rounded. The zero time is an empty field.
func instant(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at, nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if at, err := time.ParseInLocation(layout, text, page.Seoul); err == nil {
			return at, nil
		}
	}
	return time.Time{}, forum.Refuse(forum.Invalid, "request.not_a_time")
}

// instantIn is a field's instant; an empty one is refused too.
func instantIn(values *page.Values, name string) (time.Time, error) {
	at, err := instant(values.Get(name))
	if err == nil && at.IsZero() {
		err = forum.Refuse(forum.Invalid, "request.not_a_time")
	}
	if err != nil {
		return at, forum.RefusalIn(err).At(name)
	}
	return at, nil
}

// localText writes an instant as a datetime-local input wants it.
func localText(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	at = at.In(page.Seoul)
	if at.Second() == 0 && at.Nanosecond() == 0 {
		return at.Format("2006-01-02T15:04")
	}
	return at.Format(localInstant)
}
