package page

import (
	"io"
	"net/http"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Upload reads the one file that a form of multipart/form-data brought under a name, of at most so many bytes. Nothing of it
// is written to disk. No file, or an empty one, is refused as Invalid "upload.missing".
func Upload(c *gin.Context, name string, most int64) ([]byte, error) {
	if err := acceptable(c, "multipart/form-data"); err != nil {
		return nil, err
	}
	// The parts' heads and borders come on top of the file.
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most+4<<10)
	if err := c.Request.ParseMultipartForm(most + 4<<10); err != nil {
		return nil, unreadBody(err)
	}
	part, _, err := c.Request.FormFile(name)
	if err != nil {
		return nil, forum.Refuse(forum.Invalid, "upload.missing").At(name)
	}
	defer func() { _ = part.Close() }()
	file, err := io.ReadAll(part)
	switch {
	case err != nil:
		return nil, unreadBody(err)
	case len(file) == 0:
		return nil, forum.Refuse(forum.Invalid, "upload.missing").At(name)
	case int64(len(file)) > most:
		return nil, forum.Refuse(forum.TooLarge, "request.too_large").With("most", sizeText(most))
	}
	return file, nil
}
