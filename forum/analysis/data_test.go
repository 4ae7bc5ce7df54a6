package analysis_test

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realData is a folder of real conversations, which aren't part of the repository: $ACROPOLIS_DATA, else shared/data
// beside the checkout. Tests that measure on it skip without it.
func realData(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("ACROPOLIS_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data") // two up is the module, three up what is beside it
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		t.Skipf("no real data at %s; set ACROPOLIS_DATA", folder)
	}
	return folder
}

// readRows reads a CSV file, gzipped or not, into one map a row.
func readRows(t testing.TB, path string) []map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var from io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if from, err = gzip.NewReader(file); err != nil {
			t.Fatal(err)
		}
	}
	records, err := csv.NewReader(from).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	rows := make([]map[string]string, 0, len(records)-1)
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, name := range records[0] {
			row[strings.TrimPrefix(name, "\ufeff")] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}
