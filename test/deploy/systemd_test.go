package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

const unit = "systemd/octoeverywhere_exporter.service"

// TestUnitIsHardened: systemd-analyze rates the exposure at most 2.0 of 10, also with the dedicated user of docs/deployment.md.
func TestUnitIsHardened(t *testing.T) {
	_, text, _ := strings.Cut(readFile(t, "../docs/deployment.md"), "```ini\n[Service]\n")
	dropIn, _, found := strings.Cut(text, "```")
	if !found || !strings.Contains(dropIn, "User=") {
		t.Fatal("docs/deployment.md has no drop-in with a dedicated user")
	}
	withUser := writeFile(t, t.TempDir(), filepath.Base(unit), readFile(t, unit)+"\n[Service]\n"+dropIn)
	for _, path := range []string{unit, withUser} {
		t.Log(runTool(t, "systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", path))
	}
}

// TestUnitsAreValid: systemd-analyze accepts the units without warnings, and the instances that docs/deployment.md derives for
// several shards on one machine.
func TestUnitsAreValid(t *testing.T) {
	analyze := testkit.Tool(t, "systemd-analyze")
	dir := t.TempDir()
	program := writeFile(t, dir, "octoeverywhere_exporter", "")
	if err := os.Chmod(program, 0o700); err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, filepath.Base(unit), substitute(readFile(t, unit), "/usr/local/bin/octoeverywhere_exporter", program))
	writeFile(t, dir, "octoeverywhere_exporter.socket", readFile(t, "systemd/octoeverywhere_exporter.socket"))

	const scriptStart = "cd /etc/systemd/system\n"
	_, text, _ := strings.Cut(readFile(t, "../docs/deployment.md"), scriptStart)
	text, _, found := strings.Cut(text, "systemctl ")
	if !found {
		t.Fatal("docs/deployment.md has no script that creates instances")
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

// TestUnitKeepsState: the unit keeps its state in its own state directory, which is derived from its name, so that instances do
// not share it. The drop-ins in the documentation change neither.
func TestUnitKeepsState(t *testing.T) {
	text := readFile(t, unit)
	for _, want := range []string{" --storage.path=%S/%N ", "\nStateDirectory=%N\n", "\nStateDirectoryMode=0700\n"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("the unit does not contain %q once", want)
		}
	}
	document := readFile(t, "../docs/deployment.md")
	if strings.Contains(document, "\nExecStart=") || strings.Contains(document, "\nStateDirectory=") {
		t.Error("docs/deployment.md changes the command or the state directory")
	}
}

// TestDocumentedCredentials: the configuration in docs/deployment.md is valid with the credentials that the unit loads.
func TestDocumentedCredentials(t *testing.T) {
	const credentialsDir = "/run/credentials/octoeverywhere_exporter.service"
	prefix := ""
	for line := range strings.Lines(readFile(t, unit)) {
		if c, ok := strings.CutPrefix(line, "LoadCredential="); ok {
			prefix, _, _ = strings.Cut(c, ":")
		}
	}
	_, text, _ := strings.Cut(readFile(t, "../docs/deployment.md"), "```yaml\nprinters:")
	text, _, _ = strings.Cut(text, "```")
	dir := t.TempDir()
	for _, name := range []string{"mk4-01.url", "mk4-01.token"} { // the credentials in the document
		content := "https://app-0123456789abcdef.octoeverywhere.com"
		if strings.HasSuffix(name, ".token") {
			content = "token"
		}
		writeFile(t, dir, prefix+"_"+name, content)
	}
	if strings.Count(text, credentialsDir) != 2 {
		t.Fatalf("docs/deployment.md does not use two credentials:\n%s", text)
	}
	file := writeFile(t, dir, "config.yaml", "printers:"+substitute(text, credentialsDir, dir))
	if out, err := testkit.Program("check", "--config.file="+file).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
