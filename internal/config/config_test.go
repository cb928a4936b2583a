package config

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/probe"
)

// plain is a target with its secrets as strings.
type plain struct {
	Name                             string
	Labels                           map[string]string
	Interval, Timeout                time.Duration
	Address, Authorization, AppToken string
}

func reveal(targets []probe.Target) []plain {
	var all []plain
	for _, t := range targets {
		all = append(all, plain{t.Name, t.Labels, t.Interval, t.Timeout, t.Address.Reveal(), t.Authorization.Reveal(), t.AppToken.Reveal()})
	}
	return all
}

// address is a URL in the form that a target has it.
func address(t *testing.T, text string) string {
	t.Helper()
	return probe.NewAddress(mustParse(t, text)).Reveal()
}

// mustLoad loads valid files.
func mustLoad(t *testing.T, files map[string]string) *Config {
	t.Helper()
	c, _, err := load(t, files)
	if err != nil {
		t.Fatalf("\n%v", err)
	}
	return c
}

// loadOne loads a configuration with a single printer that has the lines after its name and address.
func loadOne(t *testing.T, head string, lines ...string) probe.Target {
	t.Helper()
	c := mustLoad(t, map[string]string{"config.yaml": head + printer("mk4", lines...)})
	return c.Targets[0]
}

func printer(name string, lines ...string) string {
	return "printers:\n" + entry("  ", name, lines...)
}

// entry is a printer behind a Shared Connection, which needs no credentials.
func entry(indent, name string, lines ...string) string {
	host := "shared-" + strings.ReplaceAll(name, " ", "-") + ".octoeverywhere.com"
	text := indent + "- name: " + name + "\n" + indent + "  url: https://" + host + "\n"
	for _, line := range lines {
		text += indent + "  " + line + "\n"
	}
	return text
}

func TestPrintersAreReadInTheOrderOfTheFiles(t *testing.T) {
	c := mustLoad(t, map[string]string{
		"config.yaml": `
defaults:
  interval: 2m
  timeout: 15s
  labels: {site: lab, floor: 1}
printer_files: [printers.d/*.yaml, more.yml, printers.d/b.yaml]
printers:
  - name: mk4-01
    url: https://APP-1.octoeverywhere.com:443/
    authorization: {credentials_file: secrets/mk4-01.token}
    app_token_file: secrets/mk4-01.app-token
    labels: {model: mk4, floor: "02"}
    interval: 30s
  - name: Büro 2
    url_file: secrets/2.url
    basic_auth: {username: me, password: "p: w"}
`,
		"secrets/mk4-01.token":     "bearer-token\r\n",
		"secrets/mk4-01.app-token": "app-token\n",
		"secrets/2.url":            " https://relay.example/p/2/ \n",
		"printers.d/b.yaml":        "- {name: 3, url: http://127.0.0.1:8080/p/3, authorization: {type: Token, credentials: abc}, app_token: def}\n",
		"printers.d/a.yaml":        "- name: a\n  url: http://[::1]/a\n  basic_auth: {username_file: ../secrets/user, password_file: ../secrets/password}\n  timeout: 1m5s\n",
		"secrets/user":             "you\n",
		"secrets/password":         "hünter2\n",
		"printers.d/.hidden.yaml":  "not: read\n",
		"printers.d/c.yaml":        "# nothing yet\n",
		"printers.d/dir.yaml/x":    "not read\n",
		"more.yml":                 "[]\n",
	})
	want := []plain{
		{
			"mk4-01",
			map[string]string{"site": "lab", "floor": "02", "model": "mk4"},
			30 * time.Second, 15 * time.Second,
			address(t, "https://app-1.octoeverywhere.com"), "Bearer bearer-token", "app-token",
		},
		{
			"Büro 2",
			map[string]string{"site": "lab", "floor": "1", "model": ""},
			2 * time.Minute, 15 * time.Second,
			address(t, "https://relay.example/p/2"), "Basic bWU6cDogdw==", "",
		},
		{
			"a",
			map[string]string{"site": "lab", "floor": "1", "model": ""},
			2 * time.Minute, 65 * time.Second,
			address(t, "http://[::1]/a"), "Basic eW91OmjDvG50ZXIy", "",
		},
		{
			"3",
			map[string]string{"site": "lab", "floor": "1", "model": ""},
			2 * time.Minute, 15 * time.Second,
			address(t, "http://127.0.0.1:8080/p/3"), "Token abc", "def",
		},
	}
	if d := cmp.Diff(want, reveal(c.Targets)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"floor", "model", "site"}, c.LabelNames); d != "" {
		t.Error(d)
	}
	if got := c.Service.Reveal(); got != address(t, "https://octoeverywhere.com") {
		t.Errorf("service %s", got)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings %q", c.Warnings)
	}
}

// TestDefaultTimeoutIsShortened checks that only a timeout that nobody wrote is shortened to fit in the interval.
func TestDefaultTimeoutIsShortened(t *testing.T) {
	for name, c := range map[string]struct {
		head, line        string
		interval, timeout time.Duration
	}{
		"nothing is set":              {"", "", time.Minute, 20 * time.Second},
		"a long interval":             {"", "interval: 1h30m", 90 * time.Minute, 20 * time.Second},
		"a day":                       {"", "interval: 1d", 24 * time.Hour, 20 * time.Second},
		"a short interval":            {"", "interval: 3s", 3 * time.Second, 2 * time.Second},
		"an interval that just fits":  {"", "interval: 20s", 20 * time.Second, 20 * time.Second},
		"a short interval by default": {"defaults: {interval: 3s}\n", "", 3 * time.Second, 2 * time.Second},
		"a short interval by default and a longer one": {"defaults: {interval: 3s}\n", "interval: 60s", time.Minute, 20 * time.Second},
		"a timeout as long as the interval":            {"", "{interval: 30s, timeout: 30s}", 30 * time.Second, 30 * time.Second},
		"a default timeout":                            {"defaults: {timeout: 5s}\n", "interval: 10s", 10 * time.Second, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			lines := strings.Split(strings.Trim(c.line, "{}"), ", ")
			got := loadOne(t, c.head, lines...)
			if got.Interval != c.interval || got.Timeout != c.timeout {
				t.Errorf("interval %v, timeout %v, want %v, %v", got.Interval, got.Timeout, c.interval, c.timeout)
			}
		})
	}
}

func TestPlainHTTPMustBeAllowed(t *testing.T) {
	for name, c := range map[string]struct {
		head, line, url string
		allowed         bool
	}{
		"https":                         {"", "", "https://printer.example", true},
		"loopback":                      {"", "", "http://127.8.9.1:80/x", true},
		"loopback of IPv6":              {"", "", "http://[::1]:8080", true},
		"localhost":                     {"", "", "http://LocalHost:8080", true},
		"a host that starts like it":    {"", "", "http://localhost.example", false},
		"an address next to loopback":   {"", "", "http://128.0.0.1", false},
		"elsewhere":                     {"", "", "http://printer.example", false},
		"elsewhere, allowed":            {"", "    insecure: true\n", "http://printer.example", true},
		"elsewhere, allowed for all":    {"defaults: {insecure: true}\n", "", "http://printer.example", true},
		"elsewhere, allowed for others": {"defaults: {insecure: true}\n", "    insecure: false\n", "http://printer.example", false},
	} {
		t.Run(name, func(t *testing.T) {
			main := c.head + "printers:\n  - name: mk4\n    url: " + c.url + "\n" + c.line
			if _, _, err := load(t, map[string]string{"config.yaml": main}); (err == nil) != c.allowed {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestInsecureDefaultsIncludeTheService(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": "defaults: {insecure: true}\nservice: {url: http://relay.example/}\n" + printer("mk4")})
	if got := c.Service.Reveal(); got != address(t, "http://relay.example") || c.Targets[0].Service.Reveal() != got {
		t.Errorf("service %s, of the target %s", got, c.Targets[0].Service.Reveal())
	}
}

// TestValuesAreTakenAsWritten checks that values which look like other types stay strings.
func TestValuesAreTakenAsWritten(t *testing.T) {
	got := loadOne(t, "", `labels: {a: 1.0, b: 0x1F, c: yes, d: 2026-01-02, e: "", f: "x\ty", g: 'ünï "c"'}`)
	want := map[string]string{"a": "1.0", "b": "0x1F", "c": "yes", "d": "2026-01-02", "e": "", "f": "x\ty", "g": `ünï "c"`}
	if d := cmp.Diff(want, got.Labels); d != "" {
		t.Error(d)
	}
}

func TestAliasesAreFollowed(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": "printers:\n" +
		entry("  ", "a", "authorization: &all {credentials: abc}", "labels: &labels {site: lab}") +
		entry("  ", "b", "authorization: *all", "labels: *labels")})
	if got := c.Targets[1]; got.Authorization.Reveal() != "Bearer abc" || got.Labels["site"] != "lab" {
		t.Errorf("got %q, %v", got.Authorization.Reveal(), got.Labels)
	}
}

// TestRecursiveAliasesEnd checks that the depth of the schema bounds how deep aliases are followed.
func TestRecursiveAliasesEnd(t *testing.T) {
	for _, text := range []string{
		"printers: &a [*a]\n", "printers: &a\n  - *a\n", "&a {defaults: *a, printers: [*a]}\n",
		"printers:\n  - &p {name: a, url: https://x, labels: *p, authorization: *p}\n",
	} {
		if _, _, err := load(t, map[string]string{"config.yaml": text}); err == nil {
			t.Errorf("no error in %q", text)
		}
	}
}

func TestAbsolutePathsAreKept(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "abc")
	if got := loadOne(t, "", "app_token_file: "+token).AppToken.Reveal(); got != "abc" {
		t.Errorf("got %q", got)
	}
}

// TestJSONIsYAML checks that a generated JSON file is accepted.
func TestJSONIsYAML(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": `{"printers":[{"name":"mk4","url":"https://x.example","interval":"5m","insecure":false}]}`})
	want := []plain{{"mk4", nil, 5 * time.Minute, 20 * time.Second, address(t, "https://x.example"), "", ""}}
	if d := cmp.Diff(want, reveal(c.Targets)); d != "" {
		t.Error(d)
	}
}

func TestByteOrderMarkAndCRLF(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": "\ufeff" + strings.ReplaceAll(printer("mk4", "interval: 30s"), "\n", "\r\n")})
	if len(c.Targets) != 1 || c.Targets[0].Interval != 30*time.Second {
		t.Errorf("got %v", reveal(c.Targets))
	}
	_, _, err := load(t, map[string]string{"config.yaml": strings.ReplaceAll(printer("mk4", "interval: soon"), "\n", "\r\n")})
	want := "config.yaml:4:15: printers[0].interval: is not a duration; use a format like 500ms, 30s, 1m30s or 1h\n        interval: soon\n                  ^"
	if d := cmp.Diff(want, fmt.Sprint(err)); d != "" {
		t.Error(d)
	}
}

// TestNullIsEmpty checks that all printers, or all labels, can be commented out.
func TestNullIsEmpty(t *testing.T) {
	c := mustLoad(t, map[string]string{
		"config.yaml": "defaults:\nservice:\nprinters:\n#  - name: x\nprinter_files: [a.yaml]\n",
		"a.yaml":      entry("", "mk4", "labels:", "tls_config:"),
	})
	if len(c.Targets) != 1 {
		t.Errorf("got %v", reveal(c.Targets))
	}
}
