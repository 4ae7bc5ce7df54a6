package public

import (
	"strings"
	"testing"

	"acropolis/forum"
)

func TestLanguageOfATextIsItsScript(t *testing.T) {
	for _, c := range []struct{ said, text, around, want string }{
		{"", "광장을 만듭시다", "en", "ko"}, {"", "Make a square", "ko", "en"}, {"", "12345", "ko", "ko"},
		{"", "Make a 광장", "en", "ko"}, {"ja", "広場", "ko", "ja"}, {"", "広場", "ja", "ja"},
		{"", "广场", "zh", "zh"}, {"", "广场", "en", "zh"}, {"", "ソウル広場", "ko", "ja"}, {"", "Make a square", "ja", "en"}, {"", "12345", "zh", "zh"},
	} {
		if got := languageOf(c.said, c.text, c.around); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// A reader of Chinese finds their own words around the city's, which come in English where the city wrote that, else in Korean;
// each says which it is.
func TestTopicInALanguageThatTheCityDidNotWrite(t *testing.T) {
	s := aCity()
	s.forum.Status, s.forum.Reason = forum.Suspended, "태풍 때문입니다."
	body := wantPage(t, ask(serve(t, s), "GET", "/zh/forums/"+string(forumID), ""), 200, "zh")
	for _, want := range []string{
		`<html lang="zh-Hans"`, `<h1 lang="en">An open square in front of City Hall</h1>`, `负责部门：<span lang="en">Road Planning Division</span>`,
		`理由：<span lang="ko">태풍 때문입니다.</span>`, `<h4 lang="ko">왜 광장인가</h4>`, "钟路区", `lang="ja" hreflang="ja">日本語</a>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in %s", want, body)
		}
	}
	s.forum.TitleEn, s.forum.SummaryEn = "", ""
	body = wantPage(t, ask(serve(t, s), "GET", "/ja/forums/"+string(forumID), ""), 200, "ja")
	if !strings.Contains(body, `<h1 lang="ko">시청 앞 광장을 시민에게 돌려드립니다</h1>`) || !strings.Contains(body, `lang="ko">차로를 줄이고`) || !strings.Contains(body, "鍾路区") {
		t.Errorf("a topic without English is not shown in Korean: %s", body)
	}
}

func TestOpinionIsInTheLanguageOfItsAuthor(t *testing.T) {
	for _, c := range []struct{ page, text, want string }{
		{"zh", "请建设广场。", "zh"}, {"ja", "広場を作ってください。", "ja"}, {"ja", "賛成", "ja"}, {"zh", "👍👍", "zh"}, {"ja", "광장을 만들어 주십시오.", "ko"},
	} {
		s := aCity()
		h := serve(t, s)
		check := wantPage(t, ask(h, "POST", "/"+c.page+"/forums/"+string(forumID)+"/opinions/check", form("text", c.text), "Cookie", browserNamed(1)), 200, c.page)
		key := between(t, check, `name="form_key" value="`, `"`)
		wantStatus(t, ask(h, "POST", "/"+c.page+"/forums/"+string(forumID)+"/opinions", form("text", c.text, "form_key", key), "Cookie", browserNamed(1)), 303)
		if len(s.posted) != 1 || s.posted[0].Lang != c.want {
			t.Errorf("%+v was kept as %+v", c, s.posted)
		}
	}
}
