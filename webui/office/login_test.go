package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

func TestLoginBeginsANewSession(t *testing.T) {
	o := newOffice(t, forum.Official{})
	a := o.post("/ko/login", url.Values{"name": {"officer"}, "password": {"right horse"}, "next": {"/ko/forums?status=open"}})
	if a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/ko/forums?status=open" {
		t.Fatalf("status %d, leads to %s", a.Code, a.Header().Get("Location"))
	}
	if o.session.renewed != 1 || o.session.official != string(officer.ID) {
		t.Errorf("the session: %+v", o.session)
	}
}

func TestWrongPasswordKeepsTheName(t *testing.T) {
	o := newOffice(t, forum.Official{})
	a := o.post("/ko/login", url.Values{"name": {"officer"}, "password": {"guess"}})
	a.want(t, http.StatusUnauthorized, `value="officer"`, `id="errors"`)
	if strings.Contains(a.body, "guess") || o.session.official != "" {
		t.Error("the password is shown again, or somebody is in")
	}
}

func TestLoginLeadsNowhereElse(t *testing.T) {
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "/ko/login", ""} {
		o := newOffice(t, forum.Official{})
		a := o.post("/ko/login", url.Values{"name": {"officer"}, "password": {"right horse"}, "next": {next}})
		if to := a.Header().Get("Location"); to != "/ko/" {
			t.Errorf("%q leads to %q", next, to)
		}
	}
}

func TestLogoutEndsTheSession(t *testing.T) {
	o := newOffice(t, officer)
	if a := o.post("/ko/logout", url.Values{}); a.Code != http.StatusSeeOther || o.session.official != "" {
		t.Errorf("status %d, session %+v", a.Code, o.session)
	}
}

// A form that was sent after the session had ended isn't lost: one signs in and sends it, under the key that it had.
func TestFormSurvivesTheEndOfASession(t *testing.T) {
	o := newOffice(t, forum.Official{})
	path := "/ko/forums/" + string(id(100)) + "/decisions/forum.suspend"
	a := o.post(path, url.Values{"key": {string(id(1000))}, "reason": {`선거 기간 <운동> "중지"`}, "confirmed": {"yes"}})
	a.want(t, http.StatusUnauthorized, "로그인 시간이 끝났습니다")
	action, fields := a.form(t, "form-login")
	fields.Set("name", "officer")
	fields.Set("password", "right horse")
	a = o.post(action, fields)
	a.want(t, http.StatusOK, "선거 기간")
	action, fields = a.form(t, "form-held")
	if action != path || fields.Get("password") != "" {
		t.Fatalf("the form leads to %s with %v", action, fields)
	}
	o.post(action, fields).want(t, http.StatusSeeOther)
	d := o.conductor.only(t)
	if d.ID != id(1000) || d.Reason != `선거 기간 <운동> "중지"` || d.By != officer.ID {
		t.Errorf("decided %+v", d)
	}
}
