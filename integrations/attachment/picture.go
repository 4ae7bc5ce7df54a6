package attachment

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/jpeg" // registered for image.DecodeConfig
	_ "image/png"
	"slices"
)

// pixelsMax is more than any camera has: what a reader must unpack stays within reason.
const pixelsMax = 100_000_000

func lookAtPixels(content []byte) error {
	c, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return errBroken
	}
	if c.Width > pixelsMax/c.Height {
		return errBomb
	}
	return nil
}

// Chunks of a PNG that say how it looks. The others may tell where, when and by whom it was made: they go.
var pngKept = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "bKGD", "hIST", "pHYs", "sPLT", "cICP", "acTL", "fcTL", "fdAT"}

// barePNG is the picture without its notes.
func barePNG(content []byte) ([]byte, error) {
	if err := lookAtPixels(content); err != nil {
		return nil, err
	}
	const head = 8
	bare := slices.Clone(content[:head])
	for rest := content[head:]; ; {
		if len(rest) < 12 {
			return nil, errBroken
		}
		size := binary.BigEndian.Uint32(rest)
		if uint64(size)+12 > uint64(len(rest)) {
			return nil, errBroken
		}
		chunk := rest[:size+12]
		if crc32.ChecksumIEEE(chunk[4:size+8]) != binary.BigEndian.Uint32(chunk[size+8:]) {
			return nil, errBroken
		}
		name := string(chunk[4:8])
		if slices.Contains(pngKept, name) {
			bare = append(bare, chunk...)
		}
		if rest = rest[size+12:]; name != "IEND" {
			continue
		}
		if len(rest) > 0 {
			return nil, errMixed
		}
		return bare, nil
	}
}

// bareJPEG is the picture without what the camera, the telephone or a program noted: the place above all (EXIF, XMP, IPTC), and
// without what stands behind its end, where telephones put a film. It keeps its colours, and which way is up.
func bareJPEG(content []byte) ([]byte, error) {
	if err := lookAtPixels(content); err != nil {
		return nil, err
	}
	if hasArchive(content) || hasMarkup(behindJPEG(content)) {
		return nil, errMixed
	}
	bare := []byte{0xff, 0xd8}
	for at := 2; ; {
		for at < len(content) && content[at] == 0xff && at+1 < len(content) && content[at+1] == 0xff {
			at++ // fill
		}
		if at+4 > len(content) || content[at] != 0xff {
			return nil, errBroken
		}
		marker := content[at+1]
		if marker == 0xd9 {
			return nil, errBroken // it ends before there is a picture
		}
		size := 2 + int(binary.BigEndian.Uint16(content[at+2:]))
		if size < 4 || at+size > len(content) {
			return nil, errBroken
		}
		segment := content[at : at+size]
		at += size
		switch {
		case marker == 0xe1:
			if up, known := upOf(segment); known {
				bare = append(bare, onlyUp(up)...)
			}
		case marker == 0xe2 && !bytes.HasPrefix(segment[4:], []byte("ICC_PROFILE\x00")), marker > 0xe2 && marker <= 0xef && marker != 0xee, marker == 0xfe:
		default:
			bare = append(bare, segment...)
		}
		if marker != 0xda {
			continue
		}
		end := endOfScans(content, at)
		if end < 0 {
			return nil, errBroken
		}
		return append(bare, content[at:end]...), nil
	}
}

// endOfScans is where a picture's data, with its further scans, ends, its end mark counted in; -1 without one. A note between two
// scans goes nowhere: none is written there.
func endOfScans(content []byte, at int) int {
	for at+1 < len(content) {
		if content[at] != 0xff {
			at++
			continue
		}
		switch marker := content[at+1]; {
		case marker == 0x00, marker >= 0xd0 && marker <= 0xd7:
			at += 2
		case marker == 0xff:
			at++
		case marker == 0xd9:
			return at + 2
		case marker >= 0xe0 && marker <= 0xef, marker == 0xfe, at+4 > len(content):
			return -1
		default:
			at += 2 + int(binary.BigEndian.Uint16(content[at+2:]))
		}
	}
	return -1
}

func behindJPEG(content []byte) []byte {
	if at := bytes.LastIndex(content, []byte{0xff, 0xd9}); at >= 0 {
		return content[at:]
	}
	return nil
}

// upOf reads from an EXIF segment which way is up: 1 to 8, the tag 0x0112 of its first directory.
func upOf(segment []byte) (up uint16, known bool) {
	tiff, isEXIF := bytes.CutPrefix(segment[4:], []byte("Exif\x00\x00"))
	if !isEXIF || len(tiff) < 8 {
		return 0, false
	}
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0, false
	}
	for n := range uint64(order.Uint16(tiff[at:])) {
		entry := at + 2 + 12*n
		if entry+12 > uint64(len(tiff)) {
			break
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			up = order.Uint16(tiff[entry+8:])
			return up, up >= 2 && up <= 8
		}
	}
	return 0, false
}

// onlyUp is an EXIF segment that says which way is up, and nothing else.
func onlyUp(up uint16) []byte {
	segment := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	segment = binary.BigEndian.AppendUint16(segment, up)
	return append(segment, 0, 0, 0, 0, 0, 0)
}
