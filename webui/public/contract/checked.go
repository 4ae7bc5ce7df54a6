package contract

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Of reads the document that the site gives of itself; a document that isn't valid fails the test.
func Of(t testing.TB, site http.Handler) *Contract {
	t.Helper()
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, base+"/openapi.json", http.NoBody))
	c, err := Read(w.Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Checked is the site whose every API answer is held against the document.
func Checked(t testing.TB, c *Contract, site http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, base+"/") {
			site.ServeHTTP(w, r)
			return
		}
		kept := &keeper{ResponseWriter: w, status: http.StatusOK}
		site.ServeHTTP(kept, r)
		if err := c.Check(r.Method, r.URL.Path, kept.status, w.Header(), kept.body.Bytes()); err != nil {
			t.Error(err)
		}
	})
}

// keeper keeps a copy of what goes through.
type keeper struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keeper) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeper) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

func (k *keeper) Unwrap() http.ResponseWriter { return k.ResponseWriter }

func (k *keeper) Flush() { _ = http.NewResponseController(k.ResponseWriter).Flush() }

// Transport is a client's way to a site whose every API answer is held against the site's document.
func Transport(t testing.TB, site string, through http.RoundTripper) http.RoundTripper {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, site+base+"/openapi.json", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := through.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	document, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	c, err := Read(document)
	if err != nil {
		t.Fatal(err)
	}
	return checking{t, c, through}
}

type checking struct {
	t       testing.TB
	c       *Contract
	through http.RoundTripper
}

func (k checking) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := k.through.RoundTrip(r)
	if err != nil || !strings.HasPrefix(r.URL.Path, base+"/") {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	if fault := k.c.Check(r.Method, r.URL.Path, response.StatusCode, response.Header, body); fault != nil {
		k.t.Error(fault)
	}
	return response, nil
}
