package alerting

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/prometheus/promql"
)

const dashboardFile = "../../deploy/grafana/octoeverywhere.json"

// dashboard holds the fields of a Grafana dashboard that tests read.
type dashboard struct {
	Panels      []panel
	Annotations struct{ List []struct{ Name, Expr string } }
}

type panel struct {
	Type, Title string
	Targets     []panelTarget
	FieldConfig struct {
		Defaults  colors
		Overrides []struct {
			Matcher    struct{ Options any }
			Properties []struct {
				ID    string
				Value json.RawMessage
			}
		}
	}
	Transformations []struct {
		Options struct{ RenameByName map[string]string }
	}
}

type panelTarget struct {
	RefID, Expr string
	Instant     bool
}

// colors are what colors a value.
type colors struct {
	Mappings   []mapping
	Thresholds thresholds
}

type mapping struct {
	Type    string
	Options json.RawMessage // of type value: value to text and color
}

type thresholds struct {
	Steps []struct {
		Color string
		Value *float64
	}
}

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile(dashboardFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// colors returns what colors the values of a query: the panel's defaults, or the overrides of its column in a table.
func (p panel) colors(t *testing.T, target panelTarget) colors {
	t.Helper()
	name := "Value"
	if len(p.Targets) > 1 {
		name += " #" + target.RefID
	}
	for _, transformation := range p.Transformations {
		name = cmp.Or(transformation.Options.RenameByName[name], name)
	}
	c := p.FieldConfig.Defaults
	for _, o := range p.FieldConfig.Overrides {
		for _, property := range o.Properties {
			if strings.Contains(string(property.Value), "green") && property.ID == "color" {
				t.Errorf("%s: %v is always green", p.Title, o.Matcher.Options)
			}
			var err error
			switch {
			case p.Type != "table" || o.Matcher.Options != name:
			case property.ID == "mappings":
				err = json.Unmarshal(property.Value, &c.Mappings)
			case property.ID == "thresholds":
				err = json.Unmarshal(property.Value, &c.Thresholds)
			}
			if err != nil {
				t.Fatalf("%s: %v", p.Title, err)
			}
		}
	}
	return c
}

func isGreen(color string) bool { return strings.Contains(color, "green") }

// green reports whether a value is shown in green; NaN is no value.
func (c colors) green(v float64) bool {
	for _, m := range c.Mappings {
		var byValue map[string]struct{ Color string }
		if m.Type == "value" && json.Unmarshal(m.Options, &byValue) == nil {
			if to, ok := byValue[fmt.Sprint(v)]; ok {
				return isGreen(to.Color)
			}
		}
	}
	color := ""
	for _, s := range c.Thresholds.Steps {
		if s.Value == nil || v >= *s.Value { // Grafana shows no value in the color of the lowest step
			color = s.Color
		}
	}
	return isGreen(color)
}

// variables are what the dashboard's variables are replaced by.
type variables struct{ job, site, printer string }

var everything = variables{".*", ".*", ".*"}

func (v variables) fill(expr string) string {
	return strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h", "$job", v.job, "$cluster", ".*", "$site", v.site, "$printer", v.printer).Replace(expr)
}

// instant evaluates an expression now.
func (p *prometheus) instant(expr string) promql.Vector {
	p.t.Helper()
	q, err := p.engine.NewInstantQuery(p.t.Context(), p.db, nil, expr, time.Now())
	if err != nil {
		p.t.Fatalf("%v in\n%s", err, expr)
	}
	defer q.Close()
	result := q.Exec(p.t.Context())
	if result.Err != nil {
		p.t.Fatalf("%v in\n%s", result.Err, expr)
	}
	v, err := result.Vector()
	if err != nil {
		p.t.Fatal(err)
	}
	return slices.Clone(v)
}

// greens returns the panels that show a value in green.
func (p *prometheus) greens(d dashboard) (titles []string) {
	p.t.Helper()
	for _, panel := range d.Panels {
		for _, target := range panel.Targets {
			c := panel.colors(p.t, target)
			for _, s := range p.instant(everything.fill(target.Expr)) {
				if c.green(s.F) {
					titles = append(titles, panel.Title)
				}
			}
		}
	}
	slices.Sort(titles)
	return slices.Compact(titles)
}

// TestDashboardWithoutExporter: nothing is green without data, or once the exporter is dead.
func TestDashboardWithoutExporter(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			if p.colors(t, target).green(math.NaN()) {
				t.Errorf("%s shows in green that there is no value", p.Title)
			}
		}
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		f := w.add(fleet{printers: 4, sites: []string{"a", "b"}})
		p := f.prom[0]
		p.records, p.targets[0].whole = true, true
		if got := p.greens(d); len(got) > 0 {
			t.Errorf("with an empty Prometheus, in green: %v", got)
		}
		w.pass(5)
		w.print("a-1", "b-1")
		w.pass(20)
		w.fail("785", "a-1")
		w.pass(1)
		w.fail("", "a-1")
		w.pass(30)
		want := []string{"Exporters", "Exporters up", "Failing layer", "OK", "Printers", "Scrapes", "Sites", "Timeline"}
		if got := p.greens(d); !slices.Equal(got, want) {
			t.Errorf("with a healthy fleet, in green: %v, want %v", got, want)
		}
		f.exporters[0].stop()
		for _, minutes := range []int{1, 1, 3, 5, 50, 59, 600} {
			w.pass(minutes)
			if got := p.greens(d); len(got) > 0 {
				t.Errorf("%d minutes later, with a dead exporter, in green: %v", minutes, got)
			}
		}
		if v := p.instant(everything.fill(d.Panels[1].Targets[0].Expr)); d.Panels[1].Title != "Exporters up" || len(v) != 1 || v[0].F != 0 {
			t.Errorf("%s: %v, want 0", d.Panels[1].Title, v)
		}
	})
}

// TestDashboardSelects: all panels have values, and none of another job or site.
func TestDashboardSelects(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		defer w.close()
		f := w.add(fleet{printers: 4, sites: []string{"a", "b"}})
		p := f.prom[0]
		p.records, p.targets[0].whole = true, true
		w.pass(5)
		w.print("all")
		w.pass(20)
		w.fail("785", "a-1")
		w.fail("606", "b-2")
		w.pass(50)
		for _, panel := range d.Panels {
			for _, target := range panel.Targets {
				if len(p.instant(everything.fill(target.Expr))) == 0 && !slices.Contains([]string{"Errors of the exporter"}, panel.Title) && !strings.Contains(target.Expr, "edge") {
					t.Errorf("%s is empty: %s", panel.Title, target.Expr)
				}
				for _, v := range []variables{{"other", ".*", ".*"}, {".*", "other", ".*"}} {
					for _, s := range p.instant(v.fill(target.Expr)) {
						if s.F != 0 && !strings.HasPrefix(target.Expr, "octoeverywhere:config:") {
							t.Errorf("%s, with %v: %v", panel.Title, v, s)
						}
					}
				}
				for _, s := range p.instant(variables{".*", "b", ".*"}.fill(target.Expr)) {
					if site := s.Metric.Get("site"); site == "a" {
						t.Errorf("%s, with site b: %v", panel.Title, s)
					}
				}
			}
		}
		for _, a := range d.Annotations.List {
			p.instant(everything.fill(a.Expr))
		}
	})
}
