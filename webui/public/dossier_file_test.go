package public

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"acropolis/forum"
)

const fileContent = "%PDF-1.7 광장 조성 계획 %%EOF"

// withFile is a city whose dossier has an attachment.
func withFile() (*city, forum.DossierFile) {
	s := answered()
	file := forum.NewFile{Name: "광장 조성 계획 \"최종\".pdf", Type: forum.PDF, Content: []byte(fileContent)}.Named("01900000-0000-4000-8000-0000000000f1")
	s.dossier.Items = append(s.dossier.Items, forum.DossierItem{Kind: forum.Attachment, Title: "조성 계획 전문", Body: "그림이 들어 있습니다.", File: file})
	return s, file
}

// TestFileIsSavedAndNeverShown: its name in any script, its length, its type as it was found, and nothing allowed to it.
func TestFileIsSavedAndNeverShown(t *testing.T) {
	s, file := withFile()
	address := topicPath + "/files/" + string(file.ID)
	got := ask(serve(t, s), "GET", address, "")
	wantStatus(t, got, 200)
	h := got.Header()
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "ETag": `"` + file.SHA256 + `"`, "Content-Length": "35",
		"Content-Disposition": "attachment; filename=\"__ __ __ __.pdf\"; filename*=UTF-8''%EA%B4%91%EC%9E%A5%20%EC%A1%B0%EC%84%B1%20%EA%B3%84%ED%9A%8D%20%22%EC%B5%9C%EC%A2%85%22.pdf",
		"Cache-Control":       "public, no-cache", "Accept-Ranges": "bytes",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
	if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "sandbox") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("a browser may run it: %q", policy)
	}
	if got.Body.String() != fileContent || h.Get("Set-Cookie") != "" {
		t.Errorf("%q, %q", got.Body, h.Get("Set-Cookie"))
	}
	wantStatus(t, ask(serve(t, s), "GET", address, "", "If-None-Match", `"`+file.SHA256+`"`), http.StatusNotModified)
	part := ask(serve(t, s), "GET", address, "", "Range", "bytes=5-7")
	wantStatus(t, part, http.StatusPartialContent)
	if part.Body.String() != "1.7" || part.Header().Get("Content-Range") != "bytes 5-7/35" {
		t.Errorf("%q of %s", part.Body, part.Header().Get("Content-Range"))
	}
	wantStatus(t, ask(serve(t, s), "GET", address, "", "Range", "bytes=500-"), http.StatusRequestedRangeNotSatisfiable)
}

func TestFileThatIsNotPublishedIsNotThere(t *testing.T) {
	s, file := withFile()
	for _, path := range []string{topicPath + "/files/" + string(unknownID), topicPath + "/files/..%2f..%2fetc%2fpasswd", "/forums/x/files/" + string(file.ID),
		topicPath + "/files/" + file.Name, "/ko" + topicPath + "/files/" + string(file.ID)} {
		wantStatus(t, ask(serve(t, s), "GET", strings.ReplaceAll(strings.ReplaceAll(path, " ", "%20"), `"`, "%22"), ""), 404)
	}
}

// TestFileThatCannotBeReadIsNoPartOfAFile: the reader gets a page of ours, not twenty megabytes that end early.
func TestFileThatCannotBeReadIsNoPartOfAFile(t *testing.T) {
	s, file := withFile()
	s.fileFails = true
	got := ask(serve(t, s), "GET", topicPath+"/files/"+string(file.ID), "")
	wantStatus(t, got, 500)
	if h := got.Header(); h.Get("Content-Disposition") != "" || h.Get("ETag") != "" || !strings.HasPrefix(h.Get("Content-Type"), "text/html") || strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%v", h)
	}
}

// TestTopicShowsItsFiles: in a tab of their own, in the reader's language, and in the API with where they are.
func TestTopicShowsItsFiles(t *testing.T) {
	s, file := withFile()
	s.dossier.Items = append(s.dossier.Items, forum.DossierItem{Kind: forum.Attachment, Title: "조감도", Alt: "광장을 위에서 본 그림", File: forum.DossierFile{ID: awardID, Name: "조감도.png", Type: forum.PNG, Size: 3 << 20, SHA256: strings.Repeat("ab", 32)}})
	for lang, words := range map[string][]string{"ko": {"첨부 파일", "PDF 문서, 35 B", "3.0 MB"}, "en": {"Files", "PDF document, 35 B"}, "zh": {"附件", "PDF文档, 35 B"}, "ja": {"添付ファイル", "PDF文書, 35 B"}} {
		got := ask(serve(t, s), "GET", "/"+lang+topicPath, "").Body.String()
		for _, want := range append(words, `id="dossier-attachment"`, `href="`+topicPath+"/files/"+string(file.ID)+`" download`, file.SHA256, "광장을 위에서 본 그림") {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s on the page", lang, want)
			}
		}
	}
	got := ask(serve(t, s), "GET", "/api/v1"+topicPath, "")
	wantStatus(t, got, 200)
	var document struct {
		Dossier struct {
			Items []struct {
				Kind, Alt string
				File      *struct {
					ID, URL, Name, Type, SHA256 string
					Size                        int
				}
			}
		}
	}
	if err := json.Unmarshal(got.Body.Bytes(), &document); err != nil {
		t.Fatal(err)
	}
	items := document.Dossier.Items
	if last := items[len(items)-2].File; last == nil || last.ID != "" || last.URL != "http://example.com"+topicPath+"/files/"+string(file.ID) || last.Name != file.Name ||
		last.Type != "application/pdf" || last.Size != 35 || last.SHA256 != file.SHA256 {
		t.Errorf("%+v", last)
	}
	if items[0].File != nil || items[len(items)-1].Alt != "광장을 위에서 본 그림" {
		t.Errorf("%+v", items)
	}
}
