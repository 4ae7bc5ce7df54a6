package settings_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"acropolis/integrations/settings"
)

type secret string

type directory struct {
	URL      string        `env:"T_URL" required:"true" help:"where the directory is"`
	Password secret        `env:"T_PASSWORD" secret:"true"`
	Timeout  time.Duration `env:"T_TIMEOUT" default:"3s"`
}

type city struct {
	Directory directory
	Name      string   `env:"T_NAME" default:"서울"`
	Workers   int      `env:"T_WORKERS" default:"2"`
	Masthead  bool     `env:"T_MASTHEAD"`
	Groups    []string `env:"T_GROUPS" default:"a=b, c=d"`
	Untouched func()
}

func environment(pairs ...string) func(string) (string, bool) {
	values := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return func(name string) (string, bool) { v, ok := values[name]; return v, ok }
}

func TestEnvironmentFillsEveryKindAndDefaultsFillTheRest(t *testing.T) {
	var c city
	err := settings.Load(&c, environment("T_URL", "ldaps://directory", "T_WORKERS", "7", "T_MASTHEAD", "true",
		"T_TIMEOUT", "250ms", "T_PASSWORD", "pw", "T_NAME", ""))
	if err != nil {
		t.Fatal(err)
	}
	want := city{Directory: directory{"ldaps://directory", "pw", 250 * time.Millisecond},
		Name: "서울", Workers: 7, Masthead: true, Groups: []string{"a=b", "c=d"}}
	if !reflect.DeepEqual(c, want) {
		t.Fatalf("got  %+v\nwant %+v", c, want)
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	var c city
	err := settings.Load(&c, environment("T_WORKERS", "two", "T_MASTHEAD", "perhaps", "T_TIMEOUT", "3"))
	if err == nil {
		t.Fatal("want an error")
	}
	for _, want := range []string{
		"T_URL: is required", `T_WORKERS: "two" is not a whole number`,
		`T_MASTHEAD: "perhaps" is neither true nor false`, `T_TIMEOUT: "3" is not a duration`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

func TestSecretComesFromItsFileButNotFromBoth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("two lines\nof it\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var c city
	if err := settings.Load(&c, environment("T_URL", "x", "T_PASSWORD_FILE", file)); err != nil {
		t.Fatal(err)
	}
	if c.Directory.Password != "two lines\nof it" {
		t.Fatalf("got %q: one final newline is cut, nothing else", string(c.Directory.Password))
	}
	err := settings.Load(&c, environment("T_URL", "x", "T_PASSWORD_FILE", file, "T_PASSWORD", "canary"))
	if err == nil || !strings.Contains(err.Error(), "set twice") || strings.Contains(err.Error(), "canary") {
		t.Fatalf("got %v", err)
	}
	if err := settings.Load(&c, environment("T_URL", "x", "T_PASSWORD_FILE", file+".gone")); err == nil {
		t.Fatal("a missing file must be an error")
	}
}

func TestOnlySecretsAreReadFromFiles(t *testing.T) {
	var c city
	if err := settings.Load(&c, environment("T_URL", "x", "T_NAME_FILE", "/nowhere")); err != nil || c.Name != "서울" {
		t.Fatalf("got %q, %v", c.Name, err)
	}
}

func TestSecretIsNeverShown(t *testing.T) {
	c := city{Directory: directory{URL: "x", Password: "canary"}, Groups: []string{"a", "b"}}
	shown := settings.String(c)
	if strings.Contains(shown, "canary") {
		t.Fatal("the secret is in the log form")
	}
	want := "T_URL=x\nT_PASSWORD=(set)\nT_TIMEOUT=0s\nT_NAME=\nT_WORKERS=0\nT_MASTHEAD=false\nT_GROUPS=a,b\n"
	if shown != want {
		t.Fatalf("got  %q\nwant %q", shown, want)
	}
	var number struct {
		Pin int `env:"T_PIN" secret:"true"`
	}
	if err := settings.Load(&number, environment("T_PIN", "canary")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Fatalf("got %v", err)
	}
}

func TestUnknownKindIsAnError(t *testing.T) {
	var wrong struct {
		Rate float64 `env:"T_RATE"`
	}
	if err := settings.Load(&wrong, environment()); err == nil || !strings.Contains(err.Error(), "float64") {
		t.Fatalf("got %v", err)
	}
	if err := settings.Load(wrong, environment()); err == nil {
		t.Fatal("a struct that isn't a pointer can't be filled")
	}
}

func TestDescribeListsWhatTheEnvExampleMustName(t *testing.T) {
	got := settings.Describe(&city{})
	want := []settings.Setting{
		{Name: "T_URL", Type: "text", Required: true, Help: "where the directory is"},
		{Name: "T_PASSWORD", Type: "text", Secret: true},
		{Name: "T_TIMEOUT", Type: "duration", Default: "3s"},
		{Name: "T_NAME", Type: "text", Default: "서울"},
		{Name: "T_WORKERS", Type: "number", Default: "2"},
		{Name: "T_MASTHEAD", Type: "yes or no"},
		{Name: "T_GROUPS", Type: "list", Default: "a=b, c=d"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %+v\nwant %+v", got, want)
	}
}
