package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/simulator/hostile"
)

// TestAHostileWorld runs the program against every hostile relay at once: each printer gets a verdict that is right for
// it, and what the relays send back is neither in the log nor anywhere else.
func TestAHostileWorld(t *testing.T) {
	if os.Getenv("HOSTILE_WORLD") == "" {
		t.Skip("takes half a minute: HOSTILE_WORLD=1 go test -run HostileWorld .")
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
	p := start(t, "serve", "--config.file="+path, "--log.level=debug", "--log.format=json")
	var wrong []string
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("not as expected:\n%s", strings.Join(wrong, "\n"))
		}
	})
	p.until("every verdict is right", func() bool {
		var known int
		wrong, known = wrongVerdicts(p)
		return known == len(fleet.Relays()) && len(wrong) == 0
	})
	for _, page := range []string{"/metrics", "/", "/api/v1/printers", "/sd", "/probe?target=credentials-sent-back-http1&debug=true"} {
		if status, text := p.get(page); status != 200 || strings.Contains(text, hostile.Token) {
			t.Errorf("%s: %d, or it shows a token", page, status)
		}
	}
	log := p.output()
	if strings.Contains(log, hostile.Token) {
		t.Error("the log shows a token")
	}
	for line := range strings.Lines(log) {
		if !json.Valid([]byte(line)) {
			t.Fatalf("a line of the log is none of ours: %s", line)
		}
	}
}

var (
	expectedLabel = regexp.MustCompile(`expected="([^"]*)"`)
	reasonLabel   = regexp.MustCompile(`reason="([^"]*)"`)
)

// wrongVerdicts are the series of printers whose verdict is not one of those expected, and how many printers have one.
func wrongVerdicts(p *process) (wrong []string, known int) {
	for _, line := range p.metric("octoeverywhere_last_error{") {
		if !strings.HasSuffix(line, " 1") {
			continue
		}
		known++
		if !among(reasonLabel.FindStringSubmatch(line)[1], line) {
			wrong = append(wrong, line)
		}
	}
	for _, line := range p.metric("octoeverywhere_probe_success{") {
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
