// Package settings fills the structs in which each part of Acropolis says what can be set, from the environment.
//
// A part owns a struct and tags its fields; a main composes the structs and calls Load once:
//
//	type Settings struct {
//		URL      string        `env:"LDAP_URL" required:"true" help:"where the directory is"`
//		Password Secret        `env:"LDAP_BIND_PASSWORD" secret:"true" help:"password of the reading account"`
//		Timeout  time.Duration `env:"LDAP_TIMEOUT" default:"3s" help:"for each dial and each operation"`
//	}
//
// Fields are string, int, bool, time.Duration or []string (comma-separated), named types of those included. A struct in a
// struct is walked with the same rules and no prefix: names are global, as an operator reads them. A field without an env
// tag is left as it is.
package settings

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// Load fills the struct that into points to. An empty variable counts as not set, because compose files pass empty ones.
// A secret may come from the file that NAME_FILE names instead of from NAME (one final newline is cut); both at once is an
// error. Everything that is wrong is told at once, joined, and no error shows a secret.
func Load(into any, lookup func(string) (string, bool)) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("settings: want a pointer to a struct, got %T", into)
	}
	var faults []error
	walk(target.Elem(), func(s Setting, field reflect.Value) {
		if err := fill(s, field, lookup); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", s.Name, err))
		}
	})
	return errors.Join(faults...)
}

func fill(s Setting, field reflect.Value, lookup func(string) (string, bool)) error {
	if s.Type == "" {
		return fmt.Errorf("the kind %s can't be set from the environment", field.Type())
	}
	value, err := read(s, lookup)
	if err != nil {
		return err
	}
	if value == "" {
		value = s.Default
	}
	if value == "" {
		if s.Required {
			return errors.New("is required" + orFile(s))
		}
		return nil
	}
	if err := set(field, value); err != nil {
		if s.Secret {
			return fmt.Errorf("is not a valid %s", s.Type)
		}
		return err
	}
	return nil
}

func orFile(s Setting) string {
	if s.Secret {
		return " (or " + s.Name + "_FILE)"
	}
	return ""
}

// read gives the setting's text from the environment or, for a secret, from its file.
func read(s Setting, lookup func(string) (string, bool)) (string, error) {
	value, _ := lookup(s.Name)
	if !s.Secret {
		return value, nil
	}
	path, _ := lookup(s.Name + "_FILE")
	if path == "" {
		return value, nil
	}
	if value != "" {
		return "", fmt.Errorf("is set twice, as %s and as %s_FILE", s.Name, s.Name)
	}
	bytes, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("its file: %w", err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(bytes), "\n"), "\r")
	if text == "" {
		return "", fmt.Errorf("its file %s is empty", path)
	}
	return text, nil
}

func set(field reflect.Value, value string) error {
	switch typeName(field.Type()) {
	case "text":
		field.SetString(value)
	case "number":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		field.SetInt(int64(n))
	case "yes or no":
		b, err := strconv.ParseBool(strings.TrimSpace(value))
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		field.SetBool(b)
	case "duration":
		d, err := time.ParseDuration(strings.TrimSpace(value))
		if err != nil {
			return fmt.Errorf("%q is not a duration such as 3s or 5m", value)
		}
		field.SetInt(int64(d))
	case "list":
		list := reflect.MakeSlice(field.Type(), 0, 0)
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item != "" {
				list = reflect.Append(list, reflect.ValueOf(item).Convert(field.Type().Elem()))
			}
		}
		field.Set(list)
	}
	return nil
}

var duration = reflect.TypeFor[time.Duration]()

// typeName is what an operator calls the field's kind, or "" for one that can't be set from a text.
func typeName(t reflect.Type) string {
	switch {
	case t == duration:
		return "duration"
	case t.Kind() == reflect.String:
		return "text"
	case t.Kind() == reflect.Int:
		return "number"
	case t.Kind() == reflect.Bool:
		return "yes or no"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return "list"
	}
	return ""
}
