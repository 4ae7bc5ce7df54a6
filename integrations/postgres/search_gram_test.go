package postgres

import (
	"hash/fnv"
	"slices"
	"testing"
)

// TestGramsAreWhatIsOnRecord: hashes made today must find what was indexed before.
func TestGramsAreWhatIsOnRecord(t *testing.T) {
	const id = "01980000-0000-7000-8000-000000000001"
	var want []int64
	for _, one := range []string{"광", "장", "광장", "p", "7", "번", "p7", "7번"} {
		h := fnv.New64a()
		_, _ = h.Write([]byte(id + one))
		want = append(want, int64(h.Sum64())) //nolint:gosec // the bits are what counts
	}
	slices.Sort(want)
	if got := gramsOf(id, "광장 P7번", "광장"); !slices.Equal(got, want) {
		t.Errorf("%d, want %d", got, want)
	}
	if q := ask(id, "광장"); len(q.grams) != 1 || !slices.Contains(want, q.grams[0]) {
		t.Errorf("%+v", q)
	}
}
