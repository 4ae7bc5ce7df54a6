package page

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const moduleRoot = "../.."

// readWords gives a language's texts by key: one text, or several forms in a fixed order.
func readWords(t *testing.T, lang string) map[string]string {
	t.Helper()
	all := map[string]string{}
	files, err := filepath.Glob(filepath.Join("locales", lang, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]json.RawMessage
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if strings.Count(string(text), "\n  \"") != len(words) {
			t.Errorf("%s: a key stands there twice, or not on a line of its own", file)
		}
		for key, word := range words {
			if _, twice := all[key]; twice {
				t.Errorf("%s stands in %s and in another file", key, file)
			}
			var one string
			var forms struct{ One, Other string }
			if json.Unmarshal(word, &one) != nil {
				if err := json.Unmarshal(word, &forms); err != nil || forms.Other == "" {
					t.Errorf("%s in %s is neither a text nor an object with \"other\"", key, file)
				}
				one = forms.One + "\x00" + forms.Other
			}
			if strings.TrimSpace(strings.Trim(one, "\x00")) == "" {
				t.Errorf("%s in %s is empty", key, file)
			}
			all[key] = one
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

func placeholders(text string) []string {
	var names []string
	for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestWordsAreTheSameInEveryLanguage(t *testing.T) {
	all := readWords(t, "ko")
	staffs := map[string]json.RawMessage{}
	if text, err := os.ReadFile("locales/ko/office.json"); err != nil || json.Unmarshal(text, &staffs) != nil {
		t.Fatal(err)
	}
	for _, lang := range Public.Languages()[1:] {
		first, other := maps.Clone(all), readWords(t, lang)
		if !slices.Contains(Office.Languages(), lang) { // staff's own words are in staff's languages
			maps.DeleteFunc(first, func(key, _ string) bool { return staffs[key] != nil })
		}
		for key, text := range first {
			if _, ok := other[key]; !ok {
				t.Errorf("%s is missing in %s", key, lang)
			} else if !slices.Equal(placeholders(text), placeholders(other[key])) {
				t.Errorf("%s has the values %v in %s and %v in %s", key, placeholders(text), "ko", placeholders(other[key]), lang)
			}
			if strings.Contains(text, "{{") && len(placeholders(text)) == 0 {
				t.Errorf("%s: write a value as {{.name}}", key)
			}
		}
		for key := range other {
			if _, ok := first[key]; !ok {
				t.Errorf("%s is missing in ko, or a text of staff's", key)
			}
		}
	}
}

// usage is what the module's templates and Go files say.
type usage struct {
	literals map[string]bool   // every string literal
	keys     map[string]string // literals that are certainly keys of texts, and where they stand
	refusals map[string]string // keys given to forum.Refuse, and where
	statuses map[string]string // status.<noun>.<status> of package forum's constants, and where
}

var (
	keyShape      = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	templateQuote = regexp.MustCompile(`"([a-z0-9_.]+)"`)
	templateKey   = regexp.MustCompile(`\.(?:T|Quoted) "([^"]+)"|\.Field "[^"]+" "([^"]+)"|"hint" "([^"]+)"`)
)

func readUsage(t *testing.T) *usage {
	t.Helper()
	u := &usage{literals: map[string]bool{}, keys: map[string]string{}, refusals: map[string]string{}, statuses: map[string]string{}}
	err := filepath.WalkDir(moduleRoot, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", "node_modules", "testdata"}, entry.Name()):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			u.readGo(t, path)
		case strings.HasSuffix(path, ".html"):
			u.readTemplate(t, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func (u *usage) readTemplate(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range templateQuote.FindAllStringSubmatch(string(text), -1) {
		u.literals[found[1]] = true
	}
	for _, found := range templateKey.FindAllStringSubmatch(string(text), -1) {
		u.keys[found[1]+found[2]+found[3]] = path
	}
}

func (u *usage) readGo(t *testing.T, path string) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Logf("%s can't be read yet: %v", path, err)
		return
	}
	inWebui := strings.HasPrefix(path, filepath.Join(moduleRoot, "webui"))
	ast.Inspect(file, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.BasicLit:
			if text, ok := literal(n); ok {
				u.literals[text] = true
			}
		case *ast.CallExpr:
			u.readCall(n, inWebui, files.Position(n.Pos()).String())
		case *ast.KeyValueExpr:
			name, _ := n.Key.(*ast.Ident)
			if text, ok := literal(n.Value); ok && inWebui && name != nil && name.Name == "Key" && keyShape.MatchString(text) {
				u.keys[text] = files.Position(n.Pos()).String()
			}
		case *ast.ValueSpec:
			if filepath.Dir(path) == filepath.Join(moduleRoot, "forum") {
				u.readStatus(n, files.Position(n.Pos()).String())
			}
		}
		return true
	})
}

func (u *usage) readCall(call *ast.CallExpr, inWebui bool, where string) {
	name := ""
	switch called := call.Fun.(type) {
	case *ast.Ident:
		name = called.Name
	case *ast.SelectorExpr:
		name = called.Sel.Name
	}
	if name == "Refuse" && len(call.Args) == 2 {
		if key, ok := literal(call.Args[1]); ok {
			u.refusals[key] = where
		}
	}
	if !inWebui || !slices.Contains([]string{"T", "Text", "text", "Flash", "Field"}, name) {
		return
	}
	for _, argument := range call.Args {
		if text, ok := literal(argument); ok && keyShape.MatchString(text) {
			u.keys[text] = where
		}
	}
}

// readStatus takes constants like: Open ForumStatus = "open". A disposition and a clock are shown as tags, too.
func (u *usage) readStatus(spec *ast.ValueSpec, where string) {
	kind, ok := spec.Type.(*ast.Ident)
	if !ok || len(spec.Values) != 1 {
		return
	}
	noun, isStatus := strings.CutSuffix(kind.Name, "Status")
	if !isStatus && noun != "Disposition" && noun != "Clock" {
		return
	}
	if status, ok := literal(spec.Values[0]); ok {
		u.statuses["status."+strings.ToLower(noun)+"."+status] = where
	}
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// made are the namespaces whose keys are put together in Go or in a template, and what must exist for each key.
func (u *usage) made(key string) bool {
	if refusal, ok := strings.CutPrefix(key, "error."); ok {
		return u.literals[refusal]
	}
	if strings.HasPrefix(key, "status.") {
		return u.statuses[key] != ""
	}
	for prefix := range u.literals {
		if len(prefix) > 2 && strings.HasSuffix(prefix, ".") && keyShape.MatchString(prefix+"x") && strings.HasPrefix(key, prefix) {
			return true
		}
		if strings.HasSuffix(prefix, "_") && strings.Contains(prefix, ".") && keyShape.MatchString(prefix) && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func TestWordsAreKnownAndUsed(t *testing.T) {
	words, used := readWords(t, "ko"), readUsage(t)
	if len(used.keys) < 20 || len(used.refusals) < 20 || len(used.statuses) < 50 {
		t.Fatalf("found only %d keys, %d refusals and %d statuses: the search is broken", len(used.keys), len(used.refusals), len(used.statuses))
	}
	for key, where := range used.keys {
		if _, ok := words[key]; !ok && keyShape.MatchString(key) {
			t.Errorf("%s has no text; it is used at %s", key, where)
		}
	}
	for key, where := range used.refusals {
		if _, ok := words["error."+key]; !ok {
			t.Errorf("error.%s has no text; it is refused at %s", key, where)
		}
	}
	for key, where := range used.statuses {
		if _, ok := words[key]; !ok {
			t.Errorf("%s has no text; it is a status at %s", key, where)
		}
	}
	for key := range words {
		if !used.literals[key] && !used.made(key) {
			t.Errorf("nobody uses %s", key)
		}
	}
}

func TestMissingWordShowsItsKeyAndIsLogged(t *testing.T) {
	s, log := testSite(t, Options{})
	if got := s.Text("ko", "no.such_key"); got != "no.such_key" || !strings.Contains(log.String(), "no.such_key") {
		t.Errorf("%q, log %s", got, log)
	}
	if _, err := s.words.text("ko", "form.count", "max"); err == nil {
		t.Error("a value without a name should be an error")
	}
	if text, err := s.words.text("ko", "form.count"); err == nil || strings.Contains(text, "no value") {
		t.Errorf("a value that isn't given should be an error: %q", text)
	}
}

func TestTextTakesItsValues(t *testing.T) {
	s, _ := testSite(t, Options{})
	for _, c := range []struct{ lang, want string }{{"ko", "4,000자까지 쓸 수 있습니다."}, {"en", "You can write up to 4,000 characters."},
		{"zh", "最多可填写4,000个字符。"}, {"ja", "4,000文字まで入力できます。"}} {
		if got := s.Text(c.lang, "form.count", "max", 4000); got != c.want {
			t.Errorf("%s: %q", c.lang, got)
		}
	}
	if got := s.Text("en", "error.request.unknown_field", "field", "<b>"); !strings.Contains(got, "<b>") {
		t.Errorf("a text is plain text and escaped by the template alone: %q", got)
	}
}
