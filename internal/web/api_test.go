package web

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

func indented(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(text), "", "  "); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return b.String()
}

const online = `{"IsOnline":true,"LastConnectionTimeUtc":"1999-12-31T20:00:00Z","LastDisconnectTimeUtc":"1999-12-31T19:59:00Z"}`

func TestAPIPrinters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		f.add("printing", map[string]string{"site": "hall"}, says(time.Minute, 601, ""), says(20*time.Second, 200, printing), answer(probe.InfoRequest, 19*time.Second, 200, online))
		f.add("lost", nil, says(3*time.Minute, 200, printing), says(70*time.Second, 200, code(785)), says(10*time.Second, 200, code(601)))
		f.add("new", nil)
		f.add(hostile, nil, says(5*time.Second, 604, ""))
		o := f.options()

		w := call(o, "GET", "/api/v1/printers")
		if w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("is %s", w.Header())
		}
		sameAsFile(t, "printers.json", indented(t, w.Body.String()))

		var list struct{ Printers []json.RawMessage }
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		for i, s := range f.printers {
			one := get(o, "/api/v1/printers/"+url.PathEscape(s.Name))
			if same := strings.TrimSuffix(string(list.Printers[i]), "}") + `,"history":`; !strings.HasPrefix(one, same) {
				t.Errorf("%s alone is %s, which does not begin with %s", s.Name, one, same)
			}
		}
		sameAsFile(t, "printer.json", indented(t, get(o, "/api/v1/printers/lost")))
	})
}

func TestDiscovery(t *testing.T) {
	f := &fleet{}
	f.add("mk4-01", map[string]string{"site": "lab", "model": ""})
	f.add(hostile, nil)
	w := call(f.options(), "GET", "/sd")
	want := reply{200, "application/json", "", `[{"targets":["mk4-01"],"labels":{"__meta_octoeverywhere_printer":"mk4-01","model":"","site":"lab"}}` + "\n" +
		`,{"targets":["\u003cscript\u003ealert(1)\u003c/script\u003e \"x' ☃ 50%"],"labels":{"__meta_octoeverywhere_printer":"\u003cscript\u003ealert(1)\u003c/script\u003e \"x' ☃ 50%"}}` + "\n]\n"}
	if d := cmp.Diff(want, replyOf(w)); d != "" {
		t.Error(d)
	}
	if _, ok := f.printers[0].Labels[metaPrinter]; ok {
		t.Error("the printer's own labels were changed")
	}
}

func TestNoPrintersAreAnEmptyList(t *testing.T) {
	f := &fleet{}
	got := [2]string{get(f.options(), "/sd"), get(f.options(), "/api/v1/printers")}
	if d := cmp.Diff([2]string{"[]\n", `{"printers":[]}` + "\n"}, got); d != "" {
		t.Error(d)
	}
}

// gone is a reader who has left after some writes.
type gone struct {
	http.ResponseWriter
	left int
}

func (g *gone) Write(b []byte) (int, error) {
	if g.left--; g.left < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestAListEndsWhenNobodyReadsIt(t *testing.T) {
	f := shop()
	for left := range 4 {
		asked := 0
		printers := iter.Seq[*probe.Status](func(yield func(*probe.Status) bool) {
			for s := range f.All() {
				asked++
				if !yield(s) {
					return
				}
			}
		})
		writeList(&gone{httptest.NewRecorder(), left}, "[", "]", printers, discover)
		if want := left/2 + 1; asked != want {
			t.Errorf("after %d writes: %d printers were asked for, not %d", left, asked, want)
		}
	}
}
