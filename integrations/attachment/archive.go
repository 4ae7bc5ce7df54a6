package attachment

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// What an archive may unpack to. A spreadsheet of a hundred thousand rows takes some 60 MB and packs thirty to one.
const (
	entriesMax  = 5000
	inflatedMax = 200 << 20
	ratioMax    = 150     // of the whole
	readMax     = 8 << 20 // of an entry whose words are looked at
	nestedMax   = 2       // tables in slides in documents
)

// archive looks at a document that is a zip: kind is what its first entry says it is, where the format has that, and heart an
// entry without which it is none.
func archive(kind, heart string) func([]byte) error {
	return func(content []byte) error {
		left := int64(inflatedMax)
		return lookAtArchive(content, kind, []string{heart}, &left, 0)
	}
}

// office are the hearts of documents that may stand in others.
var office = []string{"word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"}

func lookAtArchive(content []byte, kind string, hearts []string, left *int64, depth int) error {
	z, err := opened(content)
	if err != nil {
		return err
	}
	heart, seen := false, map[string]bool{}
	for i, entry := range z.File {
		if err := lookAtEntry(entry); err != nil {
			return err
		}
		if seen[strings.ToLower(entry.Name)] {
			return errBroken // two readers would see two documents
		}
		seen[strings.ToLower(entry.Name)] = true
		heart = heart || slices.Contains(hearts, entry.Name)
		words, err := inflated(entry, left)
		if err != nil {
			return err
		}
		if i == 0 && kind != "" && (entry.Name != "mimetype" || strings.TrimSpace(string(words)) != kind) {
			return errEndingLies
		}
		if err := lookAtWords(entry.Name, words, left, depth); err != nil {
			return err
		}
	}
	if !heart || kind == "" && !seen["[content_types].xml"] {
		return errEndingLies
	}
	if inflatedMax-*left > int64(len(content))*ratioMax && inflatedMax-*left > 1<<20 {
		return errBomb
	}
	return nil
}

// opened reads the directory, and refuses an archive with something before or after it, or whose entries lie over each other.
func opened(content []byte) (*zip.Reader, error) {
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if errors.Is(err, zip.ErrInsecurePath) {
		return nil, errPath
	}
	if err != nil {
		return nil, errBroken
	}
	end := bytes.LastIndex(content, endOfDirectory)
	if !bytes.HasPrefix(content, []byte("PK\x03\x04")) || end+22 != len(content) {
		return nil, errMixed
	}
	if len(z.File) > entriesMax {
		return nil, errBomb
	}
	type span struct{ from, to int64 }
	var spans []span
	for _, entry := range z.File {
		if entry.CompressedSize64 > uint64(len(content)) {
			return nil, errBroken
		}
		from, err := entry.DataOffset()
		if err != nil {
			return nil, errBroken
		}
		spans = append(spans, span{from, from + int64(entry.CompressedSize64)})
	}
	slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return nil, errBomb
		}
	}
	return z, nil
}

func lookAtEntry(entry *zip.File) error {
	name := entry.Name
	switch {
	case entry.Flags&1 != 0:
		return errLocked
	case entry.Mode()&(fs.ModeSymlink|fs.ModeDevice|fs.ModeNamedPipe|fs.ModeSocket) != 0,
		strings.ContainsAny(name, "\\:\x00"), strings.HasPrefix(name, "/"), slices.Contains(strings.Split(name, "/"), ".."):
		return errPath
	}
	return nil
}

// inflated unpacks an entry, to no more than is left, and gives as much of it as is looked at.
func inflated(entry *zip.File, left *int64) ([]byte, error) {
	if int64(entry.UncompressedSize64) > *left || entry.UncompressedSize64 > inflatedMax {
		return nil, errBomb
	}
	r, err := entry.Open()
	if err != nil {
		return nil, errBroken
	}
	defer func() { _ = r.Close() }()
	var words bytes.Buffer
	n, err := io.Copy(&words, io.LimitReader(r, min(*left+1, readMax)))
	if err == nil {
		var rest int64
		rest, err = io.Copy(io.Discard, io.LimitReader(r, *left+1-n))
		n += rest
	}
	if *left -= n; *left < 0 {
		return nil, errBomb
	}
	if err != nil {
		return nil, errBroken
	}
	return words.Bytes(), nil
}

// runs are endings of what has no place in a document.
var runs = []string{".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".vbe", ".jse", ".wsf", ".hta", ".jar", ".class", ".lnk", ".msi", ".sh", ".html", ".htm", ".xhtml"}

// lookAtWords refuses what could run in a document, or fetch what could.
func lookAtWords(name string, words []byte, left *int64, depth int) error {
	small, ending := strings.ToLower(name), strings.ToLower(path.Ext(name))
	base := path.Base(small)
	switch {
	case bytes.Contains(words, eicar):
		return errMalware
	case base == "vbaproject.bin", base == "vbadata.xml", strings.Contains(small, "activex/"), strings.HasPrefix(small, "basic/"),
		strings.Contains(small, "embeddings/") && ending == ".bin", slices.Contains(runs, ending),
		bytes.HasPrefix(words, []byte("MZ")) && len(words) > 64, bytes.HasPrefix(words, []byte("\x7fELF")):
		return errActive
	case strings.HasPrefix(small, "scripts/") || ending == ".js":
		return lookAtScript(words)
	case small == "[content_types].xml" && bytes.Contains(bytes.ToLower(words), []byte("macroenabled")):
		return errActive
	case small == "meta-inf/manifest.xml" && bytes.Contains(words, []byte("encryption-data")):
		return errLocked
	case strings.HasSuffix(small, ".rels"):
		return lookAtRelations(words)
	case strings.Contains(small, "embeddings/"):
		if depth == nestedMax {
			return errBomb
		}
		return lookAtArchive(words, "", office, left, depth+1)
	}
	return nil
}

// lookAtRelations refuses a document that takes its template or an object from somewhere else; a link to a page is only a link.
func lookAtRelations(words []byte) error {
	for _, relation := range bytes.Split(words, []byte("<Relationship ")) {
		outside := bytes.Contains(relation, []byte(`TargetMode="External"`)) || bytes.Contains(relation, []byte(`TargetMode='External'`))
		if outside && (bytes.Contains(relation, []byte("attachedTemplate")) || bytes.Contains(relation, []byte("oleObject")) || bytes.Contains(relation, []byte("/frame"))) {
			return errActive
		}
	}
	return nil
}
