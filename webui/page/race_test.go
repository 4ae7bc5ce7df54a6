package page

import (
	"log/slog"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
)

// TestManyReadersAtOnce is for the race detector: words, numbers, templates and limits are shared by all requests.
func TestManyReadersAtOnce(t *testing.T) {
	o := sampleOptions(Public)
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.log = slog.New(slog.DiscardHandler)
	e := sampleEngine(s)
	e.POST("/api/v1/limited", s.Limit(60, 5), s.API(func(*gin.Context) error { return nil }))
	var readers sync.WaitGroup
	for n := range 8 {
		readers.Go(func() {
			for range 5 {
				if got := ask(e, "GET", "/"+Public.Languages()[n%4]+"/sample", ""); got.Code != 200 {
					t.Errorf("%d", got.Code)
				}
				ask(e, "POST", "/api/v1/limited", "")
			}
		})
	}
	readers.Wait()
}
