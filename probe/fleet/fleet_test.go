package fleet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// answering is a transport without a network.
type answering func(*http.Request) (int, string)

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{Reused: true})
	status, body := a(r)
	if status == 0 { // it never answers
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// targets are printers with these names and addresses.
func targets(names ...string) []probe.Target {
	var ts []probe.Target
	for _, n := range names {
		u := &url.URL{Scheme: "https", Host: n + ".test"}
		ts = append(ts, probe.Target{Name: n, Interval: time.Minute, Timeout: 10 * time.Second, Address: probe.NewAddress(u), Service: probe.NewAddress(u)})
	}
	return ts
}

// answeredBy is a fleet of these printers whose requests a answers.
func answeredBy(t *testing.T, a answering, names ...string) *Fleet {
	f := New(Options{RoundTripper: a})
	t.Cleanup(f.Close)
	f.Replace(targets(names...))
	return f
}

const idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`

func good(*http.Request) (int, string) { return 200, idle }

// oldRefused refuses requests without the credentials of rotated.
func oldRefused(r *http.Request) (int, string) {
	if r.Header.Get("Authorization") != "Bearer new" {
		return 606, ""
	}
	return 200, idle
}

// rotated is a printer with new credentials.
func rotated(name string) []probe.Target {
	ts := targets(name)
	ts[0].Authorization = probe.NewSecret("Bearer new")
	return ts
}

func know(t *testing.T, f *Fleet, name string) *probe.Status {
	t.Helper()
	s, ok := f.Status(name)
	if !ok {
		t.Fatalf("no printer %s", name)
	}
	return s
}

func TestFleetKeepsWhatIsKnownAcrossAReload(t *testing.T) {
	f := answeredBy(t, good, "a", "b")
	f.Probe(t.Context(), "a", time.Now())
	f.Probe(t.Context(), "b", time.Now())
	f.Replace(targets("c", "a"))
	var names []string
	for s := range f.All() {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"c", "a"}) || f.Len() != 2 {
		t.Errorf("the fleet is %v", names)
	}
	if know(t, f, "a").Probes != 1 || know(t, f, "c").Probes != 0 {
		t.Error("what was known of a is lost, or c knows something")
	}
	if _, ok := f.Status("b"); ok {
		t.Error("b is still there")
	}
	f.Replace(targets("b"))
	if know(t, f, "b").Probes != 0 {
		t.Error("b came back with what was known")
	}
}

// TestTheLastStepsAreAtHand: looking at them asks nothing.
func TestTheLastStepsAreAtHand(t *testing.T) {
	f := answeredBy(t, good, "a")
	if f.Steps("a") != nil || f.Steps("b") != nil {
		t.Error("there are steps before the first probe, or of no printer")
	}
	f.Probe(t.Context(), "a", time.Now())
	steps := f.Steps("a")
	if len(steps) != 1 || steps[0].Request != probe.StatusRequest || steps[0].Reading.State != 0 || know(t, f, "a").Probes != 1 {
		t.Errorf("%+v", steps)
	}
}

func TestFleetAsksAChangedPrinterAtOnce(t *testing.T) {
	f := answeredBy(t, oldRefused, "a")
	f.Probe(t.Context(), "a", time.Now())
	moment := time.Now().Add(30 * time.Second)
	f.Probe(t.Context(), "a", moment)
	if n := know(t, f, "a").Probes; n != 1 {
		t.Fatalf("%d probes: the pause does not stand", n)
	}
	version := f.Entries()[0].Version

	labelled := targets("a")
	labelled[0].Labels = map[string]string{"site": "lab"}
	f.Replace(labelled)
	f.Probe(t.Context(), "a", moment)
	if s := know(t, f, "a"); s.Probes != 1 || s.Labels["site"] != "lab" || f.Entries()[0].Version != version {
		t.Error("another label ended the pause, or is not there")
	}

	f.Replace(rotated("a"))
	f.Probe(t.Context(), "a", moment)
	if s := know(t, f, "a"); s.Probes != 2 || !s.Success() || f.Entries()[0].Version == version {
		t.Errorf("another credential is not tried: %d probes, %s", s.Probes, s.Fault.Reason)
	}
}

// TestOneQuestionAtATime: a scheduled probe gives way, others wait, and only as many questions are asked as needed.
func TestOneQuestionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most, asked atomic.Int32
		slow := answering(func(*http.Request) (int, string) {
			most.Store(max(most.Load(), now.Add(1)))
			asked.Add(1)
			time.Sleep(2 * time.Second)
			now.Add(-1)
			return 200, idle
		})
		f := answeredBy(t, slow, "a")
		var wg sync.WaitGroup
		wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		synctest.Wait()
		if f.InFlight() != 1 {
			t.Errorf("%d probes are under way", f.InFlight())
		}
		for range 10 {
			wg.Go(func() {
				if s, steps, err := f.Current(t.Context(), "a"); err != nil || s.Probes != 1 || len(steps) != 1 {
					t.Errorf("%v %v %v", s, steps, err)
				}
			})
			wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		}
		wg.Wait()
		if most.Load() != 1 || asked.Load() != 1 {
			t.Errorf("%d questions, %d at once", asked.Load(), most.Load())
		}
		time.Sleep(59 * time.Second)
		if _, _, err := f.Current(t.Context(), "a"); err != nil || asked.Load() != 1 {
			t.Error("a result younger than the interval is not used")
		}
		time.Sleep(time.Second)
		if _, _, err := f.Current(t.Context(), "a"); err != nil || asked.Load() != 2 {
			t.Error("an old result is used")
		}
		if s, _, err := f.ProbeNow(t.Context(), "a"); err != nil || asked.Load() != 3 || s.Probes != 3 {
			t.Error("ProbeNow returns a result that was there already")
		}
		if f.InFlight() != 0 {
			t.Errorf("%d probes are under way", f.InFlight())
		}
	})
}

// TestScrapesDoNotDefeatAPause: /probe asks no more than the schedule, however often it is called.
func TestScrapesDoNotDefeatAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var status atomic.Int32
		off := answering(func(r *http.Request) (int, string) {
			if strings.HasSuffix(r.URL.Path, "/status") {
				status.Add(1)
				return 200, `{"Status":785}`
			}
			return 200, `{"Status":200,"Result":{}}`
		})
		f := answeredBy(t, off, "a")
		for range 240 {
			if _, _, err := f.Current(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
			time.Sleep(15 * time.Second)
		}
		if n := status.Load(); n < 12 || n > 15 {
			t.Errorf("%d questions for status in an hour", n)
		}
	})
}

func TestAHangingHostIsToldFromAHangingPlugin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pings := 0
		hangs := answering(func(r *http.Request) (int, string) {
			if strings.HasSuffix(r.URL.Path, "/ping") {
				pings++
				return 200, `{"Status":200,"Result":{}}`
			}
			return 0, ""
		})
		f := New(Options{RoundTripper: hangs})
		defer f.Close()
		ts := targets("a")
		ts[0].Timeout = ts[0].Interval // all of it: both questions fit in the interval all the same
		f.Replace(ts)
		begin := time.Now()
		f.Probe(t.Context(), "a", begin)
		if s := know(t, f, "a"); !s.Fault.Same(fault.HostUnresponsive) || pings != 1 || time.Since(begin) >= time.Minute {
			t.Errorf("%s after %v", s.Fault.Reason, time.Since(begin))
		}
	})
}

// recorder is an observer that counts.
type recorder struct {
	NopObserver
	requested, probed int
	changes           []string
	panics            []string
}

func (r *recorder) Requested(probe.Request, time.Duration) { r.requested++ }
func (r *recorder) Probed(probe.Target, []probe.Result)    { r.probed++ }
func (r *recorder) Changed(before, after *probe.Status) {
	r.changes = append(r.changes, before.Fault.Reason+">"+after.Fault.Reason)
}

func (r *recorder) Panicked(c Component, name string, value any, _ []byte) {
	r.panics = append(r.panics, fmt.Sprint(c, " ", name, " ", value))
}

func TestObserverIsToldWhatHappens(t *testing.T) {
	answers := []int{200, 200, 601, 601, 785, 200}
	var seen recorder
	f := New(Options{Observer: &seen, RoundTripper: answering(func(*http.Request) (int, string) {
		code := answers[0]
		answers = answers[1:]
		if code == 785 {
			return 200, `{"Status":785}`
		}
		return code, idle
	})})
	defer f.Close()
	f.Replace(targets("a"))
	for range 6 {
		if _, _, err := f.ProbeNow(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{">", ">plugin_offline", "plugin_offline>host_disconnected", "host_disconnected>"}
	if !slices.Equal(seen.changes, want) || seen.requested != 6 || seen.probed != 6 {
		t.Errorf("%q, %d requests, %d probes", seen.changes, seen.requested, seen.probed)
	}
}

// TestPanicEndsItsProbeOnly: the client gets an error, nothing is learned, and the next probe is made.
func TestPanicEndsItsProbeOnly(t *testing.T) {
	var seen recorder
	broken := true
	f := New(Options{Observer: &seen, RoundTripper: answering(func(r *http.Request) (int, string) {
		if broken {
			panic("a bug")
		}
		return good(r)
	})})
	defer f.Close()
	f.Replace(targets("a"))
	if _, _, err := f.ProbeNow(t.Context(), "a"); !errors.Is(err, probe.ErrPanicked) {
		t.Error(err)
	}
	f.Probe(t.Context(), "a", time.Now())
	if want := []string{"probe a a bug", "probe a a bug"}; !slices.Equal(seen.panics, want) || know(t, f, "a").Probes != 0 || f.InFlight() != 0 {
		t.Errorf("%q, %d probes", seen.panics, know(t, f, "a").Probes)
	}
	broken = false
	if s, _, err := f.ProbeNow(t.Context(), "a"); err != nil || !s.Success() {
		t.Error(err)
	}
}

func TestUnknownNamesAreRefused(t *testing.T) {
	f := New(Options{})
	defer f.Close()
	f.Probe(t.Context(), "nobody", time.Now())
	if _, _, err := f.ProbeNow(t.Context(), "nobody"); !errors.Is(err, probe.ErrNoSuchPrinter) {
		t.Error(err)
	}
	if _, _, err := f.Current(t.Context(), "nobody"); !errors.Is(err, probe.ErrNoSuchPrinter) {
		t.Error(err)
	}
}

// TestWhoWaitsCanGiveUp: a caller that goes away does not wait for another one's question.
func TestWhoWaitsCanGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := answeredBy(t, func(*http.Request) (int, string) { return 0, "" }, "a")
		var wg sync.WaitGroup
		wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := f.Current(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		wg.Wait()
	})
}

// TestAReloadDuringAProbe: what was asked with an old entry says nothing of the new one.
func TestAReloadDuringAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := answeredBy(t, func(r *http.Request) (int, string) { time.Sleep(time.Second); return oldRefused(r) }, "a")
		var wg sync.WaitGroup
		wg.Go(func() { f.Probe(t.Context(), "a", time.Now()) })
		synctest.Wait()
		f.Replace(rotated("a"))
		wg.Wait()
		if s := know(t, f, "a"); s.Probes != 0 || !s.Fault.None() {
			t.Errorf("%d probes, %s", s.Probes, s.Fault.Reason)
		}
		f.Probe(t.Context(), "a", time.Now())
		if !know(t, f, "a").Success() {
			t.Error("the new entry is not tried")
		}
	})
}

// TestAPrinterIsNotAskedTwiceAtOnceAcrossReloads: it is renamed, taken out, or brought back while it is being asked.
func TestAPrinterIsNotAskedTwiceAtOnceAcrossReloads(t *testing.T) {
	var inside, most, questions atomic.Int32
	slow := answering(func(*http.Request) (int, string) {
		questions.Add(1)
		most.Store(max(most.Load(), inside.Add(1)))
		time.Sleep(5 * time.Second)
		inside.Add(-1)
		return 200, idle
	})
	at := func(address, name string) probe.Target {
		target := targets(address)[0]
		target.Name = name
		return target
	}
	for name, reloads := range map[string][][]probe.Target{
		"renamed":                {{at("a", "new")}},
		"taken out, and back":    {{}, {at("a", "old")}},
		"back under a new name":  {{at("b", "old")}, {at("b", "old"), at("a", "new")}},
		"two change their names": {{at("b", "old"), at("a", "new")}},
	} {
		synctest.Test(t, func(t *testing.T) {
			most.Store(0)
			f := New(Options{RoundTripper: slow})
			defer f.Close()
			f.Replace([]probe.Target{at("a", "old")})
			var wg sync.WaitGroup
			wg.Go(func() { f.Probe(t.Context(), "old", time.Now()) })
			synctest.Wait()
			for _, targets := range reloads {
				f.Replace(targets)
			}
			for _, e := range f.Entries() {
				if e.Target.Address.Secret != at("a", "").Address.Secret {
					continue
				}
				before := questions.Load()
				f.Probe(t.Context(), e.Target.Name, time.Now())
				if questions.Load() != before {
					t.Errorf("%s: it is asked twice at once", name)
				}
				wg.Go(func() { // waits until it may
					if s, _, err := f.ProbeNow(t.Context(), e.Target.Name); err != nil || !s.Success() {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
			wg.Wait()
			if most.Load() != 1 {
				t.Errorf("%s: %d questions at once", name, most.Load())
			}
			f.Replace(nil)
			f.Replace(nil)
			if len(f.slots) != 0 {
				t.Errorf("%s: %d slots are kept", name, len(f.slots))
			}
		})
	}
}

// TestTransportsAreShared: one per setting, kept across reloads.
func TestTransportsAreShared(t *testing.T) {
	f := New(Options{})
	defer f.Close()
	ts := targets("a", "b", "c")
	ts[2].Settings.Key = "other"
	f.Replace(ts)
	senders := func() (out []probe.Sender) {
		for _, p := range f.order {
			out = append(out, p.entry.Load().sender)
		}
		return out
	}
	first := senders()
	if first[0] != first[1] || first[1] == first[2] {
		t.Error("transports are not shared by setting")
	}
	f.Replace(ts)
	if !slices.Equal(first, senders()) {
		t.Error("a reload throws connections away")
	}
}
