package public

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
	"rsc.io/qr"

	"acropolis/webui/page"
)

// The sizes of a QR code's picture, in pixels: for a page, and for a poster.
const (
	qrSmall, qrLarge = 320, 1280
	qrQuiet          = 4 // modules of white around it, without which scanners don't find it
)

// topicCode is the QR code of the address of a topic. Level M survives a crease in a poster.
func (h *Handlers) topicCode(c *gin.Context) (*qr.Code, error) {
	f, err := h.forumOf(c)
	if err != nil {
		return nil, err
	}
	return qr.Encode(h.address(c)+page.To(c, "forums", f.ID), qr.M)
}

// QRCodeSVG is /forums/{id}/qr.svg: for print, at any size.
func (h *Handlers) QRCodeSVG(c *gin.Context) error {
	code, err := h.topicCode(c)
	if err != nil {
		return err
	}
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+qrQuiet, y+qrQuiet)
			}
		}
	}
	side := code.Size + 2*qrQuiet
	page.Shared(c)
	c.Data(http.StatusOK, "image/svg+xml", fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		side, side, side, side, path.String()))
	return nil
}

// QRCodePNG is /forums/{id}/qr.png, with ?size=large for a poster.
func (h *Handlers) QRCodePNG(c *gin.Context) error {
	size, err := oneOf(c, "size", "small", "large")
	if err != nil {
		return err
	}
	code, err := h.topicCode(c)
	if err != nil {
		return err
	}
	side := qrSmall
	if size == "large" {
		side = qrLarge
	}
	var body bytes.Buffer
	if err := png.Encode(&body, qrPicture(code, side)); err != nil {
		return err
	}
	page.Shared(c)
	c.Data(http.StatusOK, "image/png", body.Bytes())
	return nil
}

// qrPicture draws each module as a whole number of pixels, so that its edges stay sharp, and puts what is left around it.
func qrPicture(code *qr.Code, side int) image.Image {
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	module := side / (code.Size + 2*qrQuiet)
	margin := (side - module*code.Size) / 2
	for y := margin; y < margin+module*code.Size; y++ {
		for x := margin; x < margin+module*code.Size; x++ {
			if code.Black((x-margin)/module, (y-margin)/module) {
				picture.SetColorIndex(x, y, 1)
			}
		}
	}
	return picture
}
