package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/test/hostile"
	"octoeverywhere_exporter/test/testkit"
)

// TestAHostileWorld runs the program against every hostile relay at once: each printer gets a verdict that is right for
// it, and what the relays send back is neither in the log nor anywhere else.
func TestAHostileWorld(t *testing.T) {
	if os.Getenv("HOSTILE_WORLD") == "" {
		t.Skip("takes half a minute: HOSTILE_WORLD=1 go test -run HostileWorld ./test/e2e")
	}
	t.Parallel()
	fleet, err := hostile.ListenAll()
	if err != nil {
		t.Fatal(err)
	}
	defer fleet.Close()
	path := filepath.Join(t.TempDir(), "config.yaml")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := fleet.WriteConfig(f, 10*time.Second, 4*time.Second); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	p := testkit.Serve(t, "serve", "--config.file="+path, "--log.level=debug", "--log.format=json")
	var wrong []string
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("not as expected:\n%s", strings.Join(wrong, "\n"))
		}
	})
	p.Until("every verdict is right", func() bool {
		var known int
		wrong, known = wrongVerdicts(p)
		return known == len(fleet.Relays()) && len(wrong) == 0
	})
	checkStartDelay(t, p)
	for _, page := range []string{"/metrics", "/", "/api/v1/printers", "/sd", "/probe?target=credentials-sent-back-http1&debug=true"} {
		if status, text := p.Get(page); status != 200 || strings.Contains(text, hostile.Token) {
			t.Errorf("%s: %d, or it shows a token", page, status)
		}
	}
	checkLog(t, p)
}

// checkStartDelay: whatever some relays do, no probe has to wait until the exporter has time for it.
func checkStartDelay(t *testing.T, p *testkit.Process) {
	t.Helper()
	const name = "octoeverywhere_exporter_probe_start_delay_seconds"
	number := func(series string) (n int) {
		lines := p.Metrics(series + " ")
		if len(lines) != 1 {
			t.Fatalf("%s: %q", series, lines)
		}
		if _, err := fmt.Sscan(strings.TrimPrefix(lines[0], series), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	all, inTime := number(name+"_count"), number(name+`_bucket{le="1"}`)
	t.Logf("%d of %d probes began within a second, %d within 10 ms", inTime, all, number(name+`_bucket{le="0.01"}`))
	if all == 0 || inTime < all {
		t.Errorf("%d of %d probes began late", all-inTime, all)
	}
}

// TestTheLogIsOurs: net/http writes to the standard logger what an edge sends without being asked, which may be our own
// credentials, and a line for each frame that it does not know.
func TestTheLogIsOurs(t *testing.T) {
	t.Parallel()
	all := hostile.Cases()
	text := "defaults: {interval: 1s, timeout: 500ms, tls_config: {insecure_skip_verify: true}}\nservice: {url: https://127.0.0.1}\nprinters:\n"
	var names []string
	for name, on := range map[string]hostile.Protocol{"credentials-sent-back": hostile.HTTP1, "two-answers": hostile.HTTP1, "unknown-frames": hostile.HTTP2} {
		relay, err := hostile.Listen(all[slices.IndexFunc(all, func(c hostile.Case) bool { return c.Name == name })], on)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(relay.Close)
		text += fmt.Sprintf("- {name: %s, url: %q, authorization: {credentials: %s}}\n", name, relay.URL(), hostile.Token)
		names = append(names, name)
	}
	path := testkit.WriteFile(t, t.TempDir(), "config.yaml", "%s", text)
	p := testkit.Serve(t, "serve", "--config.file="+path, "--log.level=debug", "--log.format=json")
	p.Until("each was asked twice", func() bool {
		for _, name := range names {
			if strings.Count(p.Output(), `"msg":"request completed","printer":"`+name) < 2 {
				return false
			}
		}
		return true
	})
	checkLog(t, p)
}

// checkLog holds the log to lines of our own without what relays send back.
func checkLog(t *testing.T, p *testkit.Process) {
	t.Helper()
	log := p.Output()
	if strings.Contains(log, hostile.Token) {
		t.Error("the log shows a token")
	}
	for line := range strings.Lines(log) {
		if strings.HasSuffix(line, "\n") && !json.Valid([]byte(line)) {
			t.Fatalf("a line of the log is none of ours: %s", line)
		}
	}
}

var (
	expectedLabel = regexp.MustCompile(`expected="([^"]*)"`)
	reasonLabel   = regexp.MustCompile(`reason="([^"]*)"`)
)

// wrongVerdicts are the series of printers whose verdict is not one of those expected, and how many printers have one.
func wrongVerdicts(p *testkit.Process) (wrong []string, known int) {
	for _, line := range p.Metrics("octoeverywhere_last_error{") {
		if !strings.HasSuffix(line, " 1") {
			continue
		}
		known++
		if !among(reasonLabel.FindStringSubmatch(line)[1], line) {
			wrong = append(wrong, line)
		}
	}
	for _, line := range p.Metrics("octoeverywhere_probe_success{") {
		if !strings.HasSuffix(line, " 1") {
			continue
		}
		known++
		if !among("none", line) {
			wrong = append(wrong, line)
		}
	}
	return wrong, known
}

func among(word, line string) bool {
	return strings.Contains(" or "+expectedLabel.FindStringSubmatch(line)[1]+" or ", " or "+word+" or ")
}
