package page

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"golang.org/x/image/font/opentype"
)

// typefaceFile is the KRDS typeface in the one of its formats that Go can unpack by itself.
const typefaceFile = "ext/PretendardGOV-Bold.subset.woff"

// Typeface is the typeface in which pictures are lettered, with the syllables of everyday Korean; nil in a clone without
// `npm run assets`.
var Typeface = sync.OnceValue(func() *opentype.Font {
	packed, err := ext.ReadFile(typefaceFile)
	if err != nil {
		return nil
	}
	plain, err := unpackWOFF(packed)
	if err != nil {
		return nil
	}
	font, err := opentype.Parse(plain)
	if err != nil {
		return nil
	}
	return font
})

var errWOFF = errors.New("no WOFF file")

const (
	woffHead, woffEntry = 44, 20 // bytes of the head and of each entry of its directory
	sfntHead, sfntEntry = 12, 16
	sfntMost            = 16 << 20
)

// unpackWOFF makes the OpenType file again that a WOFF 1.0 file is the packing of: each table is zlib's or as it was.
func unpackWOFF(packed []byte) ([]byte, error) {
	if len(packed) < woffHead || string(packed[:4]) != "wOFF" {
		return nil, errWOFF
	}
	tables := int(binary.BigEndian.Uint16(packed[12:]))
	size := int(binary.BigEndian.Uint32(packed[16:]))
	if size > sfntMost || len(packed) < woffHead+tables*woffEntry {
		return nil, errWOFF
	}
	plain := make([]byte, sfntHead+tables*sfntEntry, size)
	copy(plain, packed[4:8])
	copy(plain[4:], packed[12:14])
	for i := range tables {
		entry := packed[woffHead+i*woffEntry:]
		table, err := woffTable(packed, entry)
		if err != nil {
			return nil, err
		}
		to := plain[sfntHead+i*sfntEntry:]
		copy(to, entry[:4])                                                     //nolint:gosec // tag
		copy(to[4:], entry[16:20])                                              // checksum
		binary.BigEndian.PutUint32(to[8:], uint32(len(plain)))                  //nolint:gosec // below sfntMost
		binary.BigEndian.PutUint32(to[12:], uint32(len(table)))                 //nolint:gosec // below sfntMost
		plain = append(append(plain, table...), make([]byte, -len(table)&3)...) // tables begin at whole words
	}
	return plain, nil
}

func woffTable(packed, entry []byte) ([]byte, error) {
	at, packedSize, size := int(binary.BigEndian.Uint32(entry[4:])), int(binary.BigEndian.Uint32(entry[8:])), int(binary.BigEndian.Uint32(entry[12:]))
	if size > sfntMost || at+packedSize > len(packed) || packedSize > size {
		return nil, errWOFF
	}
	body := packed[at : at+packedSize]
	if packedSize == size {
		return body, nil
	}
	unpacker, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	table := make([]byte, size)
	_, err = io.ReadFull(unpacker, table)
	return table, err
}
