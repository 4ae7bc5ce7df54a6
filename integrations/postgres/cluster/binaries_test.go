//go:build unix

package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNewestInstalledBinariesAreFound(t *testing.T) {
	root := t.TempDir()
	install(t, filepath.Join(root, "9.6", "bin"), "9")
	install(t, filepath.Join(root, "17", "bin"), "17")
	install(t, filepath.Join(root, "15", "bin"), "15")
	p := places{patterns: []string{filepath.Join(root, "*", "bin")}}

	for need, want := range map[string]string{"": "17", "15": "15"} {
		b, err := find(p, need)
		if err != nil {
			t.Fatal(err)
		}
		if b.version != want || b.dir != filepath.Join(root, want, "bin") {
			t.Errorf("need %q: found %+v", need, b)
		}
	}
}

func TestPathComesFirst(t *testing.T) {
	root := t.TempDir()
	install(t, filepath.Join(root, "17", "bin"), "17")
	install(t, filepath.Join(root, "own", "bin"), "16")
	links := filepath.Join(root, "links")
	if err := os.Mkdir(links, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(root, "own", "bin", "initdb"), filepath.Join(links, "initdb")); err != nil {
		t.Fatal(err)
	}
	p := places{path: links, patterns: []string{filepath.Join(root, "*", "bin")}}
	if b, err := find(p, ""); err != nil || b.version != "16" {
		t.Errorf("found %+v, %v", b, err)
	}
}

func TestPgConfigTellsTheFolder(t *testing.T) {
	root := t.TempDir()
	bin := filepath.Join(root, "somewhere")
	install(t, bin, "16")
	program(t, filepath.Join(root, "path", "pg_config"), "echo "+bin)
	if b, err := find(places{path: filepath.Join(root, "path")}, ""); err != nil || b.dir != bin {
		t.Errorf("found %+v, %v", b, err)
	}
}

func TestMissingBinariesSayWhatToInstall(t *testing.T) {
	empty := t.TempDir()
	_, err := find(places{path: empty, patterns: []string{"/nowhere/*/bin"}}, "")
	var missing *MissingError
	if !errors.As(err, &missing) {
		t.Fatal(err)
	}
	for _, part := range []string{
		"apt-get install postgresql\n", "dnf install postgresql-server postgresql-contrib\n", "brew install postgresql@17\n",
		"DATABASE_URL", empty, "/nowhere/*/bin",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message doesn't say %q:\n%s", part, err)
		}
	}
}

func TestDataOfAnotherVersionSaysWhichToInstall(t *testing.T) {
	root := t.TempDir()
	install(t, filepath.Join(root, "17", "bin"), "17")
	_, err := find(places{path: filepath.Join(root, "17", "bin")}, "14")
	for _, part := range []string{"PostgreSQL 14", "found: version 17", "apt-get install postgresql-14\n"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the message doesn't say %q:\n%v", part, err)
		}
	}
}

func install(t *testing.T, dir, version string) {
	t.Helper()
	program(t, filepath.Join(dir, "initdb"), "exit 0")
	program(t, filepath.Join(dir, "postgres"), fmt.Sprintf("echo 'postgres (PostgreSQL) %s.2 (Debian)'", version))
}

func program(t *testing.T, path, script string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}
