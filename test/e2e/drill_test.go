package e2e

import (
	"crypto/tls"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestDocumentedDrill runs the commands of docs/internals/simulator.md, with the relay and the exporter as two processes.
func TestDocumentedDrill(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), testkit.FreeAddress(t)
	relay := testkit.Program("simulate", "--printers=20", "--seed=7", "--faults=off=0.2", "--latency=1ms-5ms",
		"--interval=1s", "--web.listen-address="+address, "--config.file="+filepath.Join(dir, "simulated.yaml"))
	out, err := relay.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := relay.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = relay.Process.Kill(); _ = relay.Wait() })
	if _, err := io.ReadAtLeast(out, make([]byte, 1), 1); err != nil { // it prints its address once it listens
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
	p := testkit.Serve(t, "serve", "--config.file="+filepath.Join(dir, "simulated.yaml"))
	p.Until("four are off, the others are healthy", func() bool {
		return len(p.Metrics("last_error{", `code="785"`, "} 1")) == 4 && len(p.Metrics("probe_success{", "} 1")) == 16
	})
	healthy := regexp.MustCompile(`printer="([^"]+)"`).FindStringSubmatch(p.Metrics("probe_success{", "} 1")[0])[1]
	drill("/print?printer=" + healthy)
	p.Until("it prints", func() bool {
		return len(p.Metrics("printer_state{", `printer="`+healthy+`"`, `state="idle"`, "} 0")) == 1
	})
	drill("/faults?printer=" + healthy + "&set=off")
	p.Until("the print is lost", func() bool { return len(p.Metrics("lost_during_print{", `printer="`+healthy+`"`, "} 1")) == 1 })
	drill("/down")
	p.Until("the service is down for all printers", func() bool { return len(p.Metrics("layer_up{", `layer="service"`, "} 0")) == 20 })
	if lines := p.Metrics("layer_up{", `layer="host"`); len(lines) != 0 {
		t.Errorf("something is known of hosts behind a service that is down: %v", lines)
	}
	drill("/up")
	p.Until("all other printers are healthy again", func() bool { return len(p.Metrics("probe_success{", "} 1")) == 15 })
}
