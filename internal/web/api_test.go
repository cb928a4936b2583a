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
		f.add("printing", map[string]string{"site": "hall"}, statusResult(time.Minute, 601, ""), statusResult(20*time.Second, 200, printing), result(probe.InfoRequest, 19*time.Second, 200, online))
		f.add("lost", nil, statusResult(3*time.Minute, 200, printing), statusResult(70*time.Second, 200, code(785)), statusResult(10*time.Second, 200, code(601)))
		f.add("new", nil)
		f.add(hostile, nil, statusResult(5*time.Second, 604, ""))
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

// TestInfoInTheAPI: what the service says about the plugin's connection, and why it does not.
func TestInfoInTheAPI(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		info := func(status int, body string) probe.Result {
			return result(probe.InfoRequest, 30*time.Second, status, body)
		}
		good, offline := statusResult(20*time.Second, 200, idle), `{"IsOnline":false,"LastConnectionTimeUtc":"1999-12-31T20:00:00"}`
		for name, c := range map[string]struct {
			results []probe.Result
			want    map[string]any // by key; nil: absent
		}{
			"no info yet":           {[]probe.Result{good}, map[string]any{"info_success": nil, "info_fault": nil, "connection": nil}},
			"overruled":             {[]probe.Result{info(200, offline), good}, map[string]any{"info_success": true, "info_fault": nil, "connection": map[string]any{"last_connect": "1999-12-31T20:00:00Z"}}},
			"offline":               {[]probe.Result{good, info(200, offline)}, map[string]any{"info_success": true, "connection": map[string]any{"online": false, "last_connect": "1999-12-31T20:00:00Z"}}},
			"times that mean never": {[]probe.Result{good, info(200, `{"IsOnline":true,"LastConnectionTimeUtc":"9999-12-31T23:59:59-14:00","LastDisconnectTimeUtc":"0001-01-01T00:00:00"}`)}, map[string]any{"connection": map[string]any{"online": true}}},
			"no app token":          {[]probe.Result{good, info(400, "")}, map[string]any{"info_success": false, "connection": nil, "fault": nil}},
		} {
			f := &fleet{}
			f.add("a", nil, c.results...)
			var got map[string]any
			if err := json.Unmarshal([]byte(get(f.options(), "/api/v1/printers/a")), &got); err != nil {
				t.Fatal(err)
			}
			for key, want := range c.want {
				if d := cmp.Diff(want, got[key]); d != "" {
					t.Errorf("%s: %s: %s", name, key, d)
				}
			}
			fault, _ := got["info_fault"].(map[string]any)
			if (got["info_success"] == false) != (fault["meaning"] != nil) {
				t.Errorf("%s: the fault of info is %v", name, fault)
			}
		}
	})
}

// panickingSchedule panics when it is asked about one printer.
type panickingSchedule struct {
	Schedule
	name string
}

func (p panickingSchedule) NextProbe(s *probe.Status) time.Time {
	if s.Name == p.name {
		panic("about " + s.Name)
	}
	return p.Schedule.NextProbe(s)
}

// TestABrokenPrinterDoesNotCutTheList: a bug that one printer triggers is reported, and the list says so in its place.
func TestABrokenPrinterDoesNotCutTheList(t *testing.T) {
	o := shop().options()
	var reported []string
	o.Panicked = func(route, text string, _ []byte) { reported = append(reported, route, text) }
	for _, name := range []string{"idle", "locked", hostile} { // the first one, the last one and one between
		reported, o.Schedule = nil, panickingSchedule{shop(), name}
		w := call(o, "GET", "/api/v1/printers")
		var got struct{ Printers []map[string]any }
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || len(got.Printers) != len(shop().printers) {
			t.Fatalf("%s: %d %v\n%s", name, w.Code, err, w.Body)
		}
		for _, p := range got.Printers {
			_, whole := p["layers"]
			if broken := p["name"] == name; whole == broken || (p["internal_error"] == internalError) != broken {
				t.Errorf("while %q is broken: %v", name, p)
			}
		}
		if len(reported) != 2 || reported[0] != "GET /api/v1/printers" {
			t.Errorf("%s: reported %q", name, reported)
		}
	}
}

// disconnectedWriter fails after some writes.
type disconnectedWriter struct {
	http.ResponseWriter
	writes int
}

func (g *disconnectedWriter) Write(b []byte) (int, error) {
	if g.writes--; g.writes < 0 {
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

func TestAListEndsWhenTheClientIsGone(t *testing.T) {
	f := shop()
	for writes := range 4 {
		listed := 0
		printers := iter.Seq[*probe.Status](func(yield func(*probe.Status) bool) {
			for s := range f.All() {
				listed++
				if !yield(s) {
					return
				}
			}
		})
		_ = writeList(&disconnectedWriter{httptest.NewRecorder(), writes}, "[", "]", printers, func(b *bytes.Buffer, s *probe.Status) { encode(b, s.Name) })
		if want := writes + 1; listed != want {
			t.Errorf("after %d writes: %d printers were listed, not %d", writes, listed, want)
		}
	}
}
