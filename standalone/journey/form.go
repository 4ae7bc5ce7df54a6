package journey

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// page is a page as a browser has read it.
type page struct {
	path string // where it was found
	root *html.Node
}

func readPage(path string, body []byte) (page, error) {
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return page{}, fmt.Errorf("%s is no page: %w", path, err)
	}
	return page{path, root}, nil
}

// form is a form as it stands on its page, to be filled in and sent.
type form struct {
	page   string // the path of the page that it stands on
	id     string
	action string
	fields []*input
}

// input is one field of a form; a button is one only when it is pressed.
type input struct {
	name, kind string
	value      string
	options    []option // of a select, and what each radio or box stands for
	on         bool     // whether it is sent: a ticked box, a chosen radio, any other field
}

type option struct{ value, text string }

// form finds the form with this id, or whose action ends so.
func (p page) form(idOrAction string) (*form, bool) {
	for _, f := range p.forms() {
		if f.id == idOrAction || strings.HasSuffix(f.action, idOrAction) {
			return f, true
		}
	}
	return nil, false
}

func (p page) forms() []*form {
	var all []*form
	for node := range p.root.Descendants() {
		if node.Type != html.ElementNode || node.Data != "form" {
			continue
		}
		f := &form{page: p.path, id: attribute(node, "id"), action: attribute(node, "action")}
		for inner := range node.Descendants() {
			if one := inputOf(inner); one != nil {
				f.fields = append(f.fields, one)
			}
		}
		all = append(all, f)
	}
	return all
}

func inputOf(node *html.Node) *input {
	if node.Type != html.ElementNode || attribute(node, "name") == "" {
		return nil
	}
	one := &input{name: attribute(node, "name"), kind: node.Data, on: true}
	switch node.Data {
	case "textarea":
		one.value = strings.TrimPrefix(textOf(node), "\n")
	case "select":
		for inner := range node.Descendants() {
			if inner.Data != "option" {
				continue
			}
			o := option{attribute(inner, "value"), strings.TrimSpace(textOf(inner))}
			if has(inner, "selected") || len(one.options) == 0 {
				one.value = o.value
			}
			one.options = append(one.options, o)
		}
	case "input":
		one.kind, one.value = attribute(node, "type"), attribute(node, "value")
		if one.kind == "radio" || one.kind == "checkbox" {
			one.on = has(node, "checked")
		}
	default:
		return nil
	}
	return one
}

// set fills in the nth field of a name, counted from 0; for radios and boxes it chooses the one that has the value.
func (f *form) set(name string, n int, value string) error {
	var same []*input
	for _, one := range f.fields {
		if one.name == name {
			same = append(same, one)
		}
	}
	if len(same) > 0 && (same[0].kind == "radio" || same[0].kind == "checkbox") {
		return f.tick(name, value, same)
	}
	if n >= len(same) {
		return f.lacks(fmt.Sprintf("%d fields %s", n+1, name))
	}
	one := same[n]
	if one.kind == "select" && !slices.ContainsFunc(one.options, func(o option) bool { return o.value == value }) {
		return f.lacks(fmt.Sprintf("the choice %q of %s, only %v", value, name, one.options))
	}
	one.value = value
	return nil
}

func (f *form) tick(name, value string, same []*input) error {
	found := false
	for _, one := range same {
		switch {
		case one.value == value:
			one.on, found = true, true
		case one.kind == "radio":
			one.on = false
		}
	}
	if !found {
		return f.lacks(fmt.Sprintf("the choice %q of %s", value, name))
	}
	return nil
}

// named are the names of fields that begin so, each once.
func (f *form) named(prefix string) []string {
	var all []string
	for _, one := range f.fields {
		if strings.HasPrefix(one.name, prefix) && !slices.Contains(all, one.name) {
			all = append(all, one.name)
		}
	}
	return all
}

// chosen is the value of the radio that is chosen, "" where none is.
func (f *form) chosen(name string) string {
	for _, one := range f.fields {
		if one.name == name && one.kind == "radio" && one.on {
			return one.value
		}
	}
	return ""
}

// choose sets the nth select of a name to the option whose text contains said.
func (f *form) choose(name string, n int, said string) error {
	for _, one := range f.fields {
		if one.name != name {
			continue
		}
		if n--; n >= 0 {
			continue
		}
		for _, o := range one.options {
			if o.value != "" && strings.Contains(o.text, said) {
				one.value = o.value
				return nil
			}
		}
		return f.lacks(fmt.Sprintf("the choice %q of %s, only %v", said, name, one.options))
	}
	return f.lacks("the field " + name)
}

func (f *form) lacks(what string) error {
	return fmt.Errorf("the form %s on %s lacks %s", f.id, f.page, what)
}

// encoded is what a browser would send.
func (f *form) encoded() url.Values {
	values := url.Values{}
	for _, one := range f.fields {
		if one.on {
			values.Add(one.name, one.value)
		}
	}
	return values
}

// value is what <data id="…" value="…"> says.
func (p page) value(id string) string {
	if node := p.element(id); node != nil {
		return attribute(node, "value")
	}
	return ""
}

// link is where <a id="…" href="…"> leads.
func (p page) link(id string) string {
	if node := p.element(id); node != nil {
		return attribute(node, "href")
	}
	return ""
}

func (p page) element(id string) *html.Node {
	for node := range p.root.Descendants() {
		if attribute(node, "id") == id {
			return node
		}
	}
	return nil
}

// rows are the table's body rows.
func (p page) rows(tableID string) []*html.Node {
	table := p.element(tableID)
	if table == nil {
		return nil
	}
	var all []*html.Node
	for node := range table.Descendants() {
		if node.Data == "tr" && node.Parent.Data == "tbody" {
			all = append(all, node)
		}
	}
	return all
}

// firstOf is the text of the first such element within node.
func firstOf(node *html.Node, tag string) string {
	for inner := range node.Descendants() {
		if inner.Data == tag {
			return strings.TrimSpace(textOf(inner))
		}
	}
	return ""
}

// complaint is why a page isn't what was asked for: its list of errors, or the lead of an error page.
func (p page) complaint() string {
	var said []string
	for node := range p.root.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		if attribute(node, "id") == "errors" || attribute(node, "class") == "error-page" {
			said = append(said, strings.Join(strings.Fields(textOf(node)), " "))
		}
	}
	return strings.Join(said, " ")
}

func textOf(node *html.Node) string {
	var b strings.Builder
	for inner := range node.Descendants() {
		if inner.Type == html.TextNode {
			b.WriteString(inner.Data)
		}
	}
	return b.String()
}

func attribute(node *html.Node, name string) string {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(node *html.Node, name string) bool {
	return slices.ContainsFunc(node.Attr, func(a html.Attribute) bool { return a.Key == name })
}
