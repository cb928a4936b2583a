package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/test/testkit"
)

// TestCommandLine runs commands that end by themselves.
func TestCommandLine(t *testing.T) {
	dir := t.TempDir()
	good := testkit.WriteFile(t, dir, "good.yaml", "printers: [{name: a, url: 'https://canary.octoeverywhere.com'}, {name: b, url: 'https://canary2.octoeverywhere.com'}]\n")
	bad := testkit.WriteFile(t, dir, "bad.yaml", "printers: [{name: a, url: 'http://canary.octoeverywhere.com', intervall: 5s}]\n")
	for name, c := range map[string]struct {
		args     []string
		code     int
		out, err string // a part of what is written
	}{
		"version":               {[]string{"version"}, 0, "octoeverywhere_exporter devel", ""},
		"version as a flag":     {[]string{"--version"}, 0, "octoeverywhere_exporter devel", ""},
		"help":                  {[]string{"--help"}, 0, "Every flag can also be given as an environment variable", ""},
		"help of serve":         {[]string{"serve", "--help"}, 0, "--[no-]collector.temperature", ""},
		"codes":                 {[]string{"codes"}, 0, "  789        auth_invalid             from plugin, backoff long\n", ""},
		"codes as Markdown":     {[]string{"codes", "--output=markdown"}, 0, fault.Markdown(), ""},
		"check a good file":     {[]string{"check", "--config.file=" + good}, 0, good + " is valid: 2 printers in 1 file, interval 1m, no labels; 2.0 probes per minute\n", ""},
		"check a bad file":      {[]string{"check", "--config.file=" + bad}, 1, "", `bad.yaml:1:63: printers[0]: unknown key "intervall"; did you mean "interval"?`},
		"serve with a bad file": {[]string{"--config.file=" + bad}, 1, "", `"path":"printers[0].url","error":"uses plain http`},
		"serve for people":      {[]string{"--config.file=" + bad, "--log.format=tint"}, 1, "", "bad.yaml:1:27: printers[0].url: uses plain http"},
		"a level by its name":   {[]string{"--log.level=verbose", "version"}, 80, "", `"verbose" is not a level; use debug, info, warn or error`},
		"a port alone":          {[]string{"--web.listen-address=20511"}, 80, "", `"20511" has no colon before the port; did you mean ":20511"?`},
		"a port alone, for health": {
			[]string{"demo", "--web.health-listen-address=20511"}, 80, "", `did you mean ":20511"?`,
		},
		"a host alone": {[]string{"--web.listen-address=localhost"}, 80, "", `"localhost" is not an address to listen on; use the form HOST:PORT or :PORT`},
		"a socket without its prefix": {
			[]string{"--web.listen-address=/run/oe.sock"}, 80, "", `"/run/oe.sock" is a path; did you mean "unix:/run/oe.sock"?`,
		},
		"an abstract socket":       {[]string{"--web.listen-address=unix:@oe"}, 80, "", `"unix:@oe" is an abstract socket, to which everybody on this machine may connect; use the form unix:PATH`},
		"no CPU":                   {[]string{"--runtime.gomaxprocs=0"}, 80, "", "--runtime.gomaxprocs: must be from 1 to 1024, not 0"},
		"more CPUs than there are": {[]string{"--runtime.gomaxprocs=9223372036854775807"}, 80, "", "--runtime.gomaxprocs: must be from 1 to 1024, not 9223372036854775807"},
		"a list without values":    {[]string{"--web.listen-address"}, 80, "", "--web.listen-address: is not followed by a value"},
		"a word as a seed":         {[]string{"demo", "--seed=x"}, 80, "", `--seed: expected a whole number but got "x"`},
		"a flag before a command":  {[]string{"--config.file=x", "check"}, 80, "", "--config.file before a command is a flag of serve; flags of check come after the word check"},
		"a socket without a path":  {[]string{"--web.listen-address=unix:"}, 80, "", `"unix:" has no path; use the form unix:PATH`},
		"a URL of another scheme":  {[]string{"--web.external-url=ftp://x/"}, 80, "", "octoeverywhere_exporter: error: serve: --web.external-url, --web.route-prefix: the external URL must begin with http or https, and have a host"},
		"a URL without a host":     {[]string{"--web.external-url=http://:80/"}, 80, "", "and have a host"},
		"a negative limit":         {[]string{"--web.max-connections=-5"}, 80, "", "--web.max-connections: -5 is negative; use 0 for no limit"},
		"a file without its flag":  {[]string{"check", "config.yaml"}, 80, "", "unexpected argument config.yaml; did you mean --config.file=config.yaml?"},
		"a file for the demo":      {[]string{"demo", "config.yaml"}, 80, "", "unexpected argument config.yaml\n"},
		"a flag without its value": {[]string{"check", "--config.file"}, 80, "", "--config.file: is not followed by a value"},
		"a word as a number":       {[]string{"check", "--shard.total=x"}, 80, "", `--shard.total: expected a whole number but got "x"`},
		"no shell":                 {[]string{"completion"}, 80, "", "the shell is missing; use bash, zsh or fish"},
		"a URL to listen on":       {[]string{"simulate", "--web.listen-address=https://canary.octoeverywhere.com"}, 80, "", "<secret>\" is not an address to listen on"},
		"a misspelled command":     {[]string{"--log.level", "info", "porbe", "--all"}, 80, "", `unknown command "porbe"; did you mean "probe"?`},
		"an unknown command":       {[]string{"telemetry"}, 80, "", `unknown command "telemetry"; the commands are serve, check, `},
		"a URL as a command":       {[]string{"https://canary.octoeverywhere.com"}, 80, "", "unknown command <secret>"},
		"help as a word":           {[]string{"help"}, 0, "Every flag can also be given as an environment variable", ""},
		"help of a command":        {[]string{"help", "check"}, 0, "Check the configuration; exit code 1", ""},
		"a label without a value":  {[]string{"add", "--label=foo"}, 80, "", `--label: "foo" is not a label; use the form NAME=VALUE, such as --label=site=lab`},
		"a code":                   {[]string{"codes", "785"}, 0, "host_disconnected\n  code     785\n  from     plugin\n  layer    host: Does the printer's software respond to the plugin?\n", ""},
		"a code of two sources":    {[]string{"codes", "429"}, 0, "rate_limited\n", ""},
		"a code without a row":     {[]string{"codes", "690"}, 0, "unlisted_service_code\n", ""},
		"a reason":                 {[]string{"codes", "auth_invalid"}, 0, "  remedy   Enter the printer's current access code", ""},
		"a misspelled reason":      {[]string{"codes", "auth_invald"}, 80, "", `"auth_invald" is neither a code nor a reason; did you mean "auth_invalid"?`},
		"success among the codes":  {[]string{"codes", "200"}, 80, "", "200 is no fault"},
		"a code in a document":     {[]string{"codes", "785", "--output=markdown"}, 80, "", "--output=markdown prints the whole table"},
		"a file that is not":       {[]string{"check", "--config.file=nowhere.yaml"}, 1, "", "nowhere.yaml: does not exist"},
		"a flag that is not":       {[]string{"--nope"}, 80, "", "unknown flag --nope"},
		"a path that is none":      {[]string{"--web.telemetry-path=metrics"}, 80, "", `"metrics" is not a path that begins with a slash`},
		"a path that is taken":     {[]string{"--web.telemetry-path=/-/healthy"}, 80, "", `--web.telemetry-path: "/-/healthy" would hide /-/healthy; use another path, such as /metrics`},
		"a path of the demo's":     {[]string{"demo", "--web.telemetry-path=/m?x"}, 80, "", "--web.telemetry-path"},
		"a level that is not":      {[]string{"--log.level=loud", "version"}, 80, "", "--log.level"},
		"simulate for the world": {
			[]string{"simulate", "--web.listen-address=0.0.0.0:0", "--config.file=" + dir + "/x.yaml"}, 1, "", "the simulator listens on loopback only",
		},
		"fewer printers than none": {[]string{"simulate", "--printers=-1"}, 80, "", "--printers must be at least 0"},
		"too many printers":        {[]string{"simulate", "--printers=1000001"}, 80, "", "--printers must be at least 0, and at most 1000000"},
		"a timeout too long":       {[]string{"simulate", "--timeout=61s"}, 80, "", "--timeout: 1m1s is not from 1ms to 1m0s; it must fit in the interval"},
		"a demo for years":         {[]string{"demo", "--interval=2562047h"}, 80, "", "--interval must be at least 1s, and at most 24h0m0s"},
		"real printers":            {[]string{"simulate", "--config.file=" + good}, 1, "", good + " exists, and simulate has not written it; choose another file with --config.file, or remove it"},
		"a demo in a hurry":        {[]string{"demo", "--interval=100ms"}, 80, "", "--interval must be at least 1s"},
		"an unknown fault":         {[]string{"simulate", "--faults=tired=1"}, 80, "", "tired"},
	} {
		var out, err bytes.Buffer
		code := run(c.args, build{version: "devel"}, stdio{noInput(), &out, &err})
		if code != c.code || !strings.Contains(out.String(), c.out) || !strings.Contains(err.String(), c.err) {
			t.Errorf("%s: exit code %d\n%s\n%s", name, code, out.String(), err.String())
		}
		if strings.Contains(out.String()+err.String(), "canary") {
			t.Errorf("%s shows an address:\n%s\n%s", name, out.String(), err.String())
		}
	}
}

func TestCodesAsJSON(t *testing.T) {
	var out, err bytes.Buffer
	if code := run([]string{"codes", "--output=json"}, build{version: "devel"}, stdio{noInput(), &out, &err}); code != 0 {
		t.Fatal(err.String())
	}
	var rows []map[string]string
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(fault.Rows()) || rows[0]["layer"] != "network" || rows[0]["owner"] == "" {
		t.Errorf("%d rows, the first is %v", len(rows), rows[0])
	}
}

// TestSecretsAreReadFromFilesOnly: no flag, and so no environment variable, takes a secret.
func TestSecretsAreReadFromFilesOnly(t *testing.T) {
	var out, err bytes.Buffer
	for _, command := range []string{"serve", "check", "probe", "add", "codes", "demo", "simulate", "completion"} {
		run([]string{command, "--help"}, build{version: "devel"}, stdio{noInput(), &out, &err})
	}
	if flag := regexp.MustCompile(`--[a-z.-]*(token|password|credential|secret)s?[= ]`).FindString(out.String()); flag != "" {
		t.Errorf("%s takes a secret", flag)
	}
	t.Setenv("OE_EXPORTER_LOG_LEVEL", "loud")
	if code := run([]string{"version"}, build{version: "devel"}, stdio{noInput(), &out, &err}); code == 0 {
		t.Errorf("the environment is not read: %d", code)
	}
}

// runCommand returns the output of a command and its exit code.
func runCommand(args ...string) (string, int) {
	var out, err bytes.Buffer
	code := run(args, build{version: "devel"}, stdio{noInput(), &out, &err})
	return out.String() + err.String(), code
}

// noInput is an empty standard input, whatever that of the test is.
var noInput = sync.OnceValue(func() *os.File {
	f, err := os.Open(os.DevNull)
	if err != nil {
		panic(err)
	}
	return f
})
