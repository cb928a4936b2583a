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
	Annotations struct {
		List []struct {
			Name, Expr string
			Datasource dashboardSource
		}
	}
	SchemaVersion int
	Panels        []dashboardPanel
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
	FieldConfig json.RawMessage
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
		if !slices.Equal(variables, []string{"datasource", "job", "cluster", "site", "printer"}) || d.UID == "" || d.Title == "" || d.SchemaVersion < 36 {
			t.Errorf("%s: variables %v, uid %q, title %q, schema %d", file, variables, d.UID, d.Title, d.SchemaVersion)
		}
		for _, a := range d.Annotations.List {
			if a.Name == "" || a.Expr == "" || a.Datasource.UID != "${datasource}" {
				t.Errorf("%s: annotation %q needs a query and the selected data source", file, a.Name)
			}
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
	fillVariables := strings.NewReplacer("$__rate_interval", "5m", "$__range", "6h", "$job", ".*", "$cluster", ".*", "$site", ".*", "$printer", ".*")
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			exprs = append(exprs, fillVariables.Replace(q.Expr))
		}
	}
	labelValues := regexp.MustCompile(`^label_values\((.*), \w+\)$`)
	for _, a := range d.Annotations.List {
		exprs = append(exprs, fillVariables.Replace(a.Expr))
	}
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

var (
	selector = regexp.MustCompile(`([a-zA-Z_:][\w:]*)\{([^}]*)\}`)
	// withoutSite are series of exporters, which have no site: the dashboard selects the exporters that probe printers of the site.
	withoutSite = regexp.MustCompile(`^(octoeverywhere_(exporter|edge|request)_.*|process_.*|octoeverywhere:(exporter_up|targets:count))$`)
	// withoutJob are those without any of the labels.
	withoutJob = regexp.MustCompile(`^octoeverywhere:config:`)
)

// TestDashboardsHonorVariables: each series in a query is selected by job, cluster and site.
func TestDashboardsHonorVariables(t *testing.T) {
	for file, d := range dashboards(t) {
		for _, p := range d.Panels {
			for _, q := range p.Targets {
				found := 0
				for _, m := range selector.FindAllStringSubmatch(q.Expr, -1) {
					found++
					for _, v := range []string{"job", "cluster", "site"} {
						of := fmt.Sprintf(`%s=~"$%s`, v, v)
						if exempt := v == "site" && withoutSite.MatchString(m[1]); !exempt && !strings.Contains(m[2], of) {
							t.Errorf("%s: %s: %s is not selected by $%s", file, p.Title, m[1], v)
						}
					}
					if !withoutSite.MatchString(m[1]) && strings.Contains(m[2], "$printer") != (p.GridPos.Y > selectedRow(d)) {
						t.Errorf("%s: %s: only the last row is about the selected printers, all of it", file, p.Title)
					}
					if withoutSite.MatchString(m[1]) && m[1] != "octoeverywhere_exporter_info" && !strings.Contains(q.Expr, `octoeverywhere:exporter_printers:count{job=~"$job",cluster=~"$cluster",site=~"$site|"}`) {
						t.Errorf("%s: %s: exporters are not selected by the sites of their printers", file, p.Title)
					}
				}
				for _, name := range metricsIn(q.Expr) {
					if withoutJob.MatchString(name) {
						found++
					}
				}
				if bare := len(metricsIn(q.Expr)); bare > found {
					t.Errorf("%s: %s: %d series, but %d are selected by labels", file, p.Title, bare, found)
				}
			}
		}
	}
}

// TestDashboardsLinkToPrinters: a table of printers has links to their pages, and to the last row. Links use no label that is absent
// where it is not configured: Grafana would not replace it.
func TestDashboardsLinkToPrinters(t *testing.T) {
	link := regexp.MustCompile(`"url":\s*"([^"]*)"`)
	field := regexp.MustCompile(`__data\.fields\.(\w+)`)
	for file, d := range dashboards(t) {
		pages := 0
		for _, p := range d.Panels {
			page := false
			for _, m := range link.FindAllStringSubmatch(string(p.FieldConfig), -1) {
				page = page || m[1] == "${__value.raw}printers/${__data.fields.printer:percentencode}"
				for _, f := range field.FindAllStringSubmatch(m[1], -1) {
					if ofSite := f[1] == "site" && p.Title == "Sites"; f[1] != "job" && f[1] != "printer" && !ofSite {
						t.Errorf("%s: %s: the link %s uses the label %s", file, p.Title, m[1], f[1])
					}
				}
			}
			if named := strings.Contains(p.firstQuery(), "external_url"); named != page {
				t.Errorf("%s: %s: its printers have an external URL: %v; a link: %v", file, p.Title, named, page)
			}
			if page {
				pages++
			}
		}
		if pages < 4 {
			t.Errorf("%s: %d tables with links to pages of printers", file, pages)
		}
	}
}

// firstQuery is the first query of the panel; "" for a row.
func (p dashboardPanel) firstQuery() string {
	if len(p.Targets) == 0 {
		return ""
	}
	return p.Targets[0].Expr
}

// selectedRow is the position of the row about the selected printers, which is the last one.
func selectedRow(d dashboard) (y int) {
	for _, p := range d.Panels {
		if p.Type == "row" {
			y = max(y, p.GridPos.Y)
		}
	}
	return y
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
