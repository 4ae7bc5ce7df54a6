package forum

import (
	"errors"
	"fmt"
	"maps"
)

// Code says what kind of refusal it is, in words that mean the same to SQL, a workflow and a page.
type Code string

// The kinds of refusal, each with one HTTP status (webui/page maps them).
const (
	Invalid      Code = "invalid"      // 422: the person can mend what they sent
	Unreadable   Code = "unreadable"   // 400: the bytes are no text or no JSON
	Unauthorised Code = "unauthorised" // 401: nobody is signed in
	Forbidden    Code = "forbidden"    // 403: signed in, but it isn't theirs to do
	NotFound     Code = "not_found"    // 404: no such thing, or not for this person
	Conflict     Code = "conflict"     // 409: the right request at the wrong moment
	TooLarge     Code = "too_large"    // 413
	Unsupported  Code = "unsupported"  // 415: a content type that isn't taken
	TooMany      Code = "too_many"     // 429, with Retry-After
	Unavailable  Code = "unavailable"  // 503, with Retry-After: try again soon
	Internal     Code = "internal"     // 500: anything that isn't a refusal; its text never leaves
)

// Error is a refusal that a person may read. It crosses SQL, store, activity, workflow and page unchanged.
type Error struct {
	Code Code `json:"code"`
	// Key names the text in the locale files, as "error.<Key>".
	Key string `json:"key"`
	// Fields are the values that the text may use, or, for Invalid, the field at fault under "field".
	Fields map[string]string `json:"fields,omitempty"`
}

// Error gives code and key, never a person's words.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Code, e.Key) }

// Is says that two refusals are the same rule's, whatever their fields.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && other.Key == e.Key
}

// Refuse makes the refusal of a rule.
func Refuse(code Code, key string) *Error { return &Error{Code: code, Key: key} }

// With gives the same refusal with one more value for its text.
func (e *Error) With(name, value string) *Error {
	fields := maps.Clone(e.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	fields[name] = value
	return &Error{Code: e.Code, Key: e.Key, Fields: fields}
}

// At gives the same refusal for one field of a form.
func (e *Error) At(field string) *Error { return e.With("field", field) }

// RefusalIn finds the refusal in err's chain, or nil when err is an ordinary error.
func RefusalIn(err error) *Error {
	if refusal, ok := errors.AsType[*Error](err); ok {
		return refusal
	}
	return nil
}

// CodeOf is the refusal's code, or Internal for an ordinary error.
func CodeOf(err error) Code {
	if refusal := RefusalIn(err); refusal != nil {
		return refusal.Code
	}
	return Internal
}
