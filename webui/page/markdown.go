package page

import (
	"bytes"
	"html/template"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Markdown renders what officials and citizens wrote, safely: no raw HTML, no images but this site's own, headings from h3 on (the
// page has its own above), links that search engines don't count. Tables scroll in a region of their own.
func Markdown(s string) template.HTML {
	if strings.Count(s, "](") > mostLinks || tangled.MatchString(s) {
		return template.HTML(`<p class="words">` + template.HTMLEscapeString(s) + `</p>`) //nolint:gosec // escaped
	}
	var b bytes.Buffer
	if err := markdown.Convert([]byte(s), &b); err != nil {
		return template.HTML(template.HTMLEscapeString(s)) //nolint:gosec // escaped
	}
	safe := allowed.Sanitize(b.String())
	safe = strings.ReplaceAll(safe, "<table>", `<div class="scroll" tabindex="0"><table>`)
	safe = strings.ReplaceAll(safe, "</table>", "</table></div>")
	return template.HTML(safe) //nolint:gosec // sanitised
}

// What takes goldmark time that grows with its square, and no person writes: such a text is shown as it was typed.
const mostLinks = 500

var tangled = regexp.MustCompile(`(?m)^(?:[ \t]*(?:>|[-+*][ \t]|[0-9]{1,9}[.)][ \t])){50}`)

var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify, koreanEmphasis{}),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(belowThePage{}, 500))),
)

// allowed is what may remain after goldmark has left raw HTML out: two locks on one door.
var allowed = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "li",
		"h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("start").Matching(regexp.MustCompile(`^[0-9]{1,9}$`)).OnElements("ol")
	p.AllowElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^` + linkRel + `$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.RequireParseableURLs(true)
	p.AllowRelativeURLs(true)
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^/[^/\\]`)).OnElements("img")
	p.AllowAttrs("alt").OnElements("img")
	return p
}()

const linkRel = "nofollow ugc noopener"

// belowThePage moves headings below the page's own, without leaving a level out, and marks links as somebody's words.
type belowThePage struct{}

func (belowThePage) Transform(document *ast.Document, _ text.Reader, _ parser.Context) {
	var headings []*ast.Heading
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := node.(type) {
		case *ast.Heading:
			headings = append(headings, n)
		case *ast.Link, *ast.AutoLink:
			n.SetAttributeString("rel", []byte(linkRel))
		}
		return ast.WalkContinue, nil
	})
	nest(headings)
}

// nest gives the topmost level h3 and each deeper one a single level more, as screen readers expect.
func nest(headings []*ast.Heading) {
	var open []int // the levels, as they were written, of the headings that this one stands under
	for _, h := range headings {
		for len(open) > 0 && open[len(open)-1] >= h.Level {
			open = open[:len(open)-1]
		}
		open = append(open, h.Level)
		h.Level = min(len(open)+2, 6)
	}
}

// koreanEmphasis lets **서울(Seoul)**은 be bold: CommonMark's flanking rule closes no emphasis whose last character is
// punctuation when a letter follows, and Korean particles always follow directly.
type koreanEmphasis struct{}

func (koreanEmphasis) Extend(m goldmark.Markdown) {
	m.Parser().AddOptions(parser.WithInlineParsers(util.Prioritized(emphasisParser{}, 450))) // before goldmark's own, at 500
}

type emphasisParser struct{}

func (emphasisParser) Trigger() []byte { return []byte{'*'} }

func (emphasisParser) IsDelimiter(b byte) bool { return b == '*' }

func (emphasisParser) CanOpenCloser(opener, closer *parser.Delimiter) bool {
	return opener.Char == closer.Char
}

func (emphasisParser) OnMatch(level int) ast.Node { return ast.NewEmphasis(level) }

func (p emphasisParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	d := parser.ScanDelimiter(line, before, 1, p)
	if d == nil {
		return nil
	}
	after, _ := utf8.DecodeRune(line[d.OriginalLength:])
	if isCJK(after) && !unicode.IsSpace(before) {
		d.CanClose = true
	}
	if isCJK(before) && !unicode.IsSpace(after) && after != utf8.RuneError {
		d.CanOpen = true
	}
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

func isCJK(r rune) bool {
	return unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
