package collector

import (
	"bytes"
	"compress/gzip"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"

	"octoeverywhere_exporter/probe"
)

const (
	printing = `{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":47.5,"DurationSec":5321,
		"TimeLeftSec":6123,"CurrentLayer":123,"TotalLayers":321,"Temps":{"BedActual":59.8,"BedTarget":60.0,
		"HotendActual":214.73,"HotendTarget":215.0,"ChamberActual":31.2,"ChamberTarget":0.0}}},
		"OctoEverywhereStatus":{"Gadget":{"LastScore":8.7,"TimeSinceLastScoreSec":12,"IsSuppressed":false,"TimeSinceLastPauseSec":60,"TimeSinceLastWarnSec":90}},
		"PlatformVersion":"Klipper \"v0.12\""}}`
	idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle","CurrentPrint":{"Temps":{"BedActual":21,"BedTarget":0}}}}}`
	// Bambu Lab printers keep the numbers of the print.
	broken = `{"Status":200,"Result":{"JobStatus":{"State":"error","CurrentPrint":{"Progress":47.5}}}}`
	online = `{"IsOnline":true,"LastConnectionTimeUtc":"1999-12-31T23:00:00Z","LastDisconnectTimeUtc":"1999-12-31T22:59:30Z"}`
)

// life is a printer that is probed once per minute and responds within 120 ms.
type life struct {
	t *testing.T
	probe.Status
}

func born(t *testing.T, name string, labels map[string]string) *life {
	u := &url.URL{Scheme: "https", Host: name + ".octoeverywhere.com"}
	s := probe.NewStatus(probe.Target{Name: name, Address: probe.NewAddress(u), Labels: labels, Interval: time.Minute, AppToken: probe.NewSecret("token")})
	return &life{t, s.CountingFrom(time.Now())}
}

// responds waits a minute and folds in the response of the printer's own address to a status request.
func (l *life) responds(httpStatus int, body string) *life {
	l.t.Helper()
	time.Sleep(time.Minute - 120*time.Millisecond)
	return l.respondsTo(probe.StatusRequest, httpStatus, body)
}

func (l *life) plugin(status string) *life {
	l.t.Helper()
	return l.responds(200, `{"Status":`+status+`}`)
}

// informs folds in the service's response to an info request right after.
func (l *life) informs(body string) *life {
	l.t.Helper()
	return l.respondsTo(probe.InfoRequest, 200, body)
}

func (l *life) respondsTo(q probe.Request, httpStatus int, body string) *life {
	l.t.Helper()
	sent := time.Now()
	time.Sleep(120 * time.Millisecond)
	f, reading := probe.Judge(q, probe.Attempt{Phase: probe.ResponseRead, HTTPStatus: httpStatus, Body: []byte(body)})
	l.Status = l.Next(probe.Result{Request: q, Sent: sent, Took: time.Since(sent), Fault: f, Reading: reading})
	return l
}

// fleet returns the printers of a Collector.
func fleet(all ...*life) printers {
	return func() iter.Seq[*probe.Status] {
		return func(yield func(*probe.Status) bool) {
			for _, l := range all {
				if !yield(&l.Status) {
					return
				}
			}
		}
	}
}

func afterInterval(s *probe.Status) time.Time {
	if s.LastProbe.IsZero() {
		return time.Time{}
	}
	return s.LastProbe.Add(s.EffectiveInterval())
}

// printers is a fleet of which nothing else is known.
type printers func() iter.Seq[*probe.Status]

func (p printers) All() iter.Seq[*probe.Status] { return p() }
func (printers) InFlight() int                  { return 1 }
func (printers) Connections() (int, map[string]bool) {
	return 3, map[string]bool{"octoeverywhere.com": true, "octoeverywhere.net": false}
}

type edgeStatuses []probe.EdgeStatus

func (e edgeStatuses) All() []probe.EdgeStatus { return e }

// nextProbes plans the next probe of each printer.
type nextProbes func(*probe.Status) time.Time

func (n nextProbes) NextProbe(s *probe.Status) time.Time { return n(s) }
func (nextProbes) Skipped() uint64                       { return 2 }

// optionsOf are those of an exporter of some printers.
func optionsOf(p printers) Options {
	return Options{
		Recorder: NewRecorder(), Fleet: p, Edges: edgeStatuses{}, Schedule: nextProbes(afterInterval),
		LabelNames: func() []string { return nil },
	}
}

// unplanned are optionsOf without a next probe.
func unplanned(p printers) Options {
	o := optionsOf(p)
	o.Schedule = nextProbes(func(*probe.Status) (none time.Time) { return none })
	return o
}

// labeled are optionsOf with configured labels.
func labeled(p printers, names ...string) Options {
	o := optionsOf(p)
	o.LabelNames = func() []string { return names }
	return o
}

// exposition returns the text of a Collector's printers.
func exposition(t *testing.T, c *Collector, format expfmt.Format) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.write(t.Context(), &b, encoding{format: format}, c.options.Fleet.All(), nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// series returns the lines of a text that are no comments, without the prefix of all names. Outcomes of which no print ended
// are left out: all printers have them.
func series(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		noPrints := strings.HasPrefix(line, prefix+"prints_total{") && strings.HasSuffix(line, " 0\n")
		if !strings.HasPrefix(line, "#") && !noPrints {
			b.WriteString(strings.TrimPrefix(line, prefix))
		}
	}
	return b.String()
}

// lines formats an expected text like series.
func lines(text string) string {
	wanted := slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	for i, l := range wanted {
		wanted[i] = strings.TrimSpace(l) + "\n"
	}
	return strings.Join(wanted, "")
}

// exported returns the series of some printers.
func exported(t *testing.T, all ...*life) string {
	t.Helper()
	return series(exposition(t, New(optionsOf(fleet(all...))), expfmt.FmtText))
}

// asText converts an exposition to text.
func asText(t *testing.T, r io.Reader, e encoding) string {
	t.Helper()
	if e.gzip {
		plain, err := gzip.NewReader(r)
		if err != nil {
			t.Fatal(err)
		}
		r = plain
	}
	var b bytes.Buffer
	if e.format.FormatType() == expfmt.TypeTextPlain {
		if _, err := b.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, f := range decoded(t, r, expfmt.FmtProtoDelim) {
		if _, err := expfmt.MetricFamilyToText(&b, f); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}
