package page

import (
	"strings"
	"testing"

	"acropolis/forum"
)

// opinionBody has the shapes that the API's documents have.
type opinionBody struct {
	Text   string   `json:"text"`
	Title  *string  `json:"title"`
	Score  int      `json:"score"`
	Tags   []string `json:"tags"`
	Nested struct {
		Name string `json:"name"`
	} `json:"nested"`
}

func TestJSONReadsOneStrictDocument(t *testing.T) {
	for name, c := range map[string]struct {
		body, key, field string
		code             forum.Code
	}{
		"plain":               {body: `{"text":"광장","title":"제목","score":3,"tags":["a"],"nested":{"name":"b"}}`},
		"nulls":               {body: `{"text":null,"title":null,"tags":null}`},
		"spaces around":       {body: " \n{\"text\":\"a\"}\n "},
		"emoji escape":        {body: `{"text":"\ud83d\ude00"}`},
		"empty body":          {body: ``, code: forum.Unreadable, key: "request.malformed"},
		"not JSON":            {body: `text=1`, code: forum.Unreadable, key: "request.malformed"},
		"cut":                 {body: `{"text":"a"`, code: forum.Unreadable, key: "request.malformed"},
		"trailing comma":      {body: `{"text":"a",}`, code: forum.Unreadable, key: "request.malformed"},
		"comment":             {body: `{"text":"a"/**/}`, code: forum.Unreadable, key: "request.malformed"},
		"two values":          {body: `{"text":"a"}{"text":"b"}`, code: forum.Unreadable, key: "request.malformed"},
		"garbage after":       {body: `{"text":"a"}x`, code: forum.Unreadable, key: "request.malformed"},
		"NaN":                 {body: `{"score":NaN}`, code: forum.Unreadable, key: "request.malformed"},
		"byte order mark":     {body: "\ufeff{}", code: forum.Unreadable, key: "request.malformed"},
		"control in string":   {body: "{\"text\":\"a\nb\"}", code: forum.Unreadable, key: "request.malformed"},
		"invalid UTF-8":       {body: "{\"text\":\"\xff\"}", code: forum.Unreadable, key: "text.not_utf8"},
		"lone surrogate":      {body: `{"text":"\ud800"}`, code: forum.Unreadable, key: "request.malformed"},
		"NUL escape":          {body: `{"text":"a\u0000b"}`, code: forum.Unreadable, key: "text.nul", field: "text"},
		"override escape":     {body: `{"tags":["a","\u202e"]}`, code: forum.Unreadable, key: "text.control", field: "tags/1"},
		"NUL deep inside":     {body: `{"nested":{"name":"\u0000"}}`, code: forum.Unreadable, key: "text.nul", field: "nested/name"},
		"duplicate name":      {body: `{"text":"a","text":"b"}`, code: forum.Unreadable, key: "request.duplicate_field", field: "text"},
		"escaped duplicate":   {body: `{"text":"a","te\u0078t":"b"}`, code: forum.Unreadable, key: "request.duplicate_field", field: "text"},
		"duplicate inside":    {body: `{"nested":{"name":"a","name":"b"}}`, code: forum.Unreadable, key: "request.duplicate_field", field: "nested/name"},
		"unknown field":       {body: `{"text":"a","status":"published"}`, code: forum.Invalid, key: "request.unknown_field", field: "status"},
		"other case":          {body: `{"Text":"a"}`, code: forum.Invalid, key: "request.unknown_field", field: "Text"},
		"unknown inside":      {body: `{"nested":{"id":"a"}}`, code: forum.Invalid, key: "request.unknown_field", field: "nested/id"},
		"number for text":     {body: `{"text":1}`, code: forum.Invalid, key: "request.wrong_type", field: "text"},
		"text for number":     {body: `{"score":"1"}`, code: forum.Invalid, key: "request.wrong_type", field: "score"},
		"fraction":            {body: `{"score":1.5}`, code: forum.Invalid, key: "request.wrong_type", field: "score"},
		"huge number":         {body: `{"score":1e400}`, code: forum.Invalid, key: "request.wrong_type", field: "score"},
		"long number":         {body: `{"score":` + strings.Repeat("9", 5000) + `}`, code: forum.Invalid, key: "request.wrong_type", field: "score"},
		"array":               {body: `[]`, code: forum.Invalid, key: "request.wrong_type"},
		"text":                {body: `"text"`, code: forum.Invalid, key: "request.wrong_type"},
		"deep arrays":         {body: strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000), code: forum.Unreadable, key: "request.too_deep"},
		"deep objects":        {body: strings.Repeat(`{"a":`, 5_000) + "1" + strings.Repeat("}", 5_000), code: forum.Unreadable, key: "request.too_deep"},
		"deep and never shut": {body: strings.Repeat("[", 60_000), code: forum.Unreadable, key: "request.too_deep"},
		"64 KiB and a byte":   {body: `"` + strings.Repeat("x", FormLimit-1) + `"`, code: forum.TooLarge, key: "request.too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			var into opinionBody
			err := JSON(posted(strings.NewReader(c.body), "Content-Type", "application/json"), &into)
			if c.key == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			refusal := forum.RefusalIn(err)
			if refusal == nil || refusal.Code != c.code || refusal.Key != c.key || refusal.Fields["field"] != c.field {
				t.Errorf("%v %+v", err, refusal)
			}
		})
	}
}

func TestJSONMakesTexts(t *testing.T) {
	var into opinionBody
	body := `{"text":" \u1100\u116a\u11bc\u200b ","title":"a\r\nb","tags":[" x "]}`
	if err := JSON(posted(strings.NewReader(body), "Content-Type", "application/json; charset=utf-8"), &into); err != nil {
		t.Fatal(err)
	}
	if into.Text != "광" || *into.Title != "a\nb" || into.Tags[0] != "x" {
		t.Errorf("%+v", into)
	}
}

func TestJSONTakesNoOtherContentType(t *testing.T) {
	for _, kind := range []string{"", formType, "text/plain", "application/json; charset=euc-kr", "application/jsonp", "text/json"} {
		if err := JSON(posted(strings.NewReader(`{}`), "Content-Type", kind), &opinionBody{}); forum.CodeOf(err) != forum.Unsupported {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"text":"a"}`, `{"text":"a","text":"b"}`, `[[[[`, `{"tags":["\u0000"]}`, `{"nested":{"name":null}}`, "\xff", `1e999`, `{"a":{"b":[{}]}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var into opinionBody
		err := strictJSON(body, &into)
		if err != nil && forum.RefusalIn(err) == nil {
			t.Errorf("%q gives an error that is no refusal: %v", body, err)
		}
		if text, again := Text(into.Text); err == nil && (again != nil || text != into.Text) {
			t.Errorf("%q gives a text that is none: %+q", body, into.Text)
		}
	})
}
