package web

import (
	"compress/gzip"
	"io"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

// TestPagesAreCompressed for clients that accept it. The content is the same.
func TestPagesAreCompressed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := many(400).options()
		for _, target := range []string{"/", "/printers/voron-00002", "/assets/style.css", "/api/v1/printers", "/sd"} {
			w := call(o, "GET", target, "Accept-Encoding", "gzip")
			if w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Vary") != "Accept-Encoding" {
				t.Errorf("%s: %v", target, w.Header())
				continue
			}
			compressed := w.Body.Len()
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			plain := get(o, target)
			if d := cmp.Diff(plain, string(content)); d != "" {
				t.Errorf("%s: %s", target, d)
			}
			if compressed*2 > len(plain) {
				t.Errorf("%s: %d bytes of %d", target, compressed, len(plain))
			}
		}
		if w := call(o, "GET", "/metrics", "Accept-Encoding", "gzip"); w.Body.String() != "all metrics\n" {
			t.Error("the metrics, which compress themselves, were compressed")
		}
	})
}
