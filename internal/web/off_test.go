package web

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

// runout is a print that waits for filament, as a plugin says it.
const runout = `{"Status":200,"Result":{"JobStatus":{"State":"paused","SubState":"filament runout","Error":"Filament <b>Runout</b> \u001b[31m& more\u202e"}}}`

// night is a fleet at night: one printer is on, one waits, one is switched off, one is switched off with its plugin, and one
// is disabled.
func night() *fleet {
	f := &fleet{}
	f.add("on", nil, statusResult(10*time.Second, 200, idle))
	f.add("waiting", nil, statusResult(10*time.Second, 200, runout))
	f.add("off", nil, statusResult(time.Hour, 200, idle), statusResult(20*time.Second, 200, code(785)))
	shares := newTarget("off with its plugin", nil)
	shares.PluginSharesPower = true
	f.addTarget(shares, statusResult(time.Hour, 200, idle), statusResult(20*time.Second, 601, ""))
	sold := newTarget("sold", map[string]string{"site": "lab"})
	sold.Disabled = true
	f.addTarget(sold)
	return f
}

// TestOffOnPurposeIsNoFault: not in the headline, not in the title, not among the causes, and not in red.
func TestOffOnPurposeIsNoFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := night().options()
		page := get(o, "/")
		for _, want := range []string{
			"<title>Printers ·",
			`data-live>2 of 5 printers are OK, 2 switched off, 1 disabled.</p>`,
			`<a href="./?layer=switched_off"><span>Off</span><i>: </i><b>2</b> <small>of 5</small></a>`,
			`<a href="./?layer=disabled"><span>Disabled</span><i>: </i><b>1</b> <small>of 5</small></a>`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("missing %q", want)
			}
		}
		for _, wrong := range []string{`class="bad"`, `class="down"`, "Active faults", "<span>Host</span>"} {
			if strings.Contains(page, wrong) {
				t.Errorf("%q is on the page", wrong)
			}
		}
		if n := len(regexp.MustCompile(`<tr class="inactive">`).FindAllString(page, -1)); n != 3 {
			t.Errorf("%d rows are gray", n)
		}
		for query, want := range map[string][]string{
			"": {"off", "off with its plugin", "on", "waiting", "sold"}, "layer=any": nil, "layer=host": nil, "layer=plugin": nil,
			"layer=none": {"on", "waiting"}, "layer=switched_off": {"off", "off with its plugin"}, "layer=disabled": {"sold"}, "layer=unprobed": nil, "q=site%3Dlab": {"sold"},
		} {
			if d := cmp.Diff(want, rowNames(get(o, "/?"+query))); d != "" {
				t.Errorf("%s: %s", query, d)
			}
		}
	})
}

func TestPagesOfPrintersThatAreOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := night().options()
		for file, name := range map[string]string{"printer_off.html": "off", "printer_disabled.html": "sold", "printer_waiting.html": "waiting"} {
			sameAsFile(t, file, between(t, get(o, "/printers/"+name), "<main", "</main>"))
		}
	})
}

// TestDisabledPrintersAreNotProbed: they are no targets, and a scraper that has one from elsewhere learns why.
func TestDisabledPrintersAreNotProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := night().options()
		o.Lifecycle = true
		const want = "printer \"sold\" is not probed: it is disabled in the configuration (enabled: false)\n"
		for _, r := range []struct{ method, target string }{{http.MethodGet, "/probe?target=sold"}, {http.MethodGet, "/probe?target=sold&debug=true"}, {http.MethodPost, "/-/probe?target=sold"}} {
			if got := call(o, r.method, r.target); got.Code != http.StatusNotFound || got.Body.String() != want {
				t.Errorf("%s: %d %s", r.target, got.Code, got.Body)
			}
		}
		var groups []targetGroup
		if err := json.Unmarshal([]byte(get(o, "/sd")), &groups); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, g := range groups {
			names = append(names, g.Targets...)
		}
		if !slices.Equal(names, []string{"on", "waiting", "off", "off with its plugin"}) {
			t.Errorf("targets %q", names)
		}
	})
}

func TestOffInJSON(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := night().options()
		var all struct{ Printers []map[string]any }
		if err := json.Unmarshal([]byte(get(o, "/api/v1/printers")), &all); err != nil {
			t.Fatal(err)
		}
		got := map[any][4]any{}
		for _, p := range all.Printers {
			got[p["name"]] = [4]any{p["printer_enabled"], p["switched_off"], p["sub_state"], p["error_text"]}
		}
		want := map[any][4]any{
			"on":                  {true, false, nil, nil},
			"waiting":             {true, false, "filament runout", "Filament <b>Runout</b> [31m& more"},
			"off":                 {true, true, nil, nil},
			"off with its plugin": {true, true, nil, nil},
			"sold":                {false, nil, nil, nil},
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// addTarget adds the printer of an entry after probes with these results.
func (f *fleet) addTarget(target probe.Target, results ...probe.Result) {
	f.add(target.Name, target.Labels, results...)
	s := probe.NewStatus(target)
	for _, r := range results {
		s = s.Next(r)
	}
	f.printers[len(f.printers)-1] = &s
}
