package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// chartFiles are the copies in the chart's folder files/, and their originals. They are not symbolic links, which Flux, helm-git and
// Windows do not follow.
var chartFiles = map[string]string{
	"alerts.rules.yml": alertRules, "recording.rules.yml": recordingRules, "octoeverywhere.json": "grafana/octoeverywhere.json",
}

// TestManifestsInChart compares the chart's copies of the rules and the dashboard with the originals.
func TestManifestsInChart(t *testing.T) {
	for name, original := range chartFiles {
		testkit.Same(t, chart+"/files/"+name, readFile(t, original))
		if info, err := os.Lstat(chart + "/files/" + name); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is not a regular file: %v", name, err)
		}
	}
}

// copyChart copies the chart to a folder.
func copyChart(t *testing.T, dir string) {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(chart)); err != nil {
		t.Fatal(err)
	}
}

// TestChartWithEmptyFiles: a copy of the chart that lost the content of a file is not installed.
func TestChartWithEmptyFiles(t *testing.T) {
	helm := testkit.Tool(t, "helm")
	for name := range chartFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "chart")
			copyChart(t, dir)
			writeFile(t, dir, "files/"+name, "\n")
			out, err := exec.CommandContext(t.Context(), helm, "template", dir, "--kube-version="+kubernetesVersion,
				"--set=prometheusRule.enabled=true,dashboard.enabled=true").CombinedOutput()
			if want := "files/" + name + " is missing or empty"; err == nil || !bytes.Contains(out, []byte(want)) {
				t.Errorf("%v\n%s\nwant: %s", err, out, want)
			}
		})
	}
}

// TestParentChart: the chart can be a dependency with a condition, and its values can contain anchors under x-….
func TestParentChart(t *testing.T) {
	dir := t.TempDir()
	copyChart(t, filepath.Join(dir, "charts", "octoeverywhere-exporter"))
	writeFile(t, dir, "Chart.yaml", "apiVersion: v2\nname: farm\nversion: 1.0.0\n"+
		"dependencies: [{name: octoeverywhere-exporter, version: '*', condition: octoeverywhere-exporter.enabled}]\n")
	for enabled, want := range map[string]int{"true": 1, "false": 0} {
		values := "octoeverywhere-exporter: {enabled: " + enabled + ", x-team: &team {team: farm}, commonLabels: *team}\n"
		rendered := runTool(t, "helm", "template", "printers", dir, "--kube-version="+kubernetesVersion, "-f", writeFile(t, t.TempDir(), "values.yaml", values))
		if got := strings.Count(rendered, "\nkind: Deployment\n"); got != want {
			t.Errorf("enabled: %s: %d Deployments, want %d", enabled, got, want)
		}
	}
}

// TestAliases: a parent chart can contain the chart several times, and its aliases need not be names of Kubernetes objects.
func TestAliases(t *testing.T) {
	valid := regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)
	dir := t.TempDir()
	copyChart(t, filepath.Join(dir, "charts", "octoeverywhere-exporter"))
	dependencies := ""
	for _, alias := range []string{"hallTwo", "hall_3", "3d-hall", "printers-of-the-workshop-on-the-second-floor-of-the-north-wing-of-the-building"} {
		dependencies += "  - {name: octoeverywhere-exporter, version: '*', alias: " + alias + "}\n"
	}
	writeFile(t, dir, "Chart.yaml", "apiVersion: v2\nname: farm\nversion: 1.0.0\ndependencies:\n"+dependencies)
	for _, release := range []string{"printers", "3d"} {
		names := map[string]bool{}
		for _, o := range objects(t, runTool(t, "helm", "template", release, dir, "--no-hooks", "--kube-version="+kubernetesVersion)) {
			label := o.Metadata.Labels["app.kubernetes.io/name"]
			if !valid.MatchString(o.Metadata.Name) || len(o.Metadata.Name) > 63 || len(label) > 63 || names[o.Kind+o.Metadata.Name] {
				t.Errorf("release %s: %s has the name %s and the label %s", release, o.Kind, o.Metadata.Name, label)
			}
			names[o.Kind+o.Metadata.Name] = true
		}
		if len(names) != 4*4 {
			t.Errorf("release %s: %d objects", release, len(names))
		}
	}
}

// TestChartPackage: the archive has the README's links and what templates read, and no examples of values.
func TestChartPackage(t *testing.T) {
	dir := t.TempDir()
	runTool(t, "helm", "package", chart, "--destination="+dir)
	archives, err := filepath.Glob(dir + "/*.tgz")
	if err != nil || len(archives) != 1 {
		t.Fatalf("archives %v: %v", archives, err)
	}
	const root = "octoeverywhere-exporter/"
	packed := strings.Fields(runTool(t, "tar", "-tf", archives[0]))
	for name := range chartFiles {
		if !slices.Contains(packed, root+"files/"+name) {
			t.Errorf("the archive does not contain %s", name)
		}
	}
	if slices.ContainsFunc(packed, func(name string) bool { return strings.HasPrefix(name, root+"ci/") }) {
		t.Error("the archive contains examples")
	}
	links := regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(readFile(t, chart+"/README.md"), -1)
	for _, link := range links {
		if !strings.HasPrefix(link[1], "https://") && !slices.Contains(packed, root+link[1]) {
			t.Errorf("the README links to %s, which the archive does not contain", link[1])
		}
	}
	if len(links) == 0 {
		t.Error("found no links: does this test still match them?")
	}
}
