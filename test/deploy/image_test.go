//go:build !race

package deploy

import (
	"bufio"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/test/testkit"
)

// TestContainer runs the image IMAGE, built by deploy/image.sh, in a container restricted as in docs/deployment.md, and the plain
// program. Both probe a simulated fleet with one printer per fault, and must report the same faults.
func TestContainer(t *testing.T) {
	image := os.Getenv("IMAGE")
	if image == "" {
		t.Skip("IMAGE is not set to an image: deploy/image.sh builds one")
	}
	faults := simulator.Faults()
	shares := simulator.FaultRatios{}
	for _, f := range faults {
		shares[f] = 1 / float64(len(faults)+1) // one printer is healthy
	}
	relay, config := startRelay(t, simulator.Options{Printers: len(faults) + 1, Faults: shares},
		simulator.ConfigOptions{Interval: 5 * time.Second, Timeout: 4 * time.Second})
	want, simulated := verdicts{}, map[simulator.Fault]bool{}
	for _, p := range relay.Printers() {
		means := p.Fault.Expected()
		if p.Fault == simulator.HostTimeout {
			means.Code = 602 // the code by which the service reports the same fault
		}
		want[p.Name], simulated[p.Fault] = verdictOf(means), true
	}
	if len(simulated) != len(faults)+1 {
		t.Fatalf("the fleet has only the faults %v", simulated)
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
	c.checkSandbox()
	c.checkState()
	c.checkShutdown()
	c.checkRestored(len(want))
}

// verdicts holds the verdict of each printer: the active fault, and the known layers.
type verdicts map[string]string

// verdictOf returns the verdict for a fault.
func verdictOf(f fault.Fault) string {
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

// verdicts reads the verdicts from the metrics.
func (p *process) verdicts() verdicts {
	resp, err := http.Get(p.URL + "/metrics")
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

// container is an exporter in a container on the host network.
type container struct {
	*process
	podman, name string
}

const memory = 128 << 20

// runContainer starts a container with a configuration, and waits until it is healthy.
func runContainer(t *testing.T, image, config string) container {
	t.Helper()
	podman := testkit.Tool(t, "podman")
	dir := t.TempDir()
	for d := dir; d != os.TempDir(); d = filepath.Dir(d) { // readable for the container's user; the token is simulated
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(writeFile(t, dir, "config.yaml", config), 0o644); err != nil {
		t.Fatal(err)
	}
	address := testkit.FreeAddress(t)
	name := "octoeverywhere_exporter-" + strings.ReplaceAll(address, ":", "-")
	t.Cleanup(func() { _ = exec.Command(podman, "rm", "--force", "--volumes", "--ignore", name).Run() })
	p := startReady(t, podman, address, "/-/healthy", "run", "--name="+name, "--pull=never",
		"--runtime=runc", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024", // needed if the machine is a container itself
		"--network=host", "--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges",
		fmt.Sprintf("--memory=%d", memory), "--env=GOMEMLIMIT=115MiB",
		"--volume="+dir+":/etc/octoeverywhere_exporter:ro", image, "--web.listen-address="+address)
	return container{p, podman, name}
}

// podmanOutput runs podman and returns its output.
func (c container) podmanOutput(args ...string) string {
	c.t.Helper()
	return strings.TrimSpace(runTool(c.t, "podman", args...))
}

// checkSandbox checks the user, the capabilities, the mounts and the memory limit of the process.
func (c container) checkSandbox() {
	c.t.Helper()
	pid := c.podmanOutput("inspect", "--format={{.State.Pid}}", c.name)
	status := readFile(c.t, "/proc/"+pid+"/status")
	for _, line := range []string{`Uid:\t65532\t65532\t65532\t65532`, `Gid:\t65532\t65532\t65532\t65532`, `CapPrm:\t0+`, `CapEff:\t0+`, `CapBnd:\t0+`, `CapAmb:\t0+`, `NoNewPrivs:\t1`} {
		if !regexp.MustCompile(`(?m)^` + line + `$`).MatchString(status) {
			c.t.Errorf("status does not match %s:\n%s", line, status)
		}
	}
	if mounts := readFile(c.t, "/proc/"+pid+"/mountinfo"); !regexp.MustCompile(`(?m)^\d+ \d+ \S+ \S+ / ro[, ]`).MatchString(mounts) {
		c.t.Errorf("the root file system is writable:\n%s", mounts)
	}
	if limit := c.podmanOutput("inspect", "--format={{.HostConfig.Memory}}", c.name); limit != fmt.Sprint(memory) {
		c.t.Errorf("podman reports a memory limit of %s", limit)
	}
	if got := c.memoryLimit(pid); got != fmt.Sprint(memory) {
		c.t.Errorf("the kernel reports a memory limit of %q", got)
	}
}

// checkState checks that only the image's user can read the volume and the file in it.
func (c container) checkState() {
	c.t.Helper()
	root := "/proc/" + c.podmanOutput("inspect", "--format={{.State.Pid}}", c.name) + "/root"
	for path, mode := range map[string]fs.FileMode{statePath: fs.ModeDir | 0o700, statePath + "/state.db": 0o600} {
		info, err := os.Stat(root + path)
		if err != nil {
			c.t.Error(err)
			continue
		}
		if owner := info.Sys().(*syscall.Stat_t); info.Mode() != mode || owner.Uid != 65532 || owner.Gid != 65532 {
			c.t.Errorf("%s has the mode %v and the owner %d:%d", path, info.Mode(), owner.Uid, owner.Gid)
		}
	}
}

// checkRestored starts the container again and checks that it reads what it has kept of all printers.
func (c container) checkRestored(printers int) {
	c.t.Helper()
	runTool(c.t, "podman", "start", c.name)
	want := fmt.Sprintf("\noctoeverywhere_exporter_storage_restored_printers %d\n", printers)
	deadline := time.Now().Add(30 * time.Second)
	for {
		_, metrics := c.Get("/metrics")
		if strings.Contains(metrics, want) {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("not all of %d printers are restored:\n%s", printers, regexp.MustCompile(`(?m)^.*exporter_storage.*$`).FindAllString(metrics, -1))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// memoryLimit returns the cgroup memory limit of a process, for cgroups v1 and v2.
func (c container) memoryLimit(pid string) string {
	for line := range strings.Lines(readFile(c.t, "/proc/"+pid+"/cgroup")) {
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

// checkShutdown sends SIGTERM and checks the exit code. The exporter takes up to 5 seconds for requests in flight.
func (c container) checkShutdown() {
	c.t.Helper()
	begin := time.Now()
	runTool(c.t, "podman", "stop", "--time=10", c.name)
	took := time.Since(begin)
	code := c.podmanOutput("inspect", "--format={{.State.ExitCode}}", c.name)
	if code != "0" {
		c.t.Errorf("exit code %s after %v (137: killed)", code, took)
	}
	c.t.Logf("exited %v after SIGTERM, including podman's own time", took)
}
