package excel

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// points are what a chart shows. Excel and LibreOffice read them from the cells; viewers on phones and in mail programs
// show only what is kept in the chart itself, and excelize keeps nothing there.
type points struct {
	categories []string
	format     string // of categories that are numbers (dates as Excel counts them); empty: texts
	values     [][]int
	names      []string
}

// keepPoints puts them into the chart that was added last.
func (b *book) keepPoints(p points) {
	b.charts++
	if b.err != nil {
		return
	}
	path := fmt.Sprintf("xl/charts/chart%d.xml", b.charts)
	raw, _ := b.file.Pkg.Load(path)
	chart, _ := raw.([]byte)
	for i, values := range p.values {
		var ok bool
		if chart, ok = p.into(chart, i, values); !ok {
			b.keep(fmt.Errorf("chart %d isn't as excelize used to write it", b.charts))
			return
		}
	}
	b.file.Pkg.Store(path, readableLabels(chart))
}

// readableLabels lets programs turn or leave out labels of the axis of categories that would lie over each other: excelize
// writes "not turned", which LibreOffice takes for an order to draw them all.
func readableLabels(chart []byte) []byte {
	before, axis, _ := bytes.Cut(chart, []byte("<catAx>"))
	axis = bytes.Replace(axis, []byte(`rot="0"`), []byte(`rot="-60000000"`), 1)
	return bytes.Join([][]byte{before, axis}, []byte("<catAx>"))
}

// into fills in the series number i, which is the first that isn't filled in yet.
func (p points) into(chart []byte, i int, values []int) ([]byte, bool) {
	numbers := make([]string, len(values))
	for at, n := range values {
		numbers[at] = strconv.Itoa(n)
	}
	before, rest, found := bytes.Cut(chart, []byte(fmt.Sprintf(`<ser><idx val="%d"></idx>`, i)))
	series, after, ended := bytes.Cut(rest, []byte("</ser>"))
	if !found || !ended {
		return nil, false
	}
	filled := string(series)
	category := pointsXML("strCache", "", p.categories)
	if p.format != "" {
		category = pointsXML("numCache", p.format, p.categories)
	}
	for _, part := range []struct{ from, to, old, new string }{
		{"<tx>", "</tx>", "</strRef>", pointsXML("strCache", "", p.names[i:i+1]) + "</strRef>"},
		{"<cat>", "</cat>", "</strRef>", category + "</strRef>"},
		{"<val>", "</val>", "<numCache><formatCode></formatCode></numCache>", pointsXML("numCache", "General", numbers)},
	} {
		start := strings.Index(filled, part.from)
		end := strings.Index(filled, part.to)
		if start < 0 || end < start || !strings.Contains(filled[start:end], part.old) {
			return nil, false
		}
		inside := strings.Replace(filled[start:end], part.old, part.new, 1)
		if part.from == "<cat>" && p.format != "" {
			inside = strings.NewReplacer("<strRef>", "<numRef>", "</strRef>", "</numRef>").Replace(inside)
		}
		filled = filled[:start] + inside + filled[end:]
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, `%s<ser><idx val="%d"></idx>%s</ser>%s`, before, i, filled, after)
	return out.Bytes(), true
}

func pointsXML(element, format string, values []string) string {
	var out strings.Builder
	out.WriteString("<" + element + ">")
	if format != "" {
		out.WriteString("<formatCode>" + escaped(format) + "</formatCode>")
	}
	fmt.Fprintf(&out, `<ptCount val="%d"></ptCount>`, len(values))
	for i, value := range values {
		fmt.Fprintf(&out, `<pt idx="%d"><v>%s</v></pt>`, i, escaped(value))
	}
	out.WriteString("</" + element + ">")
	return out.String()
}

func escaped(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a Builder takes everything
	return out.String()
}
