package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

func TestFleetPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		page := get(shop().options(), "/")
		sameAsFile(t, "fleet_wrong.html", between(t, page, `<p id="summary"`, "</section>"))
		sameAsFile(t, "fleet_find.html", between(t, page, "<search>", "</search>"))
		sameAsFile(t, "fleet_table.html", between(t, page, `<table class="fleet"`, "</table>"))
	})
}

func TestAnUnreachableEdgeIsABanner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := shop().options()
		failed := fault.Fault{Layer: fault.Network, Meaning: "No <connection>."}
		o.Edges = edges{
			{Name: "octoeverywhere.com", At: time.Now(), Since: time.Now().Add(-time.Hour)},
			{Name: "unasked.example", Fault: failed},
			{Name: "down.example", At: time.Now(), Since: time.Now().Add(-time.Minute), Fault: failed},
			{Name: "always.example", At: time.Now(), Fault: fault.Fault{Layer: fault.Network}},
		}
		want := []string{
			`<p class="banner"><strong>down.example is unreachable</strong>, for ` +
				`<time datetime="1999-12-31T23:59:00Z" title="1999-12-31T23:59:00Z">1 min</time>. No &lt;connection&gt;. Network faults of its printers share this cause.</p>`,
			`<p class="banner"><strong>always.example is unreachable</strong>. Network faults of its printers share this cause.</p>`,
		}
		got := regexp.MustCompile(`<p class="banner"><strong>[a-z.]+ is unreachable.*</p>`).FindAllString(get(o, "/"), -1)
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	})
}

// TestAnEmptyFleetExplainsHowToAddPrinters and has no tiles. An empty shard has no such advice.
func TestAnEmptyFleetExplainsHowToAddPrinters(t *testing.T) {
	o := (&fleet{}).options()
	const advice = "<code>octoeverywhere_exporter add</code>"
	if page := get(o, "/"); !strings.Contains(page, advice) || strings.Contains(page, "No printers match") || strings.Contains(page, "tiles") {
		t.Error(page)
	}
	o.Shard = "shard 2 of 3"
	if page := get(o, "/"); strings.Contains(page, advice) || !strings.Contains(page, "No printers belong to shard 2 of 3.") {
		t.Error(page)
	}
}

func TestSummaries(t *testing.T) {
	found := filter{Query: "hall"}
	for want, c := range map[string]struct {
		selection
		filter
	}{
		"No printers are configured.":                        {},
		"1 of 1 printer is OK.":                              {selection{Configured: 1, Total: 1}, filter{}},
		"All 24 printers are OK.":                            {selection{Configured: 24, Total: 24}, filter{}},
		"20 of 24 printers are OK, 4 not probed yet.":        {selection{Configured: 24, Total: 24, Unprobed: 4}, filter{}},
		"1 of 24 printers has a fault.":                      {selection{Configured: 24, Total: 24, Faulty: 1}, filter{Layer: "host"}},
		"3 of 24 printers have a fault, 1 not probed yet.":   {selection{Configured: 24, Total: 24, Faulty: 3, Unprobed: 1}, filter{}},
		"None of 24 printers matches.":                       {selection{Configured: 24}, found},
		"2 of 7 matching printers have a fault.":             {selection{Configured: 24, Total: 7, Faulty: 2}, found},
		"1 of 1 matching printer is OK.":                     {selection{Configured: 24, Total: 1}, filter{Labels: []label{{"a", "b"}}}},
		"6 of 7 matching printers are OK, 1 not probed yet.": {selection{Configured: 24, Total: 7, Unprobed: 1}, found},
	} {
		if got := summary(&c.selection, c.filter); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// rowNames are the names in the table of a page.
func rowNames(page string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`<th scope="row"><a href="[^"]*">([^<]*)</a>`).FindAllStringSubmatch(page, -1) {
		names = append(names, m[1])
	}
	return names
}

func TestFilters(t *testing.T) {
	escaped := "&lt;script&gt;alert(1)&lt;/script&gt; &#34;x&#39; ☃ 50%"
	synctest.Test(t, func(t *testing.T) {
		o := shop().options()
		for query, want := range map[string][]string{
			"":                                      {"unplugged", "revoked", "lost", escaped, "locked", "jammed", "asleep", "new", "idle", "printing"},
			"layer=any":                             {"unplugged", "revoked", "lost", escaped, "locked", "jammed"},
			"layer=switched_off":                    {"asleep"},
			"layer=disabled":                        nil,
			"reason=plugin_offline":                 {"lost", escaped},
			"reason=host_disconnected":              {"asleep"},
			"reason=service_error":                  nil,
			"layer=host&reason=auth_invalid":        {"locked"},
			"layer=plugin&reason=auth_invalid":      nil,
			"label=site%3Dhall":                     {"lost", "printing"},
			"label=site%3Dhall&label=model%3Dvoron": {"printing"},
			"label=site%3Dhall&label=site%3Dlab":    {"lost", "asleep", "idle", "printing"},
			"label=&label=note%3D&layer=none":       {"idle", "printing"},
			"label=site%3Dha":                       nil,
			"label=a%3Db%3Dc":                       nil,
			"label=site%3Dhall&q=voron":             {"printing"},
			"layer=none":                            {"idle", "printing"},
			"layer=unprobed":                        {"new"},
			"layer=network":                         {"unplugged"},
			"layer=service":                         nil,
			"layer=plugin":                          {"lost", escaped},
			"layer=host":                            {"locked"},
			"q=LOST":                                {"lost"},
			"q=601":                                 {"lost", escaped},
			"q=60":                                  nil,
			"q=Plugin+OFFLINE":                      {"lost", escaped},
			"q=site%3DLab":                          {"asleep", "idle"},
			"q=hall":                                {"lost", "printing"},
			"q=++hall++voron+":                      {"printing"},
			"q=hall&layer=plugin":                   {"lost"},
			"q=%3Cscript":                           {escaped},
			"q=☃":                                   {escaped},
			"q=note%3D":                             {"idle"},
			"layer=host&q=&page=99":                 {"locked"},
		} {
			if d := cmp.Diff(want, rowNames(get(o, "/?"+query))); d != "" {
				t.Errorf("%s: %s", query, d)
			}
		}
	})
}

func TestLinksKeepTheFilter(t *testing.T) {
	page := get(shop().options(), "/?layer=host&q="+url.QueryEscape(`<script>alert(1)</script> "x'`))
	for _, want := range []string{
		`name="q" value="&lt;script&gt;alert(1)&lt;/script&gt; &#34;x&#39;"`,
		`<option value="host" selected>host`,
		`<li class="bad"><a href="./?layer=plugin&amp;q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E&#43;%22x%27"><span>Plugin</span><i>: </i><b>1</b> <small>of 1</small></a>`,
		`<li><a href="./?layer=host&amp;q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E&#43;%22x%27" aria-current="true"><span>Host</span>`,
		`<a href="./">Clear filters</a>`,
		`<p>No printers match. <a href="./">Clear filters</a></p>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not in:\n%s", want, page)
		}
	}
	if strings.Contains(page, "<script>") {
		t.Error("the filter became a script")
	}
}

// many is a fleet in which every row of the first page has a typical length.
func many(n int) *fleet {
	f := &fleet{}
	for i := range n {
		labels := map[string]string{"site": "building-7", "model": "voron-2.4-350", "group": fmt.Sprintf("farm-%02d", i%20)}
		name := fmt.Sprintf("voron-%05d", i)
		switch i % 4 {
		case 0:
			f.add(name, labels, statusResult(2*time.Minute, 200, printing), statusResult(30*time.Second, 200, code(785)))
		case 1:
			f.add(name, labels, statusResult(30*time.Second, 200, printing))
		case 2:
			f.add(name, labels, statusResult(2*time.Minute, 200, printing), statusResult(30*time.Second, 600+i%100, ""))
		default:
			f.add(name, labels, statusResult(30*time.Second, 200, idle))
		}
	}
	return f
}

// maxFleetPage is how many bytes the fleet page has at most.
const maxFleetPage = 250_000

func TestPagesOfTheTable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := many(1000).options()
		type tablePage struct {
			Rows  int
			Pager string
		}
		for query, want := range map[string]tablePage{
			"":                          {200, `1 to 200 of 1,000 <a rel="next" href="./?page=2#printers">Next</a>`},
			"page=2":                    {200, `<a rel="prev" href="./#printers">Previous</a> 201 to 400 of 1,000 <a rel="next" href="./?page=3#printers">Next</a>`},
			"page=5":                    {200, `<a rel="prev" href="./?page=4#printers">Previous</a> 801 to 1,000 of 1,000`},
			"page=77":                   {200, `<a rel="prev" href="./?page=4#printers">Previous</a> 801 to 1,000 of 1,000`},
			"layer=none&q=voron&page=3": {100, `<a rel="prev" href="./?layer=none&amp;page=2&amp;q=voron#printers">Previous</a> 401 to 500 of 500`},
		} {
			page := get(o, "/?"+query)
			nav := between(t, page, `<nav class="pager" aria-label="Pages of the table">`, "</nav>")
			got := tablePage{len(rowNames(page)), strings.TrimSpace(strings.Split(nav, "\n")[1])}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: %s", query, d)
			}
		}
	})
}

func TestPageSizeWithTenThousandPrinters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := many(10_000).options()
		for _, target := range []string{"/", "/?q=farm", "/?layer=none&page=25"} {
			page := get(o, target)
			if n := len(rowNames(page)); n != rowsPerPage || len(page) >= maxFleetPage {
				t.Errorf("%s has %d rows in %d bytes", target, n, len(page))
			}
		}
	})
}

// TestPageSizeWithManyLongLabels: labels do not make the page larger than its bound.
func TestPageSizeWithManyLongLabels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		for i := range 1000 {
			labels := map[string]string{}
			for j := range 12 {
				labels[fmt.Sprintf("label_%02d", j)] = fmt.Sprintf("a value of some length, number %02d", i%(10*j+2))
			}
			f.add(fmt.Sprintf("building-7-row-12-voron-%05d", i), labels, statusResult(2*time.Minute, 200, printing), statusResult(30*time.Second, 200, code(789)))
		}
		if page := get(f.options(), "/"); len(rowNames(page)) != rowsPerPage || len(page) >= maxFleetPage {
			t.Errorf("%d rows in %d bytes", len(rowNames(page)), len(page))
		}
	})
}

// BenchmarkFleetPage renders the page of 10,000 printers.
func BenchmarkFleetPage(b *testing.B) {
	o := many(10_000).options()
	h := New(o)
	for name, target := range map[string]string{
		"all": "/", "filter": "/?layer=host&q=farm-04+voron", "label": "/?label=group%3Dfarm-04", "wide": "/?q=v&sort=next",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				serve(h, target)
			}
			b.ReportMetric(float64(call(o, http.MethodGet, target).Body.Len()), "bytes/page")
			b.ReportMetric(float64(call(o, http.MethodGet, target, "Accept-Encoding", "gzip").Body.Len()), "gzipped-bytes/page")
		})
	}
}

// BenchmarkAPI writes 10,000 printers as JSON.
func BenchmarkAPI(b *testing.B) {
	h := New(many(10_000).options())
	for b.Loop() {
		serve(h, "/api/v1/printers")
	}
}
