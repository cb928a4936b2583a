package deploy

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// dashboard holds the fields of a Grafana dashboard that tests read.
type dashboard struct {
	UID        string
	Title      string
	Templating struct {
		List []struct {
			Name  string
			Type  string
			Query any
		}
	}
	Panels []dashboardPanel
}

type dashboardPanel struct {
	ID          int
	Type        string
	Title       string
	Description string
	Datasource  dashboardSource
	GridPos     struct{ X, Y, W, H int }
	Targets     []struct {
		RefID      string
		Expr       string
		Datasource dashboardSource
	}
}

type dashboardSource struct{ UID string }

// dashboards returns all dashboards by file name.
func dashboards(t *testing.T) map[string]dashboard {
	t.Helper()
	files, err := filepath.Glob("grafana/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no dashboards: %v", err)
	}
	all := map[string]dashboard{}
	for _, f := range files {
		var d dashboard
		if err := json.Unmarshal([]byte(readFile(t, f)), &d); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		all[f] = d
	}
	return all
}

// TestDashboardsAreWellFormed checks what Grafana does not validate: IDs, positions, data sources.
func TestDashboardsAreWellFormed(t *testing.T) {
	for file, d := range dashboards(t) {
		var variables []string
		for _, v := range d.Templating.List {
			variables = append(variables, v.Name)
		}
		if !slices.Equal(variables, []string{"datasource", "job", "site", "printer"}) || d.UID == "" || d.Title == "" {
			t.Errorf("%s: variables %v, uid %q, title %q", file, variables, d.UID, d.Title)
		}
		ids, taken := map[int]bool{}, map[[2]int]string{}
		for _, p := range d.Panels {
			if p.ID == 0 || ids[p.ID] {
				t.Errorf("%s: %q has the duplicate id %d", file, p.Title, p.ID)
			}
			ids[p.ID] = true
			for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
				for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
					if other, ok := taken[[2]int{x, y}]; ok || x >= 24 {
						t.Fatalf("%s: %q overlaps at %d, %d: %s", file, p.Title, x, y, other)
					}
					taken[[2]int{x, y}] = p.Title
				}
			}
			if p.Type == "row" {
				continue
			}
			if p.Title == "" || p.Description == "" || len(p.Targets) == 0 || p.Datasource.UID != "${datasource}" {
				t.Errorf("%s: %q: needs a title, a description, a query and the selected data source", file, p.Title)
			}
			refs := map[string]bool{}
			for _, q := range p.Targets {
				if refs[q.RefID] || q.Datasource.UID != "${datasource}" {
					t.Errorf("%s: %q: query %s has a duplicate name, or does not use the selected data source", file, p.Title, q.RefID)
				}
				refs[q.RefID] = true
			}
		}
	}
}

// queries returns the expressions of panels and variables, with values for the variables.
func (d dashboard) queries() (exprs []string) {
	fillVariables := strings.NewReplacer("$__rate_interval", "5m", "$job", ".*", "$site", ".*", "$printer", ".*")
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			exprs = append(exprs, fillVariables.Replace(q.Expr))
		}
	}
	labelValues := regexp.MustCompile(`^label_values\((.*), \w+\)$`)
	for _, v := range d.Templating.List {
		if q, ok := v.Query.(map[string]any); ok {
			exprs = append(exprs, labelValues.ReplaceAllString(fillVariables.Replace(fmt.Sprint(q["query"])), "$1"))
		}
	}
	return exprs
}

// TestDashboardsUseExistingNames: queries use only existing metrics, label values and variables.
func TestDashboardsUseExistingNames(t *testing.T) {
	metric := knownMetrics(t)
	for file, d := range dashboards(t) {
		for _, expr := range d.queries() {
			if wrong := unknownNames(expr, metric); len(wrong) > 0 || strings.Contains(expr, "$") {
				t.Errorf("%s: %v in\n%s", file, wrong, expr)
			}
		}
	}
}

// TestDashboardsParse has promtool parse each expression, as a recording rule.
func TestDashboardsParse(t *testing.T) {
	for file, d := range dashboards(t) {
		var b strings.Builder
		b.WriteString("groups:\n  - name: dashboard\n    rules:\n")
		for i, expr := range d.queries() {
			text, err := json.Marshal(expr) // JSON is YAML
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "      - {record: 'panel:%d', expr: %s}\n", i, text)
		}
		t.Log(file, runTool(t, "promtool", "check", "rules", writeFile(t, t.TempDir(), "dashboard.yml", b.String())))
	}
}
