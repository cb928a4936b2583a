package e2e

import (
	"encoding/pem"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/test/testkit"
)

// documented is a configuration in a document or a file for Prometheus.
type documented struct {
	where string
	text  string
	keys  map[string]any // of a mapping, nil for a list
	first map[string]any // of a list, its first element
}

// has reports whether the configuration is a mapping with one of the keys.
func (d documented) has(keys ...string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { _, ok := d.keys[k]; return ok })
}

// documentedConfigurations returns all YAML blocks of the documents, and the configurations of Prometheus in deploy/.
func documentedConfigurations(t *testing.T) (all []documented) {
	t.Helper()
	texts := map[string][]string{}
	for path, text := range documents(t) {
		for _, m := range regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindAllStringSubmatch(text, -1) {
			texts[path] = append(texts[path], m[1])
		}
	}
	for _, pattern := range []string{"deploy/prometheus/prometheus*.yml", "deploy/compose/prometheus.yml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, path := range paths {
			texts[path] = append(texts[path], readText(t, path))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(texts)) {
		for _, text := range texts[path] {
			d := documented{where: path, text: text}
			var content any
			if err := yaml.Unmarshal([]byte(text), &content); err != nil {
				t.Errorf("%s: %v in\n%s", path, err, text)
			}
			d.keys, _ = content.(map[string]any)
			if list, ok := content.([]any); ok && len(list) > 0 {
				d.first, _ = list[0].(map[string]any)
			}
			if content != nil { // otherwise comments only
				all = append(all, d)
			}
		}
	}
	return all
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocumentedConfigurationsAreLoaded: by Prometheus or by the exporter itself. Those of Kubernetes and Compose are tested with
// the files in deploy/.
func TestDocumentedConfigurationsAreLoaded(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for _, d := range documentedConfigurations(t) {
		kind, load := loaderOf(d)
		if load == nil && kind == "" {
			t.Errorf("%s: nothing loads\n%s", d.where, d.text)
			continue
		}
		counts[kind]++
		if load != nil {
			t.Run(d.where, func(t *testing.T) { t.Parallel(); load(t, d) })
		}
	}
	if counts["prometheus"] < 9 || counts["exporter"] < 5 || counts["web"] != 2 {
		t.Errorf("are these all? %v", counts)
	}
}

// loaderOf returns what kind of configuration it is, and the function that loads it; nil for one that is tested elsewhere.
func loaderOf(d documented) (kind string, load func(*testing.T, documented)) {
	switch {
	case d.has("scrape_configs", "remote_write", "alerting"), d.first["job_name"] != nil:
		return "prometheus", loadedByPrometheus
	case d.has("receivers"):
		return "collector", loadedByCollector
	case d.has("printers", "defaults", "tls_config", "config"), d.first["url"] != nil:
		return "exporter", loadedByExporter
	case d.has("tls_server_config"):
		return "web", loadedByServer
	case d.has("livenessProbe", "env", "services"), d.where == "docs/kubernetes.md":
		return "platform", nil
	}
	return "", nil
}

// loadedByCollector loads the configuration of the prometheus receiver as one of Prometheus, in which $$ is $.
func loadedByCollector(t *testing.T, d documented) {
	var config struct {
		Receivers struct{ Prometheus struct{ Config any } }
	}
	if err := yaml.Unmarshal([]byte(strings.ReplaceAll(d.text, "$$", "$")), &config); err != nil {
		t.Fatal(err)
	}
	text, err := yaml.Marshal(config.Receivers.Prometheus.Config)
	if err != nil {
		t.Fatal(err)
	}
	loadedByPrometheus(t, documented{where: d.where, text: string(text)})
}

// loadedByPrometheus loads a configuration with the files that it names. A scrape must say how long it may take, and must honor
// the labels of printers: a label of the target can have the name of a configured one.
func loadedByPrometheus(t *testing.T, d documented) {
	dir := t.TempDir()
	text := regexp.MustCompile(`(?m)kubernetes_sd_configs: .*$`).ReplaceAllString(d.text, "static_configs: []") // Debian's Prometheus is built without it
	if d.first != nil {
		text = "scrape_configs:\n" + text
	}
	for _, name := range []string{"recording.rules.yml", "alerts.rules.yml"} {
		testkit.WriteFile(t, dir, name, "%s", readText(t, "deploy/prometheus/"+name))
	}
	for _, m := range regexp.MustCompile(`(?:password_file|ca_file): ([\w.-]+)`).FindAllStringSubmatch(text, -1) {
		testkit.WriteFile(t, dir, m[1], "%s", certificatePEM(t))
	}
	path := testkit.WriteFile(t, dir, "prometheus.yml", "%s", text)
	var config struct {
		Scrapes []struct {
			Job         string `yaml:"job_name"`
			Timeout     string `yaml:"scrape_timeout"`
			HonorLabels bool   `yaml:"honor_labels"`
		} `yaml:"scrape_configs"`
	}
	if err := yaml.Unmarshal([]byte(text), &config); err != nil {
		t.Fatal(err)
	}
	for _, s := range config.Scrapes {
		if s.Timeout == "" || !s.HonorLabels {
			t.Errorf("job %s has scrape_timeout %q, honor_labels %v", s.Job, s.Timeout, s.HonorLabels)
		}
	}
	cmd := exec.CommandContext(t.Context(), testkit.Tool(t, "promtool"), "check", "config", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// onePrinter is the part of a configuration that cannot be missing.
const onePrinter = "printers: [{name: a, url: 'https://app-0.octoeverywhere.com', authorization: {credentials: token}}]\n"

// loadedByExporter checks a configuration, or a part of one, with the files that it names.
func loadedByExporter(t *testing.T, d documented) {
	dir := t.TempDir()
	text := strings.NewReplacer("…", "0123456789abcdef", "/run/credentials/", dir+"/", "    -----BEGIN CERTIFICATE-----\n    ...\n", indent(certificatePEM(t))).Replace(d.text)
	for _, m := range regexp.MustCompile(`(\w+_file): ([\w./-]+)`).FindAllStringSubmatch(text, -1) {
		content := "secret\n"
		if m[1] == "url_file" {
			content = "https://app-0123456789abcdef.octoeverywhere.com\n"
		}
		name, err := filepath.Rel(dir, filepath.Join(dir, strings.TrimPrefix(m[2], dir)))
		if err != nil {
			t.Fatal(err)
		}
		testkit.WriteFile(t, dir, name, "%s", content)
	}
	switch {
	case d.first != nil:
		testkit.WriteFile(t, dir, "printers.yaml", "%s", text)
		text = "printer_files: [printers.yaml]\n"
	case d.has("config"): // a value of the chart
		inner, err := yaml.Marshal(d.keys["config"])
		if err != nil {
			t.Fatal(err)
		}
		text = string(inner)
	case !d.has("printers"):
		text = "defaults:\n  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n" + onePrinter
	}
	cmd := testkit.Program("check", "--config.file="+testkit.WriteFile(t, dir, "config.yaml", "%s", text))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// loadedByServer serves with a web configuration.
func loadedByServer(t *testing.T, d documented) {
	web, _ := testkit.WebConfig(t) // writes exporter.crt and exporter.key besides
	dir := filepath.Dir(web)
	hash := regexp.MustCompile(`\$2a\$[^\s}]+`).FindString(readText(t, web))
	text := strings.NewReplacer("tls.crt", "exporter.crt", "tls.key", "exporter.key").Replace(regexp.MustCompile(`\$2y\$[^\s}]+`).ReplaceAllLiteralString(d.text, hash))
	config := testkit.WriteFile(t, dir, "config.yaml", "%s", onePrinter)
	address := testkit.FreeAddress(t)
	p := testkit.Start(t, testkit.Program("serve", "--web.listen-address="+address, "--config.file="+config, "--web.config.file="+testkit.WriteFile(t, dir, "documented.yaml", "%s", text)), address)
	p.Until("it serves by TLS", func() bool { return strings.Contains(p.Output(), "TLS is enabled.") })
}

func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ") + "\n"
}

func certificatePEM(t *testing.T) string {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}
