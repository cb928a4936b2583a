package e2e

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"octoeverywhere_exporter/test/testkit"
)

// Responses with values that some format cannot hold: years of five digits, numbers that are none, bytes that are no UTF-8.
const (
	absurdStatus = "{\"Status\":200,\"Result\":{\"PlatformVersion\":\"v\xff\xfe\x00\",\"JobStatus\":{\"State\":\"printing\",\"SubState\":\"\xc3\x28\",\"Error\":\"\xed\xa0\x80\"," +
		"\"CurrentPrint\":{\"FileName\":\"\xff\",\"Progress\":NaN,\"DurationSec\":1e999,\"TimeLeftSec\":-Infinity,\"CurrentLayer\":1e400,\"TotalLayers\":NaN," +
		"\"Temps\":{\"BedActual\":Infinity,\"BedTarget\":NaN,\"HotendActual\":1e308,\"HotendTarget\":1e309}}}," +
		"\"OctoEverywhereStatus\":{\"MostRecentPrintIdStr\":\"\xff\",\"Gadget\":{\"LastScore\":NaN,\"TimeSinceLastScoreSec\":1e300,\"TimeSinceLastPauseSec\":-1e300,\"TimeSinceLastWarnSec\":Infinity}}}}"
	absurdInfo = `{"IsOnline":true,"LastConnectionTimeUtc":"9999-12-31T23:59:59-14:00","LastDisconnectTimeUtc":"10000-01-01T00:00:00Z"}`
)

// TestAbsurdValuesOfOnePrinterBreakNoOther: every list and exposition stays whole and valid.
func TestAbsurdValuesOfOnePrinterBreakNoOther(t *testing.T) {
	t.Parallel()
	relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/api/"):
			w.Header().Set("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")
			_, _ = io.WriteString(w, absurdInfo)
		case strings.HasPrefix(r.URL.Path, "/p/absurd/"):
			_, _ = io.WriteString(w, absurdStatus)
		default:
			_, _ = io.WriteString(w, testkit.StatusResponse)
		}
	}))
	defer relay.Close()
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", `defaults: {interval: 1s, timeout: 500ms}
service: {url: "%[1]s"}
printers:
- {name: before, url: "%[1]s/p/before", authorization: {credentials: canary}}
- {name: absurd, url: "%[1]s/p/absurd", authorization: {credentials: canary}, app_token: token}
- {name: behind, url: "%[1]s/p/behind", authorization: {credentials: canary}}
`, relay.URL)
	p := testkit.Serve(t, "serve", "--config.file="+path)
	p.Until("all are probed", func() bool { return len(p.Metrics("octoeverywhere_probe_success{")) == 3 })

	var printers struct {
		Printers []struct {
			Name   string
			Layers map[string]any
		}
	}
	var targets []struct{ Targets []string }
	for path, into := range map[string]any{"/api/v1/printers": &printers, "/sd": &targets, "/api/v1/printers/absurd": new(any)} {
		if status, body := p.Get(path); status != http.StatusOK || json.Unmarshal([]byte(body), into) != nil || !utf8.ValidString(body) {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	if len(targets) != 3 || len(printers.Printers) != 3 {
		t.Errorf("%v, %v", targets, printers)
	}
	for _, printer := range printers.Printers {
		if len(printer.Layers) == 0 {
			t.Errorf("nothing is known of %v", printer)
		}
	}
	for _, path := range []string{"/", "/printers/absurd", "/probe?target=absurd&debug=true"} {
		if status, body := p.Get(path); status != http.StatusOK || !utf8.ValidString(body) || strings.HasPrefix(body, "<") && !strings.Contains(body, "</html>") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
	for _, format := range []expfmt.FormatType{expfmt.TypeTextPlain, expfmt.TypeProtoDelim} {
		for _, path := range []string{"/metrics", "/probe?target=absurd"} {
			families, err := decode(t, p.URL+path, expfmt.NewFormat(format))
			if want := map[string]int{"/metrics": 3, "/probe?target=absurd": 1}[path]; err != nil || len(families["octoeverywhere_probe_success"].GetMetric()) != want {
				t.Errorf("%s in format %d: %v, %v", path, format, err, families["octoeverywhere_probe_success"])
			}
		}
	}
}

// decode reads metrics in a format.
func decode(t *testing.T, url string, format expfmt.Format) (map[string]*dto.MetricFamily, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", string(format))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	families := map[string]*dto.MetricFamily{}
	decoder := expfmt.NewDecoder(resp.Body, expfmt.ResponseFormat(resp.Header))
	for {
		var f dto.MetricFamily
		switch err := decoder.Decode(&f); {
		case errors.Is(err, io.EOF):
			return families, nil
		case err != nil:
			return families, err
		}
		for _, m := range f.Metric {
			for _, l := range m.Label {
				if !model.LabelValue(l.GetValue()).IsValid() {
					t.Errorf("%s: %q", f.GetName(), l)
				}
			}
		}
		families[f.GetName()] = &f
	}
}
