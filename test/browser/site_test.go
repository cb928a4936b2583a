package browser

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/web"
	"octoeverywhere_exporter/probe"
)

// fleet holds the status and the last results of some printers, as a probe.Fleet does, and serves its pages.
type fleet struct {
	mu       sync.Mutex
	printers []*probe.Status
	results  map[string][]probe.Result
}

// add adds a printer after probes with these responses, a minute apart, the last one ten seconds ago.
func (f *fleet) add(name string, labels map[string]string, responses ...response) {
	f.addProbed(name, labels, time.Minute, responses...)
}

// addProbed is add with another interval.
func (f *fleet) addProbed(name string, labels map[string]string, interval time.Duration, responses ...response) {
	s := probe.NewStatus(probe.Target{Name: name, Labels: labels, Interval: interval, Timeout: 20 * time.Second})
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, a := range responses {
		r := a.result(time.Now().Add(-10*time.Second - time.Duration(len(responses)-1-i)*interval))
		s = s.Next(r)
		if f.results == nil {
			f.results = map[string][]probe.Result{}
		}
		f.results[name] = []probe.Result{r}
	}
	f.printers = append(f.printers, &s)
}

// respond probes a printer now with this response.
func (f *fleet) respond(name string, a response) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := f.index(name)
	r := a.result(time.Now())
	s := f.printers[i].Next(r)
	f.printers[i], f.results[name] = &s, []probe.Result{r}
}

func (f *fleet) index(name string) int {
	return slices.IndexFunc(f.printers, func(s *probe.Status) bool { return s.Name == name })
}

// Status is the status of a printer.
func (f *fleet) Status(name string) (*probe.Status, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if i := f.index(name); i >= 0 {
		return f.printers[i], true
	}
	return nil, false
}

// All is the status of each printer.
func (f *fleet) All() iter.Seq[*probe.Status] {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Values(slices.Clone(f.printers))
}

// Current is the last status, without a probe.
func (f *fleet) Current(_ context.Context, name string) (*probe.Status, []probe.Result, error) {
	s, ok := f.Status(name)
	if !ok {
		return nil, nil, probe.ErrNoSuchPrinter
	}
	return s, f.Steps(name), nil
}

// ProbeNow is Current.
func (f *fleet) ProbeNow(ctx context.Context, name string) (*probe.Status, []probe.Result, error) {
	return f.Current(ctx, name)
}

// Acknowledge finds no lost print.
func (f *fleet) Acknowledge(string) error { return probe.ErrNotLost }

// NextProbe is an interval after the last probe.
func (f *fleet) NextProbe(s *probe.Status) time.Time { return s.LastProbe.Add(s.EffectiveInterval()) }

// Steps are the results of the last probe.
func (f *fleet) Steps(name string) []probe.Result {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.results[name]
}

// Past is what is in memory.
func (f *fleet) Past(_ context.Context, name string) ([]probe.Verdict, []probe.EndedPrint, error) {
	s, ok := f.Status(name)
	if !ok {
		return nil, nil, probe.ErrNoSuchPrinter
	}
	return s.Periods(time.Now()), s.Prints, nil
}

// Events are what is in memory.
func (f *fleet) Events(_ context.Context, since, until time.Time, limit int) ([]probe.Event, bool, error) {
	newest := probe.NewNewestEvents(since, until, limit)
	for s := range f.All() {
		newest.Add(s.Name, s.Periods(time.Now()), time.Time{}, s.Prints)
	}
	events, more := newest.Page()
	return events, more, nil
}

// Hours are two days in which layers failed more and more.
func (f *fleet) Hours() []probe.Hour {
	hours := make([]probe.Hour, 48)
	for i := range hours {
		hours[i] = probe.Hour{Start: time.Now().UTC().Truncate(time.Hour).Add(time.Duration(i-47) * time.Hour), Known: 9 * time.Hour}
		for j, l := range fault.Layers {
			hours[i].Down[l] = time.Duration(i*j) * time.Minute / 2
		}
	}
	return hours
}

type noEdges struct{}

func (noEdges) All() []probe.EdgeStatus { return nil }

// metrics serves one metric per printer.
type metrics struct{}

func (metrics) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "metrics\n") })
}

func (metrics) ProbeHandler(s *probe.Status, _ []probe.Result) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, "octoeverywhere_probe_success{printer=%q} 1\n", s.Name)
	})
}

// serve starts a server and gives its address.
func (f *fleet) serve(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(web.New(f.options(t)))
	t.Cleanup(srv.Close)
	return srv.URL + "/"
}

// options are those of a server of its pages.
func (f *fleet) options(t *testing.T) web.Options {
	return web.Options{
		Fleet: f, Schedule: f, History: f, Edges: noEdges{}, Metrics: metrics{},
		OtherShard: func(string) string { return "" },
		Lifecycle:  true, Reload: func() error { return nil },
		Rejected: func() {}, Panicked: func(_, text string, _ []byte) { t.Error(text) },
	}
}

// printerPage is the address of a printer's page.
func printerPage(root, name string) string { return root + "printers/" + url.PathEscape(name) }

// response is the response to a status request.
type response struct {
	status int
	body   string
}

func (a response) result(sent time.Time) probe.Result {
	attempt := probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: a.status, Body: []byte(a.body)}
	attempt.Durations[probe.Waiting], attempt.Durations[probe.Receiving] = 110*time.Millisecond, 10*time.Millisecond
	r := probe.Result{Request: probe.StatusRequest, Sent: sent, Took: 120 * time.Millisecond, Attempt: attempt}
	r.Fault, r.Reading = probe.Judge(probe.StatusRequest, attempt)
	r.Attempt.Body = nil
	return r
}

var (
	idle     = response{200, `{"Status":200,"Result":{"JobStatus":{"State":"idle"},"PlatformVersion":"OctoPrint 1.11.2"}}`}
	printing = response{200, `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":42.25,"DurationSec":3725,
		"TimeLeftSec":5400,"CurrentLayer":12,"TotalLayers":100,"Temps":{"BedActual":60,"BedTarget":60,"HotendActual":214.6,"HotendTarget":215}}}}}`}
	off     = response{200, `{"Status":785}`}
	locked  = response{200, `{"Status":789}`}
	jammed  = response{200, `{"Status":200,"Result":{"JobStatus":{"State":"error"}}}`}
	offline = response{601, ""}
	revoked = response{604, ""}
)

// shop is a fleet with a printer in each kind of status.
func shop() *fleet {
	f := &fleet{}
	f.add("mk4-01", map[string]string{"site": "lab", "model": "mk4"}, idle)
	f.add("mk4-02", map[string]string{"site": "lab", "model": "mk4"}, idle, off, idle)
	f.add("voron-01", map[string]string{"site": "hall", "model": "voron"}, idle, printing)
	f.add("voron-02", map[string]string{"site": "hall", "model": "voron"}, printing, offline, offline)
	f.add("a1-01", map[string]string{"site": "lab"}, idle, off)
	f.add("p1s-01", nil, idle, off, locked)
	f.add("x1c-01", nil, revoked)
	f.add("cc-01", nil, jammed)
	f.add("new", nil)
	return f
}

// many is a fleet of n printers, some with faults.
func many(n int) *fleet {
	f := &fleet{}
	for i := range n {
		labels := map[string]string{"site": "building-7", "model": "voron-2.4-350", "group": fmt.Sprintf("farm-%02d", i%20)}
		name := fmt.Sprintf("voron-%05d", i)
		switch i % 10 {
		case 0:
			f.add(name, labels, printing, off)
		case 1:
			f.add(name, labels, offline)
		case 2, 3, 4:
			f.add(name, labels, printing)
		default:
			f.add(name, labels, idle)
		}
	}
	return f
}
