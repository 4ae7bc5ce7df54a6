package page

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Slices gives up to n bytes of a file from a place on.
type Slices func(ctx context.Context, from, n int) ([]byte, error)

// filePatience is how long somebody with a slow line may take for a file.
const filePatience = 10 * time.Minute

// SendFile answers with an official's file, or the range of it that is asked for: always to be saved and never shown here, as the
// type that it was found to have, and with nothing allowed to it should a browser show it all the same. Its bytes are known by their
// SHA-256, so whoever has them isn't sent them again, but always asks whether they may still be had.
func SendFile(c *gin.Context, f forum.DossierFile, read Slices) error {
	Patience(c, filePatience)
	Download(c, f.Name, f.Type.Media())
	c.Header("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	c.Header("ETag", `"`+f.SHA256+`"`)
	c.Header("Cache-Control", fileCaching(c))
	if IsHead(c) {
		c.Header("Content-Length", strconv.Itoa(f.Size))
		c.Header("Accept-Ranges", "bytes")
		c.Status(http.StatusOK)
		return nil
	}
	content := &slicedFile{ctx: c.Request.Context(), read: read, size: f.Size, line: http.NewResponseController(c.Writer)}
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, content)
	if content.err != nil && !c.Writer.Written() { // the error is a page, and no part of the file
		for _, name := range []string{"Content-Disposition", "Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "ETag"} {
			c.Writer.Header().Del(name)
		}
		c.Header("Content-Security-Policy", contentSecurity)
	}
	return content.err
}

// fileCaching lets caches keep what everybody may have, if they ask each time; the intranet's stay out of them.
func fileCaching(c *gin.Context) string {
	if audienceOf(c) == Public {
		return "public, no-cache"
	}
	return "private, no-store"
}

// sliceSize is how much of a file is in memory for one reader, and slicePatience how long they may take for it: who asks for files
// and then reads nothing holds no memory for ever.
const (
	sliceSize     = 256 << 10
	slicePatience = time.Minute
)

// slicedFile reads a file slice by slice, as fast as its reader takes it, and holds no connection meanwhile.
type slicedFile struct {
	ctx   context.Context //nolint:containedctx // http.ServeContent takes a reader, which has none
	read  Slices
	size  int
	at    int
	slice []byte // from at on
	err   error
	line  *http.ResponseController
}

func (f *slicedFile) Read(p []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	if len(f.slice) == 0 {
		if f.slice, f.err = f.read(f.ctx, f.at, min(sliceSize, f.size-f.at)); f.err != nil {
			return 0, f.err
		}
		if len(f.slice) == 0 {
			f.err = io.ErrUnexpectedEOF
			return 0, f.err
		}
		_ = f.line.SetWriteDeadline(time.Now().Add(slicePatience)) // the server takes it back after the answer
	}
	n := copy(p, f.slice)
	f.at, f.slice = f.at+n, f.slice[n:]
	return n, nil
}

func (f *slicedFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += int64(f.at)
	case io.SeekEnd:
		offset += int64(f.size)
	}
	if offset < 0 {
		return 0, errors.New("a place before the beginning")
	}
	f.at, f.slice = int(offset), nil
	return offset, nil
}

// SizeText writes a file's size as people say it, in the same way in every language.
func SizeText(bytes int) string {
	switch {
	case bytes >= 1<<20:
		return strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64) + " MB"
	case bytes >= 1<<10:
		return strconv.Itoa((bytes+1<<9)>>10) + " KB"
	}
	return strconv.Itoa(bytes) + " B"
}
