//go:build !race

package deploy

import (
	"bufio"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator"
)

// TestContainer runs an image that deploy/image.sh has built, IMAGE, locked in as docs/install.md has it, beside the plain
// program. Both probe a simulated fleet with a printer for each fault there is a word for, and must say the same of all.
func TestContainer(t *testing.T) {
	image := os.Getenv("IMAGE")
	if image == "" {
		t.Skip("IMAGE names no image: deploy/image.sh builds one")
	}
	faults := simulator.Faults()
	shares := simulator.FaultRatios{}
	for _, f := range faults {
		shares[f] = 1 / float64(len(faults)+1) // one printer is well
	}
	relay, config := simulated(t, simulator.Options{Printers: len(faults) + 1, Faults: shares},
		simulator.ConfigOptions{Interval: 5 * time.Second, Timeout: 4 * time.Second})
	want, met := verdicts{}, map[simulator.Fault]bool{}
	for _, p := range relay.Printers() {
		means := p.Fault.Expected()
		if p.Fault == simulator.HostTimeout {
			means.Code = 602 // the same fault, by the service's word
		}
		want[p.Name], met[p.Fault] = said(means), true
	}
	if len(met) != len(faults)+1 {
		t.Fatalf("the fleet has only the faults %v", met)
	}
	plain, c := startExporter(t, config), runContainer(t, image, config)

	for name, p := range map[string]*process{"plain": plain, "container": c.process} {
		var got verdicts
		deadline := time.Now().Add(90 * time.Second)
		for got = p.verdicts(); cmp.Diff(want, got) != "" && time.Now().Before(deadline); got = p.verdicts() {
			time.Sleep(200 * time.Millisecond)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
	c.isLockedIn()
	c.endsInTime()
}

// verdicts are what an exporter says of each printer: the fault that stands, and the layers that are known.
type verdicts map[string]string

// said is how a verdict reads here that is a fault, or none.
func said(f fault.Fault) string {
	text := "ok:"
	if !f.None() {
		text = fmt.Sprintf("%s %s %s:", f.Layer, f.CodeLabel(), f.Reason)
	}
	for _, l := range fault.Layers {
		switch {
		case f.None() || l < f.Layer:
			text += " " + l.String() + "=1"
		case l == f.Layer:
			text += " " + l.String() + "=0"
		}
	}
	return text
}

var (
	series = regexp.MustCompile(`^octoeverywhere_(last_error|layer_up|probe_success)\{(.*)\} (\d)$`)
	label  = regexp.MustCompile(`(\w+)="([^"]*)"`)
)

// verdicts reads them out of the metrics.
func (p *process) verdicts() verdicts {
	resp, err := http.Get(p.url + "/metrics")
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	errors, layers := map[string]string{}, map[string]map[string]string{}
	for s := bufio.NewScanner(resp.Body); s.Scan(); {
		m := series.FindStringSubmatch(s.Text())
		if m == nil {
			continue
		}
		l := map[string]string{}
		for _, one := range label.FindAllStringSubmatch(m[2], -1) {
			l[one[1]] = one[2]
		}
		switch name, value := l["printer"], m[3]; {
		case m[1] == "last_error" && value == "1":
			errors[name] += fmt.Sprintf("%s %s %s:", l["layer"], l["code"], l["reason"])
		case m[1] == "probe_success" && value == "1":
			errors[name] += "ok:"
		case m[1] == "layer_up":
			if layers[name] == nil {
				layers[name] = map[string]string{}
			}
			layers[name][l["layer"]] = value
		}
	}
	all := verdicts{}
	for name, text := range errors {
		for _, l := range fault.Layers {
			if value, known := layers[name][l.String()]; known {
				text += " " + l.String() + "=" + value
			}
		}
		all[name] = text
	}
	return all
}

// container is an exporter in a container, on the network of this machine.
type container struct {
	*process
	podman, name string
}

const memory = 128 << 20

// runContainer starts a container with a configuration, and waits until it is ready.
func runContainer(t *testing.T, image, config string) container {
	t.Helper()
	podman := tool(t, "podman")
	dir := t.TempDir()
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) { // it is another user who reads it, and the token is simulated
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(write(t, dir, "config.yaml", config), 0o644); err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	name := "octoeverywhere_exporter-" + strings.ReplaceAll(address, ":", "-")
	t.Cleanup(func() { _ = exec.Command(podman, "rm", "--force", "--ignore", name).Run() })
	p := launch(t, name, podman, address, "/-/healthy", "run", "--name="+name, "--pull=never",
		"--runtime=runc", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", // what a machine that is a container itself needs
		"--network=host", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges",
		fmt.Sprintf("--memory=%d", memory), "--env=GOMEMLIMIT=115MiB",
		"--volume="+dir+":/etc/octoeverywhere_exporter:ro", image, "--web.listen-address="+address)
	return container{p, podman, name}
}

// podmanSays gives what podman prints.
func (c container) podmanSays(args ...string) string {
	c.t.Helper()
	return strings.TrimSpace(run(c.t, "podman", args...))
}

// isLockedIn looks at the process itself: who it is, what it may do, and how much memory it may take.
func (c container) isLockedIn() {
	c.t.Helper()
	pid := c.podmanSays("inspect", "--format={{.State.Pid}}", c.name)
	status := read(c.t, "/proc/"+pid+"/status")
	for _, line := range []string{`Uid:\t65532\t65532\t65532\t65532`, `Gid:\t65532\t65532\t65532\t65532`, `CapPrm:\t0+`, `CapEff:\t0+`, `CapBnd:\t0+`, `CapAmb:\t0+`, `NoNewPrivs:\t1`} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(status) {
			c.t.Errorf("not %s:\n%s", line, status)
		}
	}
	if mounts := read(c.t, "/proc/"+pid+"/mountinfo"); !regexp.MustCompile(`(?m)^\d+ \d+ \S+ \S+ / ro[, ]`).MatchString(mounts) {
		c.t.Errorf("the root can be written:\n%s", mounts)
	}
	if limit := c.podmanSays("inspect", "--format={{.HostConfig.Memory}}", c.name); limit != fmt.Sprint(memory) {
		c.t.Errorf("the memory is limited to %s", limit)
	}
	if got := c.limit(pid); got != fmt.Sprint(memory) {
		c.t.Errorf("the kernel limits the memory to %q", got)
	}
}

// limit is the limit of memory that the kernel has for a process, by whichever version of control groups there is.
func (c container) limit(pid string) string {
	for line := range strings.Lines(read(c.t, "/proc/"+pid+"/cgroup")) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, path, _ := strings.Cut(rest, ":")
		for _, file := range []string{
			"/sys/fs/cgroup/memory" + path + "/memory.limit_in_bytes", "/sys/fs/cgroup" + path + "/memory.max",
		} {
			if b, err := os.ReadFile(file); err == nil && (controllers == "" || strings.Contains(controllers, "memory")) {
				return strings.TrimSpace(string(b))
			}
		}
	}
	return ""
}

// endsInTime sends SIGTERM, as every orchestrator does, and looks how the program ends. It has 4 seconds for requests that
// are under way; podman itself takes some time, too.
func (c container) endsInTime() {
	c.t.Helper()
	begin := time.Now()
	run(c.t, "podman", "stop", "--time=10", c.name)
	took := time.Since(begin)
	code := c.podmanSays("inspect", "--format={{.State.ExitCode}}", c.name)
	if code != "0" {
		c.t.Errorf("it ends with %s after %v: 137 is that it had to be killed", code, took)
	}
	c.t.Logf("it ends %v after SIGTERM, podman's own time included", took)
}
