package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/test/testkit"
)

// commandLine is the command line as kong sees it.
func commandLine(t *testing.T) *kong.Application {
	t.Helper()
	k, err := newParser(&commands{}, build{version: "devel"}, &bytes.Buffer{}, &bytes.Buffer{})
	if err != nil {
		t.Fatal(err)
	}
	return k.Model
}

func TestCompletions(t *testing.T) {
	m := commandLine(t)
	for line, want := range map[string]string{
		"ch":                              "check",
		"co":                              "completion codes",
		"check ":                          "",
		"completion ":                     "bash zsh fish",
		"completion f":                    "fish",
		"codes --output=":                 "--output=text --output=markdown --output=json",
		"codes auth_":                     "auth_invalid",
		"codes 78":                        "785 786 787 788 789",
		"codes --output=m":                "--output=markdown",
		"codes --output m":                "markdown",
		"--web.enable":                    "--web.enable-lifecycle --web.enable-pprof --web.enable-openmetrics-created-samples",
		"serve --no-coll":                 "--no-collector.print --no-collector.temperature --no-collector.gadget",
		"--log.level=debug probe --a":     "--all",
		"probe mk4-":                      "mk4-01 mk4-02",
		"probe mk4-01 vo":                 "voron-01",
		"probe --config.file=other.yaml ": "from other.yaml",
		"probe --config.file other.yaml ": "from other.yaml",
		"probe --config.file ":            "",
		"probe --concurrency=2 --all v":   "voron-01",
		"add ":                            "",
		"nonsense --x ":                   "serve check add export completion probe codes version demo simulate",
	} {
		var got []string
		for _, c := range completions(m, strings.Split(line, " "), func(file string) []string {
			if file == "config.yaml" {
				return []string{"mk4-01", "mk4-02", "voron-01"}
			}
			return []string{"from " + file}
		}) {
			word, _, _ := strings.Cut(c, "\t")
			got = append(got, word)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// TestBashCompletes as it would on a terminal: it breaks words at =, and wants names with blanks in quotes.
func TestBashCompletes(t *testing.T) {
	bash := testkit.Tool(t, "bash")
	dir := t.TempDir()
	testkit.WriteFile(t, dir, "config.yaml", "printers: [{name: Halle 4, url: 'https://a.example'}, {name: mk4-01, url: 'https://b.example'}]\n")
	for words, want := range map[string]string{
		`probe ""`:                              "Halle\\ 4 mk4-01",
		`probe mk`:                              "mk4-01",
		`probe --output = j`:                    "json",
		`probe --out`:                           "--output=",
		`probe --config.file = config.yaml Hal`: "Halle\\ 4",
	} {
		script := fmt.Sprintf(`source <(octoeverywhere_exporter completion bash)
COMP_WORDS=(octoeverywhere_exporter %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_octoeverywhere_exporter; echo "${COMPREPLY[*]}"`, words)
		cmd := exec.Command(bash, "--norc", "-c", script)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if d := cmp.Diff(want+"\n", string(out)); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", words, err, d)
		}
	}
}

// TestShellsReadTheirScripts, those that are here.
func TestShellsReadTheirScripts(t *testing.T) {
	for shell, option := range map[string]string{"bash": "-n", "zsh": "-n", "fish": "--no-execute"} {
		t.Run(shell, func(t *testing.T) {
			path := filepath.Join("internal/cli/completion", shell+".sh")
			if _, err := os.Stat(path); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command(testkit.Tool(t, shell), option, path).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
