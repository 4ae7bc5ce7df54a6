package page

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"acropolis/forum"
)

// Uploaded is a file that came with a form. Err is why it can't be used, while the form's texts can.
type Uploaded struct {
	Name    string // as the browser says; not to be trusted
	Content []byte
	Err     error
}

// FormLimits are how long a form's texts, one of its files, and all of its files may be.
type FormLimits struct {
	Texts, File, Files int64
}

// FormWithFiles reads a form as Form does, which may bring files under names of their own; an input that was left empty brings none.
// A file that is too large is refused (TooLarge "file.too_large") beside its field, so that the texts around it aren't lost; only a
// body beyond all limits is refused whole. Nothing is written to disk.
func FormWithFiles(c *gin.Context, most FormLimits) (*Values, map[string]Uploaded, error) {
	if kind, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || kind != "multipart/form-data" {
		values, err := Form(c, most.Texts)
		return values, nil, err
	}
	if err := acceptable(c, "multipart/form-data"); err != nil {
		return nil, nil, err
	}
	awaitUpload(c)
	// Twice as much is still read, to be able to say which file was too large; heads and borders come on top.
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most.Texts+2*most.Files+maxFields*200)
	parts, err := c.Request.MultipartReader()
	if err != nil {
		return nil, nil, unreadBody(err)
	}
	raw, files := url.Values{}, map[string]Uploaded{}
	texts, room := most.Texts, most.Files
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || n >= maxFields {
			return nil, nil, unreadBody(err)
		}
		_, parameters, _ := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if _, isFile := parameters["filename"]; !isFile {
			value, err := io.ReadAll(io.LimitReader(part, texts+1))
			if texts -= int64(len(value)); err != nil || texts < 0 {
				return nil, nil, unreadText(err, most.Texts)
			}
			raw.Add(part.FormName(), string(value))
			continue
		}
		file, err := upload(part, parameters["filename"], min(most.File, room), most.File)
		if err != nil {
			return nil, nil, unreadBody(err)
		}
		if room -= int64(len(file.Content)); file.Name != "" {
			files[part.FormName()] = file
		}
	}
	c.Request.PostForm = raw
	values, err := textsOf(raw)
	return values, files, err
}

// uploadPatience is how long somebody with a slow line may take to send files.
const uploadPatience = 10 * time.Minute

// awaitUpload lets a request take as long as its files need: otherwise who sends them slowly would lose what they wrote with them.
func awaitUpload(c *gin.Context) {
	Patience(c, uploadPatience)
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(uploadPatience)) // where there is no line, there is no deadline
}

func unreadText(err error, most int64) error {
	if err != nil {
		return unreadBody(err)
	}
	return forum.Refuse(forum.TooLarge, "request.too_large").With("most", sizeText(most))
}

// upload reads a file to its end, also one that is too large: what stands behind it in the form is to be read.
func upload(part io.Reader, name string, room, most int64) (Uploaded, error) {
	content, err := io.ReadAll(io.LimitReader(part, room+1))
	if err != nil {
		return Uploaded{}, err
	}
	if int64(len(content)) <= room {
		return Uploaded{Name: name, Content: content}, nil
	}
	_, err = io.Copy(io.Discard, part)
	return Uploaded{Name: name, Err: forum.Refuse(forum.TooLarge, "file.too_large").With("most", sizeText(most))}, err
}
