package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestJourneyCommandSaysWhatIsMissing(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.csv")
	noStaff := filepath.Join(t.TempDir(), "staff.json")
	if err := os.WriteFile(noStaff, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		args []string
		says string
	}{
		{[]string{"-public", "http://127.0.0.1:1"}, "-office"},
		{[]string{"-public", "http://127.0.0.1:1", "-office", "http://127.0.0.1:2"}, "-password"},
		{[]string{"-input", none}, "none.csv"},
		{[]string{"-staff", noStaff}, "JSON"},
		{[]string{"opinions.csv"}, "opinions.csv"},
	} {
		if err := runJourney(t.Context(), bad.args); err == nil || !strings.Contains(err.Error(), bad.says) {
			t.Errorf("%v: %v, want it to say %q", bad.args, err, bad.says)
		}
	}
}

func TestFreePortsAreDifferent(t *testing.T) {
	ports, err := freePorts(3)
	if err != nil || len(slices.Compact(slices.Sorted(slices.Values(ports)))) != 3 {
		t.Errorf("%v, %v", ports, err)
	}
}
