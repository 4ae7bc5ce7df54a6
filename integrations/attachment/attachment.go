// Package attachment looks at files that officials put into a dossier: what each is by its content, and whether it is only that.
// It refuses what could run or hide something. It is no virus scanner: it knows the EICAR test file and the shapes below, and
// what is inside a compressed stream of a PDF's page or of an HWP file it doesn't read.
package attachment

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/text/unicode/norm"

	"acropolis/forum"
)

// Inspect gives the file as it may be kept: under a safe name, a picture without what the camera noted in it. It refuses
// (Invalid) "file.kind_unknown" what no dossier takes, "file.ending_lies" a name that promises something else, "file.broken"
// what can't be read, "file.mixed" what is two things at once, "file.active" what could run, "file.locked" what a password
// hides, "file.bomb" what unpacks to more than anybody wants, "file.malware" what a scanner would hold, and as too large
// "file.too_large".
func Inspect(name string, content []byte) (forum.NewFile, error) {
	f := forum.NewFile{Name: safeName(name), Content: content}
	switch {
	case len(content) == 0:
		return f, errEmpty
	case len(content) > forum.FileMax:
		return f, forum.FileTooLarge()
	case bytes.Contains(content, eicar):
		return f, errMalware
	}
	promised, known := forum.TypeOfName(f.Name)
	if !known {
		return f, errKindUnknown
	}
	if !slices.ContainsFunc(looksLike[promised], mimetype.Detect(content).Is) {
		return f, errEndingLies
	}
	f.Type = promised
	var err error
	f.Content, err = looks[promised](content)
	return f, err
}

// What a file is refused for; the field is the one that brought it.
var (
	errActive      = forum.Refuse(forum.Invalid, "file.active").At("file")
	errBomb        = forum.Refuse(forum.Invalid, "file.bomb").At("file")
	errBroken      = forum.Refuse(forum.Invalid, "file.broken").At("file")
	errEmpty       = forum.Refuse(forum.Invalid, "file.empty").At("file")
	errEndingLies  = forum.Refuse(forum.Invalid, "file.ending_lies").At("file")
	errFormula     = forum.Refuse(forum.Invalid, "file.formula").At("file")
	errKindUnknown = forum.Refuse(forum.Invalid, "file.kind_unknown").At("file")
	errLocked      = forum.Refuse(forum.Invalid, "file.locked").At("file")
	errMalware     = forum.Refuse(forum.Invalid, "file.malware").At("file")
	errMixed       = forum.Refuse(forum.Invalid, "file.mixed").At("file")
	errNotText     = forum.Refuse(forum.Invalid, "file.not_text").At("file")
	errPath        = forum.Refuse(forum.Invalid, "file.path").At("file")
)

// looksLike is what the library calls each type's first bytes. It has no name for HWP and HWPX: they are told apart below.
var looksLike = map[forum.FileType][]string{
	forum.PDF: {"application/pdf"}, forum.HWP: {"application/x-ole-storage"}, forum.HWPX: {"application/zip"},
	forum.DOCX: {forum.DOCX.Media(), "application/zip"}, forum.XLSX: {forum.XLSX.Media(), "application/zip"}, forum.PPTX: {forum.PPTX.Media(), "application/zip"},
	forum.ODT: {forum.ODT.Media()}, forum.ODS: {forum.ODS.Media()}, forum.PNG: {"image/png"}, forum.JPEG: {"image/jpeg"},
	forum.CSV: {"text/plain", "text/csv", octets}, forum.TXT: {"text/plain", "text/csv", "text/tab-separated-values", octets},
}

const octets = "application/octet-stream" // a table in CP949 is one to the library

var looks = map[forum.FileType]func([]byte) ([]byte, error){
	forum.PDF: only(lookAtPDF), forum.HWP: only(lookAtHWP), forum.CSV: only(lookAtTable), forum.TXT: only(lookAtText),
	forum.HWPX: only(archive("application/hwp+zip", "Contents/header.xml")),
	forum.ODT:  only(archive(forum.ODT.Media(), "content.xml")), forum.ODS: only(archive(forum.ODS.Media(), "content.xml")),
	forum.DOCX: only(archive("", "word/document.xml")), forum.XLSX: only(archive("", "xl/workbook.xml")), forum.PPTX: only(archive("", "ppt/presentation.xml")),
	forum.PNG: barePNG, forum.JPEG: bareJPEG,
}

// only looks and changes nothing.
func only(look func([]byte) error) func([]byte) ([]byte, error) {
	return func(content []byte) ([]byte, error) { return content, look(content) }
}

// eicar is the text by which scanners are tried, put together here so that no scanner holds this program.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + "EICAR-STANDARD-" + `ANTIVIRUS-TEST-FILE!`)

// markup is what a browser would run or show, in small letters.
var markup = [][]byte{[]byte("<script"), []byte("<html"), []byte("<svg"), []byte("<iframe"), []byte("<!doctype"), []byte("<?php"), []byte("javascript:")}

func hasMarkup(content []byte) bool {
	small := bytes.ToLower(content)
	return slices.ContainsFunc(markup, func(m []byte) bool { return bytes.Contains(small, m) })
}

// hasArchive says that the end of the content reads as a zip's: such a file is two things at once.
func hasArchive(content []byte) bool {
	tail := content[max(0, len(content)-(1<<16+22)):]
	for at := bytes.LastIndex(tail, endOfDirectory); at >= 0; at = bytes.LastIndex(tail[:at], endOfDirectory) {
		if len(tail)-at >= 22 && at+22+int(tail[at+20])+int(tail[at+21])<<8 <= len(tail) {
			return true
		}
	}
	return false
}

var endOfDirectory = []byte("PK\x05\x06")

// reserved are names that Windows keeps for devices.
var reserved = []string{"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"}

// safeName is a name that any system takes: without its folders, in composed letters, without what steers a terminal, a shell or
// the direction of a line, not too long. It is only shown and suggested; files are stored under an id of their own.
func safeName(name string) string {
	name = norm.NFC.String(strings.ToValidUTF8(name, ""))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`<>:"|?*;%&$'`+"`", r):
			return '_'
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	ending := path.Ext(name)
	stem := strings.Trim(strings.TrimSuffix(name, ending), " .-~")
	if runes := []rune(stem); len(runes) > forum.FileNameMax-10 {
		stem = string(runes[:forum.FileNameMax-10])
	}
	if slices.Contains(reserved, strings.ToLower(stem)) {
		stem = "_" + stem
	}
	return cmp.Or(stem, "file") + strings.TrimRight(ending, " .")
}
