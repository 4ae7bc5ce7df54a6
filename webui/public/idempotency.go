package public

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// keyOfItsOwn is how long a key must be where no browser's secret scopes it: then nothing but its own randomness keeps one
// caller's answer from another.
const keyOfItsOwn = 16

// idempotency scopes a caller's key to the browser's secret. A caller without one (a program without cookies) is scoped to
// the key itself. The body is the hash of the operation and its fields, each preceded by its length, so that neither white
// space nor the order of fields in a document makes another body.
func (h *Handlers) idempotency(c *gin.Context, key string, fields ...string) (forum.Idempotency, error) {
	key, err := forum.ParseIdempotencyKey(key)
	if err != nil {
		return forum.Idempotency{}, err
	}
	i := forum.Idempotency{Key: key, Body: hashOf(append([]string{c.FullPath()}, fields...))}
	switch {
	case h.site.HasBrowserSecret(c):
		i.Scope = keyed(h.site.BrowserSecret(c), "idempotency")
	case len(key) < keyOfItsOwn:
		return forum.Idempotency{}, forum.Refuse(forum.Invalid, "idempotency.too_short").At("Idempotency-Key").With("least", strconv.Itoa(keyOfItsOwn))
	default:
		i.Scope = keyed([]byte(key), "idempotency without a browser")
	}
	return i, nil
}

func hashOf(fields []string) []byte {
	sum := sha256.New()
	for _, field := range fields {
		var size [4]byte
		binary.BigEndian.PutUint32(size[:], uint32(len(field))) //nolint:gosec // bodies are at most 64 KB
		sum.Write(size[:])
		sum.Write([]byte(field))
	}
	return sum.Sum(nil)
}

// device tells one browser from another where nobody is signed in. A program without cookies is a new one with each key,
// and the same one when it tries the same key again.
func (h *Handlers) device(c *gin.Context, key string) []byte {
	if h.site.HasBrowserSecret(c) {
		return h.site.BrowserSecret(c)
	}
	return keyed([]byte(key), "a program without cookies")
}

// idempotencyKey is the key that an API caller sent.
func idempotencyKey(c *gin.Context) string { return c.GetHeader("Idempotency-Key") }

// replayed tells a program that it has had this answer before.
func replayed(c *gin.Context, repeated bool) {
	if repeated {
		c.Header("Idempotency-Replayed", "true")
	}
}
