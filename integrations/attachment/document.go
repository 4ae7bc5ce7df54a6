package attachment

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
)

// lookAtPDF refuses a PDF that begins or ends as something else, that a password locks, and that could run something: also where
// that stands in a compressed object. Pages, fonts and pictures it doesn't unpack.
func lookAtPDF(content []byte) error {
	end := bytes.LastIndex(content, []byte("%%EOF"))
	if end < 0 {
		return errBroken
	}
	if !bytes.HasPrefix(content, []byte("%PDF-")) || len(bytes.Trim(content[end+5:], "\r\n\t \x00")) > 0 || hasArchive(content) {
		return errMixed
	}
	objects, err := objectStreams(content)
	if err != nil {
		return err
	}
	for _, words := range append(objects, content) {
		if err := lookAtNames(words); err != nil {
			return err
		}
	}
	return nil
}

var (
	activePDF = regexp.MustCompile(`/(JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)[\s/<(\[\d>]`)
	lockedPDF = regexp.MustCompile(`/Encrypt[\s<\d]`)
	escaped   = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)
	objStream = regexp.MustCompile(`/ObjStm\b`)
)

// lookAtNames reads names as a viewer would, with #4A for J. What stands in streams is left out: a picture may hold any bytes.
func lookAtNames(content []byte) error {
	words := escaped.ReplaceAllFunc(withoutStreams(content), func(code []byte) []byte {
		raw, _ := hex.DecodeString(string(code[1:])) // two digits, by the expression
		return raw
	})
	switch {
	case lockedPDF.Match(words):
		return errLocked
	case activePDF.Match(words):
		return errActive
	case bytes.Contains(bytes.ToLower(words), []byte("<script")), bytes.Contains(bytes.ToLower(words), []byte("<html")):
		return errMixed
	case bytes.Contains(words, eicar):
		return errMalware
	}
	return nil
}

func withoutStreams(content []byte) []byte {
	var words bytes.Buffer
	for {
		from := bytes.Index(content, []byte("stream"))
		if from < 0 {
			break
		}
		words.Write(content[:from])
		to := bytes.Index(content[from:], []byte("endstream"))
		if to < 0 {
			content = content[from:]
			break
		}
		content = content[from+to+len("endstream"):]
	}
	words.Write(content)
	return words.Bytes()
}

// objectsMax is how much of a PDF's compressed objects is read.
const objectsMax = 32 << 20

// objectStreams reads the streams that hold objects, which is where a PDF of today keeps its names: packed as programs pack them, or
// not at all. What is packed in another way, or unpacks to more than anybody wants, isn't passed over but refused.
func objectStreams(content []byte) ([][]byte, error) {
	var all [][]byte
	left := int64(objectsMax)
	for _, at := range objStream.FindAllIndex(content, -1) {
		words := content[at[1]:min(at[1]+1000, len(content))]
		begin := bytes.Index(words, []byte("stream"))
		if begin < 0 {
			continue
		}
		raw := bytes.TrimLeft(content[at[1]+begin+len("stream"):], "\r\n")
		objects, packed := raw, false
		if r, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
			packed = true
			objects, _ = io.ReadAll(io.LimitReader(r, left)) // what can be read before it breaks, a viewer reads too
		} else if end := bytes.Index(raw, []byte("endstream")); end >= 0 {
			objects = raw[:end]
		}
		head := content[max(0, at[0]-1000) : at[1]+begin]
		if head = head[bytes.LastIndex(head, []byte("obj"))+1:]; !packed && bytes.Contains(head, []byte("/Filter")) {
			return nil, errActive
		}
		if left -= int64(len(objects)) + 1<<10; left <= 0 { // an empty one costs something, too
			return nil, errBomb
		}
		all = append(all, objects)
	}
	return all, nil
}

// hwpHeader is how the stream FileHeader of an HWP 5 file begins, filled up to 32 bytes.
var hwpHeader = append([]byte("HWP Document File"), make([]byte, 32-len("HWP Document File"))...)

// What the properties of an HWP file say, by bit.
const (
	hwpPassword = 1 << 1
	hwpScript   = 1 << 3
	hwpDRM      = 1 << 4
	hwpCertDRM  = 1 << 8
	hwpCertLock = 1 << 10
)

// lookAtHWP refuses what isn't a document of HWP 5, what is locked, and what has a script, macros or PostScript, by which HWP files
// have been made to attack.
func lookAtHWP(content []byte) error {
	at := bytes.Index(content, hwpHeader)
	if at < 0 || at%64 != 0 || len(content) < at+40 {
		return errEndingLies
	}
	if content[at+35] != 5 {
		return errBroken
	}
	switch properties := binary.LittleEndian.Uint32(content[at+36:]); {
	case properties&(hwpPassword|hwpDRM|hwpCertDRM|hwpCertLock) != 0:
		return errLocked
	case properties&hwpScript != 0:
		return errActive
	}
	small := bytes.ToLower(content)
	for _, name := range []string{"_vba_project", "macros", ".eps", ".ps\x00"} {
		if bytes.Contains(small, wide(name)) {
			return errActive
		}
	}
	if !bytes.Contains(content, wide("DocInfo")) || !bytes.Contains(content, wide("BodyText")) {
		return errBroken
	}
	if hasArchive(content) {
		return errMixed
	}
	return nil
}

// wide spells a name as an OLE directory does.
func wide(name string) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(name)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return b
}

// emptyScript is what the word processor puts into every HWPX: two names for the document, and handlers that do nothing.
var (
	comments    = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)
	emptyScript = regexp.MustCompile(`^(\s|var Documents\s*=\s*XHwpDocuments;|var Document\s*=\s*Documents\.Active_XHwpDocument;|function On\w+\s*\(\s*\)\s*\{\s*\})*$`)
)

func lookAtScript(words []byte) error {
	text := string(words)
	if units := len(words) / 2; len(words)%2 == 0 && units > 0 && (bytes.HasPrefix(words, []byte("\xff\xfe")) || bytes.IndexByte(words, 0) == 1) {
		wide := make([]uint16, units)
		for i := range wide {
			wide[i] = binary.LittleEndian.Uint16(words[2*i:])
		}
		text = string(utf16.Decode(wide))
	}
	text = strings.Trim(text, "\ufeff\x00")
	if !emptyScript.MatchString(comments.ReplaceAllString(text, "")) {
		return errActive
	}
	return nil
}

// lookAtText refuses what is no text, in UTF-8 or in the older Korean code, and what a browser would take for a page.
func lookAtText(content []byte) error {
	text := content
	if !utf8.Valid(content) {
		var err error
		if text, err = korean.EUCKR.NewDecoder().Bytes(content); err != nil || bytes.ContainsRune(text, utf8.RuneError) {
			return errNotText
		}
	}
	if bytes.ContainsFunc(text, func(r rune) bool { return r < ' ' && !slices.Contains([]rune("\t\n\r\f"), r) || r == 0x7f }) {
		return errNotText
	}
	if hasMarkup(text) || bytes.HasPrefix(text, []byte("#!")) {
		return errActive
	}
	if hasArchive(content) {
		return errMixed
	}
	return nil
}

// formula is a cell by which a spreadsheet would call something; -5 and +82-2-120 are none.
var formula = regexp.MustCompile(`(?m)(^|[,;\t"])\s*(=|[+\-@][^,;\t"\n]*[(|!])`)

func lookAtTable(content []byte) error {
	if err := lookAtText(content); err != nil {
		return err
	}
	if formula.Match(content) {
		return errFormula
	}
	return nil
}
