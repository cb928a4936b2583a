package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// marked is a valid configuration in which every secret contains the word c4nary.
const marked = `defaults:
  labels: {site: lab}  # was c4nary
  proxy_url: http://me:c4naryPr0xy@c4nary.example:3128
  proxy_connect_header: {X-Key: [c4naryHeader, "c4nary two"]}
  tls_config:
    server_name: c4nary.example
service: {url: https://c4nary.octoeverywhere.com}
printers:
  - name: mk4
    url: https://app-c4nary.octoeverywhere.com/c4nary
    authorization:
      type: Bearer
      credentials: c4naryT0ken
    timeout: 3s
  - {name: mk5, url: "https://c4nary.example", basic_auth: {username: c4naryUser, password: 'c4nary pass'}, interval: 30s}
  - url: https://c4nary.example/3
    app_token: >-
      c4naryAppT0ken
    name: mk6
`

// printed returns everything that is shown of a configuration.
func printed(path string) string {
	c, _, err := Load(path)
	if err != nil {
		return fmt.Sprintf("%v", err)
	}
	return fmt.Sprintf("%v %+v %#v %s %+v %q\n%s", c, *c, *c, c.LogValue(), c.Service, c.Warnings, c.Redacted())
}

func TestSecretsAreNotShown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	write(t, path, marked)
	if _, _, err := Load(path); err != nil {
		t.Fatal(err)
	}
	if text := printed(path); strings.Contains(text, "c4nary") {
		t.Error(text)
	}
}

// TestSecretsAreNotShownAfterTypos makes typos at every position, and swaps lines.
func TestSecretsAreNotShownAfterTypos(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	redacted := 0
	try := func(text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		output := printed(path)
		if strings.Contains(output, "<secret>") {
			redacted++
		}
		if strings.Contains(output, "c4nary") {
			t.Fatalf("shown of\n%s\n%s", text, output)
		}
	}
	for i := range marked {
		if strings.HasPrefix(marked[i:], "4nary") || strings.HasPrefix(marked[max(0, i-1):], "4nary") {
			continue // keep the word intact
		}
		try(marked[:i] + marked[i+1:])
		for k, typo := range []string{"x", " ", "\n", "\t", ": ", ", ", `"`, "{", "]", "- ", "#", "|\n"} {
			if (i+k)%3 == 0 && !isInside(marked, i, "c4nary") { // a third, for speed
				try(marked[:i] + typo + marked[i:])
			}
		}
	}
	lines := strings.SplitAfter(marked, "\n")
	for i := range lines {
		for j := range lines {
			moved := append([]string{}, lines...)
			moved[i], moved[j] = lines[j], "  "+lines[i]
			try(strings.Join(moved, ""))
		}
	}
	if redacted < 2000 {
		t.Errorf("only %d typos redact anything", redacted)
	}
}

// isInside reports whether i is inside an occurrence of word, which an insertion there would split.
func isInside(text string, i int, word string) bool {
	from := max(0, i-len(word)+1)
	return strings.Contains(text[from:min(len(text), i+len(word)-1)], word)
}

// TestMisplacedSecretsAreNotShown writes secrets where another value belongs.
func TestMisplacedSecretsAreNotShown(t *testing.T) {
	for name, text := range map[string]string{
		"a token alone":                   "c4naryT0ken\n",
		"a token as a key":                "c4naryT0ken:\n",
		"a token in braces":               "printers:\n  - name: a\n    authorization: {c4nary}\n",
		"a word in braces":                "printers:\n  - name: a\n    authorization: {plaincanary}\n",
		"a password in braces":            "printers:\n  - name: a\n    basic_auth: {username: me, password c4nary}\n",
		"a password under a bad key":      "printers:\n  - name: a\n    basic_auth: {pasword: c4nary}\n",
		"a url as a key":                  "printers:\n  - https://c4nary.octoeverywhere.com:\n",
		"a url as an item":                "printers:\n  - https://c4nary.octoeverywhere.com\n",
		"a url as a name":                 "printers:\n  - name: https://c4nary.octoeverywhere.com\n",
		"a host as a name":                "printers:\n  - name: c4nary.octoeverywhere.com\n",
		"a url as a duration":             "defaults: {interval: https://c4nary.example}\n",
		"a token as a duration":           "defaults: {interval: c4naryuwh8u6ggkwqj2}\n",
		"a token as a boolean":            "defaults: {insecure: c4naryuwh8u6ggkwqj2}\n",
		"a token as a version of TLS":     "defaults: {tls_config: {min_version: c4naryuwh8u6ggkwqj2}}\n",
		"a token as a type":               "printers:\n  - name: a\n    url: https://a.example\n    authorization: {type: c4naryuwh8u6ggkwqj2, credential: x}\n",
		"a url as a label's value":        "printers:\n  - name: a\n    labels: {site: https://c4nary.example}\n",
		"a url as a label":                "printers:\n  - name: a\n    labels: {https://c4nary.example: x}\n",
		"a url as a pattern":              "printer_files: ['https://c4nary.example/[x']\n",
		"a url as a file":                 "printers:\n  - name: a\n    url_file: https://c4nary.example\n",
		"a host as a file":                "printers:\n  - name: a\n    url_file: c4nary.octoeverywhere.com\n",
		"a token as a file":               "printers:\n  - name: a\n    app_token_file: c4naryT0ken\n",
		"a JWT as a file":                 "printers:\n  - name: a\n    app_token_file: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c4naryc4naryc4naryc4nary\n",
		"an anchor and an unknown alias":  "printers: *c4nary\n",
		"an alias as a key":               "a: &c4nary x\n*c4nary : c4nary\n",
		"an alias named like a key":       "a: &name x\nprinters:\n  - *name : c4nary\n",
		"a tag":                           "printers: !c4nary [a]\n",
		"a tag with a sign":               "printers: !c4nary{} [a]\n",
		"a comment":                       "interval: 30 # c4nary\n",
		"a token on a line of its own":    "printers:\n  - name: a\n      c4nary\n    url: x\n",
		"a key without colon":             "printers:\n  - name: a\n    app_token c4nary\n    url: x\n",
		"a key on the line of a name":     "printers:\n  - name: a app_token: c4nary\n",
		"a directive":                     "%c4nary\n---\na: b\n",
		"a text with a control character": "printers:\n  - app_token: c4nary\x02\n",
		"a text in another encoding":      "printers:\n  - app_token: c4nary\xff\n",
		"a bracket after a token":         "printers: [{app_token: c4nary}}\n",
	} {
		_, _, err := load(t, map[string]string{"config.yaml": text})
		all, ok := errors.AsType[strictyaml.Errors](err)
		if !ok {
			t.Errorf("%s: no error", name)
		} else if text := fmt.Sprintf("%v %+v %#v", err, err, all); strings.Contains(text, "c4nary") || strings.Contains(text, "plaincanary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
