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

// qrShown is what a QR code's picture depends on.
type qrShown struct {
	Address string
	Side    int // in pixels; 0: as an SVG
}

// QRCodeSVG is /forums/{id}/qr.svg: for print, at any size.
func (h *Handlers) QRCodeSVG(c *gin.Context) error {
	return h.qrCode(c, 0, "image/svg+xml")
}

// QRCodePNG is /forums/{id}/qr.png, with ?size=large for a poster.
func (h *Handlers) QRCodePNG(c *gin.Context) error {
	size, err := oneOf(c, "size", "small", "large")
	if err != nil {
		return err
	}
	side := qrSmall
	if size == "large" {
		side = qrLarge
	}
	return h.qrCode(c, side, "image/png")
}

// qrCode answers with the QR code of the address of a topic.
func (h *Handlers) qrCode(c *gin.Context, side int, kind string) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	shown := qrShown{h.address(c) + page.To(c, "forums", f.ID), side}
	picture, err := h.codes.of(shown, shown.draw)
	if err != nil {
		return err
	}
	page.Shared(c)
	c.Header("Vary", "Accept-Language")
	c.Data(http.StatusOK, kind, picture)
	return nil
}

// draw makes a code of level M, which survives a crease in a poster.
func (q qrShown) draw() ([]byte, error) {
	code, err := qr.Encode(q.Address, qr.M)
	if err != nil {
		return nil, err
	}
	if q.Side == 0 {
		return qrPaths(code), nil
	}
	var body bytes.Buffer
	err = png.Encode(&body, qrPicture(code, q.Side))
	return body.Bytes(), err
}

// qrPaths draws each module as a square of one unit.
func qrPaths(code *qr.Code) []byte {
	var path strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&path, "M%d %dh1v1h-1z", x+qrQuiet, y+qrQuiet)
			}
		}
	}
	side := code.Size + 2*qrQuiet
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		side, side, side, side, path.String())
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
