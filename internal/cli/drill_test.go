package cli

import (
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestADrill does what docs/drills.md says, with the relay and the exporter as two processes.
func TestADrill(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), freeAddress(t)
	relay := exec.Command(os.Args[0], "simulate", "--printers=20", "--seed=7", "--faults=off=0.2", "--latency=1ms-5ms",
		"--interval=1s", "--web.listen-address="+address, "--config.file="+filepath.Join(dir, "simulated.yaml"))
	relay.Env = append(os.Environ(), "TEST_BE_THE_PROGRAM=1")
	out, err := relay.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := relay.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = relay.Process.Kill(); _ = relay.Wait() })
	if _, err := io.ReadAtLeast(out, make([]byte, 1), 1); err != nil { // it says where it is when it is there
		t.Fatal(err)
	}

	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	t.Cleanup(client.CloseIdleConnections)
	drill := func(command string) {
		t.Helper()
		resp, err := client.Post("https://"+address+"/-/sim"+command, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s %s", command, resp.Status, b)
		}
	}
	p := start(t, "serve", "--config.file="+filepath.Join(dir, "simulated.yaml"))
	p.until("four are off, the others are well", func() bool {
		return len(p.metric("last_error{", `code="785"`, "} 1")) == 4 && len(p.metric("probe_success{", "} 1")) == 16
	})
	well := regexp.MustCompile(`printer="([^"]+)"`).FindStringSubmatch(p.metric("probe_success{", "} 1")[0])[1]
	drill("/print?printer=" + well)
	p.until("it prints", func() bool {
		return len(p.metric("printer_state{", `printer="`+well+`"`, `state="idle"`, "} 0")) == 1
	})
	drill("/faults?printer=" + well + "&set=off")
	p.until("the print is lost", func() bool { return len(p.metric("lost_during_print{", `printer="`+well+`"`, "} 1")) == 1 })
	drill("/down")
	p.until("the service is down for all", func() bool { return len(p.metric("layer_up{", `layer="service"`, "} 0")) == 20 })
	if lines := p.metric("layer_up{", `layer="host"`); len(lines) != 0 {
		t.Errorf("something is known of hosts behind a service that is down: %v", lines)
	}
	drill("/up")
	p.until("all is as before", func() bool { return len(p.metric("probe_success{", "} 1")) == 15 })
}

// TestDocumentedCommandsExist: every command line in the README and the documents is one that the program takes.
func TestDocumentedCommandsExist(t *testing.T) {
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	command := regexp.MustCompile("(?:^|`|\\./|run \\. )octoeverywhere_exporter( [^`#|<]*)?|go run \\. ([^`#|<]*)")
	found := 0
	for _, f := range append(files, "README.md") {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			m := command.FindStringSubmatch(strings.TrimSpace(line))
			if m == nil || strings.HasPrefix(line, "#") || strings.Contains(line, "[FLAGS]") {
				continue
			}
			args := strings.Fields(m[1] + m[2])
			if len(args) > 0 && !strings.HasPrefix(args[0], "-") && !regexp.MustCompile(`^(serve|check|probe|add|codes|demo|simulate|version|completion)$`).MatchString(args[0]) {
				continue // prose
			}
			var c commands
			parser, err := kong.New(&c, kong.Vars{"version": ""})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := parser.Parse(args); err != nil {
				t.Errorf("%s: %s: %v", f, strings.TrimSpace(line), err)
			}
			found++
		}
	}
	if found < 4 {
		t.Errorf("only %d commands are found in the documents", found)
	}
}
