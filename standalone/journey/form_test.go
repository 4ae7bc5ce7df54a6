package journey

import (
	"strings"
	"testing"
)

const aPage = `<!doctype html><html><body><main id="main">
<data id="status" value="open" hidden></data>
<a id="forum" href="/ko/forums/1">포럼</a>
<form id="form-award.submit" method="post" action="/ko/forums/1/decisions/award.submit">
<input type="hidden" name="key" value="018f-key">
<table id="awards"><thead><tr><th>x</th></tr></thead><tbody>
<tr data-award="a1"><td><select name="pick[a1]"><option value="">-</option><option value="1">1위</option></select></td></tr>
<tr data-award="a2"><td><select name="pick[a2]"><option value="">-</option><option value="1" selected>1위</option></select></td></tr>
</tbody></table>
<textarea name="reason">
 first line &amp; more</textarea>
<input type="radio" name="answer" value="yes"><input type="radio" name="answer" value="no" checked>
<input type="checkbox" name="shown" value="yes">
<select name="reviewer[]"><option value="">고르십시오</option><option value="u7">도로계획과 과장 권오철</option></select>
<select name="reviewer[]"><option value="">고르십시오</option><option value="u7">도로계획과 과장 권오철</option></select>
<input name="title[]" value="one"><input name="title[]" value="two">
<button name="do" value="save">저장</button>
</form>
<form id="other" action="/ko/logout"><input name="q"></form>
</main></body></html>`

func aForm(t *testing.T) (page, *form) {
	t.Helper()
	p, err := readPage("/ko/forums/1/awards", []byte(aPage))
	if err != nil {
		t.Fatal(err)
	}
	f, ok := p.form("/decisions/award.submit")
	if !ok {
		t.Fatal("the form isn't found by its action")
	}
	return p, f
}

func TestFormIsSentAsABrowserWould(t *testing.T) {
	_, f := aForm(t)
	if got, want := f.encoded().Encode(), "answer=no&key=018f-key&pick%5Ba1%5D=&pick%5Ba2%5D=1&reason=+first+line+%26+more&reviewer%5B%5D=&reviewer%5B%5D=&title%5B%5D=one&title%5B%5D=two"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestFilledFormSendsWhatWasFilledIn(t *testing.T) {
	_, f := aForm(t)
	for _, err := range []error{f.set("pick[a1]", 0, "1"), f.set("answer", 0, "yes"), f.set("shown", 0, "yes"), f.set("title[]", 1, "둘"),
		f.choose("reviewer[]", 1, "권오철"), f.set("reason", 0, "이유")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	values := f.encoded()
	for name, want := range map[string]string{"pick[a1]": "1", "answer": "yes", "shown": "yes", "title[]": "one 둘", "reviewer[]": " u7", "reason": "이유"} {
		if got := strings.Join(values[name], " "); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if f.chosen("answer") != "yes" || f.chosen("shown") != "" {
		t.Error("the chosen radio isn't told")
	}
}

func TestFormSaysWhatItLacks(t *testing.T) {
	_, f := aForm(t)
	for says, err := range map[string]error{
		"fields nothing":                 f.set("nothing", 0, "x"),
		"3 fields title[]":               f.set("title[]", 2, "x"),
		`the choice "9" of pick[a1]`:     f.set("pick[a1]", 0, "9"),
		`the choice "maybe" of answer`:   f.set("answer", 0, "maybe"),
		`the choice "홍길동" of reviewer[]`: f.choose("reviewer[]", 0, "홍길동"),
		"the field approver":             f.choose("approver", 0, "권오철"),
	} {
		if err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "/ko/forums/1/awards") {
			t.Errorf("%v, want it to say %q and where", err, says)
		}
	}
}

func TestPageTellsStatusLinksAndRows(t *testing.T) {
	p, _ := aForm(t)
	if p.value("status") != "open" || p.value("nothing") != "" || p.link("forum") != "/ko/forums/1" {
		t.Errorf("status %q, link %q", p.value("status"), p.link("forum"))
	}
	rows := p.rows("awards")
	if len(rows) != 2 || attribute(rows[1], "data-award") != "a2" {
		t.Errorf("%d rows", len(rows))
	}
	if _, ok := p.form("form-login"); ok {
		t.Error("found a form that isn't there")
	}
}
