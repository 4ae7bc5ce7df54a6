package excel

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"strconv"
	"time"

	"acropolis/forum"
)

// digest counts opinions and hashes them as the database gave them, so that two workbooks, or a workbook and the
// database, can be compared by one line. What it hashes is written on the provenance sheet (words.HashHow).
type digest struct {
	rows int
	sum  hash.Hash
}

func (d *digest) add(o forum.Opinion) {
	if d.sum == nil {
		d.sum = sha256.New()
	}
	d.rows++
	for _, field := range []string{o.Number, o.AcceptedAt.UTC().Format(time.RFC3339Nano), o.Title, o.Text, o.Pseudonym, o.District,
		strconv.Itoa(o.For), strconv.Itoa(o.Against), string(o.Status)} {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(field)))
		d.sum.Write(size[:])
		d.sum.Write([]byte(field))
	}
}

// hex is the SHA-256; of no opinions, that of nothing.
func (d *digest) hex() string {
	if d.sum == nil {
		d.sum = sha256.New()
	}
	return hex.EncodeToString(d.sum.Sum(nil))
}
