package page

import (
	"fmt"
	"slices"
	"strings"
)

// Field is one labelled input of a form, as the partial "field" draws it.
type Field struct {
	Name, Label, Hint, Value, Kind string

	Required     bool
	Error        string // the reason beside the field
	Max, Rows    int
	Autocomplete string
	Accept       string
	Choices      []Choice
	Class        string
	Optional     string // the word that marks a field which may stay empty
	ErrorWord    string
	CountText    string
}

// Choice is one option of a select, of radios or of a list of boxes.
type Choice struct {
	Value, Text string
	Hint        string
	Chosen      bool
}

// fieldKinds are the inputs that the partial knows; "area" is a textarea, "boxes" several checkboxes, "box" one.
var fieldKinds = []string{"text", "email", "number", "search", "password", "date", "datetime-local", "url", "tel", "file", "area", "select", "radios", "boxes", "box"}

// Field describes an input: its name, the key of its label, its present value, and options in pairs: "kind" (text when left
// out), "hint" (a key), "max" (characters), "rows", "required", "autocomplete", "accept", "class" and "choices" ([]Choice;
// the ones that equal the value are chosen). The error for its name stands beside it.
func (v *View) Field(name, labelKey string, value any, options ...any) (*Field, error) {
	f := &Field{Name: name, Label: v.site.text(v.Lang, labelKey), Kind: "text", Rows: 8}
	if value != nil {
		f.Value = fmt.Sprint(value)
	}
	if len(options)%2 != 0 {
		return nil, fmt.Errorf("field %s: options come in pairs", name)
	}
	for i := 0; i < len(options); i += 2 {
		if err := f.set(v, options[i], options[i+1]); err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
	}
	if !slices.Contains(fieldKinds, f.Kind) {
		return nil, fmt.Errorf("field %s: no kind is called %q", name, f.Kind)
	}
	for _, e := range v.Errors {
		if e.Field == name {
			f.Error = strings.TrimSpace(f.Error + " " + e.Text)
		}
	}
	f.choose(value)
	f.ErrorWord = v.site.text(v.Lang, "form.error")
	if !f.Required {
		f.Optional = v.site.text(v.Lang, "form.optional")
	}
	if f.Max > 0 && f.Kind == "area" {
		f.CountText = v.site.text(v.Lang, "form.count", "max", f.Max)
	}
	return f, nil
}

func (f *Field) set(v *View, option, value any) error {
	var ok bool
	switch option {
	case "kind":
		f.Kind, ok = value.(string)
	case "hint":
		var key string
		key, ok = value.(string)
		f.Hint = v.site.text(v.Lang, key)
	case "max":
		f.Max, ok = value.(int)
	case "rows":
		f.Rows, ok = value.(int)
	case "required":
		f.Required, ok = value.(bool)
	case "autocomplete":
		f.Autocomplete, ok = value.(string)
	case "accept":
		f.Accept, ok = value.(string)
	case "class":
		f.Class, ok = value.(string)
	case "choices":
		var given []Choice
		given, ok = value.([]Choice)
		f.Choices = slices.Clone(given)
	default:
		return fmt.Errorf("no option is called %v", option)
	}
	if !ok {
		return fmt.Errorf("option %v does not take a %T", option, value)
	}
	return nil
}

func (f *Field) choose(value any) {
	chosen := []string{f.Value}
	if several, ok := value.([]string); ok {
		chosen = several
	}
	for i := range f.Choices {
		f.Choices[i].Chosen = f.Choices[i].Chosen || slices.Contains(chosen, f.Choices[i].Value)
	}
}

// ID is the input's id, where the error summary leads.
func (f *Field) ID() string { return "field-" + f.Name }

// DescribedBy lists what a screen reader reads after the label.
func (f *Field) DescribedBy() string {
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

// IsGroup says that the field is a fieldset with a legend and not one input with a label.
func (f *Field) IsGroup() bool { return f.Kind == "radios" || f.Kind == "boxes" }

// BoxKind is the type of a group's inputs.
func (f *Field) BoxKind() string {
	if f.Kind == "radios" {
		return "radio"
	}
	return "checkbox"
}
