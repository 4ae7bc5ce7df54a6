package office

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestCalendarShowsAMonth(t *testing.T) {
	o := newOffice(t, everyone)
	o.get("/ko/calendar?month=2026-11").want(t, http.StatusOK, "2026년 11월", "임시공휴일", "국무회의 의결", "제헌절", "대체공휴일", o.topic.Title, "민원 처리에 관한 법률 제19조")
	o.get("/en/calendar?month=2027-02").want(t, http.StatusOK, "February 2027", "Substitute for Seollal")
	o.get("/ko/calendar?month=1999-01").want(t, http.StatusOK, "2026년 11월")
}

func TestHolidayIsDeclaredWithItsReason(t *testing.T) {
	o := newOffice(t, everyone)
	fields := url.Values{"day": {"2026-12-24"}, "name": {"임시공휴일"}}
	o.post("/ko/calendar/holidays", fields).want(t, http.StatusUnprocessableEntity, "2026-12-24")
	fields.Set("reason", "국무회의에서 의결되었습니다.")
	if a := o.post("/ko/calendar/holidays", fields); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/ko/calendar?month=2026-12" {
		t.Errorf("%d %s", a.Code, a.Header().Get("Location"))
	}
	if len(o.did) != 1 || o.did[0] != "declare temporary 2026-12-24 임시공휴일: 국무회의에서 의결되었습니다." {
		t.Errorf("%v", o.did)
	}
	if len(o.conductor.woken) != 1 || o.conductor.woken[0].ID != o.topic.ID {
		t.Errorf("woken: %v", o.conductor.woken)
	}
}

func TestHolidayIsTakenBackWithItsReason(t *testing.T) {
	o := newOffice(t, everyone)
	path := "/ko/calendar/holidays/2026-11-26/remove"
	o.get(path).want(t, http.StatusOK, "임시공휴일")
	o.get("/ko/calendar/holidays/2026-11-27/remove").want(t, http.StatusNotFound)
	o.get("/ko/calendar/holidays/tomorrow/remove").want(t, http.StatusNotFound)
	o.post(path, url.Values{}).want(t, http.StatusUnprocessableEntity, "임시공휴일")
	if a := o.post(path, url.Values{"reason": {"취소되었습니다."}}); a.Code != http.StatusSeeOther || o.did[0] != "remove 2026-11-26: 취소되었습니다." {
		t.Errorf("%d %v", a.Code, o.did)
	}
}

// upload posts a file as a browser does.
func (o *office) upload(path, name, content string) answer {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, _ := form.CreateFormFile(name, "holidays.ics")
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return o.do(r)
}

func TestCalendarFileIsSeenBeforeItCounts(t *testing.T) {
	o := newOffice(t, everyone)
	o.upload("/ko/calendar/import", "file", "BEGIN:VCALENDAR").want(t, http.StatusOK, "2026. 12. 24.", "새로 지정", "이미 공휴일", "1일 지정")
	if len(o.did) != 0 {
		t.Errorf("nothing is declared yet: %v", o.did)
	}
	o.upload("/ko/calendar/import", "file", " ").want(t, http.StatusUnprocessableEntity, "UTF-8")
	o.upload("/ko/calendar/import", "other", "BEGIN:VCALENDAR").want(t, http.StatusUnprocessableEntity, "파일을 선택해 주십시오.")
	o.upload("/ko/calendar/import", "file", strings.Repeat("가", 100<<10)).want(t, http.StatusRequestEntityTooLarge)
	fields := url.Values{"imported": {"1"}, "day": {"2026-12-24"}, "name": {"임시공휴일"}}
	o.post("/ko/calendar/holidays", fields).want(t, http.StatusUnprocessableEntity, "새로 지정")
	fields.Set("reason", "새 달력이 나왔습니다.")
	if a := o.post("/ko/calendar/holidays", fields); a.Code != http.StatusSeeOther || o.did[0] != "declare imported 2026-12-24 임시공휴일: 새 달력이 나왔습니다." {
		t.Errorf("%d %v", a.Code, o.did)
	}
}
