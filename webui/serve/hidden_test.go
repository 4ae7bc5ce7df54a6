package serve

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/xuri/excelize/v2"

	"acropolis/forum"
	"acropolis/integrations/excel"
	"acropolis/webui/public"
)

const (
	shownText  = "보이는낱말 잔디를 깔아 주세요."
	hiddenText = "숨은낱말 잔디를 깔지 마세요."
)

// asked is what one public address answers.
func (c city) asked(t *testing.T, path string) (int, string) {
	t.Helper()
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Get(c.public.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(body)
}

// published enters a forum whose answer is out: only then are there results and exports.
func (c city) published(t *testing.T, by forum.Official) forum.ID {
	t.Helper()
	past := forum.PastForum{Status: forum.Following, Lang: "ko", Title: "지난 광장", Department: "road-planning", OpensAt: time.Now().AddDate(0, 0, -60), ClosesAt: time.Now().AddDate(0, 0, -30),
		Dossier:  []forum.DossierItem{{Kind: forum.Background, Title: "배경", Body: "하루 수만 대가 지나갑니다."}},
		Response: []forum.Paragraph{{Text: "잔디를 깝니다.", Disposition: forum.Adopted}}}
	for i, text := range []string{shownText, hiddenText} {
		past.Opinions = append(past.Opinions, forum.PastOpinion{Text: text, Lang: "ko", At: time.Now().AddDate(0, 0, -40+i), For: 3})
	}
	id, err := c.store.Import(t.Context(), by, past)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestHiddenTextIsNowhere walks every public address, searches, feeds, exports and the workbook: after the hiding the word is in
// none, and the counts are less by one. Before it, the same walk finds it, so that the walk can be trusted.
func TestHiddenTextIsNowhere(t *testing.T) {
	c := newCity(t)
	open, _ := c.forums(t)
	operators, err := c.store.Officials(t.Context(), forum.Operator, "")
	if err != nil {
		t.Fatal(err)
	}
	over := c.published(t, operators[0])
	if err := c.store.RefreshDirectory(t.Context(), []forum.DirectoryPerson{
		{Official: forum.Official{UID: "lim", Name: "임재혁", Department: "road-planning", Duties: []forum.Duty{forum.Operator, forum.Moderator}}},
		{Official: forum.Official{UID: "cho", Name: "조민규", Department: "road-planning", Duties: []forum.Duty{forum.Head}}},
	}, []forum.Department{{Code: "road-planning", Name: "도로계획과"}}); err != nil {
		t.Fatal(err)
	}
	moderators, err := c.store.Officials(t.Context(), forum.Moderator, "")
	if err != nil || len(moderators) != 1 {
		t.Fatal(moderators, err)
	}
	for i, text := range []string{shownText, hiddenText} {
		key := uuid.NewString()
		o := forum.NewOpinion{Forum: open, Text: text, Lang: "ko", Device: []byte(key), Idempotency: forum.Idempotency{Scope: []byte("test"), Key: key, Body: []byte{byte(i)}}}
		if outcome := c.store.AcceptOpinions(t.Context(), []forum.NewOpinion{o})[0]; outcome.Err != nil {
			t.Fatal(outcome.Err)
		}
	}
	if err := c.store.IndexOpinions(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, seen := c.walk(t, open, over)
	if seen < 8 {
		t.Fatalf("before the hiding the word is found at %d addresses only: the walk is blind", seen)
	}
	for _, id := range []forum.ID{open, over} {
		all, _, err := c.store.StaffBoard(t.Context(), forum.BoardFilter{Forum: id, Query: "숨은낱말"})
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		if err := c.store.ModerateOpinion(t.Context(), moderators[0], "", forum.Verdict{Opinion: all[0].ID, To: forum.AnswerHide, Code: forum.OffTopic}); err != nil {
			t.Fatal(err)
		}
		if code, body := c.asked(t, "/ko/opinions/"+string(all[0].ID)+"/report"); code != http.StatusNotFound || strings.Contains(body, "숨은낱말") {
			t.Errorf("the report's page shows it: %d", code)
		}
	}
	after, seen := c.walk(t, open, over)
	if seen != 0 {
		t.Errorf("the word is still at %d addresses", seen)
	}
	for id, n := range before {
		if after[id] != n-1 {
			t.Errorf("forum %s counted %d opinions, now %d", id, n, after[id])
		}
	}
}

// TestHiddenTextIsInNoKeptFeedOnceTheModeratorIsAnswered: a feed from memory may be a second old, but not with a hidden text in it.
func TestHiddenTextIsInNoKeptFeedOnceTheModeratorIsAnswered(t *testing.T) {
	c := newCity(t)
	c.forums(t)
	operators, err := c.store.Officials(t.Context(), forum.Operator, "")
	if err != nil {
		t.Fatal(err)
	}
	over := c.published(t, operators[0])
	moderator := operators[0]
	moderator.Duties = append(moderator.Duties, forum.Moderator)
	all, _, err := c.store.StaffBoard(t.Context(), forum.BoardFilter{Forum: over, Query: "숨은낱말"})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	feed := "/forums/" + string(over) + "/feed.atom"
	for until := time.Now().Add(20 * time.Second); ; { // until the watch hears the database, nothing is kept
		if _, body := c.asked(t, feed); !strings.Contains(body, "숨은낱말") {
			t.Fatal("the feed doesn't show it before")
		}
		if c.kept(t, feed) {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the feed is never answered from memory")
		}
	}
	if err := c.store.ModerateOpinion(t.Context(), moderator, "", forum.Verdict{Opinion: all[0].ID, To: forum.AnswerHide, Code: forum.OffTopic}); err != nil {
		t.Fatal(err)
	}
	if _, body := c.asked(t, feed); strings.Contains(body, "숨은낱말") || !strings.Contains(body, "보이는낱말") {
		t.Error("the feed still shows the hidden text, or nothing")
	}
}

// kept says that an address is answered from memory: only such answers have an ETag.
func (c city) kept(t *testing.T, path string) bool {
	t.Helper()
	got, err := http.Get(c.public.URL + path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = got.Body.Close() }()
	return got.Header.Get("ETag") != ""
}

// workbook is all that stands in the cells of a forum's workbook.
func (c city) workbook(t *testing.T, id forum.ID, lang string) string {
	t.Helper()
	var file bytes.Buffer
	if err := (&excel.Books{Source: c.store}).Workbook(t.Context(), id, lang, &file); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			all.WriteString(strings.Join(row, "\n"))
		}
	}
	return all.String()
}

// walk looks for the hidden word everywhere and gives the shown counts.
func (c city) walk(t *testing.T, forums ...forum.ID) (counts map[forum.ID]int, seen int) {
	t.Helper()
	if err := c.store.Tally(t.Context()); err != nil {
		t.Fatal(err)
	}
	counts = map[forum.ID]int{}
	look := func(where, body string) {
		if strings.Contains(body, "숨은낱말") {
			seen++
			t.Logf("found at %s", where)
		}
	}
	for _, id := range forums {
		for _, r := range public.Routes(&public.Handlers{}) {
			if r.Method != http.MethodGet || strings.Contains(r.Path, ":secret") || strings.Contains(r.Path, ":receipt") {
				continue
			}
			path := strings.NewReplacer(":lang", "ko", ":id", string(id)).Replace(r.Path)
			code, body := c.asked(t, path)
			if code >= 500 {
				t.Errorf("%s: %d", path, code)
			}
			look(path, body)
		}
		for _, path := range []string{"/api/v1/forums/%s/opinions?q=%%EC%%9E%%94%%EB%%94%%94&sort=newest", "/ko/forums/%s?q=%%EC%%9E%%94%%EB%%94%%94&sort=oldest", "/en/forums/%s?sort=newest"} {
			path = fmt.Sprintf(path, id)
			_, body := c.asked(t, path)
			look(path, body)
		}
		for _, lang := range []string{"ko", "en"} {
			if err := c.store.Report(t.Context(), id, lang, func(r forum.Report) error {
				counts[id] = r.Figures.Opinions
				for o, err := range r.Opinions {
					if err != nil {
						return err
					}
					look("the report", o.Text)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			look("the workbook in "+lang, c.workbook(t, id, lang))
		}
		if _, total, err := c.store.Board(t.Context(), forum.BoardFilter{Forum: id}, "", nil); err != nil || total != counts[id] {
			t.Errorf("the board counts %d, the report %d, %v", total, counts[id], err)
		}
		f, err := c.store.PublicForum(t.Context(), id)
		if err != nil || f.Counts.Opinions != counts[id] {
			t.Errorf("the topic counts %d, the report %d, %v", f.Counts.Opinions, counts[id], err)
		}
	}
	return counts, seen
}
