package deploy

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

// composition holds the fields of compose.yaml that tests read.
type composition struct {
	Services map[string]struct {
		Image       string
		Command     []string
		Volumes     []string
		Ports       []string
		Secrets     []string
		ReadOnly    bool     `yaml:"read_only"`
		CapDrop     []string `yaml:"cap_drop"`
		SecurityOpt []string `yaml:"security_opt"`
	}
	Secrets map[string]struct{ File string }
	Volumes map[string]any
}

func loadCompose(t *testing.T) (c composition) {
	t.Helper()
	if err := yaml.Load([]byte(readFile(t, "compose/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 4 {
		t.Fatalf("%d services", len(c.Services))
	}
	return c
}

// TestComposeIsHardened: only volumes are writable, containers have no capabilities, ports are bound to loopback unless a variable
// says otherwise, and image tags are fixed versions.
func TestComposeIsHardened(t *testing.T) {
	image := regexp.MustCompile(`^[a-z]+/[a-z]+:v?\d+\.\d+\.\d+$`) // without a registry
	port := regexp.MustCompile(`^\$\{[A-Z]+_LISTEN:-127\.0\.0\.1:(\d+)\}:(\d+)$`)
	var chartFile struct {
		AppVersion string `yaml:"appVersion"`
	}
	if err := yaml.Load([]byte(readFile(t, chart+"/Chart.yaml")), &chartFile); err != nil {
		t.Fatal(err)
	}
	own := "${EXPORTER_IMAGE:-octoeverywhere_exporter}:${EXPORTER_VERSION:-" + chartFile.AppVersion + "}"
	for name, s := range loadCompose(t).Services {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
			t.Errorf("%s is not hardened", name)
		}
		if !image.MatchString(s.Image) && s.Image != own {
			t.Errorf("%s: image %s", name, s.Image)
		}
		for _, p := range s.Ports {
			if m := port.FindStringSubmatch(p); m == nil || m[1] != m[2] {
				t.Errorf("%s: port %s is not bound to loopback by default", name, p)
			}
		}
	}
}

// TestComposeMounts: each mounted file exists, each volume and secret is declared.
func TestComposeMounts(t *testing.T) {
	c := loadCompose(t)
	for name, s := range c.Services {
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			_, declared := c.Volumes[from]
			info, err := os.Stat(filepath.Join("compose", from))
			if !declared && from != "./config" && (err != nil || !info.Mode().IsRegular()) {
				t.Errorf("%s: no file and no volume %s", name, from)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: no secret %s", name, secret)
			}
		}
	}
}

// TestComposeAddresses: Prometheus and Grafana use the names and ports of services.
func TestComposeAddresses(t *testing.T) {
	ports := map[string]bool{}
	for name, s := range loadCompose(t).Services {
		for _, p := range s.Ports {
			ports[name+p[strings.LastIndexByte(p, ':'):]] = true
		}
	}
	var datasource struct{ Datasources []struct{ URL, Type string } }
	if err := yaml.Load([]byte(readFile(t, "compose/grafana/datasource.yaml")), &datasource); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(datasource.Datasources[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	addresses := []string{u.Host}
	for _, m := range regexp.MustCompile(`targets: \['([^']+)'\]`).FindAllStringSubmatch(readFile(t, "compose/prometheus.yml"), -1) {
		addresses = append(addresses, m[1])
	}
	slices.Sort(addresses)
	if d := cmp.Diff([]string{"alertmanager:9093", "exporter:10059", "prometheus:9090"}, addresses); d != "" {
		t.Error(d)
	}
	for _, host := range addresses {
		if !ports[host] {
			t.Errorf("no service publishes %s", host)
		}
	}
}

// TestComposePrometheusConfiguration: it is the shipped configuration with other addresses.
func TestComposePrometheusConfiguration(t *testing.T) {
	load := func(text string) (v any) {
		if err := yaml.Load([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	shipped := load(substitute(readFile(t, "prometheus/prometheus.yml"), "127.0.0.1:10059", "exporter:10059", "127.0.0.1:9093", "alertmanager:9093"))
	if d := cmp.Diff(shipped, load(readFile(t, "compose/prometheus.yml"))); d != "" {
		t.Error(d)
	}
}

// mountedFiles copies the mounted files of a service to their container paths below a folder.
func mountedFiles(t *testing.T, service string) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, v := range loadCompose(t).Services[service].Volumes {
		from, rest, _ := strings.Cut(v, ":")
		to, mode, _ := strings.Cut(rest, ":")
		if mode != "ro" {
			continue
		}
		dir := filepath.Join(root, filepath.Dir(to))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, dir, filepath.Base(to), readFile(t, filepath.Join("compose", from)))
	}
	return root
}

// TestComposeConfigurationsAreValid: promtool and amtool accept the configurations at their mount points.
func TestComposeConfigurationsAreValid(t *testing.T) {
	configOf := func(service string) string {
		for _, arg := range loadCompose(t).Services[service].Command {
			if path, ok := strings.CutPrefix(arg, "--config.file="); ok {
				return filepath.Join(mountedFiles(t, service), path)
			}
		}
		t.Fatalf("%s: no --config.file", service)
		return ""
	}
	runTool(t, "promtool", "check", "config", configOf("prometheus"))
	runTool(t, "amtool", "check-config", configOf("alertmanager"))
}

// TestComposeProvisionsDashboard: Grafana provisions the mounted dashboard and shows it first.
func TestComposeProvisionsDashboard(t *testing.T) {
	root := mountedFiles(t, "grafana")
	var provisioning struct {
		Providers []struct{ Options struct{ Path string } }
	}
	if err := yaml.Load([]byte(readFile(t, filepath.Join(root, "etc/grafana/provisioning/dashboards/octoeverywhere.yaml"))), &provisioning); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(provisioning.Providers[0].Options.Path, "octoeverywhere.json")
	if d := cmp.Diff(readFile(t, "grafana/octoeverywhere.json"), readFile(t, filepath.Join(root, file))); d != "" {
		t.Error(d)
	}
	if !strings.Contains(readFile(t, "compose/compose.yaml"), "HOME_DASHBOARD_PATH: "+file+"\n") {
		t.Errorf("the home dashboard is not %s", file)
	}
}

// TestComposeFileIsValid: docker-compose validates the file against its schema. Its variables change what it starts.
func TestComposeFileIsValid(t *testing.T) {
	docker := testkit.Tool(t, "docker-compose")
	root := t.TempDir()
	dir := filepath.Join(root, "deploy", "compose")
	for _, d := range []string{dir, filepath.Join(root, "dist", "image")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := writeFile(t, dir, "compose.yaml", readFile(t, "compose/compose.yaml"))
	variables := regexp.MustCompile(`\$\{([A-Z_]+):-([^}]*)\}`).FindAllStringSubmatch(readFile(t, "compose/compose.yaml"), -1)
	cmd := exec.CommandContext(t.Context(), docker, "-f", file, "config")
	cmd.Env = os.Environ()
	values := map[string]string{}
	for i, m := range variables {
		values[m[1]] = fmt.Sprintf("10.1.2.%d:4567", i)
		cmd.Env = append(cmd.Env, m[1]+"="+values[m[1]])
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, value := range values {
		if !strings.Contains(string(out), value) {
			t.Errorf("%s changes nothing", name)
		}
	}
	if len(variables) < 8 {
		t.Errorf("found only %d variables: does this test still match them?", len(variables))
	}
}

// TestComposePrometheusHasFlags: those that the alerts need, on a major version that has them.
func TestComposePrometheusHasFlags(t *testing.T) {
	s := loadCompose(t).Services["prometheus"]
	if !strings.HasPrefix(s.Image, "prom/prometheus:v3.") || !slices.Contains(s.Command, "--enable-feature=created-timestamp-zero-ingestion") {
		t.Errorf("%s %v", s.Image, s.Command)
	}
}
