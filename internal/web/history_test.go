package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/api"
	"octoeverywhere_exporter/probe"
)

func TestPrinterHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		complete := strings.Replace(printing, `"printing"`, `"complete"`, 1)
		f.add("busy", nil, statusResult(5*time.Minute, 200, printing), statusResult(4*time.Minute, 200, complete), statusResult(3*time.Minute, 200, code(785)), statusResult(2*time.Minute, 601, ""), statusResult(time.Minute, 200, idle))
		sameAsFile(t, "history.json", indented(t, get(f.options(), "/api/v1/printers/busy/history")))
		sameAsFile(t, "history_page.json", indented(t, get(f.options(), "/api/v1/printers/busy/history?limit=2&since=1999-12-31T23:50:00Z&until=1999-12-31T23:58:59.5%2B00:00")))
	})
}

// TestHistoryOfPrintersThatAreNotProbed: a disabled one has its past, one that was never probed an empty one.
func TestHistoryOfPrintersThatAreNotProbed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		f.add("new", nil)
		f.add("sold", nil, statusResult(5*time.Minute, 200, idle), statusResult(4*time.Minute, 601, ""), statusResult(3*time.Minute, 601, ""))
		disabled := newTarget("sold", nil)
		disabled.Disabled = true
		*f.printers[1] = f.printers[1].Reconfigured(disabled, true)
		if d := cmp.Diff(`{"changes":[],"prints":[]}`+"\n", get(f.options(), "/api/v1/printers/new/history")); d != "" {
			t.Errorf("new: %s", d)
		}
		var got api.History
		if err := json.Unmarshal([]byte(get(f.options(), "/api/v1/printers/sold/history")), &got); err != nil {
			t.Fatal(err)
		}
		ago := func(minutes float64) time.Time {
			return time.Now().Add(-time.Duration(minutes*60) * time.Second).Add(120 * time.Millisecond).UTC() // when a probe ended
		}
		want := []api.Change{
			{Since: ago(4), Until: ago(3), FaultKey: api.FaultKey{Layer: "plugin", Code: "601", Reason: "plugin_offline"}},
			{Since: ago(5), Until: ago(4)},
		}
		if d := cmp.Diff(want, got.Changes); d != "" {
			t.Errorf("sold: %s", d)
		}
	})
}

func TestFleetHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		complete := strings.Replace(printing, `"printing"`, `"complete"`, 1)
		f.add("busy", nil, statusResult(5*time.Minute, 200, printing), statusResult(4*time.Minute, 200, complete), statusResult(3*time.Minute, 200, code(785)))
		f.add("idle", nil, statusResult(5*time.Minute, 200, idle), statusResult(150*time.Second, 601, ""))
		f.add("new", nil)
		at := time.Now().Truncate(time.Hour)
		for i := range 3 {
			h := probe.Hour{Start: at.Add(time.Duration(i-2) * time.Hour), Known: time.Hour + time.Duration(i)*time.Second + time.Microsecond}
			h.Down[fault.Host] = time.Minute + 500*time.Millisecond
			f.hours = append(f.hours, h)
		}
		sameAsFile(t, "fleet_history.json", indented(t, get(f.options(), "/api/v1/history")))
		sameAsFile(t, "fleet_history_page.json", indented(t, get(f.options(), "/api/v1/history?limit=1&since=1999-12-31T23:00:00Z&until=1999-12-31T23:57:29Z")))
		if d := cmp.Diff(`{"changes":[],"prints":[],"hours":[]}`+"\n", get(f.options(), "/api/v1/history?since=2100-05-01T13:00:00Z")); d != "" {
			t.Errorf("an empty window: %s", d)
		}
	})
}

func TestWrongParametersOfHistory(t *testing.T) {
	o := shop().options()
	for query, want := range map[string]string{
		"since=yesterday":                 `invalid since "yesterday": use a time in RFC 3339, such as 2026-01-02T15:04:05Z`,
		"since=1700000000":                `invalid since "1700000000": use a time in RFC 3339, such as 2026-01-02T15:04:05Z`,
		"until=2026-01-02":                `invalid until "2026-01-02": use a time in RFC 3339, such as 2026-01-02T15:04:05Z`,
		"until=2026-01-02T15:04:05+02:00": `invalid until "2026-01-02T15:04:05 02:00": use a time in RFC 3339, such as 2026-01-02T15:04:05Z; write + as %2B`,
		"since=2026-02-30T00:00:00Z":      `invalid since "2026-02-30T00:00:00Z": use a time in RFC 3339, such as 2026-01-02T15:04:05Z`,

		"since=2026-01-02T00:00:00Z&until=2026-01-02T00:00:00Z": `since must be earlier than until`,
		"since=2026-01-03T00:00:00Z&until=2026-01-02T00:00:00Z": `since must be earlier than until`,
		"limit=0":                               `invalid limit "0": use a number from 1 to 1000`,
		"limit=1001":                            `invalid limit "1001": use a number from 1 to 1000`,
		"limit=-1":                              `invalid limit "-1": use a number from 1 to 1000`,
		"limit=ten":                             `invalid limit "ten": use a number from 1 to 1000`,
		"limit=1e2":                             `invalid limit "1e2": use a number from 1 to 1000`,
		"limit=99999999999999999999":            `invalid limit "99999999999999999999": use a number from 1 to 1000`,
		"limit=" + url.QueryEscape(markup[:10]): `invalid limit "<script>al": use a number from 1 to 1000`,
	} {
		for _, path := range []string{"/api/v1/history", "/api/v1/printers/idle/history"} {
			w := call(o, "GET", path+"?"+query)
			var got struct{ Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusBadRequest || got.Error != want {
				t.Errorf("%s?%s: %d %q, not %q", path, query, w.Code, got.Error, want)
			}
		}
	}
}

// TestEachTimeAndLimitIsAccepted, extreme ones too.
func TestEachTimeAndLimitIsAccepted(t *testing.T) {
	o := shop().options()
	for _, query := range []string{
		"", "since=&until=&limit=", "limit=1", "limit=1000", "since=2026-01-02T15:04:05.123456789Z", "since=2026-01-02T15:04:05%2B14:00",
		"since=0000-01-01T00:00:00Z&until=9999-12-31T23:59:59-14:00&limit=1", "since=0001-01-01T00:00:00Z", "since=9999-12-31T23:59:59-14:00",
	} {
		for _, path := range []string{"/api/v1/history", "/api/v1/printers/lost/history"} {
			if w := call(o, "GET", path+"?"+query); w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s?%s: %d %s", path, query, w.Code, w.Body)
			}
		}
	}
}

func TestHistoryThatCannotBeRead(t *testing.T) {
	o := shop().options()
	o.OtherShard = func(name string) string { return map[string]string{"elsewhere": "shard 2 of 3"}[name] }
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx    context.Context
		status int
		says   string
	}{
		"idle":      {canceled, http.StatusServiceUnavailable, `{"error":"reading the history of \"idle\" was canceled"}`},
		"nothing":   {t.Context(), http.StatusNotFound, `{"error":"no printer named \"nothing\" is configured"}`},
		"elsewhere": {t.Context(), http.StatusNotFound, `{"error":"printer \"elsewhere\" belongs to shard 2 of 3: send the request to that exporter"}`},
	} {
		w := httptest.NewRecorder()
		New(o).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/printers/"+name+"/history", nil).WithContext(c.ctx))
		if got := strings.TrimSpace(w.Body.String()); w.Code != c.status || got != c.says {
			t.Errorf("%s: %d %s", name, w.Code, got)
		}
	}
}

// TestRecentHistory: the page and the object of a printer have the newest ten statuses only, and gaps are not shown as OK.
func TestRecentHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fleet{}
		var results []probe.Result
		for i := range 30 {
			results = append(results, statusResult(time.Duration(40-i)*time.Minute, []int{601, 200}[i%2], idle))
		}
		f.add("flapping", nil, results...)
		var object struct{ History []api.Change }
		if err := json.Unmarshal([]byte(get(f.options(), "/api/v1/printers/flapping")), &object); err != nil {
			t.Fatal(err)
		}
		if n := len(object.History); n != api.RecentPeriods || !object.History[0].Since.Before(object.History[n-1].Since) || object.History[n-1].Until.IsZero() {
			t.Errorf("the object has %+v", object.History)
		}
		rows := between(t, get(f.options(), "/printers/flapping"), `<section id="history"`, "</section>")
		if n := strings.Count(rows, "<tr><td>"); n != api.RecentPeriods || strings.Count(rows, "Unknown") != 1 || !strings.Contains(rows, `href="../api/v1/printers/flapping/history"`) {
			t.Errorf("%d rows: %s", n, rows)
		}
	})
}
