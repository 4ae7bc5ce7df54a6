package sink

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

//go:embed style.css
var style []byte

var pages = template.Must(template.New("").Funcs(template.FuncMap{"when": when, "size": size, "pieces": pieces}).Parse(pageText))

const (
	onPage = 50
	atOnce = 500 // letters in one answer to a program
)

// Handler shows the letters: GET / lists them, newest first (?to= filters by a part of the address), GET /messages/{id} is
// one letter, /messages/{id}/files/{n} one of its files, and /api/messages?to=&message_id=&after= is for programs: at most
// 500 letters after that id, oldest first, whose address is exactly to. All links are relative, so it may be mounted
// anywhere with http.StripPrefix.
func (s *Sink) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.list)
	mux.HandleFunc("GET /messages/{id}", s.one)
	mux.HandleFunc("GET /messages/{id}/files/{n}", s.download)
	mux.HandleFunc("GET /api/messages", s.programs)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(style)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // a letter's link holds a secret
		h.Set("Cache-Control", "no-store")
		mux.ServeHTTP(w, r)
	})
}

type listView struct {
	W           words
	To          string
	Total       int
	Mails       []Mail
	Older       int // id to go on from, or 0
	ShowsNewest bool
}

func (s *Sink) list(w http.ResponseWriter, r *http.Request) {
	view := listView{W: wordsFor(r), To: strings.TrimSpace(r.FormValue("to"))}
	before, _ := strconv.Atoi(r.FormValue("before"))
	view.ShowsNewest = before <= 0
	part := strings.ToLower(view.To)
	found := mails(s.find(listed, func(e *entry) bool {
		return slices.ContainsFunc(e.To, func(to string) bool { return strings.Contains(to, part) })
	}))
	view.Total = len(found)
	slices.Reverse(found)
	for _, m := range found {
		if view.ShowsNewest || m.ID < before {
			view.Mails = append(view.Mails, m)
		}
	}
	if len(view.Mails) > onPage {
		view.Mails = view.Mails[:onPage]
		view.Older = view.Mails[onPage-1].ID
	}
	show(w, http.StatusOK, "list", view)
}

type oneView struct {
	W          words
	Mail       Mail
	From, Text string
	Files      []fileView
}

type fileView struct {
	N, Size int
	Name    string
}

func (s *Sink) one(w http.ResponseWriter, r *http.Request) {
	m, l, ok := s.letter(w, r)
	if !ok {
		return
	}
	view := oneView{W: wordsFor(r), Mail: m, From: l.from, Text: l.text}
	for i, f := range l.files {
		view.Files = append(view.Files, fileView{i + 1, len(f.data), f.name})
	}
	show(w, http.StatusOK, "one", view)
}

// letter finds the letter that the path names; otherwise it has answered that there is none.
func (s *Sink) letter(w http.ResponseWriter, r *http.Request) (Mail, letter, bool) {
	id, _ := strconv.Atoi(r.PathValue("id"))
	found := s.find(1, func(e *entry) bool { return e.ID == id })
	if len(found) == 0 {
		show(w, http.StatusNotFound, "none", oneView{W: wordsFor(r)})
		return Mail{}, letter{}, false
	}
	l, err := s.open(found[0])
	if err != nil {
		http.Error(w, "the letter can't be read", http.StatusInternalServerError)
		return Mail{}, letter{}, false
	}
	return found[0].Mail, l, true
}

func (s *Sink) download(w http.ResponseWriter, r *http.Request) {
	_, l, ok := s.letter(w, r)
	if !ok {
		return
	}
	n, _ := strconv.Atoi(r.PathValue("n"))
	if n < 1 || n > len(l.files) {
		show(w, http.StatusNotFound, "none", oneView{W: wordsFor(r)})
		return
	}
	f := l.files[n-1]
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.name}))
	_, _ = w.Write(f.data)
}

func (s *Sink) programs(w http.ResponseWriter, r *http.Request) {
	type jsonFile struct {
		Name string `json:"name"`
		Size int    `json:"size"`
		Path string `json:"path"`
	}
	type jsonMail struct {
		ID          int        `json:"id"`
		MessageID   string     `json:"message_id"`
		To          string     `json:"to"`
		Subject     string     `json:"subject"`
		Text        string     `json:"text"`
		ReceivedAt  time.Time  `json:"received_at"`
		Attachments []jsonFile `json:"attachments"`
	}
	after, err := strconv.Atoi(r.FormValue("after"))
	if err != nil && r.FormValue("after") != "" {
		http.Error(w, "after is no number", http.StatusBadRequest)
		return
	}
	to, messageID := r.FormValue("to"), strings.Trim(r.FormValue("message_id"), "<>")
	all := []jsonMail{}
	for _, e := range s.find(atOnce, func(e *entry) bool {
		return e.ID > after && e.isTo(to) && (messageID == "" || e.MessageID == messageID)
	}) {
		l, err := s.open(e)
		if err != nil {
			http.Error(w, "a letter can't be read", http.StatusInternalServerError)
			return
		}
		m := jsonMail{e.ID, e.MessageID, strings.Join(e.To, ", "), e.Subject, l.text, e.ReceivedAt, []jsonFile{}}
		for i, f := range l.files {
			m.Attachments = append(m.Attachments, jsonFile{f.name, len(f.data), fmt.Sprintf("messages/%d/files/%d", e.ID, i+1)})
		}
		all = append(all, m)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(all)
}

// show renders into a buffer first: half a page is no page.
func show(w http.ResponseWriter, status int, name string, view any) {
	var page bytes.Buffer
	if err := pages.ExecuteTemplate(&page, name, view); err != nil {
		http.Error(w, "the page can't be shown", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = page.WriteTo(w)
}

// piece is a stretch of text, or a link in it.
type piece struct{ Text, Link string }

var link = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)]`)

// pieces makes addresses in a text into links, so that a code's or receipt's page is one click away.
func pieces(text string) []piece {
	var all []piece
	done := 0
	for _, at := range link.FindAllStringIndex(text, -1) {
		address := text[at[0]:at[1]]
		all = append(all, piece{Text: text[done:at[0]]}, piece{Text: address, Link: address})
		done = at[1]
	}
	return append(all, piece{Text: text[done:]})
}

var seoul = time.FixedZone("KST", 9*60*60)

func when(t time.Time) string {
	t = t.In(seoul)
	return t.Format("2006. 1. 2.(") + []string{"일", "월", "화", "수", "목", "금", "토"}[t.Weekday()] + t.Format(") 15:04:05")
}

func size(bytes int) string {
	if bytes < 1024 {
		return strconv.Itoa(bytes) + " B"
	}
	return strconv.Itoa((bytes+1023)/1024) + " KB"
}
