package settings

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting is one thing that an operator can set.
type Setting struct {
	Name     string // of the environment variable
	Type     string // text, number, yes or no, duration, list
	Default  string
	Required bool
	Secret   bool // may come as Name_FILE; never shown
	Help     string
}

// Describe lists the settings of a struct (or of what a pointer points to) in the order of its fields, nested ones
// included, so that a test can compare .env.example with the structs. It panics on anything but a struct: only a
// programming error gets there.
func Describe(v any) []Setting {
	var all []Setting
	walk(structOf(v), func(s Setting, _ reflect.Value) { all = append(all, s) })
	return all
}

// String gives one NAME=value line a setting, for the log at start. A secret shows only whether it is set.
func String(v any) string {
	var text strings.Builder
	walk(structOf(v), func(s Setting, field reflect.Value) {
		switch {
		case s.Secret && field.IsZero():
			fmt.Fprintf(&text, "%s=(not set)\n", s.Name)
		case s.Secret:
			fmt.Fprintf(&text, "%s=(set)\n", s.Name)
		case s.Type == "list":
			fmt.Fprintf(&text, "%s=%s\n", s.Name, strings.Join(texts(field), ","))
		default:
			fmt.Fprintf(&text, "%s=%v\n", s.Name, field.Interface())
		}
	})
	return text.String()
}

func texts(list reflect.Value) []string {
	all := make([]string, list.Len())
	for i := range all {
		all[i] = list.Index(i).String()
	}
	return all
}

func structOf(v any) reflect.Value {
	value := reflect.Indirect(reflect.ValueOf(v))
	if value.Kind() != reflect.Struct {
		panic(fmt.Sprintf("settings: want a struct, got %T", v))
	}
	return value
}

// walk visits every tagged field. What isn't tagged is somebody else's business, unless it is a struct with tags inside.
func walk(value reflect.Value, visit func(Setting, reflect.Value)) {
	for i := range value.NumField() {
		field, tags := value.Field(i), value.Type().Field(i)
		if !tags.IsExported() {
			continue
		}
		if name := tags.Tag.Get("env"); name != "" {
			visit(Setting{
				Name:     name,
				Type:     typeName(tags.Type),
				Default:  tags.Tag.Get("default"),
				Required: tags.Tag.Get("required") == "true",
				Secret:   tags.Tag.Get("secret") == "true",
				Help:     tags.Tag.Get("help"),
			}, field)
		} else if field.Kind() == reflect.Struct {
			walk(field, visit)
		}
	}
}
