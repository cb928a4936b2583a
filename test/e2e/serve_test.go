package e2e

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// relayOf starts a relay: each printer, /p/NAME/…, responds with its entry in a table that may change.
func relayOf(t *testing.T) (*httptest.Server, *atomic.Pointer[map[string]string]) {
	t.Helper()
	responses := new(atomic.Pointer[map[string]string])
	responses.Store(&map[string]string{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/p/"), "/")
		response, ok := (*responses.Load())[name]
		if !ok {
			response = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`
		}
		if r.Header.Get("Authorization") == "Bearer wrong" {
			w.WriteHeader(606)
			return
		}
		_, _ = io.WriteString(w, response)
	}))
	t.Cleanup(srv.Close)
	return srv, responses
}

func configuration(url string, names ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "defaults: {interval: 1s, timeout: 500ms}\nservice: {url: %q}\nprinters:\n", url)
	for _, n := range names {
		fmt.Fprintf(&b, "- {name: %s, url: %q, authorization: {credentials: canary}}\n", n, url+"/p/"+n)
	}
	return b.String()
}

// TestReloadIsAtomic: by signal, by request and by a change of the file. The state of printers that stay is kept.
func TestReloadIsAtomic(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "stays", "leaves"))
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	counted := func(name string) (n float64) {
		for _, l := range p.Metrics("octoeverywhere_probes_total", `printer="`+name+`"`) {
			_, _ = fmt.Sscan(l[strings.LastIndexByte(l, ' ')+1:], &n)
		}
		return n
	}
	successful := func() bool {
		return strings.HasSuffix(p.Metrics("octoeverywhere_exporter_config_last_reload_successful ")[0], " 1")
	}
	p.Until("both are probed", func() bool { return counted("stays") > 1 && counted("leaves") > 1 })

	before := counted("stays")
	testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "stays", "comes"))
	if status, text := p.Post("/-/reload"); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if lines := p.Metrics(`printer="leaves"`); len(lines) != 0 {
		t.Errorf("a removed printer is still there: %v", lines)
	}
	if len(p.Metrics(`printer="comes"`)) == 0 || counted("stays") < before {
		t.Errorf("a new printer is not there, or state is lost: %v before, %v now", before, counted("stays"))
	}

	testkit.WriteFile(t, dir, "config.yaml", "%s", "printers: [{nam: canary}]\n")
	if status, text := p.Post("/-/reload"); status != 500 || !strings.Contains(text, `did you mean "name"?`) || strings.Contains(text, "canary") {
		t.Errorf("%d %s", status, text)
	}
	if successful() || len(p.Metrics("probes_total", `printer="comes"`)) != 1 {
		t.Error("an invalid file changed something, or the metric does not show it")
	}

	testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "by-signal"))
	p.Signal(syscall.SIGHUP)
	p.Until("the signal is handled", func() bool { return len(p.Metrics(`printer="by-signal"`)) > 0 && successful() })

	testkit.WriteFile(t, dir, "config.yaml", "%s", configuration(relay.URL, "by-itself"))
	p.Until("the change is noticed", func() bool { return len(p.Metrics(`printer="by-itself"`)) > 0 })
	if strings.Contains(p.Output(), "canary") {
		t.Errorf("a credential is in the log:\n%s", p.Output())
	}
}

// TestNewCredentialIsProbedImmediately: a reload with a changed credential file ends the backoff of an access fault.
func TestNewCredentialIsProbedImmediately(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	testkit.WriteFile(t, dir, "token", "wrong\n")
	path := testkit.WriteFile(t, dir, "config.yaml", "defaults: {interval: 1h, timeout: 1s}\nprinters: [{name: a, url: %q, authorization: {credentials_file: token}}]\n", relay.URL+"/p/a")
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	p.Until("the credential is rejected", func() bool { return len(p.Metrics("last_error{", `code="606"`, "} 1")) == 1 })
	testkit.WriteFile(t, dir, "token", "right\n")
	if status, text := p.Post("/-/reload"); status != 200 {
		t.Fatal(text)
	}
	p.Until("the new one is tried", func() bool { return len(p.Metrics("probe_success{", "} 1")) == 1 })
}

// TestProbeOnDemand ignores backoff.
func TestProbeOnDemand(t *testing.T) {
	t.Parallel()
	relay, responses := relayOf(t)
	responses.Store(&map[string]string{"a": `{"Status":789}`})
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "defaults: {interval: 1h, timeout: 1s}\nprinters: [{name: a, url: %q}]\n", relay.URL+"/p/a")
	p := testkit.Serve(t, "serve", "--web.enable-lifecycle", "--config.file="+path)
	p.Until("the fault is seen", func() bool { return len(p.Metrics("last_error{", `code="789"`, "} 1")) == 1 })
	responses.Store(&map[string]string{})
	if status, text := p.Post("/-/probe?target=a"); status != 200 {
		t.Fatalf("%d %s", status, text)
	}
	if lines := p.Metrics("probe_success{"); len(lines) != 1 || !strings.HasSuffix(lines[0], " 1") {
		t.Errorf("%v", lines)
	}
	status, text := p.Get("/probe?target=a&debug=true")
	if status != 200 || !strings.Contains(text, "probe_success 1") || strings.Contains(text, relay.URL) {
		t.Errorf("%d %s", status, text)
	}
	if status, _ := p.Get("/probe?target=" + relay.URL); status != 404 {
		t.Errorf("a target that is not configured: %d", status)
	}
}

// TestPrintersAddedLater: an empty folder is valid.
func TestPrintersAddedLater(t *testing.T) {
	t.Parallel()
	relay, _ := relayOf(t)
	dir := t.TempDir()
	path := testkit.WriteFile(t, dir, "config.yaml", "defaults: {interval: 1s, timeout: 500ms}\nprinter_files: [printers.d/*.yaml]\n")
	p := testkit.Serve(t, "serve", "--config.file="+path)
	if !strings.Contains(p.Output(), "no printers") {
		t.Errorf("it does not log that there are no printers:\n%s", p.Output())
	}
	testkit.WriteFile(t, dir, "printers.d/a.yaml", "[{name: a, url: %q}]\n", relay.URL+"/p/a")
	p.Until("the printer is found", func() bool { return len(p.Metrics("probe_success{", `printer="a"`)) == 1 })
}

// TestLogFormats: JSON by default, text when requested. A fault that begins is a warning.
func TestLogFormats(t *testing.T) {
	t.Parallel()
	relay, responses := relayOf(t)
	responses.Store(&map[string]string{"a": `{"Status":785}`})
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", configuration(relay.URL, "a"))
	want := map[string]string{
		"json":   `"level":"WARN","msg":"printer status changed","printer":"a","from":"unknown","to":"host/host_disconnected","code":"785"}`,
		"auto":   `"level":"WARN","msg":"printer status changed","printer":"a","from":"unknown","to":"host/host_disconnected","code":"785"}`,
		"logfmt": `level=WARN msg="printer status changed" printer=a from=unknown to=host/host_disconnected code=785` + "\n",
		"tint":   ` WRN printer status changed printer=a from=unknown to=host/host_disconnected code=785` + "\n",
	}
	for format, line := range want {
		p := testkit.Serve(t, "serve", "--config.file="+path, "--log.format="+format, "--log.level=debug")
		p.Until("the change is logged", func() bool { return strings.Contains(p.Output(), line) })
		p.Until("each request is logged", func() bool { return strings.Contains(p.Output(), "request completed") })
		if strings.Contains(p.Output(), relay.URL) || strings.Contains(p.Output(), "canary") {
			t.Errorf("a credential is in the log:\n%s", p.Output())
		}
		p.Signal(syscall.SIGINT)
		<-p.Done
	}
}
