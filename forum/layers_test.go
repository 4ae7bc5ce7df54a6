package forum_test

import (
	"os/exec"
	"strings"
	"testing"
)

// layers are who must never reach what, however indirectly (the table of ARCHITECTURE in README).
var layers = map[string][]string{
	"acropolis/forum":                 {"github.com/", "go.temporal.io/", "golang.org/", "google.golang.org/", "acropolis/"},
	"acropolis/forum/analysis":        {"github.com/", "go.temporal.io/", "golang.org/", "google.golang.org/", "acropolis/"},
	"acropolis/workflows":             {"github.com/jackc/pgx", "github.com/gin-gonic", "acropolis/integrations", "acropolis/webui", "go.temporal.io/server"},
	"acropolis/activities":            {"github.com/jackc/pgx", "github.com/gin-gonic", "acropolis/integrations", "acropolis/webui", "acropolis/workflows", "go.temporal.io/"},
	"acropolis/worker/run":            {"github.com/gin-gonic", "acropolis/webui", "go.temporal.io/server"},
	"acropolis/worker":                {"github.com/gin-gonic", "acropolis/webui", "go.temporal.io/server"},
	"acropolis/webui/page":            forPages,
	"acropolis/webui/public":          forPages,
	"acropolis/webui/office":          forPages,
	"acropolis/webui/serve":           {"go.temporal.io/server"},
	"acropolis/webui":                 {"go.temporal.io/server"},
	"acropolis/integrations/postgres": {"github.com/gin-gonic", "go.temporal.io/", "acropolis/activities", "acropolis/workflows", "acropolis/webui"},
	"acropolis/integrations/temporal": {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/server"},
	"acropolis/integrations/ldap":     {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/"},
	"acropolis/integrations/excel":    {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/"},
	"acropolis/integrations/mail":     {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/"},
	"acropolis/integrations/korean":   {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/"},
	"acropolis/integrations/ics":      {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/"},
	"acropolis/integrations/gateway":  {"github.com/", "go.temporal.io/", "golang.org/"},
	"acropolis/integrations/settings": {"github.com/", "go.temporal.io/"},
	"acropolis/standalone/journey":    {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/", "acropolis/forum", "acropolis/integrations", "acropolis/webui", "acropolis/workflows", "acropolis/activities"},

	"acropolis/integrations/temporal/rehearsal": {"github.com/jackc/pgx", "github.com/gin-gonic", "go.temporal.io/server", "acropolis/integrations/postgres"},
}

var forPages = []string{"github.com/jackc/pgx", "github.com/go-ldap", "github.com/xuri/excelize", "go.temporal.io/", "acropolis/integrations", "acropolis/activities", "acropolis/workflows"}

// above are allowed to be imported by nobody but themselves.
var above = []string{"acropolis/standalone", "acropolis/e2e"}

func TestNoLayerReachesWhatItMustNot(t *testing.T) {
	for layer, banned := range layers {
		for _, dep := range deps(t, layer) {
			for _, b := range banned {
				if strings.HasPrefix(dep, b) && !strings.HasPrefix(dep, layer) && !isVendoredStd(dep) {
					t.Errorf("%s reaches %s", layer, dep)
				}
			}
			for _, b := range above {
				if strings.HasPrefix(dep, b) && !strings.HasPrefix(layer, b) {
					t.Errorf("%s reaches %s, which nobody imports", layer, dep)
				}
			}
		}
	}
}

func TestIntegrationsDontReachEachOther(t *testing.T) {
	packages := strings.Fields(run(t, "list", "acropolis/integrations/..."))
	for _, p := range packages {
		part := strings.SplitN(strings.TrimPrefix(p, "acropolis/integrations/"), "/", 2)[0]
		for _, dep := range deps(t, p) {
			other, is := strings.CutPrefix(dep, "acropolis/integrations/")
			if is && strings.SplitN(other, "/", 2)[0] != part {
				t.Errorf("%s reaches %s", p, dep)
			}
		}
	}
}

func deps(t *testing.T, layer string) []string {
	t.Helper()
	return strings.Fields(run(t, "list", "-deps", layer))
}

func run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// isVendoredStd says that the standard library brings its own copy.
func isVendoredStd(dep string) bool { return strings.HasPrefix(dep, "vendor/") }
