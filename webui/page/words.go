package page

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

//go:embed locales
var locales embed.FS

// words holds every text in every language of an audience. Texts without values are looked up in plain; the others are templates.
type words struct {
	plain      map[string]map[string]string
	localizers map[string]*i18n.Localizer
	numbers    map[string]*message.Printer
}

func loadWords(files fs.FS, langs []string) (*words, error) {
	bundle := i18n.NewBundle(language.Korean)
	w := &words{plain: map[string]map[string]string{}, localizers: map[string]*i18n.Localizer{}, numbers: map[string]*message.Printer{}}
	for _, lang := range langs {
		tag := language.MustParse(lang)
		w.plain[lang] = map[string]string{}
		names, err := fs.Glob(files, path.Join("locales", lang, "*.json"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, err
			}
			messages, err := bundle.ParseMessageBytes(tag, text, json.Unmarshal)
			if err != nil {
				return nil, fmt.Errorf("words in %s: %w", name, err)
			}
			for _, m := range messages {
				if m.One == "" && !strings.Contains(m.Other, "{{") {
					w.plain[lang][m.ID] = m.Other
				}
			}
		}
		w.localizers[lang] = i18n.NewLocalizer(bundle, lang)
		w.numbers[lang] = message.NewPrinter(tag)
	}
	return w, nil
}

// strictParser makes a value that wasn't given an error: no page shows "<no value>".
var strictParser = &template.TextParser{Option: "missingkey=error"}

// text is the text for key. Values come in pairs of name and value; "count" also chooses between one and other. A missing
// key gives the key itself and an error.
func (w *words) text(lang, key string, values ...any) (string, error) {
	if plain, ok := w.plain[lang][key]; ok {
		return plain, nil
	}
	if len(values)%2 != 0 {
		return key, fmt.Errorf("text %s: values come in pairs of name and value", key)
	}
	config := &i18n.LocalizeConfig{MessageID: key, TemplateParser: strictParser}
	shown := make(map[string]string, len(values)/2)
	for i := 0; i < len(values); i += 2 {
		name, ok := values[i].(string)
		if !ok {
			return key, fmt.Errorf("text %s: the name of value %d is not a string", key, i/2+1)
		}
		if name == "count" && isWhole(values[i+1]) {
			config.PluralCount = values[i+1]
		}
		shown[name] = w.shown(lang, values[i+1])
	}
	config.TemplateData = shown
	text, err := w.localizers[lang].Localize(config)
	if text == "" {
		return key, fmt.Errorf("text %s in %s: %w", key, lang, err)
	}
	return text, err
}

// shown writes a value as the reader expects it: numbers with separators, all else as it is.
func (w *words) shown(lang string, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return w.number(lang, v)
	default:
		return fmt.Sprint(v)
	}
}

// isWhole says whether go-i18n can choose a plural form by the value.
func isWhole(value any) bool {
	switch value.(type) {
	case int, int8, int16, int32, int64:
		return true
	}
	return false
}
