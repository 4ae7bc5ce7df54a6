package office

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"acropolis/forum"
)

// TestOfficerProtectsAForumAndEndsIt: with a reason, while it may still be written on.
func TestOfficerProtectsAForumAndEndsIt(t *testing.T) {
	o := newOffice(t, officer)
	to, fields := o.get(forumURL).form(t, "form-forum.protect")
	if to != forumURL+"/protection" {
		t.Errorf("the form leads to %s", to)
	}
	o.post(to, fields).want(t, http.StatusUnprocessableEntity, `<a href="#field-reason">`)
	fields.Set("reason", "광고가 몰립니다.")
	o.post(to, fields).want(t, http.StatusSeeOther)
	o.pressures = []forum.Pressure{{Forum: o.topic.ID, Title: o.topic.Title, Since: time.Now(), Protected: true, Reason: "광고가 몰립니다."}}
	to, fields = o.get(forumURL).form(t, "form-forum.protect")
	fields.Set("reason", "잠잠해졌습니다.")
	o.post(to, fields).want(t, http.StatusSeeOther)
	if len(o.did) != 2 || !strings.HasSuffix(o.did[0], "true: 광고가 몰립니다.") || !strings.HasSuffix(o.did[1], "false: 잠잠해졌습니다.") {
		t.Errorf("did %v", o.did)
	}
	o.topic.Status = forum.Closed
	if strings.Contains(o.get(forumURL).body, "form-forum.protect") {
		t.Error("nothing is written on it any more")
	}
	newOffice(t, drafter).post(to, fields).want(t, http.StatusForbidden)
}

func TestHealthTellsWhatIsUnderPressure(t *testing.T) {
	o := newOffice(t, officer)
	if strings.Contains(o.get("/ko/health").body, `id="pressures"`) {
		t.Error("nothing is under pressure")
	}
	o.pressures = []forum.Pressure{{Since: time.Now()}, {Forum: o.topic.ID, Title: "시청 앞 광장", TitleEn: "The square", Since: time.Now(), Protected: true, Reason: "광고가 몰립니다."}}
	o.get("/ko/health").want(t, http.StatusOK, "글이 몰리는 곳", "제안 접수", "시청 앞 광장", "광고가 몰립니다.", "부터")
	o.get("/en/health").want(t, http.StatusOK, "Under pressure", "The square", "since")
}
