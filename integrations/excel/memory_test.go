package excel_test

import (
	"io"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"acropolis/forum"
	"acropolis/integrations/excel"
)

// hangul is a text of n syllables that doesn't compress well, so that a zip kept in memory would show.
func hangul(dice *rand.Rand, n int) string {
	text := make([]rune, n)
	for i := range text {
		text[i] = '가' + dice.Int32N(11172)
	}
	return string(text)
}

// longOpinions streams n opinions of some 700 bytes each, made one at a time.
func longOpinions(n int) forum.Report {
	r := firstForum("ko")
	dice := rand.New(rand.NewPCG(2003, 2))
	r.Opinions = func(yield func(forum.Opinion, error) bool) {
		for i := range n {
			o := forum.Opinion{Number: itoa(i), Status: forum.OpinionPublished, Title: "제목 " + itoa(i), Text: hangul(dice, 240), Pseudonym: "시민", District: "중구", AcceptedAt: time.Unix(1e9+int64(i), 0)}
			if !yield(o, nil) {
				return
			}
		}
	}
	return r
}

// peakHeap is the most that was in use on the heap while work ran, in bytes. Garbage is collected early meanwhile, so that
// it counts what is kept rather than what waits for the collector.
func peakHeap(work func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(10))
	runtime.GC()
	stop, peak := make(chan struct{}), make(chan uint64)
	go func() {
		most := uint64(0)
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapInuse)
			select {
			case <-stop:
				peak <- most
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	work()
	close(stop)
	return <-peak
}

func writtenAway(t testing.TB, r forum.Report) {
	t.Helper()
	if err := excel.Write(io.Discard, r); err != nil {
		t.Fatal(err)
	}
}

// Excelize keeps up to 16 MB of rows before its temporary file; from there on, opinions must cost no more memory.
func TestMemoryDoesNotGrowWithTheOpinions(t *testing.T) {
	some := peakHeap(func() { writtenAway(t, longOpinions(30_000)) })
	many := peakHeap(func() { writtenAway(t, longOpinions(100_000)) })
	t.Logf("peak heap: 30,000 opinions %d MB, 100,000 opinions %d MB", some>>20, many>>20)
	if float64(many) > 1.3*float64(some) {
		t.Errorf("30,000 opinions take %d MB, 100,000 take %d MB", some>>20, many>>20)
	}
}

func BenchmarkHundredThousandOpinions(b *testing.B) {
	few := peakHeap(func() { writtenAway(b, longOpinions(10_000)) })
	var many uint64
	for b.Loop() {
		many = peakHeap(func() { writtenAway(b, longOpinions(100_000)) })
	}
	whole := peakHeap(func() { notStreamed(b, longOpinions(100_000)) })
	b.ReportMetric(float64(few>>20), "MB-for-10,000")
	b.ReportMetric(float64(many>>20), "MB-for-100,000")
	b.ReportMetric(float64(whole>>20), "MB-not-streamed")
	b.ReportMetric(float64(whole)/float64(many), "times-less-than-not-streamed")
}

// notStreamed is the plain way that the benchmark compares with.
func notStreamed(b *testing.B, r forum.Report) {
	f := excelize.NewFile()
	defer f.Close()
	row := 0
	for o := range r.Opinions {
		row++
		at, err := excelize.CoordinatesToCellName(1, row)
		if err != nil {
			b.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &[]any{row, o.Number, o.AcceptedAt, o.Title, o.Text, o.Pseudonym, o.District, o.For, o.Against, string(o.Status)}); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Write(io.Discard); err != nil {
		b.Fatal(err)
	}
}
