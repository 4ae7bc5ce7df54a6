package activities

import (
	"cmp"
	"html"
	"regexp"
	"strings"
)

// The page of a letter. Its few styles stand beside what they are for, because mail programs drop what stands in a head; nothing
// is loaded from anywhere, so that nobody learns when it is read.
const (
	htmlHead = `<!DOCTYPE html>
<html lang="%lang"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>%subject</title></head>
<body style="margin:0"><div style="max-width:36em;margin:0 auto;padding:1.5em 1em;font-family:sans-serif;font-size:16px;line-height:1.6;overflow-wrap:anywhere%breaks">
<h1 style="font-size:1.3em;line-height:1.4;margin:0 0 1em">%subject</h1>
`
	htmlFoot = "</div></body></html>\n"
)

// HTML is a letter's text as a page: one source for both. A block of lines is a paragraph or a list (□ or -), ■ a heading, ― begins
// the foot; an address of the city's own pages becomes a link, and no other: what citizens write stays words.
func (l *Letters) HTML(lang, subject, text string) string {
	var b strings.Builder
	breaks := ""
	if lang == "ko" {
		breaks = ";word-break:keep-all" // Korean lines break between words, Chinese and Japanese ones anywhere
	}
	b.WriteString(strings.NewReplacer("%breaks", breaks, "%lang", html.EscapeString(cmp.Or(lang, "ko")), "%subject", html.EscapeString(subject)).Replace(htmlHead))
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		l.block(&b, strings.Split(strings.TrimSpace(block), "\n"))
	}
	b.WriteString(htmlFoot)
	return b.String()
}

func (l *Letters) block(b *strings.Builder, lines []string) {
	open := "" // the element that the lines before have begun
	begin := func(tag, style string) {
		if open == tag {
			return
		}
		if open != "" {
			b.WriteString("</" + open + ">\n")
		}
		open = tag
		if tag != "" {
			b.WriteString("<" + tag + style + ">")
		}
	}
	for i, line := range lines {
		line = strings.TrimSpace(line)
		heading, isHeading := strings.CutPrefix(line, "■ ")
		item, isItem := cutItem(line)
		switch {
		case line == "":
		case isHeading:
			begin("", "")
			b.WriteString(`<h2 style="font-size:1.1em;margin:1.5em 0 .5em">` + html.EscapeString(heading) + "</h2>\n")
		case isItem:
			begin("ul", ` style="padding-left:1.2em"`)
			b.WriteString("<li>" + l.linked(item) + "</li>")
		default:
			if strings.HasPrefix(line, "― ") && i == 0 {
				begin("p", ` style="margin-top:2em;padding-top:1em;border-top:1px solid #999;font-size:.9em"`)
			} else if open == "p" {
				b.WriteString("<br>\n")
			}
			begin("p", "")
			b.WriteString(l.linked(line))
		}
	}
	begin("", "")
}

func cutItem(line string) (item string, is bool) {
	if item, is = strings.CutPrefix(line, "□ "); is {
		return item, true
	}
	return strings.CutPrefix(line, "- ")
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// linked is a line with its addresses of the city's own pages as links, everything else escaped.
func (l *Letters) linked(line string) string {
	var b strings.Builder
	last := 0
	for _, at := range address.FindAllStringIndex(line, -1) {
		url := line[at[0]:at[1]]
		if !strings.HasPrefix(url, l.PublicURL+"/") && !strings.HasPrefix(url, l.OfficeURL+"/") {
			continue
		}
		b.WriteString(html.EscapeString(line[last:at[0]]))
		b.WriteString(`<a href="` + html.EscapeString(url) + `">` + html.EscapeString(url) + "</a>")
		last = at[1]
	}
	b.WriteString(html.EscapeString(line[last:]))
	return b.String()
}
