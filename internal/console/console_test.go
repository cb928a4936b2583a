package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/view"
	"octoeverywhere_exporter/probe"
)

var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// canary is part of every secret of the targets.
const canary = "c4n4ry"

// probed is the status of a printer after a status request with this response, and the result.
func probed(name string, labels map[string]string, httpStatus int, body string) (*probe.Status, []probe.Result) {
	address := probe.NewAddress(&url.URL{Scheme: "https", Host: canary + ".octoeverywhere.com"})
	t := probe.Target{Name: name, Labels: labels, Interval: time.Minute, Address: address, Authorization: probe.NewSecret(canary)}
	r := probe.Result{Request: probe.StatusRequest, Sent: now.Add(-150 * time.Millisecond), Took: 150 * time.Millisecond}
	r.Attempt = probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: httpStatus, Body: []byte(body)}
	r.Attempt.Durations[probe.Resolving] = 20 * time.Microsecond
	r.Attempt.Durations[probe.Connecting] = 2500 * time.Microsecond
	r.Attempt.Durations[probe.Handshaking] = 10 * time.Millisecond
	r.Attempt.Durations[probe.Waiting] = 137 * time.Millisecond
	r.Fault, r.Reading = probe.Judge(r.Request, r.Attempt)
	s := probe.NewStatus(t).After([]probe.Result{r})
	return &s, []probe.Result{r}
}

const printing = `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":41.7,"DurationSec":2520,"TimeLeftSec":3780,
"CurrentLayer":120,"TotalLayers":300,"Temps":{"HotendActual":214.6,"HotendTarget":215,"BedActual":24.2,"BedTarget":0}}},"PlatformVersion":"OctoPrint 1.11"}}`

func TestPrinterWithAFault(t *testing.T) {
	s, steps := probed("p1s-04", map[string]string{"site": "lab", "model": "p1s", "note": "", "evil": "\x1b[2J"}, http.StatusOK, `{"Status":789}`)
	const want = `p1s-04  evil=[2J  model=p1s  site=lab

  ✓ network  up       Can this machine reach OctoEverywhere's edge (DNS, TCP,
                      TLS, proxies, bot protection)?
  ✓ service  up       Does the service respond?
  ✓ access   up       Does the service accept this connection (credentials,
                      account)?
  ✓ plugin   up       Is the plugin connected, and does it respond?
  ✗ host     down     Does the printer's software respond to the plugin?
  · printer  unknown  Is the printer free of an error?

  auth invalid (789)
  The printer rejects the plugin's credentials: its access code, password or API
  key has changed.
  remedy   Enter the printer's current access code, password or API key in the
           plugin.
  owner    on-site operator

  status   HTTP 200 in 150 ms: connect 2.5 ms, tls 10 ms, wait 137 ms
`
	var b strings.Builder
	if err := (Style{Width: 80}).Printer(&b, s, steps, now); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}

func TestPrinterThatPrints(t *testing.T) {
	s, steps := probed("mk4-01", nil, http.StatusOK, printing)
	var b strings.Builder
	if err := (Style{}).Printer(&b, s, steps, now); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"  OK.\n",
		"  printer  printing 42%, 1 h 3 min left · layer 120 of 300 · hotend 215 of 215 °C · bed 24 °C · OctoPrint 1.11\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("missing %q in\n%s", want, b.String())
		}
	}
}

// TestColorAddsNoText: without it the text is the same.
// TestPrinterWithAFailingInfo: it is no fault of the printer.
func TestPrinterWithAFailingInfo(t *testing.T) {
	s, steps := probed("mk4-01", nil, http.StatusOK, strings.Replace(printing, `"PlatformVersion"`, `"OctoEverywhereStatus":{"Gadget":{"TimeSinceLastPauseSec":300}},"PlatformVersion"`, 1))
	configured := s.Reconfigured(probe.Target{Name: s.Name, Interval: s.Interval, AppToken: probe.NewSecret(canary)}, false)
	f, _ := probe.Judge(probe.InfoRequest, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: http.StatusBadRequest})
	after := configured.Next(probe.Result{Request: probe.InfoRequest, Sent: now, Fault: f})
	var b strings.Builder
	if err := (Style{}).Printer(&b, &after, steps, now); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"  OK.\n", "  info     unexpected http status (400): The service does not know the app token", "Gadget's last pause 5 min ago"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in\n%s", want, b.String())
		}
	}
}

func TestColorAddsNoText(t *testing.T) {
	s, steps := probed("p1s-04", map[string]string{"site": "lab"}, 601, "")
	var plain, colored strings.Builder
	for b, style := range map[*strings.Builder]Style{&plain: {Width: 90}, &colored: {Width: 90, Color: true}} {
		_ = style.Printer(b, s, steps, now)
		_ = NewList(style, []string{"p1s-04"}).Line(b, s, now)
		_ = style.Summary(b, []*probe.Status{s}, 0)
	}
	stripped := colored.String()
	for _, c := range []string{good, bad, active, strong, quiet, "0"} {
		stripped = strings.ReplaceAll(stripped, "\x1b["+c+"m", "")
	}
	if d := cmp.Diff(plain.String(), stripped); d != "" || plain.String() == colored.String() {
		t.Error(d)
	}
	if strings.Contains(plain.String(), canary) {
		t.Error("the output contains a secret")
	}
}

func TestListIsInColumns(t *testing.T) {
	var b strings.Builder
	l := NewList(Style{}, []string{"a", "Büro 2"})
	for name, c := range map[string]struct {
		status int
		body   string
	}{"a": {601, ""}, "Büro 2": {200, printing}} {
		s, _ := probed(name, nil, c.status, c.body)
		if err := l.Line(&b, s, now); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{
		"✓✓✓✗··  a        150 ms  plugin   plugin offline (601)\n",
		"✓✓✓✓✓✓  Büro 2   150 ms  ok       printing 42%, 1 h 3 min left\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("missing %q in\n%s", want, b.String())
		}
	}
}

// TestSummaryGroupsByCause, nearest layer first, the most frequent cause of a layer first.
func TestSummaryGroupsByCause(t *testing.T) {
	var statuses []*probe.Status
	for i := range 30 {
		status, body := 601, ""
		switch {
		case i < 1:
			status = 606
		case i < 3:
			status, body = 200, `{"Status":787}`
		case i < 20:
			status, body = 200, `{"Status":785}`
		case i < 25:
			status, body = 200, printing
		}
		s, _ := probed(fmt.Sprintf("p-%02d", 29-i), nil, status, body)
		statuses = append(statuses, s)
	}
	var b strings.Builder
	if err := (Style{}).Summary(&b, statuses, 2); err != nil {
		t.Fatal(err)
	}
	var heads []string
	for line := range strings.Lines(b.String()) {
		if !strings.HasPrefix(line, "      ") && line != "\n" {
			heads = append(heads, line)
		}
	}
	want := []string{
		"   1  access   credentials invalid (606)\n",
		"   5  plugin   plugin offline (601)\n",
		"  17  host     host disconnected (785)\n",
		"   2  host     too many clients (787)\n",
		"30 printers: 5 OK, 25 with a fault (access 1, plugin 5, host 19); 2 not probed (interrupted)\n",
	}
	if d := cmp.Diff(want, heads); d != "" {
		t.Error(d)
	}
	if names := "      p-10, p-11, p-12, p-13, p-14, p-15, p-16, p-17, p-18, p-19, p-20, p-21 and 5 more\n"; !strings.Contains(b.String(), names) {
		t.Errorf("missing %q in\n%s", names, b.String())
	}
	var none [fault.Printer + 1]int
	if got := (Style{}).totals(0, 0, none, 3); got != "0 printers: 0 OK, 0 with a fault; 3 not probed (interrupted)" {
		t.Error(got)
	}
	if got := (Style{}).totals(1, 0, none, 0); got != "1 printer: all OK" {
		t.Error(got)
	}
}

func TestProbeLines(t *testing.T) {
	known, _ := probed("mk4-01", nil, http.StatusOK, printing)
	for name, c := range map[string]struct {
		progress ProbeProgress
		want     string
	}{
		"before the first request": {ProbeProgress{}, `mk4-01

  … network           queued, 0.0 s
  · service  unknown
  · access   unknown
  · plugin   unknown
  · host     unknown
  · printer  unknown`},
		"the edge is reached": {ProbeProgress{Request: probe.StatusRequest, Phase: probe.Waiting, Elapsed: 1250 * time.Millisecond}, `mk4-01

  ✓ network  up
  … service           status: wait, 1.2 s
  · access   unknown
  · plugin   unknown
  · host     unknown
  · printer  unknown`},
		"a further request": {ProbeProgress{Request: probe.InfoRequest, Phase: probe.Connecting, Elapsed: time.Second, Status: known}, `mk4-01

  ✓ network  up
  ✓ service  up
  ✓ access   up
  ✓ plugin   up
  ✓ host     up
  ✓ printer  up

  … info: connect, 1.0 s`},
	} {
		if d := cmp.Diff(c.want, strings.Join((Style{Width: 80}).ProbeLines("mk4-01", c.progress, now), "\n")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestProgressFitsTheTerminal: lines that are redrawn must not wrap.
func TestProgressFitsTheTerminal(t *testing.T) {
	s := Style{Width: 40}
	lines := s.ProbeLines(strings.Repeat("long ", 20), ProbeProgress{Elapsed: time.Hour}, now)
	for _, line := range append(lines, s.FleetProgress(1234, 56, 10000, strings.Repeat("long ", 20))) {
		if utf8.RuneCountInString(line) > 40 {
			t.Errorf("%q is %d wide", line, utf8.RuneCountInString(line))
		}
	}
}

// TestLayerLinesFitTheTerminal, also a narrow one.
func TestLayerLinesFitTheTerminal(t *testing.T) {
	for _, width := range []int{40, 80, 120} {
		for _, l := range fault.Layers {
			for line := range strings.Lines((Style{Width: width}).layerLine(view.Unknown, l, l.Question())) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > width {
					t.Errorf("%d columns on a terminal of %d: %s", n, width, line)
				}
			}
		}
	}
}

func TestEveryFaultFits(t *testing.T) {
	for _, r := range fault.Rows() {
		for line := range strings.Lines((Style{Width: 80}).labeled(6, "remedy", r.Remedy)) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", r.Reason, n, line)
			}
		}
	}
}
