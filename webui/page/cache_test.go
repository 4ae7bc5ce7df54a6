package page

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
)

// cachedSite counts how often its page is made; during, if set, runs while it is.
func cachedSite(t *testing.T, during func()) (http.Handler, *Cache, *atomic.Int32) {
	t.Helper()
	cache := NewCache()
	s, _ := testSite(t, Options{Cache: cache})
	e := s.Engine()
	var made atomic.Int32
	s.Mount(e, []Route{{Method: "GET", Path: "/:lang/it", Cached: ForCookieless, Handle: func(c *gin.Context) error {
		n := made.Add(1)
		if during != nil {
			during()
		}
		return s.Render(c, 200, "plain", fmt.Sprintf("판 %d, %s", n, c.Query("q")))
	}}}, nil)
	return e, cache, &made
}

func TestCachedPageIsMadeOnceASecondForEveryReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, _, made := cachedSite(t, nil)
		var readers sync.WaitGroup
		for range 50 {
			readers.Go(func() {
				if a := ask(e, "GET", "/ko/it", ""); a.Code != 200 || !strings.Contains(a.Body.String(), "판 1") {
					t.Errorf("%d %s", a.Code, a.Body)
				}
			})
		}
		readers.Wait()
		if made.Load() != 1 {
			t.Errorf("made %d times", made.Load())
		}
		time.Sleep(pageLife)
		ask(e, "GET", "/ko/it", "")
		ask(e, "GET", "/en/it", "")
		ask(e, "GET", "/ko/it?q=1", "")
		if made.Load() != 4 {
			t.Errorf("made %d times, want anew after a second, and one each for another language and another question", made.Load())
		}
	})
}

func TestReaderWithACookieGetsTheirOwnPage(t *testing.T) {
	e, _, made := cachedSite(t, nil)
	for range 2 {
		ask(e, "GET", "/ko/it", "", "Cookie", "citizen=somebody")
	}
	if made.Load() != 2 {
		t.Errorf("made %d times", made.Load())
	}
}

func TestPageInTheMakingIsNotKeptWhenSomethingIsForgotten(t *testing.T) {
	var cache *Cache
	var once sync.Once
	e, cache, made := cachedSite(t, func() { once.Do(func() { cache.Forget() }) })
	ask(e, "GET", "/ko/it", "")
	ask(e, "GET", "/ko/it", "")
	if made.Load() != 2 {
		t.Errorf("made %d times: the first one may show what was hidden meanwhile", made.Load())
	}
}

func TestNothingIsAnsweredFromMemoryThatCannotBeToldToForget(t *testing.T) {
	e, cache, made := cachedSite(t, nil)
	cache.MayBeUsed(func() bool { return false })
	ask(e, "GET", "/ko/it", "")
	ask(e, "GET", "/ko/it", "")
	if made.Load() != 2 {
		t.Errorf("made %d times", made.Load())
	}
}

func TestCachedPageIsCompressedAndNotSentTwice(t *testing.T) {
	e, _, _ := cachedSite(t, nil)
	get := func(headers ...string) *httptest.ResponseRecorder { return ask(e, "GET", "/ko/it", "", headers...) }
	for range 2 { // made, and from memory
		a := get("Accept-Encoding", "br, gzip")
		if a.Header().Get("Content-Encoding") != "gzip" || a.Header().Get("Content-Language") != "ko" || a.Header().Get("Vary") == "" || len(a.Header().Get("X-Request-Id")) != 16 {
			t.Errorf("%v", a.Header())
		}
	}
	if a := get("Accept-Encoding", "gzip;q=0"); a.Header().Get("Content-Encoding") != "" || !strings.Contains(a.Body.String(), "판 1") {
		t.Errorf("%v", a.Header())
	}
	if a := get("If-None-Match", get().Header().Get("ETag")); a.Code != http.StatusNotModified || a.Body.Len() != 0 {
		t.Errorf("%d, %d bytes", a.Code, a.Body.Len())
	}
}

func TestErrorIsNotCached(t *testing.T) {
	cache := NewCache()
	s, _ := testSite(t, Options{Cache: cache})
	e := s.Engine()
	var asked atomic.Int32
	s.Mount(e, []Route{{Method: "GET", Path: "/:lang/it", Cached: ForCookieless, Handle: func(*gin.Context) error { asked.Add(1); return errMethod }}}, nil)
	for range 2 {
		if a := ask(e, "GET", "/ko/it", ""); a.Code != http.StatusMethodNotAllowed || a.Body.Len() == 0 {
			t.Errorf("%d %s", a.Code, a.Body)
		}
	}
	if asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// keptDocument is an address without a language, in the reader's own, as a feed's; it takes a header away that every answer has.
func keptDocument(t *testing.T, kind string) (http.Handler, *atomic.Int32) {
	t.Helper()
	s, _ := testSite(t, Options{Cache: NewCache()})
	e := s.Engine()
	var made atomic.Int32
	s.Mount(e, []Route{{Method: "GET", Path: "/it", Cached: ForEverybody, Handle: func(c *gin.Context) error {
		made.Add(1)
		c.Header("Vary", "Accept-Language")
		c.Writer.Header().Del("X-Frame-Options")
		c.Data(200, kind, []byte(strings.Repeat(Lang(c)+" ", 100)))
		return nil
	}}}, nil)
	return e, &made
}

func TestDocumentIsKeptForEverybodyInTheirLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, made := keptDocument(t, "application/atom+xml")
		for _, lang := range []string{"ko", "en", "ko", "en"} {
			for _, cookie := range []string{"", "citizen=somebody"} {
				a := ask(e, "GET", "/it", "", "Accept-Language", lang, "Cookie", cookie)
				if !strings.HasPrefix(a.Body.String(), lang+" ") || a.Header().Get("Vary") != "Accept-Language, Accept-Encoding" || a.Header().Get("X-Frame-Options") != "" {
					t.Errorf("in %s: %.10s %v", lang, a.Body, a.Header())
				}
			}
		}
		if made.Load() != 2 {
			t.Errorf("made %d times, want once a language", made.Load())
		}
	})
}

func TestPictureIsNotCompressedAgain(t *testing.T) {
	e, _ := keptDocument(t, "image/png")
	for range 2 {
		a := ask(e, "GET", "/it", "", "Accept-Encoding", "gzip")
		if a.Header().Get("Content-Encoding") != "" || a.Header().Get("Content-Length") != "300" || a.Header().Get("Vary") != "Accept-Language" {
			t.Error(a.Header())
		}
	}
}
