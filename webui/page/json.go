package page

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"acropolis/forum"
)

// maxDepth is deeper than any document of the API.
const maxDepth = 16

// JSON reads one JSON value of at most FormLimit bytes, or of limit, into the value that into points to, and makes every text in it as
// Text does. It refuses: another content type (Unsupported), too many bytes (TooLarge), what is no JSON, names a field twice or nests
// too deeply (Unreadable), and fields that aren't known or of the wrong type (Invalid); the field is in the refusal.
func JSON(c *gin.Context, into any, limit ...int64) error {
	if err := acceptable(c, "application/json"); err != nil {
		return err
	}
	body, err := readBody(c, limit)
	if err != nil {
		return err
	}
	return strictJSON(body, into)
}

func strictJSON(body []byte, into any) error {
	if !utf8.Valid(body) {
		return forum.Refuse(forum.Unreadable, "text.not_utf8")
	}
	if err := wellFormed(body); err != nil {
		return err
	}
	err := json.Unmarshal(body, into, json.RejectUnknownMembers(true), cleanTexts)
	if err == nil {
		return nil
	}
	if refusal := forum.RefusalIn(err); refusal != nil {
		if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
			return refusal.At(fieldOf(semantic.JSONPointer))
		}
		return refusal
	}
	if semantic, ok := errors.AsType[*json.SemanticError](err); ok {
		field := fieldOf(semantic.JSONPointer)
		if errors.Is(err, json.ErrUnknownName) {
			return forum.Refuse(forum.Invalid, "request.unknown_field").At(field)
		}
		return forum.Refuse(forum.Invalid, "request.wrong_type").At(field)
	}
	return forum.Refuse(forum.Unreadable, "request.malformed")
}

// cleanTexts runs every string of a document through Text, so that no handler forgets one.
var cleanTexts = json.WithUnmarshalers(json.UnmarshalFromFunc(func(d *jsontext.Decoder, into *string) error {
	token, err := d.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case 'n':
		*into = ""
		return nil
	case '"':
		*into, err = Text(token.String())
		return err
	}
	return errors.New("not a string")
}))

// wellFormed reads the whole document once: one value, no name twice, not too deep.
func wellFormed(body []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(body))
	values := 0
	for {
		token, err := d.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && values == 1:
			return nil
		case errors.Is(err, jsontext.ErrDuplicateName):
			syntactic, _ := errors.AsType[*jsontext.SyntacticError](err)
			return forum.Refuse(forum.Unreadable, "request.duplicate_field").At(fieldOf(syntactic.JSONPointer))
		case err != nil:
			return forum.Refuse(forum.Unreadable, "request.malformed")
		}
		if d.StackDepth() > maxDepth {
			return forum.Refuse(forum.Unreadable, "request.too_deep")
		}
		if d.StackDepth() == 0 {
			if values++; values > 1 {
				return forum.Refuse(forum.Unreadable, "request.malformed")
			}
		}
		_ = token
	}
}

// fieldOf is the name of the field that a pointer leads to, without its first slash and cut to a length that can be shown.
func fieldOf(p jsontext.Pointer) string {
	field := []rune(readable(strings.TrimPrefix(string(p), "/")))
	return string(field[:min(len(field), 100)])
}
