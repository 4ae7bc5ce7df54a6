package sink

import (
	"net/http"
	"strings"
)

// words are the pages' texts in one language.
type words struct {
	Lang, OtherLang, OtherName                                                          string
	Title, Explanation, Filter, Show, All, Caption, Number, Received, To, Subject, None string
	Letter, From, MessageID, Text, Files, Back, Older, Newest, NotFound, Total, NoText  string
}

var korean = words{
	Lang: "ko", OtherLang: "en", OtherName: "English",
	Title: "메일 보관함", Explanation: "시험용 메일 서버가 받은 메일입니다. 실제로 발송되지 않습니다.",
	Filter: "받는 사람 주소(일부만 입력해도 됩니다)", Show: "조회", All: "전체 보기", Caption: "받은 메일, 최근 순",
	Number: "번호", Received: "받은 시각", To: "받는 사람", Subject: "제목", None: "해당하는 메일이 없습니다.",
	Letter: "메일", From: "보낸 사람", MessageID: "메일 식별자", Text: "본문", Files: "첨부 파일", Back: "목록으로",
	Older: "이전 메일", Newest: "최근 메일", NotFound: "메일을 찾을 수 없습니다.", Total: "건", NoText: "(제목 없음)",
}

var english = words{
	Lang: "en", OtherLang: "ko", OtherName: "한국어",
	Title: "Mail sink", Explanation: "Letters taken by the trial mail server. None of them is delivered.",
	Filter: "Recipient's address, or a part of it", Show: "Show", All: "Show all", Caption: "Letters, newest first",
	Number: "Number", Received: "Received", To: "To", Subject: "Subject", None: "There is no such letter.",
	Letter: "Letter", From: "From", MessageID: "Message-ID", Text: "Text", Files: "Attachments", Back: "Back to the list",
	Older: "Older letters", Newest: "Newest letters", NotFound: "That letter can't be found.", Total: "letters", NoText: "(no subject)",
}

// wordsFor takes the language that the link asks for, else the browser's; Korean first.
func wordsFor(r *http.Request) words {
	asked := r.FormValue("lang")
	if asked == "en" || asked != "ko" && strings.HasPrefix(r.Header.Get("Accept-Language"), "en") {
		return english
	}
	return korean
}
