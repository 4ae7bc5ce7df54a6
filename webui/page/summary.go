package page

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// FieldError is one thing to mend, in the reader's words.
type FieldError struct {
	Field  string // the input's name; "" when it concerns the whole form
	Text   string
	Label  string // what the page calls the input, with what parts it from the text
	Anchor string // where the error summary leads; "" where the page has no such input
}

// Mendable says that what was entered is wrong, and not what was to be done with it.
func (v *View) Mendable() bool {
	return slices.ContainsFunc(v.Errors, func(e FieldError) bool { return e.Anchor != "" })
}

// nameErrors finds in a page what its errors are about: by the label or the legend that the reader sees there. An input that the page
// doesn't have is led to by no link.
func nameErrors(main []byte, errors []FieldError) error {
	doc, err := html.Parse(bytes.NewReader(main))
	if err != nil {
		return err
	}
	inputs, labels := map[string]*html.Node{}, map[string]*html.Node{}
	for n := range doc.Descendants() {
		if id := attribute(n, "id"); id != "" {
			inputs[id] = n
		}
		if of := attribute(n, "for"); of != "" && labels[of] == nil {
			labels[of] = n
		}
	}
	for i, e := range errors {
		id := "field-" + e.Field
		input := inputs[id]
		if e.Field == "" || input == nil {
			continue
		}
		errors[i].Anchor = "#" + id
		if label := labelled(textOf(labels[id])); label != "" {
			errors[i].Label = label
		} else {
			errors[i].Label = labelled(textOf(around(input)))
		}
	}
	return nil
}

// around is a group's legend, or the label in which a box stands.
func around(input *html.Node) *html.Node {
	for n := range input.Descendants() {
		if n.Data == "legend" {
			return n
		}
	}
	for n := range input.Ancestors() {
		if n.Data == "label" {
			return n
		}
	}
	return nil
}

// labelled parts a label from what follows; a question has its own mark.
func labelled(label string) string {
	if label == "" || strings.HasSuffix(label, "?") || strings.HasSuffix(label, "？") {
		return label
	}
	return label + ":"
}

// textOf is what is read of a label, without the word that marks an optional field.
func textOf(label *html.Node) string {
	if label == nil {
		return ""
	}
	var text strings.Builder
	for n := range label.Descendants() {
		if n.Type == html.TextNode && attribute(n.Parent, "class") != "optional" {
			text.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
