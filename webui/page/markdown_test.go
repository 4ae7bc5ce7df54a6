package page

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

func TestKoreanEmphasis(t *testing.T) {
	for in, want := range map[string]string{
		"**서울(Seoul)**은 도시다":          "<p><strong>서울(Seoul)</strong>은 도시다</p>",
		"**\"자전거\"**를 탄다":             "<p><strong>&#34;자전거&#34;</strong>를 탄다</p>",
		"**「자전거 도로」**를 넓힌다":           "<p><strong>「자전거 도로」</strong>를 넓힌다</p>",
		"시장은**(가칭)**위원회를":             "<p>시장은<strong>(가칭)</strong>위원회를</p>",
		"*a* **b** ***c*** 2 * 3 * 4": "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em> 2 * 3 * 4</p>",
		"**강조** 뒤 **강조**는":            "<p><strong>강조</strong> 뒤 <strong>강조</strong>는</p>",
		"5*6 그리고 7*8":                 "<p>5<em>6 그리고 7</em>8</p>", // CommonMark itself says so
		"**열고 닫지 않음":                  "<p>**열고 닫지 않음</p>",
		"`**그대로(a)**은`":               "<p><code>**그대로(a)**은</code></p>",
		"~~지움~~은":                     "<p><del>지움</del>은</p>",
	} {
		if got := strings.TrimSpace(string(Markdown(in))); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestMarkdownFitsThePage(t *testing.T) {
	for in, want := range map[string]string{
		"# 하나":                              "<h3>하나</h3>",
		"## 하나\n\n#### 둘\n\n## 셋":           "<h3>하나</h3>\n<h4>둘</h4>\n<h3>셋</h3>",
		"# 1\n## 2\n### 3\n#### 4\n##### 5": "<h3>1</h3>\n<h4>2</h4>\n<h5>3</h5>\n<h6>4</h6>\n<h6>5</h6>",
		"### 깊게\n\n# 얕게":                    "<h3>깊게</h3>\n<h3>얕게</h3>",
		"[시청](https://seoul.go.kr)":         `<p><a href="https://seoul.go.kr" rel="nofollow ugc noopener">시청</a></p>`,
		"https://seoul.go.kr 참고":            `<p><a href="https://seoul.go.kr" rel="nofollow ugc noopener">https://seoul.go.kr</a> 참고</p>`,
		"[본문](/ko/forums/1)":                `<p><a href="/ko/forums/1" rel="nofollow ugc noopener">본문</a></p>`,
		"![지도](/files/map.png)":             `<p><img src="/files/map.png" alt="지도"></p>`,
		"3. 셋\n4. 넷":                        "<ol start=\"3\">\n<li>셋</li>\n<li>넷</li>\n</ol>",
		"|가|\n|-|\n|1|":                     "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>가</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table></div>",
		"&lt;table&gt; 그대로":                 "<p>&lt;table&gt; 그대로</p>",
	} {
		if got := strings.TrimSpace(string(Markdown(in))); got != want {
			t.Errorf("%q\n got %s\nwant %s", in, got, want)
		}
	}
}

// harmless says whether markup has only the elements, attributes and addresses that a page may hold.
func harmless(t *testing.T, in, markup string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(markup))
	for kind := tokens.Next(); kind != html.ErrorToken; kind = tokens.Next() {
		token := tokens.Token()
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		if !regexp.MustCompile(`^(p|br|hr|em|strong|del|code|pre|blockquote|ul|ol|li|h[3-6]|table|thead|tbody|tr|th|td|a|img|div)$`).MatchString(token.Data) {
			t.Errorf("%q gives <%s>", in, token.Data)
		}
		for _, a := range token.Attr {
			switch {
			case a.Key == "href" && !regexp.MustCompile(`^(?i:https?:|mailto:|[^:]*$|[^:]*[/?#])`).MatchString(a.Val), a.Key == "src" && !regexp.MustCompile(`^/[^/\\]`).MatchString(a.Val),
				!strings.Contains(" href src alt rel start class tabindex ", " "+a.Key+" "):
				t.Errorf("%q gives %s=%q", in, a.Key, a.Val)
			}
		}
	}
}

func TestMarkdownIsInert(t *testing.T) {
	for _, in := range []string{
		`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `<svg onload=alert(1)>`, `<iframe src="//evil">`, `<a href="javascript:alert(1)">x</a>`, `<style>*{}</style>`,
		`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, "[x](java\tscript:alert(1))", `[x](data:text/html;base64,PHNjcmlwdD4=)`, `[x](vbscript:x)`, `[x](&#106;avascript:alert(1))`,
		`<javascript:alert(1)>`, `![x](https://evil.example/track.gif)`, `![x](//evil.example/a.gif)`, `![x](/\evil.example/a.gif)`, `![x](data:image/svg+xml,<svg/onload=alert(1)>)`,
		"[x]: javascript:alert(1)\n\n[x]", `[x](https://a.example "title\" onclick=alert(1)")`, "```html\n<script>alert(1)</script>\n```", "`<script>`", `&lt;script&gt;alert(1)&lt;/script&gt;`,
		`<div class="x" style="position:fixed">x</div>`, `<!-- --><script>`, `<p/onclick=alert(1)>x`, "|<script>|\n|-|\n|<img src=x onerror=1>|", `<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>`,
		`\<script>alert(1)</script>`, `**<script>**alert(1)`, `[<img src=x onerror=1>](/a)`, `<form action=//evil><button>`, `<base href=//evil>`, `<meta http-equiv=refresh content=0>`,
	} {
		harmless(t, in, string(Markdown(in)))
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, seed := range []string{"**서울(Seoul)**은", "[a](javascript:1)", "<script>", "# a\n### b", "|a|\n|-|\n|b|", "![a](//b)", "***a** b*", "`` ` ``", "\x00*a*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) { harmless(t, in, string(Markdown(in))) })
}

// TestMarkdownOfNastyShapeIsQuick: a long text of a few characters repeated must not hold a processor. Unguarded, the first
// two took five seconds; the limit leaves room for a busy machine.
func TestMarkdownOfNastyShapeIsQuick(t *testing.T) {
	for _, piece := range []string{"> ", "[a](", "+ ", "1. ", "> - ", "![a](", "[](", "*가", "**(", "[", "`", "<", "|", "*_", "&amp;", "# ", "\\*", "~~", "a*b**c***", "<!--", "http://a."} {
		in := strings.Repeat(piece, 60_000/len(piece))
		began := time.Now()
		Markdown(in)
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("60 KB of %q took %v", piece, took)
		}
	}
}

func TestTangledTextIsShownAsItWasTyped(t *testing.T) {
	for _, in := range []string{strings.Repeat("> ", 60) + "<b>", strings.Repeat("[a](/b) ", 501) + "<b>"} {
		if got := string(Markdown(in)); got != `<p class="words">`+html.EscapeString(in)+`</p>` {
			t.Errorf("%.80s", got)
		}
	}
	if got := string(Markdown(strings.Repeat("> ", 10) + "안녕")); strings.Count(got, "<blockquote>") != 10 {
		t.Errorf("ten levels are fine: %s", got)
	}
}
