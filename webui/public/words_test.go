package public

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"acropolis/webui/page"
)

var (
	keyUsed     = regexp.MustCompile(`"((?:public|notice)\.[a-z0-9_.]+)"`)
	placeholder = regexp.MustCompile(`\{\{\.\w+\}\}`)
)

// TestEveryWordIsUsedAndThere reads the sources: each key they name is in every language with the same values, and each
// word is named somewhere, whole or as the beginning of a key that a status completes.
func TestEveryWordIsUsedAndThere(t *testing.T) {
	words := map[string]map[string]json.RawMessage{}
	for _, lang := range page.Public.Languages() {
		raw, err := os.ReadFile("../page/locales/" + lang + "/public.json")
		if err != nil {
			t.Fatal(err)
		}
		var inLang map[string]json.RawMessage
		if err := json.Unmarshal(raw, &inLang); err != nil {
			t.Fatal(err)
		}
		words[lang] = inLang
	}
	used, prefixes := map[string]bool{}, []string{}
	for _, pattern := range []string{"*.go", "templates/*.html"} {
		files, _ := filepath.Glob(pattern)
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, match := range keyUsed.FindAllStringSubmatch(string(source), -1) {
				if strings.HasSuffix(file, "_test.go") || match[1] == readerKey {
					continue
				}
				if strings.HasSuffix(match[1], ".") {
					prefixes = append(prefixes, match[1])
				} else {
					used[match[1]] = true
				}
			}
		}
	}
	for key := range used {
		if words["ko"][key] == nil || words["en"][key] == nil {
			t.Errorf("%s has no words", key)
		}
	}
	for key, korean := range words["ko"] {
		english := words["en"][key]
		for _, name := range placeholder.FindAllString(string(korean), -1) {
			if !strings.Contains(string(english), name) {
				t.Errorf("%s: %s is missing in English", key, name)
			}
		}
		begun := false
		for _, prefix := range prefixes {
			begun = begun || strings.HasPrefix(key, prefix)
		}
		if !used[key] && !begun {
			t.Errorf("%s is never used", key)
		}
	}
	if len(words["ko"]) != len(words["en"]) {
		t.Errorf("%d words in Korean, %d in English", len(words["ko"]), len(words["en"]))
	}
}
