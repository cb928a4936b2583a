package secrets

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// echoServer responds over TLS with a dump of the request, in a form that the path chooses, and counts requests.
type echoServer struct {
	*httptest.Server
	wrong    atomic.Pointer[string] // a forbidden request
	requests atomic.Int64
}

func newEchoServer(t *testing.T, http2 bool) *echoServer {
	t.Helper()
	e := &echoServer{}
	e.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.requests.Add(1)
		if r.Method != http.MethodGet || !strings.Contains(r.URL.Path, "/octoeverywhere-command-api/") {
			e.wrong.Store(new(r.Method + " " + r.URL.Path))
		}
		all, _ := httputil.DumpRequest(r, true)
		text := r.Host + r.URL.String() + string(all)
		form, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		w.Header().Set("X-Echo", strings.ReplaceAll(text, "\r\n", " "))
		switch form {
		case "redirect":
			w.Header().Set("Location", "https://"+mark+".example/?"+url.QueryEscape(text))
			w.WriteHeader(http.StatusFound)
		case "pause":
			w.Header().Set("Retry-After", r.Header.Get("Authorization"))
			w.WriteHeader(http.StatusTooManyRequests)
		case "json":
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, object("url", text, "headers", text))
		case "version":
			_, _ = io.WriteString(w, `{"Status":200,"Result":{"JobStatus":{"State":"idle"},`+object("PlatformVersion", r.Header.Get("Authorization"))[1:]+`}`)
		default:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(603)
			_, _ = io.WriteString(w, "<pre>"+text)
		}
	}))
	e.EnableHTTP2 = http2
	e.Config.ErrorLog = log.New(io.Discard, "", 0)
	e.StartTLS()
	t.Cleanup(e.Close)
	return e
}

// rejectingProxy starts a proxy that rejects all requests and repeats them, in the status as well.
func rejectingProxy(t *testing.T) (address string) {
	t.Helper()
	return rawServer(t, func(c net.Conn) {
		buf := make([]byte, 4096)
		n, _ := c.Read(buf)
		text := strings.NewReplacer("\r\n", " ").Replace(string(buf[:n]))
		_, _ = fmt.Fprintf(c, "HTTP/1.1 407 %s\r\nProxy-Authenticate: %s\r\nContent-Length: %d\r\n\r\n%s", text, text, n, buf[:n])
	})
}

// rawServer starts a server that handles raw connections.
func rawServer(t *testing.T, handle func(net.Conn)) (address string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { defer c.Close(); handle(c) })
		}
	})
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	return l.Addr().String()
}

// TestNetworkShowsNoSecret uses real sockets, for the texts of real errors: printers behind all kinds of broken networks, and
// two processes that log in both formats. At the end the stacks of all goroutines are searched.
func TestNetworkShowsNoSecret(t *testing.T) {
	t.Parallel()
	secrets := testkit.NewCanaries()
	relay := simulator.New(simulator.Options{Printers: len(simulator.Faults()), Seed: 2})
	addSecrets(secrets, relay.Printers())
	srv, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = srv.Close() })
	for i, p := range relay.Printers() {
		if err := relay.SetFault(p.Name, simulator.Faults()[i]); err != nil {
			t.Fatal(err)
		}
	}
	echo1, echo2 := newEchoServer(t, false), newEchoServer(t, true)
	wantsCertificate := httptest.NewUnstartedServer(nil)
	wantsCertificate.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert, MinVersion: tls.VersionTLS12}
	wantsCertificate.Config.ErrorLog = log.New(io.Discard, "", 0)
	wantsCertificate.StartTLS()
	t.Cleanup(wantsCertificate.Close)
	cert, key := clientPEM(t, secrets)
	dir := t.TempDir()
	config := networkConfig(t, dir, relay, srv, endpoints{
		echo1: echo1.URL, echo2: echo2.URL, wantsCertificate: wantsCertificate.URL, cert: cert, key: key,
		proxy:  rejectingProxy(t),
		plain:  rawServer(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 400 "+mark+"\r\n\r\n"+mark) }),
		closes: rawServer(t, func(net.Conn) {}),
	})
	var programs []*testkit.Process
	for _, format := range []string{"json", "tint"} {
		programs = append(programs, testkit.Serve(t, "serve", "--config.file="+config, "--web.enable-lifecycle", "--web.enable-pprof",
			"--log.level=debug", "--log.format="+format, "--storage.path="+filepath.Join(dir, format)))
	}
	for _, p := range programs {
		p.Until("all printers were probed, most of them twice", func() bool {
			lines := p.Metrics("octoeverywhere_probes_total{")
			twice := 0
			for _, l := range lines {
				if strings.HasSuffix(l, "} 0") {
					return false
				}
				if !strings.HasSuffix(l, "} 1") {
					twice++
				}
			}
			return twice > len(lines)/2
		})
		for _, reason := range []string{
			"resolve_failed", "connect_failed", "tls_failed", "broken_answer", "no_answer", "redirected", "rate_limited", "not_the_api",
			"connection_not_found", "host_unresponsive",
		} {
			if len(p.Metrics("last_error{", `reason="`+reason+`"`)) == 0 {
				t.Errorf("no printer has the fault %s", reason)
			}
		}
		var names []string
		for _, l := range p.Metrics("octoeverywhere_probes_total{") {
			_, after, _ := strings.Cut(l, `printer="`)
			name, _, _ := strings.Cut(after, `"`)
			names = append(names, name)
		}
		searchPages(t, p, secrets, names)
		testkit.WriteFile(t, dir, "bad.yaml", "- {name: a, url: 'https://%s.octoeverywhere.com', tokn: %s}\n", mark, mark)
		p.Until("the user error is found", func() bool {
			status, text := p.Post("/-/reload")
			secrets.Absent(t, "a reload", text)
			return status == http.StatusInternalServerError
		})
		testkit.WriteFile(t, dir, "bad.yaml", "")
	}
	for _, format := range []string{"json", "tint"} {
		state, err := os.ReadFile(filepath.Join(dir, format, "state.db"))
		if err != nil || !strings.Contains(string(state), "host_unresponsive") {
			t.Errorf("the storage is empty: %v", err)
		}
		secrets.Absent(t, "the storage", strings.ToValidUTF8(string(state), "?"))
	}
	for _, p := range programs {
		p.Signal(syscall.SIGQUIT)
		<-p.Done
		text := p.Output()
		if !strings.Contains(text, "goroutine ") || !strings.Contains(text, "request completed") {
			t.Errorf("there is no log, or there are no stacks: %.2000s", text)
		}
		secrets.Absent(t, "the log and the stacks", text)
	}
	if total := relay.Total(); total.Forbidden+total.OtherMethods+total.Unknown != 0 || total.Status == 0 || total.Ping == 0 || total.Info == 0 {
		t.Errorf("forbidden or missing requests: %+v", total)
	}
	for _, e := range []*echoServer{echo1, echo2} {
		if wrong := e.wrong.Load(); wrong != nil || e.requests.Load() == 0 {
			t.Errorf("of %d requests, one was %v", e.requests.Load(), wrong)
		}
	}
}

// searchPages searches everything that a process serves.
func searchPages(t *testing.T, p *testkit.Process, secrets *testkit.Canaries, names []string) {
	t.Helper()
	search := func(path string) {
		status, text := p.Get(path)
		if status == 0 {
			t.Errorf("%s: %s", path, text)
		}
		secrets.Absent(t, path, text)
	}
	for i, name := range names {
		for _, line := range testkit.Routes(t, name) {
			if path, ok := strings.CutPrefix(line, "GET "); ok && (i == 0 || strings.Contains(path, name)) {
				search(path)
			}
		}
	}
	for _, path := range []string{"goroutine?debug=1", "goroutine?debug=2", "heap?debug=1", "allocs?debug=1", "cmdline", "trace?seconds=0.2", "profile?seconds=1"} {
		search("/debug/pprof/" + path)
	}
}

// endpoints are where the printers of this test are, besides the relay.
type endpoints struct {
	echo1, echo2, wantsCertificate, cert, key string
	proxy, plain, closes                      string
}

func networkConfig(t *testing.T, dir string, relay *simulator.Relay, srv *simulator.Server, at endpoints) string {
	t.Helper()
	var b bytes.Buffer
	if err := relay.WriteConfig(&b, simulator.ConfigOptions{BaseURL: srv.URL(), DeadURL: srv.DeadURL(), CA: srv.CAPEM(), Interval: 2 * time.Second, Timeout: 700 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	credentials := fmt.Sprintf("authorization: {credentials: %stoken0123456789}", mark)
	for name, lines := range map[string][]string{
		"unresolved":         {"url: https://" + mark + ".invalid"},
		"dead":               {"url: " + srv.DeadURL() + "/" + mark},
		"another name":       {"url: " + srv.URL() + "/p/" + mark, "tls_config:\n      server_name: " + mark + ".example\n      ca: " + indented(string(srv.CAPEM()), 8)},
		"unknown authority":  {"url: " + at.echo1 + "/" + mark},
		"no TLS":             {"url: https://" + at.plain + "/" + mark},
		"closes":             {"url: https://" + at.closes + "/" + mark},
		"wants certificate":  {"url: " + at.wantsCertificate + "/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"with certificate":   {"url: " + at.wantsCertificate + "/" + mark, "tls_config:\n      insecure_skip_verify: true\n      cert: " + indented(at.cert, 8) + "      key: " + indented(at.key, 8)},
		"refusing proxy":     {"url: https://" + mark + ".example/" + mark, fmt.Sprintf("proxy_url: 'http://%[1]suser:%[1]spass@%[2]s'", mark, at.proxy), "proxy_connect_header: {X-Key: [" + mark + "]}"},
		"dead proxy":         {"url: https://" + mark + ".example/" + mark, fmt.Sprintf("proxy_url: 'http://%[1]suser:%[1]spass@%[2]s'", mark, strings.TrimPrefix(srv.DeadURL(), "https://"))},
		"unresolved proxy":   {"url: https://" + mark + ".example/" + mark, fmt.Sprintf("proxy_url: 'https://%[1]suser:%[1]spass@%[1]s.invalid:1'", mark)},
		"no SOCKS":           {"url: https://" + mark + ".example/" + mark, fmt.Sprintf("proxy_url: 'socks5://%[1]suser:%[1]spass@%[2]s'", mark, at.plain)},
		"not for SOCKS":      {"url: https://" + mark + ".example/" + mark, fmt.Sprintf("proxy_url: 'socks5h://%[1]suser:%[1]spass@%[2]s'", mark, at.closes)},
		"echo redirect 1":    {"url: " + at.echo1 + "/redirect/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo redirect 2":    {"url: " + at.echo2 + "/redirect/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo pause 1":       {"url: " + at.echo1 + "/pause/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo json 2":        {"url: " + at.echo2 + "/json/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo version 1":     {"url: " + at.echo1 + "/version/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo version 2":     {"url: " + at.echo2 + "/version/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo page 1":        {"url: " + at.echo1 + "/page/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"echo page 2":        {"url: " + at.echo2 + "/page/" + mark, "tls_config: {insecure_skip_verify: true}"},
		"one label":          {"url: https://" + mark},
		"over plain HTTP":    {"url: http://" + at.plain + "/" + mark},
		"a user with a sign": {"url: " + at.echo1 + "/page/" + mark, fmt.Sprintf("basic_auth: {username: '%[1]s@user', password: '%[1]s pass'}", mark)},
	} {
		fmt.Fprintf(&b, "  - name: %s\n", strings.ReplaceAll(name, " ", "-"))
		for _, line := range lines {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		if name != "a user with a sign" {
			fmt.Fprintf(&b, "    %s\n", credentials)
		}
	}
	b.WriteString("printer_files: [bad.yaml]\n")
	testkit.WriteFile(t, dir, "bad.yaml", "")
	return testkit.WriteFile(t, dir, "config.yaml", "%s", b.String())
}

// TestDemoShowsNoSecret: its fleet has addresses and tokens, too.
func TestDemoShowsNoSecret(t *testing.T) {
	t.Parallel()
	secrets := testkit.NewCanaries()
	addSecrets(secrets, simulator.Demo(1).Printers())
	p := testkit.Serve(t, "demo", "--interval=1s", "--log.level=debug")
	p.Until("all enabled printers were probed", func() bool {
		enabled := len(p.Metrics("octoeverywhere_printer_enabled{", "} 1"))
		return enabled > 0 && len(p.Metrics("octoeverywhere_probe_success{")) == enabled
	})
	searchPages(t, p, secrets, []string{simulator.Demo(1).Printers()[0].Name})
	secrets.Absent(t, "the output of the demo", p.Output())
}
