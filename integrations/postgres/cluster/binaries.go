//go:build unix

package cluster

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// binaries are the programs of one installed PostgreSQL.
type binaries struct {
	dir     string
	version string // the major one, e.g. "17"
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// places are where installed binaries are looked for: folders of PATH, what pg_config on it says, then the patterns.
type places struct {
	path     string
	patterns []string
}

func systemPlaces() places {
	return places{
		path: os.Getenv("PATH"),
		patterns: []string{
			"/usr/lib/postgresql/*/bin",                          // Debian, Ubuntu
			"/usr/pgsql-*/bin",                                   // Fedora, Red Hat (postgresql.org)
			"/opt/homebrew/opt/postgresql@*/bin",                 // macOS, Homebrew
			"/usr/local/opt/postgresql@*/bin",                    // macOS on Intel
			"/Applications/Postgres.app/Contents/Versions/*/bin", // macOS, Postgres.app
			"/Library/PostgreSQL/*/bin", "/usr/local/pgsql/bin",  // installers, own builds
			"/usr/libexec/postgresql*", "/usr/lib/postgresql*/bin", // Alpine, SUSE
		},
	}
}

// MissingError says that no PostgreSQL is installed here, or none that can open the existing data.
type MissingError struct {
	// Looked are the folders and patterns that were searched.
	Looked []string
	// Version is the major version that the existing data needs; empty when any will do.
	Version string
	// Found are the major versions that are installed but can't open the data.
	Found []string
}

func (e *MissingError) Error() string {
	var b strings.Builder
	apt, dnf, brew := "postgresql", "postgresql-server postgresql-contrib", "postgresql@17"
	if e.Version == "" {
		b.WriteString("PostgreSQL's programs (initdb, postgres) are not installed.\n")
	} else {
		apt, dnf, brew = "postgresql-"+e.Version, fmt.Sprintf("postgresql%[1]s-server postgresql%[1]s-contrib", e.Version), "postgresql@"+e.Version
		fmt.Fprintf(&b, "The data was made by PostgreSQL %s, whose programs (initdb, postgres) are not installed", e.Version)
		if len(e.Found) > 0 {
			fmt.Fprintf(&b, " (found: version %s)", strings.Join(e.Found, ", "))
		}
		b.WriteString(".\n")
	}
	b.WriteString("Install them:\n")
	fmt.Fprintf(&b, "  Debian, Ubuntu:  apt-get install %s\n", apt)
	fmt.Fprintf(&b, "  Fedora:          dnf install %s\n", dnf)
	fmt.Fprintf(&b, "  macOS:           brew install %s\n", brew)
	b.WriteString("or use a server that runs already: set DATABASE_URL, e.g. postgres://user:password@host:5432/acropolis\n")
	fmt.Fprintf(&b, "Looked in: %s", strings.Join(e.Looked, ", "))
	return b.String()
}

// find returns the first installed PostgreSQL that has all we need and, unless need is empty, that major version: a newer
// server doesn't open older data.
func find(p places, need string) (binaries, error) {
	missing := &MissingError{Version: need}
	seen := map[string]bool{}
	for _, dir := range p.candidates() {
		missing.Looked = append(missing.Looked, dir)
		// Resolved, because PATH often holds links to single programs (initdb) while the others are beside their targets.
		initdb, err := filepath.EvalSymlinks(filepath.Join(dir, "initdb"))
		if err != nil || seen[filepath.Dir(initdb)] {
			continue
		}
		b := binaries{dir: filepath.Dir(initdb)}
		seen[b.dir] = true
		if b.version = b.askVersion(); b.version == "" {
			continue
		}
		if need == "" || need == b.version {
			return b, nil
		}
		missing.Found = append(missing.Found, b.version)
	}
	missing.Looked = append(missing.Looked, p.patterns...)
	return binaries{}, missing
}

func (p places) candidates() []string {
	var dirs []string
	for _, dir := range filepath.SplitList(p.path) {
		if filepath.IsAbs(dir) {
			dirs = append(dirs, dir)
		}
	}
	for _, dir := range slices.Clone(dirs) {
		if out, err := exec.Command(filepath.Join(dir, "pg_config"), "--bindir").Output(); err == nil {
			dirs = append(dirs, strings.TrimSpace(string(out)))
		}
	}
	for _, pattern := range p.patterns {
		found, _ := filepath.Glob(pattern)
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(newest(b), newest(a)) })
		dirs = append(dirs, found...)
	}
	return dirs
}

var number = regexp.MustCompile(`\d+(\.\d+)?`)

// newest is the version in a folder's name: the last number of the path.
func newest(dir string) float64 {
	numbers := number.FindAllString(dir, -1)
	if len(numbers) == 0 {
		return 0
	}
	version, _ := strconv.ParseFloat(numbers[len(numbers)-1], 64)
	return version
}

var postgresVersion = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// askVersion is empty when the server program is absent or doesn't run.
func (b binaries) askVersion() string {
	out, err := exec.Command(b.path("postgres"), "--version").Output()
	if m := postgresVersion.FindSubmatch(out); err == nil && m != nil {
		return string(m[1])
	}
	return ""
}
