package square

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"acropolis/e2e/program"
	"acropolis/forum"
	"acropolis/integrations/postgres"
	"acropolis/webui/office"
	"acropolis/webui/page"
	"acropolis/webui/public"
)

// TestSiege tells what no single request can: stories of strangers before one city of two web processes.
func TestSiege(t *testing.T) {
	s := newSiege(t, 2)
	for _, story := range []struct {
		name string
		tell func()
	}{
		{"fiftyClicksAreOneOpinion", s.fiftyClicksAreOneOpinion},
		{"endlessBodyEndsInASecond", s.endlessBodyEndsInASecond},
		{"decomposedTextIsKeptComposed", s.decomposedTextIsKeptComposed},
		{"exportsHoldEveryTextWholeAndInert", s.exportsHoldEveryTextWholeAndInert},
		{"nothingLeadsElsewhere", s.nothingLeadsElsewhere},
		{"everyWriteOfAnotherSiteIsRefused", s.everyWriteOfAnotherSiteIsRefused},
		{"noPageMayBeFramed", s.noPageMayBeFramed},
		{"sessionThatEndedIsDeadEverywhere", s.sessionThatEndedIsDeadEverywhere},
		{"searchesAreQuickOrCutOff", s.searchesAreQuickOrCutOff},
		{"requestsThatTwoServersWouldReadDifferently", s.requestsThatTwoServersWouldReadDifferently},
		{"forwardedAddressOfAStrangerCountsForNothing", s.forwardedAddressOfAStrangerCountsForNothing},
		{"nothingThatCitizensSendRuns", s.nothingThatCitizensSendRuns},
	} {
		t.Run(story.name, func(t *testing.T) { s.t = t; story.tell() })
	}
	s.t = t
	if n := s.called.Load(); n != 0 {
		t.Errorf("%d requests to an address in a text", n)
	}
	s.wellKept()
}

func (s *siege) board() string { return "/api/v1/forums/" + string(s.forum) + "/opinions" }

func (s *siege) fiftyClicksAreOneOpinion() {
	before, _ := s.kept()
	var all sync.WaitGroup
	answers := make([]heard, 50)
	key := string(postgres.NewID())
	for i := range answers {
		request := s.written("POST", s.board(), `{"text":"두 번 눌렀습니다."}`, "Content-Type", "application/json", "Idempotency-Key", key)
		all.Go(func() { answers[i] = s.send(s.webs[i%len(s.webs)], request) })
	}
	all.Wait()
	for i, a := range answers {
		if a.StatusCode != http.StatusCreated || !bytes.Equal(a.body, answers[0].body) {
			s.t.Errorf("click %d: %d %s, the first: %s", i, a.StatusCode, a.body, answers[0].body)
		}
	}
	if after, _ := s.kept(); after != before+1 {
		s.t.Errorf("%d opinions of fifty clicks, want 1", after-before)
	}
}

func (s *siege) endlessBodyEndsInASecond() {
	before := resident(s.t, s.w.process.PID)
	for _, target := range []string{s.board(), "/ko/forums/" + string(s.forum) + "/opinions", "/api/v1/suggestions"} {
		kind := "application/x-www-form-urlencoded"
		if strings.HasPrefix(target, "/api/") {
			kind = "application/json"
		}
		conn, err := (&net.Dialer{}).DialContext(s.t.Context(), "tcp", s.w.public)
		if err != nil {
			s.t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		began := time.Now()
		head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nContent-Type: %s\r\nIdempotency-Key: %s\r\nTransfer-Encoding: chunked\r\n\r\n",
			target, s.w.public, anAddress(int(s.from.Add(1))), kind, postgres.NewID())
		go func() {
			chunk := "4000\r\n" + strings.Repeat("a", 0x4000) + "\r\n"
			_, err := io.WriteString(conn, head)
			for err == nil {
				_, err = io.WriteString(conn, chunk)
			}
		}()
		response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: "POST"})
		if err != nil {
			s.t.Fatal(err)
		}
		_ = response.Body.Close()
		_ = conn.Close()
		if took := time.Since(began); response.StatusCode != http.StatusRequestEntityTooLarge || took > time.Second {
			s.t.Errorf("%s: %d after %v, want 413 within a second", target, response.StatusCode, took)
		}
	}
	if after := resident(s.t, s.w.process.PID); after > before+50 {
		s.t.Errorf("the web process has grown from %.0f to %.0f MB", before, after)
	}
}

func (s *siege) decomposedTextIsKeptComposed() {
	const composed = "각각의 길에 꽃을 심어 주십시오. Café"
	key := string(postgres.NewID())
	var texts []heard
	for _, form := range []norm.Form{norm.NFD, norm.NFC, norm.NFD} {
		body, _ := json.Marshal(map[string]string{"text": form.String(composed)}) // texts marshal
		texts = append(texts, s.ask("POST", s.board(), string(body), "Content-Type", "application/json", "Idempotency-Key", key))
	}
	for _, a := range texts {
		if a.StatusCode != http.StatusCreated || !bytes.Equal(a.body, texts[0].body) {
			s.t.Errorf("%d %s, want the answer of the first: %s", a.StatusCode, a.body, texts[0].body)
		}
	}
	if n := one[int](s.square, `SELECT count(*) FROM opinions WHERE text = $1`, composed); n != 1 {
		s.t.Errorf("%d opinions of one text in two forms, want 1", n)
	}
}

// evils are what runs, looks like a command to a spreadsheet, or tangles a reader of CSV, if anything does.
func (s *siege) evils() []string {
	ask := s.listener.URL
	return []string{
		`"><script>window.ran=1;alert(1)</script>`, `<img src=x onerror="window.ran=1;alert(1)">`, `<svg/onload=window.ran=1>`, `'-alert(1)-'`, `</textarea></title><script>window.ran=1</script>`,
		`<a onclick=alert(1)>누르세요</a><a href="javascript:window.ran=1">여기</a>`, `[여기](javascript:window.ran=1) ![x](` + ask + `/image)`, `<img src="` + ask + `/img"><link rel=stylesheet href="` + ask + `/css">`,
		`<iframe srcdoc="<script>parent.ran=1</script>"></iframe>`, `<style>@import "` + ask + `/style";</style>`, `{{constructor.constructor("window.ran=1")()}} ${window.ran=1} {{.}} <%= 1 %>`,
		`<math><mtext><table><mglyph><style><!--</style><img title="--><img src=x onerror=window.ran=1>">`, "<!--<script>window.ran=1//-->]]>", `<meta http-equiv=refresh content="0;url=` + ask + `/refresh">`,
		`=HYPERLINK("` + ask + `/formula","여기")`, `+1-1 "인용", 쉼표`, "-2+3\r\n다음 줄", "@SUM(1)\t탭", "=1+1\n\"", ";,|\t\"\"", `<form action="` + ask + `/form"><button autofocus onfocus=window.ran=1>`,
	}
}

// evilForum is one whose every word is hostile, in this status.
func (s *siege) evilForum(status forum.ForumStatus) (forum.ID, forum.PastForum) {
	s.t.Helper()
	evils, now := s.evils(), time.Now()
	p := forum.PastForum{Status: status, Lang: "ko", Title: "제목 " + evils[0], TitleEn: "Title " + evils[1], Summary: "요약 " + evils[2] + evils[6], SummaryEn: "Summary " + evils[3] + evils[5],
		Department: "road", OpensAt: now.AddDate(0, 0, -40), ClosesAt: now.AddDate(0, 0, -3)}
	if status == forum.Open {
		p.ClosesAt = now.AddDate(0, 0, 3)
	}
	for i, kind := range []forum.ItemKind{forum.Background, forum.ExpertOpinion, forum.Example, forum.Map} {
		p.Dossier = append(p.Dossier, forum.DossierItem{Kind: kind, Title: evils[i], Body: strings.Join(evils, "\n\n"), Link: []string{"", "", "", "javascript:window.ran=1"}[i],
			Name: evils[4], Affiliation: evils[5], Stance: forum.StanceFor})
	}
	for i, evil := range evils {
		text, err := page.Text(evil + strings.Repeat(" 긴 글", i*40))
		if err != nil {
			s.t.Fatal(err)
		}
		p.Opinions = append(p.Opinions, forum.PastOpinion{Title: norm.NFC.String(strings.ReplaceAll(evil, "\r\n", " ")), Text: text, Pseudonym: string([]rune(evil)[:min(len([]rune(evil)), forum.PseudonymMax)]),
			District: "종로구", Lang: "ko", At: now.AddDate(0, 0, -10), For: i, Against: 1})
	}
	if status.HasResults() {
		p.Terms = []forum.TermFigures{{Text: evils[0], Opinions: 3, Occurrences: 4}, {Text: "광장", Opinions: 2, Occurrences: 2}}
		p.Awards = []forum.PastAward{{Opinion: 0, Rank: 1, Reason: evils[1], NameShown: true}, {Opinion: 5, Rank: 2, Reason: evils[2]}}
		p.Response = []forum.Paragraph{{Text: strings.Join(evils, "\n\n"), Disposition: forum.Dispositions[0], Reason: evils[3], Terms: []string{evils[0]}}}
		p.Milestones = []forum.Milestone{{Title: evils[4], Due: now.AddDate(0, 1, 0), Status: forum.MilestonePlanned, Note: evils[5]}}
	}
	id, err := s.store.Import(s.t.Context(), s.by, p)
	if err != nil {
		s.t.Fatal(err)
	}
	return id, p
}

func (s *siege) exportsHoldEveryTextWholeAndInert() {
	id, p := s.evilForum(forum.Following)
	var want []string
	for _, o := range p.Opinions {
		want = append(want, o.Text)
	}
	slices.Sort(want)
	var items []struct{ Text string }
	asJSON := s.ask("GET", "/api/v1/forums/"+string(id)+"/export.json", "")
	if err := json.Unmarshal(asJSON.body, &items); err != nil {
		s.t.Fatalf("%v: %.300s", err, asJSON.body)
	}
	var got []string
	for _, item := range items {
		got = append(got, item.Text)
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		s.t.Errorf("JSON holds %q, want %q", got, want)
	}
	asCSV := s.ask("GET", "/api/v1/forums/"+string(id)+"/export.csv", "")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(asCSV.body, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		s.t.Fatal(err)
	}
	got = nil
	column := slices.Index(rows[0], "text")
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				s.t.Errorf("a spreadsheet would reckon %q", cell)
			}
		}
		got = append(got, strings.TrimPrefix(strings.ReplaceAll(row[column], "\r\n", "\n"), "'"))
	}
	for i, text := range want {
		want[i] = strings.TrimPrefix(text, "'")
	}
	slices.Sort(want)
	if slices.Sort(got); !slices.Equal(got, want) {
		s.t.Errorf("CSV holds %q, want %q", got, want)
	}
}

var elsewheres = []string{"https://evil.example", "//evil.example", `/\evil.example`, `\\evil.example`, "javascript:alert(1)", "/\t/evil.example", "///evil.example", "https:evil.example",
	"/ko/../../evil.example", "/%2f/evil.example", "http://127.0.0.1@evil.example", "/ko/\r\nSet-Cookie: a=b"}

func (s *siege) nothingLeadsElsewhere() {
	opinion := one[string](s.square, `SELECT id FROM opinions WHERE forum_id = $1 LIMIT 1`, s.forum)
	for _, elsewhere := range elsewheres {
		given := url.QueryEscape(elsewhere)
		form := []string{"Content-Type", "application/x-www-form-urlencoded", "Cookie", s.citizen.cookie}
		for _, a := range []heard{
			s.ask("POST", "/ko/opinions/"+opinion+"/vote", "choice=for&back="+given, form...),
			s.ask("POST", "/ko/opinions/"+opinion+"/vote", "choice=for&back="+given), // leads to the sign-in, and from there back
			s.ask("POST", "/ko/sign-in/code", "code=123456&next="+given, form...),
			s.ask("POST", "/ko/display", "text=larger&back="+given), s.ask("GET", "/ko/sign-in?next="+given, ""), s.ask("GET", elsewhere2path(elsewhere), ""),
		} {
			to, err := url.Parse(a.Header.Get("Location"))
			if err != nil || to.Host != "" || to.Scheme != "" || strings.HasPrefix(a.Header.Get("Location"), "//") || a.Header.Get("Set-Cookie") == "a=b" || a.StatusCode >= 500 {
				s.t.Errorf("%q: %d leads to %q", elsewhere, a.StatusCode, a.Header.Get("Location"))
			}
			if strings.Contains(string(a.body), `href="javascript:`) || strings.Contains(string(a.body), `href="https://evil.example`) {
				s.t.Errorf("%q: a link leads there", elsewhere)
			}
		}
	}
}

// elsewhere2path is an address that begins with the other one, as a proxy may pass it on.
func elsewhere2path(elsewhere string) string {
	return "//" + url.PathEscape(strings.TrimLeft(elsewhere, `/\`)) + "/.."
}

// addresses are the routes of a site with something in the place of each variable, and where they are served.
func (s *siege) addresses(w *web) map[string][]page.Route {
	fill := strings.NewReplacer(":lang", "ko", "/opinions/:id", s.values.Replace("/opinions/{opinion}"), "/suggestions/:id", s.values.Replace("/suggestions/{suggestion}"), ":id", string(s.forum),
		":receipt", s.values.Replace("{receipt}"), ":secret", strings.Repeat("A", 43), ":key", "0", ":code", "road", ":crowd", "1")
	sites := map[string][]page.Route{w.public: public.Routes(&public.Handlers{}), w.office: office.Routes(&office.Handlers{})}
	for _, routes := range sites {
		for i := range routes {
			routes[i].Path = fill.Replace(routes[i].Path)
		}
	}
	return sites
}

func (s *siege) everyWriteOfAnotherSiteIsRefused() {
	opinions, others := s.kept()
	walked := 0
	for host, routes := range s.addresses(s.w) {
		site := *s.w
		site.public = host
		for _, r := range routes {
			if r.Method == http.MethodGet || r.Anywhere { // a mail provider's button, the city's sign-in: a secret says who asks
				continue
			}
			for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
				walked++
				headers = append(headers, "Cookie", s.citizen.cookie, "Content-Type", "application/x-www-form-urlencoded")
				if a := s.send(&site, s.written(r.Method, r.Path, "name=a", headers...)); a.StatusCode != http.StatusForbidden {
					s.t.Errorf("%s %s with %v: %d", r.Method, r.Path, headers, a.StatusCode)
				}
			}
		}
	}
	if now, others2 := s.kept(); now != opinions || others2 != others || walked < 300 {
		s.t.Errorf("%d requests of another site: %d opinions, %d other rows came of them", walked, now-opinions, others2-others)
	}
}

func (s *siege) noPageMayBeFramed() {
	for host, routes := range s.addresses(s.w) {
		site := *s.w
		site.public = host
		for _, r := range routes {
			if r.Method != http.MethodGet {
				continue
			}
			a := s.send(&site, s.written(r.Method, r.Path, ""))
			if a.StatusCode >= 500 || !strings.Contains(a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") || a.Header.Get("X-Content-Type-Options") != "nosniff" {
				s.t.Errorf("%s: %d %v", r.Path, a.StatusCode, a.Header)
			}
		}
	}
}

func (s *siege) sessionThatEndedIsDeadEverywhere() {
	v := s.voters(1)[0]
	opinion := s.values.Replace("/api/v1/opinions/{opinion}/vote")
	vote := func(w *web) int {
		return s.send(w, s.written("PUT", opinion, `{"choice":"for"}`, "Content-Type", "application/json", "Cookie", v.cookie)).StatusCode
	}
	for _, w := range s.webs {
		if got := vote(w); got != http.StatusOK {
			s.t.Fatalf("before the end: %d", got)
		}
	}
	if a := s.ask("DELETE", "/api/v1/session", "", "Cookie", v.cookie); a.StatusCode != http.StatusNoContent || !strings.Contains(a.Header.Get("Set-Cookie"), "Max-Age=0") {
		s.t.Errorf("sign-out: %d %v", a.StatusCode, a.Header)
	}
	for i, w := range s.webs {
		if got := vote(w); got != http.StatusUnauthorized {
			s.t.Errorf("web process %d takes the cookie of a session that ended: %d", i, got)
		}
	}
	forged := []byte(v.cookie)
	forged[len(forged)/2] ^= 1
	for name, cookie := range map[string]string{"forged": string(forged), "cut off": v.cookie[:len(v.cookie)-2], "longer": v.cookie + "AA"} {
		if a := s.ask("PUT", opinion, `{"choice":"for"}`, "Content-Type", "application/json", "Cookie", cookie); a.StatusCode != http.StatusUnauthorized {
			s.t.Errorf("a %s session: %d", name, a.StatusCode)
		}
	}
}

func (s *siege) searchesAreQuickOrCutOff() {
	id := s.openForum()
	s.post(id, 10_000)
	for _, q := range []string{"광장", "나무 그늘과 긴 의자를 놓아 주십시오", strings.Repeat("가", 200), strings.Repeat("%", 200), strings.Repeat("_", 100), strings.Repeat("a ", 100), strings.Repeat("ㄱ", 200),
		`\\\\\\\\`, "(((((((((((a+)+)+)+)+)+)+)+)+)$", "'; SELECT pg_sleep(30); --", "a' OR pg_sleep(30) IS NULL OR 'a'='", strings.Repeat("& | ! <-> :* ", 14), "점심시간에 %쉬어 %갈 %곳이", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " + strings.Repeat("\u0301", 50)} {
		for _, path := range []string{"/api/v1/forums/" + string(id) + "/opinions", "/ko/forums/" + string(id), "/api/v1/suggestions", "/api/v1/forums", "/ko/suggestions"} {
			a := s.ask("GET", path+"?q="+url.QueryEscape(q), "")
			if a.StatusCode >= 500 || a.took > 2*time.Second {
				s.t.Errorf("%s of %.30q: %d after %v", path, q, a.StatusCode, a.took)
			}
		}
	}
}

func (s *siege) requestsThatTwoServersWouldReadDifferently() {
	before, _ := s.kept()
	head := "POST " + s.board() + " HTTP/1.1\r\nHost: " + s.w.public + "\r\nContent-Type: application/json\r\nIdempotency-Key: smuggled-0000-0000-0001\r\n"
	body := `{"text":"몰래 들여온 글"}`
	length := fmt.Sprintf("Content-Length: %d\r\n", len(body))
	for _, r := range []struct {
		name, request string
		want          []int
	}{
		{"two lengths", head + length + "Content-Length: 0\r\n\r\n" + body, []int{400}},
		{"a length and chunks that end at once", head + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + body, []int{400}},
		{"chunks of another name", head + "Transfer-Encoding: xchunked\r\n\r\n" + body, []int{400, 501}},
		{"chunks twice", head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n" + body, []int{400, 501}},
		{"a space before the colon", head + "Content-Length : 5\r\n\r\n" + body, []int{400}},
		{"a length with a sign", head + "Content-Length: +30\r\n\r\n" + body, []int{400}},
		{"a line that goes on", head + "X-Folded: a\r\n b\r\nContent-Length: 11\r\n\r\n" + `{"text":""}`, []int{400, 422}},
		{"a chunk of no size", head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n" + body + "\r\n0\r\n\r\n", []int{400}},
		{"no host", strings.Replace(head, "Host: "+s.w.public+"\r\n", "", 1) + length + "\r\n" + body, []int{400}},
		{"two hosts", head + "Host: evil.example\r\n" + length + "\r\n" + body, []int{400}},
		{"a NUL in a header", head + "X-A: a\x00b\r\n" + length + "\r\n" + body, []int{400}},
		{"a header of a megabyte", head + "X-A: " + strings.Repeat("a", 1<<20) + "\r\n\r\n", []int{431}},
		{"ten thousand headers", head + strings.Repeat("X-A: a\r\n", 10_000) + "\r\n", []int{431}},
		{"an address of a megabyte", "GET /" + strings.Repeat("a", 1<<20) + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{414, 431}},
		{"HTTP of the future", "GET /ko/ HTTP/9.9\r\nHost: a\r\n\r\n", []int{400, 505}},
		{"no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", []int{400}},
		{"a method of one's own", "OPINION " + s.board() + " HTTP/1.1\r\nHost: a\r\n\r\n", []int{404, 405}},
		{"a tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n", []int{400, 404, 405}},
	} {
		if a := s.send(s.w, []byte(r.request)); !slices.Contains(r.want, a.StatusCode) {
			s.t.Errorf("%s: %d, want %v: %.200s", r.name, a.StatusCode, r.want, a.body)
		}
	}
	if after, _ := s.kept(); after != before {
		s.t.Errorf("%d opinions came of them", after-before)
	}
}

func (s *siege) forwardedAddressOfAStrangerCountsForNothing() {
	alone := s.startWebOf(program.Binary(s.t, "webui"), freeAddress(s.t), freeAddress(s.t), "TRUSTED_PROXIES=")
	for name, w := range map[string]*web{"no proxy is trusted": alone, "the loopback is": s.w} {
		refused := 0
		for i := range 60 { // more than one address may write at once
			request := bytes.Replace(s.written("POST", s.board(), marshalled("text", opinionText(1000+i))), []byte("Host: "), []byte(fmt.Sprintf("X-Real-IP: 10.9.9.%d\r\nForwarded: for=10.9.9.%d\r\nHost: ", i, i)), 1)
			if a := s.send(w, request); a.StatusCode == http.StatusTooManyRequests {
				refused++
			}
		}
		if (refused > 0) != (w == alone) {
			s.t.Errorf("%s: %d of 60 refused", name, refused)
		}
	}
	// Behind the proxy only the last hop counts: what a stranger puts before it is theirs.
	refused := 0
	for i := range 60 {
		request := bytes.Replace(s.written("POST", s.board(), marshalled("text", opinionText(1000+i))), []byte("X-Forwarded-For: "), []byte(fmt.Sprintf("X-Forwarded-For: 10.8.8.%d, 203.0.113.9\r\nX-Ignored: ", i)), 1)
		if a := s.send(s.w, request); a.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		s.t.Error("whoever writes before the proxy's address is another one each time")
	}
}
