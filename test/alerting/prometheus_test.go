package alerting

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/notifier"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

const (
	recordingRules = "../../deploy/prometheus/recording.rules.yml"
	alertRules     = "../../deploy/prometheus/alerts.rules.yml"
)

// target is what a Prometheus scrapes: an exporter, or one printer of it (/probe).
type target struct {
	labels []string      // pairs
	path   string        // with parameters
	served *http.Handler // nil handler: down
	keep   func(metric, printer string) bool
	whole  bool                     // not only the metrics that rules use
	series map[string]labels.Labels // of the last scrape
	gone   bool                     // no longer discovered
}

// prometheus scrapes targets and evaluates the rules. It is driven by tick.
type prometheus struct {
	t        *testing.T
	db       *tsdb.DB
	engine   *promql.Engine
	parser   parser.Parser
	external labels.Labels
	targets  []*target
	interval time.Duration // of scrapes
	scraped  int           // minute of the last scrape
	groups   []*rules.Group
	evals    int // since the start
	send     func([]*notifier.Alert)
	drop     func(tick int) bool // whether the scrapes of a tick fail
	down     bool
	records  bool          // also what no alert reads
	skew     time.Duration // of its clock
}

// newPrometheus returns a Prometheus with an empty database.
func newPrometheus(t *testing.T, external labels.Labels, send func([]*notifier.Alert)) *prometheus {
	t.Helper()
	o := tsdb.DefaultOptions()
	o.MinBlockDuration, o.MaxBlockDuration, o.RetentionDuration = 1e12, 1e12, 0
	o.WALSegmentSize = -1 // no WAL
	db, err := tsdb.Open(t.TempDir(), nil, nil, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &prometheus{t: t, db: db, parser: parser.NewParser(parser.Options{}), external: external, interval: time.Minute, scraped: -10, send: send}
	p.engine = promql.NewEngine(promql.EngineOpts{
		MaxSamples: 5e7, Timeout: time.Minute, LookbackDelta: 5 * time.Minute, EnableAtModifier: true, EnableNegativeOffset: true, Parser: p.parser,
		NoStepSubqueryIntervalFn: func(int64) int64 { return time.Minute.Milliseconds() },
	})
	p.start()
	return p
}

// start loads the rules, without the state of alerts. The flags are those of deploy/compose.
func (p *prometheus) start() {
	p.t.Helper()
	m := rules.NewManager(&rules.ManagerOptions{
		ExternalURL: &url.URL{Scheme: "http", Host: "prometheus.example"}, QueryFunc: rules.EngineQueryFunc(p.engine, p.db),
		NotifyFunc: rules.SendAlerts(sender(p.sendAlerts), "http://prometheus.example"), Context: p.t.Context(),
		AppendableV2: p.db, Queryable: p.db, OutageTolerance: time.Hour, ForGracePeriod: time.Minute, ResendDelay: 10 * time.Minute, Parser: p.parser,
	})
	loaded, errs := m.LoadGroups(time.Minute, p.external, "http://prometheus.example", nil, false, recordingRules, alertRules)
	if errs != nil {
		p.t.Fatal(errs)
	}
	p.groups, p.evals, p.down = nil, 0, false
	for _, g := range loaded {
		p.groups = append(p.groups, g)
	}
	slices.SortFunc(p.groups, func(a, b *rules.Group) int { // recording rules first
		return strings.Compare(b.File()+b.Name(), a.File()+a.Name())
	})
}

type sender func([]*notifier.Alert)

// Send implements rules.Sender.
func (s sender) Send(alerts ...*notifier.Alert) { s(alerts) }

// sendAlerts adds the external labels, as the notifier does.
func (p *prometheus) sendAlerts(alerts []*notifier.Alert) {
	for _, a := range alerts {
		b := labels.NewBuilder(a.Labels)
		p.external.Range(func(l labels.Label) {
			if a.Labels.Get(l.Name) == "" {
				b.Set(l.Name, l.Value)
			}
		})
		a.Labels = b.Labels()
	}
	p.send(alerts)
}

// tick scrapes if it is time to, and evaluates the rules. It is called once per minute.
func (p *prometheus) tick(minute int) {
	p.t.Helper()
	if p.down {
		return
	}
	if now := time.Now().Add(p.skew); minute-p.scraped >= int(p.interval/time.Minute) {
		p.scraped = minute
		for _, target := range p.targets {
			p.scrape(target, now, p.drop != nil && p.drop(minute))
		}
	}
	time.Sleep(10 * time.Second)
	now := time.Now().Add(p.skew)
	for _, g := range p.groups {
		if unread := g.Name() == "octoeverywhere-month" && minute%60 != 0 || g.Name() == "octoeverywhere-dashboard"; unread && !p.records {
			continue // no alert reads it
		}
		g.Eval(p.t.Context(), now)
		for _, r := range g.Rules() {
			if err := r.LastError(); err != nil {
				p.t.Fatalf("%s: %v", r.Name(), err)
			}
		}
	}
	if p.evals++; p.evals == 2 { // as Prometheus does, after one more evaluation
		for _, g := range p.groups {
			g.RestoreForState(now)
		}
	}
}

// usedMetrics are the metrics that rules use.
var usedMetrics = func() map[string]bool {
	used := map[string]bool{}
	for _, path := range []string{recordingRules, alertRules} {
		text, err := os.ReadFile(path)
		if err != nil {
			panic(err)
		}
		for _, name := range regexp.MustCompile(`\b(octoeverywhere|process)_\w+`).FindAllString(string(text), -1) {
			used[name] = true
		}
	}
	return used
}()

// scrape appends the samples of a target, and markers for series that have gone.
func (p *prometheus) scrape(target *target, now time.Time, fails bool) {
	p.t.Helper()
	app, at := p.db.AppenderV2(context.Background()), now.UnixMilli()
	appendSample := func(l labels.Labels, v float64) {
		if _, err := app.Append(0, l, 0, at, v, nil, nil, storage.AppendV2Options{}); err != nil {
			p.t.Fatalf("%s: %v", l, err)
		}
	}
	series, up := map[string]labels.Labels{}, 0.0
	if handler := *target.served; handler != nil && !fails && !target.gone {
		up = 1
		page := httptest.NewRecorder()
		handler.ServeHTTP(page, httptest.NewRequest(http.MethodGet, target.path, nil))
		if page.Code != http.StatusOK {
			up = 0
		}
		for parser := textparse.NewPromParser(page.Body.Bytes(), labels.NewSymbolTable(), false); up == 1; {
			entry, err := parser.Next()
			if err != nil {
				break
			}
			if entry != textparse.EntrySeries {
				continue
			}
			raw, _, v := parser.Series()
			name, _, _ := strings.Cut(string(raw), "{")
			if !usedMetrics[name] && !target.whole {
				continue
			}
			var l labels.Labels
			parser.Labels(&l)
			if target.keep != nil && !target.keep(name, l.Get("printer")) {
				continue
			}
			l = withLabels(l, target.labels)
			series[l.String()] = l
			appendSample(l, v)
		}
	}
	for key, l := range target.series {
		if _, ok := series[key]; !ok {
			appendSample(l, math.Float64frombits(value.StaleNaN))
		}
	}
	l := withLabels(labels.FromStrings("__name__", "up"), target.labels)
	switch {
	case !target.gone:
		appendSample(l, up)
	case target.series != nil:
		appendSample(l, math.Float64frombits(value.StaleNaN))
		series = nil
	}
	if err := app.Commit(); err != nil {
		p.t.Fatal(err)
	}
	target.series = series
}

// withLabels adds the labels of a target; those of a series take precedence (honor_labels).
func withLabels(l labels.Labels, pairs []string) labels.Labels {
	b := labels.NewBuilder(l)
	for i := 0; i+1 < len(pairs); i += 2 {
		if l.Get(pairs[i]) == "" {
			b.Set(pairs[i], pairs[i+1])
		}
	}
	return b.Labels()
}
