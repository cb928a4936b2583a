package collector

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	dto "github.com/prometheus/client_model/go"

	"octoeverywhere_exporter/probe"
)

// Metric describes a metric for the documentation and for checks of alerts and dashboards.
type Metric struct {
	Name   string
	Type   string // as in the text format
	Of     string // "printer", "probe" (on /probe only), "edge" or "exporter"
	Group  Group  // "": cannot be disabled
	Labels []string
	Help   string
	Absent string // when there is no series; "": never
}

// Metrics returns all metrics of this exporter, except those of Go and the process, sorted by what they belong to and by name.
func Metrics() []Metric {
	return slices.Concat(
		printerMetrics(),
		metricsOf("probe", nil, blackboxRows()),
		metricsOf("edge", []string{edgeLabel}, edgeRows()),
		ownMetrics(),
	)
}

// printerMetrics returns those of the rows, and the histogram.
func printerMetrics() []Metric {
	all := append(metricsOf("printer", []string{printerLabel}, printerRows(nil)), Metric{
		Name: latencyName, Type: "histogram", Of: "printer", Labels: []string{printerLabel}, Help: latencyHelp,
		Absent: beforeRequest + ", and without `--collector.probe-latency`",
	})
	slices.SortFunc(all, func(a, b Metric) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func metricsOf[T any](what string, labels []string, rows []row[T]) []Metric {
	var all []Metric
	for _, r := range rows {
		all = append(all, Metric{r.name, kindWord(r.kind), what, r.group, slices.Concat(labels, r.labels), r.help, r.absent})
	}
	return all
}

// ownMetrics returns the metrics of the exporter itself, from a registry.
func ownMetrics() []Metric {
	gathered, err := newRegistry(&Options{Recorder: NewRecorder(), Fleet: emptyFleet{}, Edges: noEdges{}, Schedule: emptyFleet{}, Storage: emptyFleet{}.storage}).Gather()
	if err != nil {
		panic(err) // nothing here depends on anything outside this package
	}
	var all []Metric
	for _, f := range gathered {
		if !strings.HasPrefix(f.GetName(), prefix) {
			continue
		}
		var labels []string
		for _, l := range f.Metric[0].Label {
			labels = append(labels, l.GetName())
		}
		all = append(all, Metric{Name: f.GetName(), Type: kindWord(f.GetType()), Of: "exporter", Labels: labels, Help: f.GetHelp()})
	}
	return all
}

// emptyFleet has no printers, and one unnamed edge so that each metric has a series.
type emptyFleet struct{}

func (emptyFleet) All() iter.Seq[*probe.Status]             { return func(func(*probe.Status) bool) {} }
func (emptyFleet) InFlight() int                            { return 0 }
func (emptyFleet) Connections() (int, map[string]bool)      { return 0, map[string]bool{"": true} }
func (emptyFleet) NextProbe(*probe.Status) (none time.Time) { return none }
func (emptyFleet) storage() (none StorageStats)             { return none }
func (emptyFleet) Skipped() uint64                          { return 0 }

// noEdges has no edges.
type noEdges struct{}

func (noEdges) All() []probe.EdgeStatus { return nil }

func kindWord(k dto.MetricType) string { return strings.ToLower(k.String()) }

// Markdown returns all metrics as a document, docs/metrics.md.
func Markdown() string { return markdown(Metrics()) }

const markdownIntro = `# Metrics

<!-- Generated from the rows in package collector by "go test ./collector -update". -->

What is unknown is not exported: a series is absent rather than 0, -1 or NaN, also before its first value, such as before the first probe or
the first status of a printer. Samples have no timestamps. Names in ~_total~ are counters,
others gauges unless marked. A printer's counters start at 0 when the process first loads it; ~prints_total~ continues after a restart with
~--storage.path~. In protobuf, counters have created timestamps, so a Prometheus with
~--enable-feature=created-timestamp-zero-ingestion~ counts from 0 even where a series begins later.
`

// sections are the parts of the document, by Metric.Of.
var sections = [...]struct{ of, title, text string }{
	{"printer", "Per-printer metrics", `Each series also has the label ~printer~, the configured name, and every label that any printer has in the configuration ("" for the
others). Values of ~layer~, ~code~ and ~reason~ are in [the table of faults](codes.md).`},
	{"probe", "Metrics of /probe", `~/probe?target=NAME~ has the metrics of that printer, and these as in blackbox_exporter, so that its dashboards and alerts work. They
have no label ~printer~: Prometheus identifies the target by its own labels. They are about the first request of the last probe, not
about a ~ping~ after a ~status~ request that timed out.`},
	{"edge", "Edge metrics", `An edge is the service's host or the parent domain of printers' hosts. A new connection to each edge is made once per minute.`},
	{"exporter", "Exporter metrics", `Histograms are native and classic: a Prometheus that scrapes protobuf gets both. The usual ~go_*~ and ~process_*~ metrics are exported too,
unless ~--web.disable-exporter-metrics~ is set.`},
}

func markdown(metrics []Metric) string {
	var b strings.Builder
	b.WriteString(strings.ReplaceAll(markdownIntro, "~", "`"))
	for _, section := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| metric | meaning |\n| --- | --- |\n", section.title, strings.ReplaceAll(section.text, "~", "`"))
		for _, m := range metrics {
			if m.Of == section.of {
				fmt.Fprintf(&b, "| %s | %s%s |\n", m.heading(), m.Help, m.absence())
			}
		}
		if section.of == "printer" {
			b.WriteString("\n" + optional(metrics))
		}
	}
	return b.String()
}

// heading returns the name with labels, and the type unless the name tells it.
func (m Metric) heading() string {
	name := m.Name
	if labels := slices.DeleteFunc(slices.Clone(m.Labels), func(l string) bool { return l == printerLabel }); len(labels) > 0 {
		name += "{" + strings.Join(labels, ",") + "}"
	}
	name = "`" + name + "`"
	if m.Type != "gauge" && (m.Type != "counter" || !strings.HasSuffix(m.Name, "_total")) {
		name += " (" + m.Type + ")"
	}
	return name
}

func (m Metric) absence() string {
	if m.Absent == "" || strings.HasPrefix(m.Absent, "before ") && !strings.Contains(m.Absent, ",") {
		return "" // the introduction has it
	}
	return " *Absent " + m.Absent + ".*"
}

// optional lists the metrics that flags remove.
func optional(metrics []Metric) string {
	var b strings.Builder
	for _, g := range []Group{Print, Temperature, Gadget} {
		var names []string
		for _, m := range metrics {
			if m.Group == g {
				names = append(names, "`"+strings.TrimPrefix(m.Name, prefix)+"`")
			}
		}
		fmt.Fprintf(&b, "- `--no-collector.%s` removes %s.\n", g, strings.Join(names, ", "))
	}
	return b.String()
}
