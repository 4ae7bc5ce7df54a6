package office

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"acropolis/forum"
)

const fileContent = "구,의견\n중구,37\n"

// anyText takes tables, and nothing else.
func anyText(name string, content []byte) (forum.NewFile, error) {
	if !strings.HasSuffix(name, ".csv") {
		return forum.NewFile{}, forum.Refuse(forum.Invalid, "file.kind_unknown").At("file")
	}
	return forum.NewFile{Name: name, Type: forum.CSV, Content: content}, nil
}

// uploads sends a form as a browser does that has files to send: an input that stayed empty comes without a name.
func (o *office) uploads(t *testing.T, path string, form url.Values, files map[string][2]string) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			_ = w.WriteField(name, value)
		}
	}
	for field, file := range files {
		part, err := w.CreateFormFile(field, file[0])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write([]byte(file[1]))
	}
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return o.do(r)
}

// withAttachment is a dossier's form whose last item is an attachment.
func withAttachment(file string) url.Values {
	form := items("background", "plan", "expert", "attachment")
	form[itemBody][3] = ""
	for n := range form[itemKind] {
		form.Add(itemAlt, "")
		form.Add(itemFile, map[bool]string{true: file}[n == 3])
	}
	return form
}

func TestFileComesWithItsDossier(t *testing.T) {
	o := newOffice(t, drafter)
	o.uploads(t, forumURL+"/dossier", withAttachment(""), map[string][2]string{"item_upload.3": {"자치구별 의견.csv", fileContent}, "item_upload.0": {"", ""}}).want(t, http.StatusSeeOther)
	if len(o.did) != 2 || o.did[0] != "add file 자치구별 의견.csv by drafter" || !strings.Contains(o.did[1], o.files[0].SHA256) {
		t.Errorf("did %v", o.did)
	}
}

// TestRefusedFileStandsBesideItsFieldAndTheOthersStay: neither words nor the file that was fine must be given again.
func TestRefusedFileStandsBesideItsFieldAndTheOthersStay(t *testing.T) {
	o := newOffice(t, drafter)
	form := withAttachment("")
	form[itemTitle][1] = ""
	a := o.uploads(t, forumURL+"/dossier", form, map[string][2]string{"item_upload.3": {"의견.csv", fileContent}})
	a.want(t, http.StatusUnprocessableEntity, "본문 plan", `<a href="#field-item_title[].1">`, `name="item_file[]" value="`+string(o.files[0].ID)+`"`, "의견.csv", "CSV 표, 21 B")
	a = o.uploads(t, forumURL+"/dossier", withAttachment(""), map[string][2]string{"item_upload.3": {"의견.svg", "<svg/>"}})
	a.want(t, http.StatusUnprocessableEntity, "본문 plan", `<a href="#field-item_upload.3">`, "받지 않는 형식입니다", `enctype="multipart/form-data"`)
	a = o.uploads(t, "/en"+strings.TrimPrefix(forumURL, "/ko")+"/dossier", withAttachment(""), map[string][2]string{"item_upload.3": {"의견.csv", strings.Repeat("a", forum.FileMax+1)}})
	a.want(t, http.StatusRequestEntityTooLarge, "본문 plan", `<a href="#field-item_upload.3">`, "A file can have 20 MB.")
	for _, did := range o.did {
		if strings.HasPrefix(did, "save") {
			t.Errorf("it is saved all the same: %s", did)
		}
	}
	form = withAttachment("")
	form.Set("do", "preview")
	o.uploads(t, forumURL+"/dossier", form, map[string][2]string{"item_upload.3": {"의견.csv", fileContent}}).want(t, http.StatusOK, `value="`+string(o.files[0].ID)+`"`)
}

// TestAttachmentWithoutFileAndPictureWithoutWordsAreRefused, also without a browser that sends files.
func TestAttachmentWithoutFileAndPictureWithoutWordsAreRefused(t *testing.T) {
	o := newOffice(t, drafter)
	o.post(forumURL+"/dossier", withAttachment("")).want(t, http.StatusUnprocessableEntity, `<a href="#field-item_upload.3">`, "첨부할 파일을 골라 주십시오.")
	o.files = []forum.DossierFile{{ID: "01989d2c-0000-4000-8000-0000000000f2", Name: "조감도.png", Type: forum.PNG, Size: 10}}
	o.post(forumURL+"/dossier", withAttachment(string(o.files[0].ID))).want(t, http.StatusUnprocessableEntity, `<a href="#field-item_alt[].3">`)
	form := withAttachment(string(o.files[0].ID))
	form[itemAlt][3] = "위에서 본 광장"
	o.post(forumURL+"/dossier", form).want(t, http.StatusSeeOther)
	form = withAttachment("")
	form[itemKind] = form[itemKind][:0]
	o.files = nil
	for range forum.FilesMax + 1 {
		for name, values := range withAttachment("01989d2c-0000-4000-8000-0000000000f3") {
			if strings.HasSuffix(name, "[]") {
				form[name] = append(form[name], values[3])
			}
		}
	}
	for name := range form {
		if strings.HasSuffix(name, "[]") {
			form[name] = form[name][len(form[name])-forum.FilesMax-1:]
		}
	}
	o.files = []forum.DossierFile{{ID: "01989d2c-0000-4000-8000-0000000000f3", Name: "표.csv", Type: forum.CSV, Size: 10}}
	o.post(forumURL+"/dossier", form).want(t, http.StatusUnprocessableEntity, "20개까지")
	form = withAttachment(string(o.files[0].ID))
	o.files[0].Size = forum.FilesBytesMax + 1
	o.post(forumURL+"/dossier", form).want(t, http.StatusUnprocessableEntity, "100 MB")
}

// TestApprovalNamesTheFilesItCovers, on its page, on paper, and gives them to whoever signs.
func TestApprovalNamesTheFilesItCovers(t *testing.T) {
	o := newOffice(t, drafter)
	file := forum.NewFile{Name: "자치구별 의견.csv", Type: forum.CSV, Content: []byte(fileContent)}.Named("01989d2c-0000-4000-8000-0000000000f1")
	o.files = []forum.DossierFile{file, {ID: "01989d2c-0000-4000-8000-0000000000f9", Name: "나중 것.csv", Type: forum.CSV, Size: 1}}
	o.approvals[0].Text = `[{"kind":"attachment","title":"표","body":"","file":{"id":"` + string(file.ID) + `","name":"` + file.Name + `","type":"csv","size":21,"sha256":"` + file.SHA256 + `"}}]`
	address := "/ko/approvals/" + string(o.approvals[0].ID)
	for _, path := range []string{address, address + "/print"} {
		o.get(path).want(t, http.StatusOK, `id="files"`, file.Name, "CSV 표", "21바이트", file.SHA256, address+"/files/"+string(file.ID))
	}
	a := o.get(address + "/files/" + string(file.ID))
	a.want(t, http.StatusOK, "중구,37")
	if h := a.Header(); !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || h.Get("Cache-Control") != "private, no-store" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") {
		t.Errorf("%v", h)
	}
	o.get(address+"/files/"+string(o.files[1].ID)).want(t, http.StatusNotFound)
}

// TestFileOfAnotherDepartmentIsNotThere.
func TestFileOfAnotherDepartmentIsNotThere(t *testing.T) {
	o := newOffice(t, drafter)
	o.files = []forum.DossierFile{{ID: "01989d2c-0000-4000-8000-0000000000f1", Name: "표.csv", Type: forum.CSV, Size: 21}}
	path := forumURL + "/files/" + string(o.files[0].ID)
	o.get(path).want(t, http.StatusOK, "중구,37")
	o.topic.Department = "parks"
	o.get(path).want(t, http.StatusNotFound)
	if a := o.uploads(t, forumURL+"/dossier", withAttachment(""), map[string][2]string{"item_upload.3": {"의견.csv", fileContent}}); a.Code != http.StatusNotFound || len(o.did) > 0 {
		t.Errorf("%d, did %v", a.Code, o.did)
	}
}
