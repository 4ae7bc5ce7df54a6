package page

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// How old a page from memory may be. Within pageLife it is given as it is; for as long again, one reader has it made anew while
// the others still get it; after that everybody waits for the new one. So nobody reads figures older than two seconds.
const (
	pageLife     = time.Second
	cacheBytes   = 64 << 20
	maxCachedURI = 300 // a longer address is nobody's favourite
)

// Kept says whose answer may come from memory.
type Kept int

// Nobody's by default. What somebody's session or choice of display shows in is kept for readers without any cookie; what reads no
// cookie, as feeds and pictures, for all.
const (
	ForNobody Kept = iota
	ForCookieless
	ForEverybody
)

// Cache keeps whole answers in memory: one per address and language. Forget drops them all. Nothing is given from it, or kept, while
// it can't be heard what is to be forgotten.
type Cache struct {
	fresh func() bool

	mu         sync.RWMutex
	pages      map[string]*cachedPage
	bytes      int
	generation uint64 // a page whose making began in an earlier one is not kept
}

// NewCache makes a cache. Unless MayBeUsed is called, it may be used always.
func NewCache() *Cache {
	return &Cache{fresh: func() bool { return true }, pages: map[string]*cachedPage{}}
}

// MayBeUsed says whom to ask before anything is answered from memory. It must be called before the first request.
func (k *Cache) MayBeUsed(fresh func() bool) { k.fresh = fresh }

// Forget drops every page, also those that are being made just now.
func (k *Cache) Forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.generation++
	k.pages, k.bytes = map[string]*cachedPage{}, 0
}

// cachedPage is one page. Until made is closed its other fields belong to whoever makes it.
type cachedPage struct {
	made    chan struct{}
	kept    bool // false: it came out as something that isn't kept
	at      time.Time
	renewed bool // somebody is making it anew; guarded by the cache's mutex
	etag    string
	plain   sentPage
	gzipped sentPage
}

// sentPage is a page as it goes out: its headers, which all its answers share, and its body.
type sentPage struct {
	header http.Header
	body   []byte
}

func (p *cachedPage) size() int { return len(p.plain.body) + len(p.gzipped.body) + 512 }

// find gives the page to answer with, or the one that the caller is to make.
func (k *Cache) find(uri string, now time.Time) (page *cachedPage, mine bool, generation uint64) {
	k.mu.RLock()
	page, known := k.pages[uri]
	if known && page.isYoung(now) {
		k.mu.RUnlock()
		return page, false, 0
	}
	k.mu.RUnlock()

	k.mu.Lock()
	defer k.mu.Unlock()
	page, known = k.pages[uri]
	if known && (page.isYoung(now) || page.renewed && page.isUsable(now)) {
		return page, false, 0
	}
	fresh := &cachedPage{made: make(chan struct{})}
	if known && page.isUsable(now) {
		page.renewed = true // the others go on with it until the new one is there
	} else {
		k.pages[uri] = fresh
	}
	return fresh, true, k.generation
}

// isMade says that all of the page may be read.
func (p *cachedPage) isMade() bool {
	select {
	case <-p.made:
		return true
	default:
		return false
	}
}

// isYoung also holds for a page that is being made: its readers wait.
func (p *cachedPage) isYoung(now time.Time) bool {
	return !p.isMade() || p.kept && now.Sub(p.at) < pageLife
}

func (p *cachedPage) isUsable(now time.Time) bool {
	return !p.isMade() || p.kept && now.Sub(p.at) < 2*pageLife
}

// keep puts a made page where readers find it, unless something was to be forgotten since its making began.
func (k *Cache) keep(uri string, page *cachedPage, generation uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.generation != generation {
		page.kept = false
	}
	close(page.made)
	old := k.pages[uri]
	switch {
	case !page.kept:
		if old == page {
			delete(k.pages, uri)
		}
		return
	case old != nil && old != page && old.isMade(): // another may be in the making since the memory was full
		k.bytes -= old.size()
	}
	k.pages[uri] = page
	if k.bytes += page.size(); k.bytes > cacheBytes {
		k.pages, k.bytes = map[string]*cachedPage{uri: page}, page.size() // hot pages are back within a second
	}
}

// cached answers from memory where it may, and keeps what the handlers behind it answer. An address that doesn't begin with a
// language answers each reader in their own.
func (s *Site) cached(whose Kept, inAddress bool) gin.HandlerFunc {
	return func(c *gin.Context) {
		uri := c.Request.URL.RequestURI()
		if s.options.Cache == nil || whose == ForCookieless && c.GetHeader("Cookie") != "" || len(uri) > maxCachedURI || !s.options.Cache.fresh() {
			return
		}
		if !inAddress {
			uri = Lang(c) + uri
		}
		s.fromMemory(c, uri, whose)
	}
}

func (s *Site) fromMemory(c *gin.Context, uri string, whose Kept) {
	k := s.options.Cache
	page, mine, generation := k.find(uri, time.Now())
	if mine {
		s.make(c, uri, whose, page, generation)
		return
	}
	select {
	case <-page.made:
	case <-c.Request.Context().Done():
	}
	if page.isUsable(time.Now()) && k.fresh() {
		page.answer(c)
		c.Abort()
	}
}

// make lets the handlers behind answer into memory, then gives the answer to this reader and to those who wait.
func (s *Site) make(c *gin.Context, uri string, whose Kept, page *cachedPage, generation uint64) {
	real, before := c.Writer, c.Writer.Header().Clone()
	taken := &recorder{ResponseWriter: real, status: http.StatusOK}
	c.Writer = taken
	done := false
	defer func() {
		c.Writer = real
		if !done { // a panic goes through: nobody waits for ever
			s.options.Cache.keep(uri, page, generation)
		}
	}()
	began := time.Now()
	c.Next()
	c.Writer = real
	if taken.status == http.StatusOK && real.Header().Get("Set-Cookie") == "" && !strings.Contains(real.Header().Get("Cache-Control"), "no-store") {
		page.fill(real.Header(), before, whose, taken.body.Bytes(), began)
	}
	done = true
	s.options.Cache.keep(uri, page, generation)
	if page.kept {
		page.answer(c)
		return
	}
	c.Writer.WriteHeader(taken.status)
	_, _ = c.Writer.Write(taken.body.Bytes())
}

// fill takes what the handlers set in the header, beyond what every answer has, or took out of it, and the body, once plain and,
// unless it is compressed by its nature, once compressed.
func (p *cachedPage) fill(header, before http.Header, whose Kept, body []byte, at time.Time) {
	own := http.Header{}
	for name, values := range header {
		if !slices.Equal(values, before[name]) {
			own[name] = slices.Clip(slices.Clone(values))
		}
	}
	for name := range before {
		if _, there := header[name]; !there {
			own[name] = nil // is sent as no line at all
		}
	}
	sum := sha256.Sum256(body)
	p.kept, p.at, p.etag = true, at, `W/"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`
	own.Set("ETag", p.etag)
	compresses := !strings.HasPrefix(own.Get("Content-Type"), "image/png")
	own.Set("Vary", varies(own.Get("Vary"), whose, compresses))
	p.plain = newSentPage(own, body, "")
	p.gzipped = p.plain
	if compresses {
		var out bytes.Buffer
		w, _ := gzip.NewWriterLevel(&out, gzip.DefaultCompression) // the level is a known one
		_, _ = w.Write(body)                                       // a buffer takes everything
		_ = w.Close()
		p.gzipped = newSentPage(own, out.Bytes(), "gzip")
	}
}

// varies adds to what a handler says that its answer depends on what the memory's answer does.
func varies(on string, whose Kept, compresses bool) string {
	var all []string
	if on != "" {
		all = append(all, on)
	}
	if whose == ForCookieless {
		all = append(all, "Cookie")
	}
	if compresses {
		all = append(all, "Accept-Encoding")
	}
	return strings.Join(all, ", ")
}

func newSentPage(own http.Header, body []byte, encoding string) sentPage {
	header := maps.Clone(own)
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if encoding != "" {
		header.Set("Content-Encoding", encoding)
	}
	return sentPage{header, body}
}

func (p *cachedPage) answer(c *gin.Context) {
	sent := p.plain
	if takesGzip(c.GetHeader("Accept-Encoding")) {
		sent = p.gzipped
	}
	header := c.Writer.Header()
	maps.Copy(header, sent.header)
	if matches(c.GetHeader("If-None-Match"), p.etag) {
		header.Del("Content-Encoding")
		header.Del("Content-Length")
		c.Writer.WriteHeader(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	c.Writer.WriteHeader(http.StatusOK)
	_, _ = c.Writer.Write(sent.body)
}

func matches(asked, etag string) bool {
	if asked == "" {
		return false
	}
	for one := range strings.SplitSeq(asked, ",") {
		if one = strings.TrimSpace(one); one == etag || one == "*" || "W/"+one == etag {
			return true
		}
	}
	return false
}

// takesGzip reads Accept-Encoding: gzip, unless it is refused with q=0.
func takesGzip(accepts string) bool {
	for one := range strings.SplitSeq(accepts, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
			return strings.Trim(q, "0.") != "" || q == ""
		}
	}
	return false
}

// recorder takes an answer into memory.
type recorder struct {
	gin.ResponseWriter
	body   bytes.Buffer
	status int
	wrote  bool
}

func (r *recorder) WriteHeader(status int) {
	if status > 0 {
		r.status = status
	}
}
func (r *recorder) WriteHeaderNow()                   { r.wrote = true }
func (r *recorder) Write(p []byte) (int, error)       { r.wrote = true; return r.body.Write(p) }
func (r *recorder) WriteString(p string) (int, error) { r.wrote = true; return r.body.WriteString(p) }
func (r *recorder) Status() int                       { return r.status }
func (r *recorder) Size() int                         { return r.body.Len() }
func (r *recorder) Written() bool                     { return r.wrote }
