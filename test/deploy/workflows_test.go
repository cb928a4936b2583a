package deploy

import (
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

// workflow holds the fields of a workflow that tests read.
type workflow struct {
	Permissions map[string]string
	Jobs        map[string]struct {
		Permissions map[string]string
		Container   any
		Steps       []struct {
			Uses string
			Run  string
		}
	}
}

// workflows returns the workflows by file name.
func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	paths, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no workflows: ", err)
	}
	all := map[string]workflow{}
	for _, p := range paths {
		var w workflow
		if err := yaml.Load([]byte(readFile(t, "../.github/workflows/"+filepath.Base(p))), &w); err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(p)] = w
	}
	return all
}

// TestWorkflowsAreValid: actionlint accepts the workflows.
func TestWorkflowsAreValid(t *testing.T) {
	lint := exec.CommandContext(t.Context(), testkit.Tool(t, "actionlint"), "-shellcheck=", "-pyflakes=")
	lint.Dir = ".."
	if out, err := lint.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestWorkflowsArePinned: actions are pinned by digest, with the version for people and Dependabot, and images by version.
func TestWorkflowsArePinned(t *testing.T) {
	pinned := regexp.MustCompile(`^actions/[a-z-]+@[0-9a-f]{40}$`)
	image := regexp.MustCompile(`^golang:\d+\.\d+\.\d+-[a-z]+$`)
	for name, w := range workflows(t) {
		for _, job := range w.Jobs {
			for _, s := range job.Steps {
				if s.Uses != "" && !pinned.MatchString(s.Uses) {
					t.Errorf("%s: %s is not pinned", name, s.Uses)
				}
			}
			container := job.Container
			if fields, ok := container.(map[string]any); ok {
				container = fields["image"]
			}
			if text, ok := container.(string); ok && !image.MatchString(text) {
				t.Errorf("%s: image %s is not pinned", name, text)
			}
		}
		for line := range strings.Lines(readFile(t, "../.github/workflows/"+name)) {
			if strings.Contains(line, "uses: actions/") && !regexp.MustCompile(` # v\d+\.\d+\.\d+$`).MatchString(strings.TrimSpace(line)) {
				t.Errorf("%s: no version in %s", name, line)
			}
		}
	}
}

// TestWorkflowsHaveLeastPermissions: everything may read; only publish, which builds nothing, may write.
func TestWorkflowsHaveLeastPermissions(t *testing.T) {
	read := map[string]string{"contents": "read"}
	for name, w := range workflows(t) {
		if d := cmp.Diff(read, w.Permissions); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		for id, job := range w.Jobs {
			want := read
			if name == "release.yml" && id == "publish" {
				want = map[string]string{"contents": "write", "packages": "write"}
			}
			if job.Permissions != nil && !cmp.Equal(want, job.Permissions) {
				t.Errorf("%s: job %s has %v, want %v", name, id, job.Permissions, want)
			}
			for _, s := range job.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: job %s puts an expression into a script; use env:\n%s", name, id, s.Run)
				}
			}
		}
	}
}

// TestWorkflowsRunTheChecks: CI is .ci/run, and nothing is released without it.
func TestWorkflowsRunTheChecks(t *testing.T) {
	all := workflows(t)
	steps := all["ci.yml"].Jobs["checks"].Steps
	if len(steps) == 0 || steps[len(steps)-1].Run != ".ci/run" {
		t.Errorf("ci.yml does not end with .ci/run: %v", steps)
	}
	text := readFile(t, "../.github/workflows/release.yml")
	for _, want := range []string{"uses: ./.github/workflows/ci.yml\n", "needs: checks\n", "needs: build\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("release.yml has no %q", want)
		}
	}
	if strings.Contains(text, "github.com/") {
		t.Error("release.yml names a host; read it from the context")
	}
}

// TestHostsSettingsAreDocumented: CONTRIBUTING.md lists the variables and secrets that the workflows read.
func TestHostsSettingsAreDocumented(t *testing.T) {
	document := readFile(t, "../CONTRIBUTING.md")
	found := 0
	for _, m := range regexp.MustCompile(`(?:vars|secrets)\.([A-Z_]+)`).FindAllStringSubmatch(readFile(t, "../.github/workflows/release.yml"), -1) {
		found++
		if !strings.Contains(document, "| `"+m[1]+"` |") {
			t.Errorf("CONTRIBUTING.md does not list %s", m[1])
		}
	}
	if found < 5 {
		t.Errorf("found only %d settings: does this test still match them?", found)
	}
}

// TestDependabotWatchesAllModules: it knows each folder with a go.mod.
func TestDependabotWatchesAllModules(t *testing.T) {
	var config struct {
		Updates []struct {
			Ecosystem   string `yaml:"package-ecosystem"`
			Directories []string
		}
	}
	if err := yaml.Load([]byte(readFile(t, "../.github/dependabot.yml")), &config); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, pattern := range []string{"../go.mod", "../test/*/go.mod", "../test/*/*/go.mod"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range paths {
			want = append(want, path.Join("/", strings.TrimPrefix(filepath.ToSlash(filepath.Dir(p)), "..")))
		}
	}
	slices.Sort(want)
	if d := cmp.Diff(want, config.Updates[0].Directories); d != "" || config.Updates[0].Ecosystem != "gomod" {
		t.Error(config.Updates[0].Ecosystem, d)
	}
}
