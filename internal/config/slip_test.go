package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSlips: values that are valid and not what was meant. The warning names the place and says what to do, and has nothing of
// the value in it.
func TestSlips(t *testing.T) {
	const at = "config.yaml:1:"
	for name, c := range map[string]struct {
		entry string // further keys of a printer, or its url
		file  string // content of secrets/x
		want  string // what the warning begins with, "" for none
		kind  warning
	}{
		"a port":                          {entry: `url: "https://app-1.octoeverywhere.com:8443"`, want: "printers[0].url", kind: portOrPath},
		"the default port":                {entry: `url: "https://app-1.octoeverywhere.com:443/"`},
		"a path":                          {entry: `url: "https://app-1.octoeverywhere.com/printer/1"`, want: "printers[0].url", kind: portOrPath},
		"a path behind another relay":     {entry: `url: "https://relay.example/printer/1"`},
		"a path in a file":                {entry: "url_file: secrets/x", file: "https://app-1.octoeverywhere.com/x\n", want: "printers[0].url_file", kind: portOrPath},
		"a private IPv4 address":          {entry: `url: "https://192.168.1.20"`, want: "printers[0].url", kind: lanAddress},
		"a mapped IPv4 address":           {entry: `url: "https://[::ffff:10.0.0.2]"`, want: "printers[0].url", kind: lanAddress},
		"a unique local IPv6 address":     {entry: `url: "https://[fd00::2]:7125"`, want: "printers[0].url", kind: lanAddress},
		"a link-local address":            {entry: `url: "https://169.254.10.2"`, want: "printers[0].url", kind: lanAddress},
		"multicast DNS":                   {entry: `url: "https://octopi.local"`, want: "printers[0].url", kind: lanAddress},
		"the name of a router":            {entry: `url: "https://mk4.fritz.box."`, want: "printers[0].url", kind: lanAddress},
		"this machine":                    {entry: `url: "http://127.0.0.1:8080/p/1"`},
		"a public address":                {entry: `url: "https://203.0.113.9"`},
		"a name that ends like a LAN":     {entry: `url: "https://relay.notlocal"`},
		"Bearer in credentials":           {entry: `authorization: {credentials: "Bearer c4n4ry"}`, want: "printers[0].authorization.credentials", kind: schemeTwice},
		"Bearer in another case":          {entry: "authorization: {credentials_file: secrets/x}", file: "bearer c4n4ry", want: "printers[0].authorization.credentials_file", kind: schemeTwice},
		"Bearer in an app token":          {entry: `app_token: "Bearer c4n4ry"`, want: "printers[0].app_token", kind: schemeTwice},
		"the whole header":                {entry: `authorization: {credentials: "Authorization: Bearer c4n4ry"}`, want: "printers[0].authorization.credentials", kind: schemeTwice},
		"a token that begins like it":     {entry: `authorization: {credentials: "BearerOfNews"}`},
		"a password that begins like it":  {entry: `basic_auth: {username: u, password: "bearer of news"}`},
		"quotes in a file":                {entry: "app_token_file: secrets/x", file: "\"c4n4ry\"\r\n", want: "printers[0].app_token_file", kind: quoted},
		"single quotes in YAML":           {entry: `basic_auth: {username: u, password: "'c4n4ry'"}`, want: "printers[0].basic_auth.password", kind: quoted},
		"typographic quotes":              {entry: `basic_auth: {username: "“c4n4ry”", password: p}`, want: "printers[0].basic_auth.username", kind: quoted},
		"a quote":                         {entry: `basic_auth: {username: u, password: '"'}`},
		"quotes inside":                   {entry: `basic_auth: {username: u, password: 'a"c4n4ry"b'}`},
		"KEY=value":                       {entry: "authorization: {credentials_file: secrets/x}", file: "OCTOEVERYWHERE_TOKEN=c4n4ry\n", want: "printers[0].authorization.credentials_file", kind: assignment},
		"export":                          {entry: "app_token_file: secrets/x", file: "export TOKEN='c4n4ry'\n", want: "printers[0].app_token_file", kind: assignment},
		"base64":                          {entry: `app_token: "YzRuNHJ5eg=="`},
		"a variable of the shell":         {entry: `authorization: {credentials: "${TOKEN}"}`, want: "printers[0].authorization.credentials", kind: variable},
		"one without braces":              {entry: `app_token: $TOKEN`, want: "printers[0].app_token", kind: variable},
		"one of a template":               {entry: `app_token: "{{ .Values.token }}"`, want: "printers[0].app_token", kind: variable},
		"one of Windows":                  {entry: `app_token: "%TOKEN%"`, want: "printers[0].app_token", kind: variable},
		"one in an id":                    {entry: `id: "${ID}"`, want: "printers[0].id", kind: variableValue},
		"one in a label":                  {entry: `labels: {site: "${SITE}"}`, want: "printers[0].labels.site", kind: variableValue},
		"a label with a price":            {entry: `labels: {cost: "$5 per hour"}`},
		"a dollar":                        {entry: `basic_auth: {username: u, password: "pa$$word"}`},
		"a byte order mark is none":       {entry: "app_token_file: secrets/x", file: "\ufeffc4n4ry"},
		"a disabled printer, LAN address": {entry: `enabled: false, url: "https://192.168.1.20"`},
	} {
		t.Run(name, func(t *testing.T) {
			main := "printers: [{name: a, " + c.entry
			if !strings.Contains(c.entry, "url") {
				main += ", url: 'https://app-1.octoeverywhere.com'"
			}
			if !strings.Contains(c.entry, "authorization") && !strings.Contains(c.entry, "basic_auth") {
				main += ", authorization: {credentials: x}"
			}
			loaded := mustLoad(t, map[string]string{"config.yaml": main + "}]\n", "secrets/x": c.file})
			got := strings.Join(slices.DeleteFunc(loaded.Warnings, func(w string) bool { return strings.Contains(w, string(allDisabled)) }), "\n")
			if c.want == "" {
				if got != "" {
					t.Error(got)
				}
				return
			}
			if !strings.HasPrefix(got, at) || !strings.HasSuffix(got, ": "+c.want+": "+string(c.kind)) || strings.Contains(got, "\n") {
				t.Errorf("got %q, want %s at %s", got, c.kind, c.want)
			}
			if strings.Contains(got, "c4n4ry") || strings.Contains(got, "app-1") || strings.Contains(got, "192.168") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestNoCredentials(t *testing.T) {
	for entry, want := range map[string]bool{
		"{name: a, url: 'https://app-1.octoeverywhere.com'}":                                         true,
		"{name: a, url: 'https://app-1.octoeverywhere.com', app_token: x}":                           true,
		"{name: a, url: 'https://app-1.octoeverywhere.com', authorization: {credentials: x}}":        false,
		"{name: a, url: 'https://app-1.octoeverywhere.com', basic_auth: {username: u, password: p}}": false,
		"{name: a, url: 'https://shared-1.octoeverywhere.com'}":                                      false,
		"{name: a, url: 'http://localhost:8080'}":                                                    false,
		"{name: a, enabled: false, url: 'https://app-1.octoeverywhere.com'}":                         false,
	} {
		c := mustLoad(t, map[string]string{"config.yaml": "printers: [" + entry + "]\n"})
		if got := slices.Contains(c.Warnings, "config.yaml:1:12: printers[0]: "+string(noCredentials)); got != want {
			t.Errorf("%s: %q", entry, c.Warnings)
		}
	}
}

// TestSlipsAreListed, unlike other warnings, because each needs a change of its own; but not all of a large fleet.
func TestSlipsAreListed(t *testing.T) {
	main := "printers:\n"
	for i := range 12 {
		main += fmt.Sprintf("  - {name: p%d, url: 'https://app-%d.octoeverywhere.com'}\n", i, i)
	}
	c := mustLoad(t, map[string]string{"config.yaml": main})
	if len(c.Warnings) != maxSlips || !strings.HasPrefix(c.Warnings[9], "config.yaml:11:5: printers[9]: ") || !strings.HasSuffix(c.Warnings[9], " (and 2 more)") {
		t.Errorf("got %q", c.Warnings)
	}
}

// TestSlipsInAddresses are errors: no such address is valid.
func TestSlipsInAddresses(t *testing.T) {
	for text, want := range map[string]warning{
		"'https://app-1.octoeverywhere.com'":                quoted,
		"PRINTER_URL=https://app-1.octoeverywhere.com":      assignment,
		"https://${PRINTER_ID}.octoeverywhere.com":          variable,
		"https://{{ printer_id }}.octoeverywhere.com":       variable,
		"https://app-1.octoeverywhere.com/?token=${SECRET}": variable,
	} {
		_, err := ParseAddress(text)
		if err == nil || err.Error() != string(want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestMisspelledKeysHideNothing: what is below such a key is checked as if the key was right, at each level.
func TestMisspelledKeysHideNothing(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"at the top": {
			main: `default:
  intervall: 10
printer:
  - name: a/b
    url: ftp://app-1.octoeverywhere.com
    timeuot: 3
    basicauth: {user: s3cretTok3n, pasword: s3cretTok3n}
printerfiles: [printers.d/*.yaml]
`,
			files: map[string]string{"printers.d/a.yaml": "- {name: b, url: 'https://app-2.octoeverywhere.com', timeout: 0s}\n"},
			want: `config.yaml:1:1: unknown key "default"; did you mean "defaults"?
    default:
    ^
config.yaml:2:3: defaults: unknown key "intervall"; did you mean "interval"?
      intervall: <secret>
      ^
config.yaml:2:14: defaults.interval: has no unit; write 10s for seconds
      intervall: <secret>
                 ^
config.yaml:3:1: unknown key "printer"; did you mean "printers"?
    printer:
    ^
config.yaml:4:11: printers[0].name: contains a slash, which cannot be part of the URL of the printer's page
      - name: <secret>
              ^
config.yaml:5:10: printers[0].url: must start with https://
        url: <secret>
             ^
config.yaml:6:5: printers[0]: unknown key "timeuot"; did you mean "timeout"?
        timeuot: <secret>
        ^
config.yaml:6:14: printers[0].timeout: has no unit; write 3s for seconds
        timeuot: <secret>
                 ^
config.yaml:7:5: printers[0]: unknown key "basicauth"; did you mean "basic_auth"?
        basicauth: {user: <secret>, pasword: <secret>}
        ^
config.yaml:7:16: printers[0].basic_auth.username: is missing; set it or username_file
        basicauth: {user: <secret>, pasword: <secret>}
                   ^
config.yaml:7:17: printers[0].basic_auth: unknown key "user"; valid keys: username, username_file, password, password_file
        basicauth: {user: <secret>, pasword: <secret>}
                    ^
config.yaml:7:36: printers[0].basic_auth: unknown key "pasword"; did you mean "password"?
        basicauth: {user: <secret>, pasword: <secret>}
                                    ^
config.yaml:8:1: unknown key "printerfiles"; did you mean "printer_files"?
    printerfiles: [printers.d/*.yaml]
    ^
printers.d/a.yaml:1:63: [0].timeout: must be greater than 0s
    - {name: b, url: <secret>, timeout: 0s}
                                        ^`,
		},
	})
}

// TestMeantKeysYieldToKeysThatAreThere: a guess replaces nothing that is written.
func TestMeantKeysYieldToKeysThatAreThere(t *testing.T) {
	_, _, err := load(t, map[string]string{"config.yaml": "printer: [{name: a}]\nprinters: [{name: b, url: 'https://app-1.octoeverywhere.com', nam: /, labels: x, label: {a: b}}]\n"})
	var got []string
	for line := range strings.Lines(err.Error()) {
		if strings.HasPrefix(line, "config.yaml") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		`config.yaml:1:1: unknown key "printer"; did you mean "printers"?`,
		`config.yaml:2:63: printers[0]: unknown key "nam"; did you mean "name"?`,
		`config.yaml:2:79: printers[0].labels: must be a mapping of label names to values ({site: lab}), not a string`,
		`config.yaml:2:82: printers[0]: unknown key "label"; did you mean "labels"?`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestDisabledPrinters: their entries are checked like all others, and they are not warned of.
func TestDisabledPrinters(t *testing.T) {
	files := map[string]string{"config.yaml": "printers:\n" + entry("  ", "a", "enabled: false", "interval: 2s", "timeout: 1s") + entry("  ", "b") +
		"  - {name: c, enabled: FALSE, url: 'https://shared-b.octoeverywhere.com'}\n"}
	c := mustLoad(t, files)
	got := map[string]bool{}
	for _, target := range c.Targets {
		got[target.Name] = target.Disabled
	}
	if want := map[string]bool{"a": true, "b": false, "c": true}; !maps.Equal(got, want) || len(c.Warnings) > 0 {
		t.Errorf("disabled %v, warnings %q", got, c.Warnings)
	}
	c = mustLoad(t, map[string]string{"config.yaml": printer("a", "enabled: false")})
	if want := []string{string(allDisabled)}; !slices.Equal(c.Warnings, want) {
		t.Errorf("got %q", c.Warnings)
	}
}

// TestVariablesAreNotReplaced wherever a credential or an address belongs.
func TestVariablesAreNotReplaced(t *testing.T) {
	c := mustLoad(t, map[string]string{"config.yaml": "defaults: {tls_config: {server_name: '${NAME}'}}\nprinter_files: ['${DIR}/*.yaml']\n" +
		printer("a", "proxy_url: http://127.0.0.1:3", "no_proxy: '${NO_PROXY}'", "proxy_connect_header: {X-Token: ['${TOKEN}']}")})
	got := strings.Join(c.Warnings, "\n")
	for _, at := range []string{"config.yaml:1:38: defaults.tls_config.server_name", "config.yaml:2:17: printer_files[0]", "config.yaml:7:15: printers[0].no_proxy", "config.yaml:8:38: printers[0].proxy_connect_header"} {
		if !strings.Contains(got, at+": "+string(variableValue)) {
			t.Errorf("no warning at %s in\n%s", at, got)
		}
	}
	for fields, want := range map[string]string{
		"proxy_url: 'http://${PROXY}'": "printers[0].proxy_url: " + string(variableValue),
		"app_token_file: '${DIR}/x'":   "printers[0].app_token_file: the file does not exist; its path " + string(variableValue),
	} {
		if _, _, err := load(t, map[string]string{"config.yaml": printer("a", fields)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", fields, err, want)
		}
	}
}
