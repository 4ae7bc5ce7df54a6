package public

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"acropolis/forum"
	"acropolis/webui/page"
)

// A card has the size that messengers and portals show whole.
const (
	cardWidth, cardHeight = 1200, 630
	cardMargin            = 80
	cardLines             = 3 // of the title
)

var (
	cardPaper = color.RGBA{0x05, 0x2b, 0x57, 0xff} // the brand's
	cardBand  = color.RGBA{0x25, 0x6e, 0xf4, 0xff}
	cardFaint = color.RGBA{0xcd, 0xd8, 0xe6, 0xff}
)

// cardWords is what stands on a card.
type cardWords struct{ City, Title, Status, Foot string }

// Card is /forums/{id}/card.png: what messengers show of a topic whose address somebody sends. Where no typeface was
// brought, it is the city's sign.
func (h *Handlers) Card(c *gin.Context) error {
	f, err := h.forumOf(c)
	if err != nil {
		return err
	}
	page.Shared(c)
	typeface := page.Typeface()
	if typeface == nil {
		return h.site.Redirect(c, h.site.Asset("icon.svg"))
	}
	words := h.cardWords(c, f)
	picture, err := h.cards.of(words, func() ([]byte, error) { return drawCard(words, typeface) })
	if err != nil {
		return err
	}
	c.Header("Vary", "Accept-Language")
	c.Data(http.StatusOK, "image/png", picture)
	return nil
}

// cardWords are in Korean or English.
func (h *Handlers) cardWords(c *gin.Context, f forum.Forum) cardWords {
	lang := page.Lang(c)
	if lang != "ko" {
		lang = "en" // the typeface has no other letters
	}
	words := cardWords{City: h.site.City(lang) + " " + h.site.Text(lang, "layout.public_name"), Title: page.OneLine(titleOf(f, lang)),
		Status: h.site.Text(lang, "status.forum."+string(shownStatus(f, time.Now())))}
	if !f.OpensAt.IsZero() {
		words.Foot = h.site.Text(lang, "public.period", "from", page.Date(lang, f.OpensAt), "to", page.Date(lang, page.End(f.ClosesAt)))
	}
	return words
}

func drawCard(words cardWords, typeface *opentype.Font) ([]byte, error) {
	picture := image.NewRGBA(image.Rect(0, 0, cardWidth, cardHeight))
	draw.Draw(picture, picture.Bounds(), image.NewUniform(cardPaper), image.Point{}, draw.Src)
	draw.Draw(picture, image.Rect(0, 0, cardWidth, 16), image.NewUniform(cardBand), image.Point{}, draw.Src)
	pen := pen{picture: picture, typeface: typeface}
	pen.write(words.City, 36, cardMargin, 120, cardFaint)
	size := 72.0
	lines := pen.lines(words.Title, size)
	if len(lines) > cardLines {
		size = 56
		lines = pen.lines(words.Title, size)
	}
	if len(lines) > cardLines {
		lines = append(lines[:cardLines-1], lines[cardLines-1]+"…")
	}
	for i, line := range lines {
		pen.write(line, size, cardMargin, 240+int(float64(i)*size*1.35), color.White)
	}
	draw.Draw(picture, image.Rect(cardMargin, 500, cardMargin+8, 560), image.NewUniform(cardBand), image.Point{}, draw.Src)
	pen.write(words.Status, 36, cardMargin+32, 543, color.White)
	end := cardMargin + 32 + pen.width(words.Status, 36) + 32
	pen.write(words.Foot, 32, end, 543, cardFaint)
	if pen.err != nil {
		return nil, pen.err
	}
	var body bytes.Buffer
	err := png.Encode(&body, picture)
	return body.Bytes(), err
}

// pen letters a picture.
type pen struct {
	picture  draw.Image
	typeface *opentype.Font
	err      error
}

func (p *pen) face(size float64) font.Face {
	face, err := opentype.NewFace(p.typeface, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		p.err = err
		return nil
	}
	return face
}

// known leaves out what the typeface has no sign for, as rare syllables and other scripts.
func (p *pen) known(text string) string {
	var buffer sfnt.Buffer
	return strings.Map(func(r rune) rune {
		if index, err := p.typeface.GlyphIndex(&buffer, r); err != nil || index == 0 {
			return -1
		}
		return r
	}, text)
}

func (p *pen) width(text string, size float64) int {
	face := p.face(size)
	if face == nil {
		return 0
	}
	defer face.Close()
	return font.MeasureString(face, p.known(text)).Ceil()
}

func (p *pen) write(text string, size float64, x, y int, ink color.Color) {
	face := p.face(size)
	if face == nil {
		return
	}
	defer face.Close()
	drawer := font.Drawer{Dst: p.picture, Src: image.NewUniform(ink), Face: face, Dot: fixed.P(x, y)}
	drawer.DrawString(p.known(text))
}

// lines breaks a text between words; a word that is wider than the card, between letters.
func (p *pen) lines(text string, size float64) []string {
	face := p.face(size)
	if face == nil {
		return nil
	}
	defer face.Close()
	fits := func(line string) bool {
		return font.MeasureString(face, line) <= fixed.I(cardWidth-2*cardMargin)
	}
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(p.known(text)) {
		if longer := strings.TrimSpace(line + " " + word); fits(longer) {
			line = longer
			continue
		}
		if line != "" {
			lines, line = append(lines, line), ""
		}
		for !fits(word) && len(lines) < cardLines+1 {
			part := word
			for !fits(part) {
				_, last := utf8.DecodeLastRuneInString(part)
				part = part[:len(part)-last]
			}
			lines, word = append(lines, part), word[len(part):]
		}
		line = word
	}
	return append(lines, line)
}
