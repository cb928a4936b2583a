package deploy

import (
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
)

// composition is what is read of compose.yaml here.
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

func compose(t *testing.T) (c composition) {
	t.Helper()
	if err := yaml.Load([]byte(read(t, "compose/compose.yaml")), &c); err != nil {
		t.Fatal(err)
	}
	if len(c.Services) != 4 {
		t.Fatalf("%d services", len(c.Services))
	}
	return c
}

// TestComposeIsHardened: nothing can be written but volumes, nothing has a capability, only this machine is let in, and no
// image is another one tomorrow.
func TestComposeIsHardened(t *testing.T) {
	image := regexp.MustCompile(`^[a-z]+/[a-z]+:v?\d+\.\d+\.\d+$`) // of no registry that is named
	for name, s := range compose(t).Services {
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
			t.Errorf("%s is not hardened", name)
		}
		if !image.MatchString(s.Image) && s.Image != "octoeverywhere_exporter:latest" {
			t.Errorf("%s: image %s", name, s.Image)
		}
		for _, p := range s.Ports {
			if !strings.HasPrefix(p, "127.0.0.1:") {
				t.Errorf("%s: port %s is open to other machines", name, p)
			}
		}
	}
}

// TestComposeMountsWhatThereIs: each file that is mounted exists, each volume and secret is declared.
func TestComposeMountsWhatThereIs(t *testing.T) {
	c := compose(t)
	for name, s := range c.Services {
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			_, declared := c.Volumes[from]
			info, err := os.Stat(filepath.Join("compose", from))
			if !declared && from != "./config" && (err != nil || !info.Mode().IsRegular()) {
				t.Errorf("%s: there is no file and no volume %s", name, from)
			}
		}
		for _, secret := range s.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: there is no secret %s", name, secret)
			}
		}
	}
}

// TestComposeFindsEverything: Prometheus and Grafana ask services, by name, at ports on which these are.
func TestComposeFindsEverything(t *testing.T) {
	ports := map[string]bool{}
	for name, s := range compose(t).Services {
		for _, p := range s.Ports {
			ports[name+p[strings.LastIndexByte(p, ':'):]] = true
		}
	}
	var datasource struct{ Datasources []struct{ URL, Type string } }
	if err := yaml.Load([]byte(read(t, "compose/grafana/datasource.yaml")), &datasource); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(datasource.Datasources[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	asked := []string{u.Host}
	for _, m := range regexp.MustCompile(`targets: \['([^']+)'\]`).FindAllStringSubmatch(read(t, "compose/prometheus.yml"), -1) {
		asked = append(asked, m[1])
	}
	slices.Sort(asked)
	if d := cmp.Diff([]string{"alertmanager:9093", "exporter:10059", "prometheus:9090"}, asked); d != "" {
		t.Error(d)
	}
	for _, host := range asked {
		if !ports[host] {
			t.Errorf("nothing is at %s", host)
		}
	}
}

// TestComposeScrapesAsShipped: its Prometheus is the shipped one with other addresses.
func TestComposeScrapesAsShipped(t *testing.T) {
	load := func(text string) (v any) {
		if err := yaml.Load([]byte(text), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	shipped := load(fill(read(t, "prometheus/prometheus.yml"), "127.0.0.1:10059", "exporter:10059", "127.0.0.1:9093", "alertmanager:9093"))
	if d := cmp.Diff(shipped, load(read(t, "compose/prometheus.yml"))); d != "" {
		t.Error(d)
	}
}

// mounted puts the files of a service where they are in its container, below a folder.
func mounted(t *testing.T, service string) (root string) {
	t.Helper()
	root = t.TempDir()
	for _, v := range compose(t).Services[service].Volumes {
		from, rest, _ := strings.Cut(v, ":")
		to, mode, _ := strings.Cut(rest, ":")
		if mode != "ro" {
			continue
		}
		dir := filepath.Join(root, filepath.Dir(to))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, dir, filepath.Base(to), read(t, filepath.Join("compose", from)))
	}
	return root
}

// TestComposeConfigurationsAreTaken: by the programs that they are for, from where they are mounted.
func TestComposeConfigurationsAreTaken(t *testing.T) {
	configOf := func(service string) string {
		for _, arg := range compose(t).Services[service].Command {
			if path, ok := strings.CutPrefix(arg, "--config.file="); ok {
				return filepath.Join(mounted(t, service), path)
			}
		}
		t.Fatalf("%s: no --config.file", service)
		return ""
	}
	run(t, "promtool", "check", "config", configOf("prometheus"))
	run(t, "amtool", "check-config", configOf("alertmanager"))
}

// TestComposeShowsTheDashboard: Grafana is told of the folder in which the dashboard is mounted, and begins with it.
func TestComposeShowsTheDashboard(t *testing.T) {
	root := mounted(t, "grafana")
	var provisioning struct {
		Providers []struct{ Options struct{ Path string } }
	}
	if err := yaml.Load([]byte(read(t, filepath.Join(root, "etc/grafana/provisioning/dashboards/octoeverywhere.yaml"))), &provisioning); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(provisioning.Providers[0].Options.Path, "octoeverywhere.json")
	if d := cmp.Diff(read(t, "grafana/octoeverywhere.json"), read(t, filepath.Join(root, file))); d != "" {
		t.Error(d)
	}
	if !strings.Contains(read(t, "compose/compose.yaml"), "HOME_DASHBOARD_PATH: "+file+"\n") {
		t.Errorf("it does not begin with %s", file)
	}
}

// TestComposeTakesIt: docker-compose reads the file against the schema of its own.
func TestComposeTakesIt(t *testing.T) {
	docker := tool(t, "docker-compose")
	root := t.TempDir()
	dir := filepath.Join(root, "deploy", "compose")
	for _, d := range []string{dir, filepath.Join(root, "dist", "image")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := write(t, dir, "compose.yaml", read(t, "compose/compose.yaml"))
	if out, err := exec.CommandContext(t.Context(), docker, "-f", file, "config", "--quiet").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
