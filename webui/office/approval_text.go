package office

import (
	"bytes"
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
	"acropolis/webui/page"
)

// block is a piece of a document's exact text, made readable: a value under its label, or a list of blocks.
type block struct {
	Label string
	Text  string
	HTML  template.HTML // where the text is Markdown
	Parts []block
	Heads []string // of a table, when the parts are alike and short
	Rows  [][]string
}

// IsPlain says that the block is one value under its label.
func (b block) IsPlain() bool { return len(b.Parts) == 0 && len(b.Rows) == 0 }

// reading turns the JSON that a fingerprint is of into blocks. Nothing is left out and nothing is added: what has no words
// of its own is shown under the name that it has in the text.
type reading struct {
	site  *page.Site
	lang  string
	names map[string]string // of the rows that the text points to
}

// contentWords are the names in documents that have words of their own.
var contentWords = map[string]bool{"kind": true, "title": true, "body": true, "link": true, "name": true, "affiliation": true, "stance": true,
	"text": true, "disposition": true, "reason": true, "terms": true, "opens_at": true, "closes_at": true, "award": true, "rank": true,
	"picks": true, "chosen": true, "suggestion": true, "summary": true, "figures": true, "opinions": true, "voters": true, "votes_for": true,
	"votes_against": true, "hits": true, "authors": true, "days": true, "districts": true, "date": true, "frozen_at": true, "occurrences": true,
	"best": true, "bound": true, "score": true, "scores": true, "mean": true, "supports": true, "track": true, "month": true, "candidates": true,
	"members": true, "scored": true, "deadline": true, "opinion": true, "number": true, "items": true, "paragraphs": true, "place": true, "reposts": true,
	"reasons": true, "topics": true, "from": true, "to": true, "forum": true, "made_at": true,
	"quorum": true, "needed": true, "reached": true, "committee": true, "present": true, "criteria": true, "weight": true, "by_criterion": true,
	"conflicts": true, "too_few": true, "tie": true, "tries": true, "file": true, "alt": true, "size": true, "sha256": true, "type": true, "id": true}

// markdownNames are the names whose values people wrote as Markdown.
var markdownNames = map[string]bool{"body": true, "text": true, "summary": true}

// documentText reads a document's exact content.
func (h *Handlers) documentText(c *gin.Context, a forum.Approval) ([]block, error) {
	r := reading{site: h.site, lang: page.Lang(c), names: map[string]string{}}
	if err := h.nameRows(c, a, r.names); err != nil {
		return nil, err
	}
	d := json.NewDecoder(strings.NewReader(a.Text))
	d.UseNumber()
	whole, err := r.value(d, "")
	if err != nil {
		return []block{{Text: a.Text}}, nil // not JSON: shown as it is, because this is what is signed
	}
	if len(whole.Parts) == 0 {
		return []block{whole}, nil
	}
	return whole.Parts, nil
}

// nameRows finds words for the rows that a document points to: the opinions behind awards, the suggestions of a round.
func (h *Handlers) nameRows(c *gin.Context, a forum.Approval, names map[string]string) error {
	switch a.Noun {
	case forum.TheAwards:
		awards, err := h.Store.Awards(c, a.Subject, officialOf(c).ID)
		if err != nil {
			return err
		}
		for _, one := range awards {
			names[string(one.ID)] = one.Number + " " + excerpt(one.Title+" "+one.Text, 160)
			names[string(one.Opinion)] = one.Number
		}
	case forum.TheAnalysis:
		analysis, err := h.Store.Analysis(c, a.Subject)
		if err != nil {
			return err
		}
		for _, one := range analysis.Best {
			names[string(one.ID)] = one.Number + " " + excerpt(one.Title+" "+one.Text, 80)
		}
	case forum.TheMinutes:
		round, err := h.Store.Round(c, a.Subject, officialOf(c).ID)
		if err != nil {
			return err
		}
		for _, one := range round.Candidates {
			names[string(one.Suggestion.ID)] = one.Suggestion.Number + " " + one.Suggestion.Title
		}
	}
	return nil
}

// excerpt is the beginning of a text on one line.
func excerpt(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most]) + "…"
}

func (r reading) label(name string) string {
	if contentWords[name] {
		return r.site.Text(r.lang, "office.content."+name)
	}
	if named, ok := r.names[name]; ok {
		return named
	}
	return name
}

// value reads one value in the order in which the text has it.
func (r reading) value(d *json.Decoder, name string) (block, error) {
	token, err := d.Token()
	if err != nil {
		return block{}, err
	}
	b := block{}
	switch t := token.(type) {
	case json.Delim:
		for n := 1; d.More(); n++ {
			inner := name
			if t == '{' {
				key, err := d.Token()
				if err != nil {
					return b, err
				}
				inner, _ = key.(string)
			}
			part, err := r.value(d, inner)
			if err != nil {
				return b, err
			}
			if t == '{' {
				part.Label = r.label(inner)
			} else {
				part.Label = r.site.Text(r.lang, "office.content.nth", "n", n, "title", part.title(r.label("title")))
			}
			if part.Text != "" || part.HTML != "" || len(part.Parts) > 0 || len(part.Rows) > 0 {
				b.Parts = append(b.Parts, part)
			}
		}
		if t == '[' {
			b.tabulate()
		}
		_, err = d.Token() // the closing bracket
		return b, err
	case json.Number:
		b.Text = t.String()
	case bool:
		b.Text = r.site.Text(r.lang, map[bool]string{true: "office.yes", false: "office.no"}[t])
	case string:
		return r.words(name, t), nil
	}
	return b, nil
}

// title is the part of a thing that names it.
func (b block) title(label string) string {
	for _, part := range b.Parts {
		if part.Label == label {
			return part.Text
		}
	}
	return ""
}

// tabulate turns a list of like things into a table, where none of them has Markdown or lists within.
func (b *block) tabulate() {
	if len(b.Parts) < 2 {
		return
	}
	var heads []string
	for _, part := range b.Parts {
		if len(part.Parts) == 0 {
			return
		}
		for _, cell := range part.Parts {
			if cell.HTML != "" || len(cell.Parts) > 0 || len(cell.Rows) > 0 {
				return
			}
			if !slices.Contains(heads, cell.Label) {
				heads = append(heads, cell.Label)
			}
		}
	}
	for _, part := range b.Parts {
		row := make([]string, len(heads))
		for _, cell := range part.Parts {
			row[slices.Index(heads, cell.Label)] = cell.Text
		}
		b.Rows = append(b.Rows, row)
	}
	b.Heads, b.Parts = heads, nil
}

// words shows a text: Markdown as it will be published, codes in words, instants in the reader's way.
func (r reading) words(name, text string) block {
	if named, ok := r.names[text]; ok {
		return block{Text: named}
	}
	switch {
	case text == "":
		return block{}
	case markdownNames[name]:
		return block{HTML: page.Markdown(text)}
	case name == "kind" && isOne(text, forum.ItemKinds):
		return block{Text: r.site.Text(r.lang, "office.item."+text)}
	case name == "type" && isOne(text, forum.FileTypes):
		return block{Text: r.site.Text(r.lang, "file."+text)}
	case name == "stance" && isOne(text, stances):
		return block{Text: r.site.Text(r.lang, "office.stance."+text)}
	case name == "disposition" && isOne(text, forum.Dispositions):
		return block{Text: r.site.Text(r.lang, "status.disposition."+text)}
	case name == "tie" && isOne(text, forum.TieRules):
		return block{Text: r.site.Text(r.lang, "office.tie."+text)}
	case name == "track" && isOne(text, []forum.Track{forum.General, forum.Youth}):
		return block{Text: r.site.Text(r.lang, "office.track."+text)}
	}
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return block{Text: instantText(r.lang, at)}
	}
	return block{Text: text}
}

func isOne[S ~string](text string, known []S) bool {
	for _, one := range known {
		if string(one) == text {
			return true
		}
	}
	return false
}

// instantText writes an instant to the second where it has seconds: what is signed must not be rounded.
func instantText(lang string, at time.Time) string {
	text := page.DateTime(lang, at)
	if at.Second() == 0 && at.Nanosecond() == 0 {
		return text
	}
	return text + at.In(page.Seoul).Format(":05.999999999")
}

// pretty is the content indented, for whoever wants to see the very characters.
func pretty(text string) string {
	var b bytes.Buffer
	if json.Indent(&b, []byte(text), "", "  ") != nil {
		return text
	}
	return b.String()
}

// Exact is the text that the fingerprint is of, indented.
func (v approvalView) Exact() string { return pretty(v.Approval.Text) }
