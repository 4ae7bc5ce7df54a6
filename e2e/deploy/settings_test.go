// Package deploy compares what an installation is set up with, .env.example and docker-compose.yml, with what the programs take.
package deploy

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"acropolis/integrations/settings"
	"acropolis/webui/serve"
	"acropolis/worker/run"
)

// composeOnly are variables of docker-compose.yml that neither program reads.
var composeOnly = []string{"POSTGRES_PASSWORD", "LDAP_PASSWORD"}

// taken are the settings of both programs by name.
func taken() map[string]settings.Setting {
	all := map[string]settings.Setting{}
	for _, s := range slices.Concat(settings.Describe(run.Settings{}), settings.Describe(serve.Settings{})) {
		all[s.Name] = s
	}
	return all
}

type line struct {
	value string
	shown bool // commented out: it shows a default
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile("../../" + path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func example(t *testing.T) map[string]line {
	t.Helper()
	lines := map[string]line{}
	for _, m := range regexp.MustCompile(`(?m)^(# )?([A-Z][A-Z0-9_]+)=(.*)$`).FindAllStringSubmatch(read(t, ".env.example"), -1) {
		if _, twice := lines[m[2]]; twice {
			t.Errorf(".env.example has %s twice", m[2])
		}
		lines[m[2]] = line{value: m[3], shown: m[1] != ""}
	}
	return lines
}

// TestExampleShowsEverySettingWithItsDefault and nothing that no program takes; what is required stands there to be filled in.
func TestExampleShowsEverySettingWithItsDefault(t *testing.T) {
	lines, all := example(t), taken()
	for name, s := range all {
		l, there := lines[name]
		switch {
		case !there:
			t.Errorf(".env.example lacks %s", name)
		case s.Required && (l.shown || l.value == ""):
			t.Errorf("%s is required; .env.example doesn't show how to set it", name)
		case !s.Required && (!l.shown || l.value != s.Default):
			t.Errorf("%s has the default %q; .env.example shows %q, commented out: %v", name, s.Default, l.value, l.shown)
		}
	}
	for name := range lines {
		if _, known := all[name]; !known && !slices.Contains(composeOnly, name) {
			t.Errorf(".env.example has %s, which nothing takes", name)
		}
	}
}

func TestProgramsTakeTheExampleAsItIs(t *testing.T) {
	lines := example(t)
	lookup := func(name string) (string, bool) {
		l, there := lines[name]
		return l.value, there && !l.shown
	}
	if err := settings.Load(new(run.Settings), lookup); err != nil {
		t.Errorf("worker: %v", err)
	}
	if err := settings.Load(new(serve.Settings), lookup); err != nil {
		t.Errorf("webui: %v", err)
	}
}

// environment reads a service's variables from docker-compose.yml, with those of the service it merges.
func environment(t *testing.T, compose, service string) map[string]string {
	t.Helper()
	_, rest, found := strings.Cut(compose, "\n  "+service+":\n")
	if !found {
		t.Fatalf("docker-compose.yml has no service %s", service)
	}
	block := regexp.MustCompile(`(?s)\n {0,2}\S`).Split(rest, 2)[0]
	_, block, _ = strings.Cut(block, "\n    environment:")
	block = regexp.MustCompile(`\n {0,4}\S`).Split(block, 2)[0]
	variables := map[string]string{}
	if strings.Contains(block, "<<: *city") {
		variables = environment(t, compose, "worker")
	}
	for _, m := range regexp.MustCompile(`(?m)^ {6}([A-Z][A-Z0-9_]+): *(.*)$`).FindAllStringSubmatch(block, -1) {
		value, _, _ := strings.Cut(m[2], " # ")
		variables[m[1]] = strings.Trim(value, `"`)
	}
	return variables
}

var substituted = regexp.MustCompile(`\$\{([A-Z_]+)[^}]*\}`)

// TestComposeSetsWhatTheProgramsTake: every name is a setting, nothing required is missing, and each value can be read.
func TestComposeSetsWhatTheProgramsTake(t *testing.T) {
	compose, all, lines := read(t, "docker-compose.yml"), taken(), example(t)
	for service, into := range map[string]any{"worker": new(run.Settings), "webui": new(serve.Settings)} {
		variables := environment(t, compose, service)
		if len(variables) < 10 {
			t.Fatalf("%s has only %d variables: the search is broken", service, len(variables))
		}
		for name := range variables {
			if _, known := all[name]; !known {
				t.Errorf("%s is given %s, which no program takes", service, name)
			}
		}
		err := settings.Load(into, func(name string) (string, bool) {
			value, there := variables[name]
			return substituted.ReplaceAllString(value, "a-secret-of-more-than-32-characters"), there
		})
		if err != nil {
			t.Errorf("%s: %v", service, err)
		}
	}
	for _, m := range substituted.FindAllStringSubmatch(compose, -1) {
		if _, there := lines[m[1]]; !there {
			t.Errorf("docker-compose.yml takes %s from .env, which .env.example doesn't show", m[1])
		}
	}
}
