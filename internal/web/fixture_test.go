package web

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/testkit"
)

// canary is part of every secret of the targets.
const canary = "Sentinel"

// hostile is a name that tries to be more than a name.
const hostile = `<script>alert(1)</script> "x' ☃ 50%`

// Tests whose responses contain times run in a synctest bubble, where it is midnight of 1 January 2000 in UTC.

// fleet holds the status and the last results of some printers, as a probe.Fleet does.
type fleet struct {
	printers []*probe.Status
	results  map[string][]probe.Result
	hours    []probe.Hour
}

func (f *fleet) All() iter.Seq[*probe.Status] { return slices.Values(f.printers) }

func (f *fleet) Status(name string) (*probe.Status, bool) {
	i := slices.IndexFunc(f.printers, func(s *probe.Status) bool { return s.Name == name })
	if i < 0 {
		return nil, false
	}
	return f.printers[i], true
}

func (f *fleet) Current(_ context.Context, name string) (*probe.Status, []probe.Result, error) {
	s, ok := f.Status(name)
	switch {
	case !ok:
		return nil, nil, probe.ErrNoSuchPrinter
	case s.Disabled:
		return nil, nil, probe.ErrDisabled
	}
	return s, f.results[name], nil
}

func (f *fleet) ProbeNow(ctx context.Context, name string) (*probe.Status, []probe.Result, error) {
	return f.Current(ctx, name)
}

func (f *fleet) Acknowledge(name string) error {
	s, ok := f.Status(name)
	if !ok {
		return probe.ErrNoSuchPrinter
	}
	next, err := s.Acknowledged(time.Now())
	*s = next
	return err
}

func (f *fleet) Steps(name string) []probe.Result { return f.results[name] }

// NextProbe is an interval after the last one.
func (f *fleet) NextProbe(s *probe.Status) time.Time {
	if s.LastProbe.IsZero() {
		return time.Time{}
	}
	return s.LastProbe.Add(s.EffectiveInterval())
}

func (f *fleet) Past(ctx context.Context, name string) ([]probe.Verdict, []probe.EndedPrint, error) {
	s, ok := f.Status(name)
	if !ok {
		return nil, nil, probe.ErrNoSuchPrinter
	}
	return s.Periods(time.Now()), s.Prints, ctx.Err()
}

func (f *fleet) Events(ctx context.Context, since, until time.Time, limit int) ([]probe.Event, bool, error) {
	newest := probe.NewNewestEvents(since, until, limit)
	for _, s := range f.printers {
		newest.Add(s.Name, s.Periods(time.Now()), time.Time{}, s.Prints)
	}
	events, more := newest.Page()
	return events, more, ctx.Err()
}

func (f *fleet) Hours() []probe.Hour { return f.hours }

type edges []probe.EdgeStatus

func (e edges) All() []probe.EdgeStatus { return e }

// metrics serves all metrics; those of one printer are its name and what the client accepts.
type metrics http.HandlerFunc

func (m metrics) Handler() http.Handler { return http.HandlerFunc(m) }

func (metrics) ProbeHandler(s *probe.Status, _ []probe.Result) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/metrics")
		_, _ = fmt.Fprintf(w, "metrics of %q, accept %q %q\n", s.Name, r.Header.Get("Accept"), r.Header.Get("Accept-Encoding"))
	})
}

// add adds a printer after probes with these results, one result per probe.
func (f *fleet) add(name string, labels map[string]string, results ...probe.Result) {
	s := probe.NewStatus(newTarget(name, labels))
	for _, r := range results {
		s = s.Next(r)
	}
	f.printers = append(f.printers, &s)
	if f.results == nil {
		f.results = map[string][]probe.Result{}
	}
	f.results[name] = results[max(0, len(results)-1):]
}

// newTarget is a target with a canary in every secret.
func newTarget(name string, labels map[string]string) probe.Target {
	address := probe.NewAddress(&url.URL{Scheme: "https", Host: "app-" + canary + ".octoeverywhere.com"})
	return probe.Target{
		Name: name, Labels: labels, Interval: time.Minute, Timeout: 20 * time.Second, Address: address,
		Authorization: probe.NewSecret("Bearer " + canary), AppToken: probe.NewSecret(canary),
	}
}

// result is that of a request that was sent ago before now and got this response.
func result(q probe.Request, ago time.Duration, status int, body string) probe.Result {
	a := probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: status, Body: []byte(body)}
	a.Durations[probe.Connecting], a.Durations[probe.Waiting], a.Durations[probe.Receiving] = 20*time.Millisecond, 90*time.Millisecond, 10*time.Millisecond
	r := probe.Result{Request: q, Sent: time.Now().Add(-ago), Took: 120 * time.Millisecond, Attempt: a}
	r.Fault, r.Reading = probe.Judge(q, a)
	r.Attempt.Body = nil
	return r
}

func statusResult(ago time.Duration, status int, body string) probe.Result {
	return result(probe.StatusRequest, ago, status, body)
}

// failedResult is that of a status request that failed in a phase.
func failedResult(ago time.Duration, phase probe.Phase, kind probe.ErrorKind) probe.Result {
	a := probe.Attempt{Phase: phase, ErrorKind: kind}
	a.Durations[phase] = 1500 * time.Microsecond
	r := probe.Result{Request: probe.StatusRequest, Sent: time.Now().Add(-ago), Took: 1500 * time.Microsecond, Attempt: a}
	r.Fault, r.Reading = probe.Judge(probe.StatusRequest, a)
	return r
}

func code(n int) string { return fmt.Sprintf(`{"Status":%d}`, n) }

const (
	idle     = `{"Status":200,"Result":{"JobStatus":{"State":"idle"},"PlatformVersion":"OctoPrint 1.11.2"}}`
	printing = `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":42.25,"DurationSec":3725,
		"TimeLeftSec":5400,"CurrentLayer":12,"TotalLayers":100,"Temps":{"BedActual":60.04,"BedTarget":60,"HotendActual":214.6,
		"HotendTarget":215,"ChamberActual":0,"ChamberTarget":0}}},"PlatformVersion":"Klipper v0.12.0 <b>",
		"OctoEverywhereStatus":{"Gadget":{"LastScore":9.5,"TimeSinceLastScoreSec":20,"IsSuppressed":false}}}}`
	failed = `{"Status":200,"Result":{"JobStatus":{"State":"error"}}}`
)

// shop is a fleet with a printer in each kind of status.
func shop() *fleet {
	f := &fleet{}
	f.add("idle", map[string]string{"site": "lab", "model": "mk4", "note": ""}, statusResult(10*time.Second, 200, idle))
	f.add("printing", map[string]string{"site": "hall", "model": "voron"}, statusResult(2*time.Hour, 200, idle), statusResult(20*time.Second, 200, printing))
	f.add("lost", map[string]string{"site": "hall"}, statusResult(3*time.Minute, 200, printing), statusResult(70*time.Second, 601, ""), statusResult(10*time.Second, 601, ""))
	f.add("asleep", map[string]string{"site": "lab"}, statusResult(5*time.Minute, 200, idle), statusResult(30*time.Second, 200, code(785)))
	f.add("locked", nil, statusResult(40*time.Second, 200, code(789)))
	f.add("revoked", nil, statusResult(50*time.Second, 604, ""))
	f.add("jammed", nil, statusResult(15*time.Second, 200, failed))
	f.add("unplugged", nil, failedResult(25*time.Second, probe.Connecting, probe.ConnRefused))
	f.add("new", nil)
	f.add(hostile, map[string]string{"site": `<i onclick="alert(2)">'`}, statusResult(5*time.Second, 601, ""))
	return f
}

// options are those of a program with these printers.
func (f *fleet) options() Options {
	return Options{
		Fleet: f, Schedule: f, History: f, Edges: edges{},
		Metrics:    metrics(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "all metrics\n") }),
		OtherShard: func(string) string { return "" },
		Reload:     func() error { return nil },
		Config:     func() io.Reader { return strings.NewReader("printers: []\n") },
		Rejected:   func() {},
		Panicked:   func(string, string, []byte) {},
		Version:    "1.2.3",
	}
}

// call sends a request to a new handler.
func call(o Options, method, target string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	New(o).ServeHTTP(w, r)
	return w
}

// serve sends a GET to a handler and discards the response.
func serve(h http.Handler, target string) {
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, target, nil))
}

func get(o Options, target string) string { return call(o, http.MethodGet, target).Body.String() }

// between is the part of text from the first start to the next end, both included.
func between(t *testing.T, text, start, end string) string {
	t.Helper()
	i := strings.Index(text, start)
	if i < 0 {
		t.Fatalf("%q is not in:\n%s", start, text)
	}
	j := strings.Index(text[i:], end)
	if j < 0 {
		t.Fatalf("%q is not in:\n%s", end, text[i:])
	}
	return text[i : i+j+len(end)]
}

// sameAsFile compares with a file in testdata, which ends with a line end.
func sameAsFile(t *testing.T, name, got string) {
	t.Helper()
	testkit.Same(t, "testdata/"+name, strings.TrimSuffix(got, "\n")+"\n")
}
