package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const unit = "systemd/octoeverywhere_exporter.service"

// TestUnitIsHardened: systemd itself calls it safe, with an exposure of at most 2.0 of 10, also as a user of its own.
func TestUnitIsHardened(t *testing.T) {
	_, text, _ := strings.Cut(read(t, "../docs/install.md"), "```ini\n[Service]\n")
	dropIn, _, found := strings.Cut(text, "```")
	if !found || !strings.Contains(dropIn, "User=") {
		t.Fatal("docs/install.md has no user of its own")
	}
	own := write(t, t.TempDir(), filepath.Base(unit), read(t, unit)+"\n[Service]\n"+dropIn)
	for _, path := range []string{unit, own} {
		t.Log(run(t, "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", path))
	}
}

// TestUnitsAreTaken: systemd complains of nothing in them, and of nothing in those that docs/scaling.md makes of them for
// several shards on one machine.
func TestUnitsAreTaken(t *testing.T) {
	analyze := tool(t, "systemd-analyze")
	dir := t.TempDir()
	program := write(t, dir, "octoeverywhere_exporter", "")
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, dir, filepath.Base(unit), fill(read(t, unit), "/usr/local/bin/octoeverywhere_exporter", program))
	write(t, dir, "octoeverywhere_exporter.socket", read(t, "systemd/octoeverywhere_exporter.socket"))

	const there = "cd /etc/systemd/system\n"
	_, text, _ := strings.Cut(read(t, "../docs/scaling.md"), there)
	text, _, found := strings.Cut(text, "systemctl ")
	if !found {
		t.Fatal("docs/scaling.md does not say how instances are made")
	}
	script := exec.CommandContext(t.Context(), "sh", "-ec", text)
	script.Dir = dir
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, name := range []string{"octoeverywhere_exporter", "octoeverywhere_exporter@0"} {
		out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", filepath.Join(dir, name+".service"), filepath.Join(dir, name+".socket")).CombinedOutput()
		if err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestCredentialsAreFound: the configuration in docs/install.md is good once systemd has passed the folder as the unit says.
func TestCredentialsAreFound(t *testing.T) {
	const passed = "/run/credentials/octoeverywhere_exporter.service"
	prefix := ""
	for line := range strings.Lines(read(t, unit)) {
		if c, ok := strings.CutPrefix(line, "LoadCredential="); ok {
			prefix, _, _ = strings.Cut(c, ":")
		}
	}
	_, text, _ := strings.Cut(read(t, "../docs/install.md"), "```yaml\nprinters:")
	text, _, _ = strings.Cut(text, "```")
	dir := t.TempDir()
	for _, name := range []string{"mk4-01.url", "mk4-01.token"} { // what the document tells to put into the folder
		content := "https://app-0123456789abcdef.octoeverywhere.com"
		if strings.HasSuffix(name, ".token") {
			content = "token"
		}
		write(t, dir, prefix+"_"+name, content)
	}
	if strings.Count(text, passed) != 2 {
		t.Fatalf("docs/install.md does not name two credentials:\n%s", text)
	}
	file := write(t, dir, "config.yaml", "printers:"+fill(text, passed, dir))
	if out, err := exec.CommandContext(t.Context(), "go", "run", "..", "check", "--config.file="+file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
