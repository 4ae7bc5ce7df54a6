package office

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

var documentURL = "/ko/approvals/" + string(id(400))

// signature opens the document, fills the form that signs in and sends it.
func (o *office) signature(t *testing.T, fill url.Values) answer {
	t.Helper()
	to, fields := o.get(documentURL).form(t, "form-"+string(forum.SignApproval))
	for name, values := range fill {
		fields[name] = values
	}
	return o.post(to, fields)
}

func TestConsultedDepartmentSaysWhetherItAgrees(t *testing.T) {
	o := newOffice(t, strangers)
	o.approvals[0].Line = []forum.Signer{{Order: 1, Role: forum.Consulted, Official: strangers.ID, Name: "남다른", Status: forum.SignerWaiting},
		{Order: 2, Role: forum.Consulted, Official: officer.ID, Name: "한지숙", Status: forum.SignerConsulted, At: noon, Comment: "기간을 더 두십시오.", Disagrees: true},
		{Order: 3, Role: forum.Approver, Official: head1.ID, Name: "박도로", Status: forum.SignerWaiting}}
	a := o.get(documentURL)
	a.want(t, http.StatusOK, "동의합니다", "이견이 있습니다", `id="opinions"`, "기간을 더 두십시오.")
	if strings.Count(a.body, `aria-current="step"`) != 1 {
		t.Error("not exactly one place is waited for")
	}
	o.signature(t, url.Values{"agrees": {"no"}, "reason": {"나무를 옮길 곳이 없습니다."}}).want(t, http.StatusSeeOther)
	if d := o.conductor.only(t); string(d.Details) != `{"disagrees":true}` || d.Reason != "나무를 옮길 곳이 없습니다." {
		t.Errorf("decided %s %q", d.Details, d.Reason)
	}
}

func TestDocumentTellsWhatWasDoneInItsLine(t *testing.T) {
	o := newOffice(t, head1)
	o.approvals[0].History = []forum.LineEvent{{At: noon, Kind: forum.LineDrafted, Official: drafter.ID, By: drafter.ID, ByName: "이기안"},
		{At: noon, Kind: forum.LineConsulted, Order: 1, Official: strangers.ID, Name: "남다른", By: officer.ID, ByName: "한지숙", Disagrees: true, Text: "어렵습니다."},
		{At: noon, Kind: forum.LineVoided}}
	o.get(documentURL).want(t, http.StatusOK, `id="history"`, "협조: 이견 (남다른)", "어렵습니다.", "시스템")
}
