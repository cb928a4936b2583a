package web

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPanics: the client gets an internal error without details. The value of the panic is redacted unless it is an error of
// the Go runtime.
func TestPanics(t *testing.T) {
	var none []int
	for what, c := range map[string]struct {
		panics func()
		want   string
	}{
		"a text":   {func() { panic(canary) }, "value of type string, redacted because it may contain a secret"},
		"an error": {func() { panic(fmt.Errorf("requesting %s: %w", canary, errors.ErrUnsupported)) }, "value of type *fmt.wrapError, redacted because it may contain a secret"},
		"an index": {func() { _ = none[7] }, "runtime error: index out of range [7] with length 0"},
	} {
		o := shop().options()
		var route, got string
		var stack []byte
		o.Panicked = func(r, w string, s []byte) { route, got, stack = r, w, s }
		o.Reload = nil
		o.Ready = func() bool { c.panics(); return true }
		if d := cmp.Diff(reply{500, plain, "", "internal error: see the log of the exporter\n"}, replyOf(call(o, "GET", "/-/ready"))); d != "" {
			t.Errorf("%s: %s", what, d)
		}
		if got != c.want || route != "GET /-/ready" || !bytes.Contains(stack, []byte("guard_test.go")) || bytes.Contains(stack, []byte(canary)) {
			t.Errorf("%s: %q of %q at\n%s", what, got, route, stack)
		}
	}
}

// TestAPanicAbortsAStartedResponse, so that no client takes the part for the whole.
func TestAPanicAbortsAStartedResponse(t *testing.T) {
	for what, p := range map[string]any{"a bug": "x", "deliberate": http.ErrAbortHandler} {
		reported := false
		o := shop().options()
		o.Panicked = func(string, string, []byte) { reported = true }
		o.Metrics = metrics(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("part"))
			panic(p)
		})
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
					t.Errorf("%s: the response is not aborted", what)
				}
			}()
			get(o, "/metrics")
		}()
		if reported != (p == "x") {
			t.Errorf("%s: reported %t", what, reported)
		}
	}
}
