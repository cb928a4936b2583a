package config

import (
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestSuggest(t *testing.T) {
	for name, want := range map[string]string{
		"intervall":  "interval",
		"intreval":   "interval",
		"naem":       "name",
		"ulr":        "url",
		"tls-config": "tls_config",
		"TLSConfig":  "tls_config",
		"appToken":   "app_token",
		"basic_auht": "basic_auth",
		"Timeout":    "timeout",
		"foo":        "",
		"schedule":   "",
		"name ab":    "", // can be a key and a secret value
		"url:ab":     "",
		"":           "",
	} {
		if got := suggest(printerKeys, name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestShowable(t *testing.T) {
	for text, want := range map[string]bool{
		"mk4-01":                     true,
		"Büro 2 (links), Nr. 3: neu": true,
		"1m30s":                      true,
		"https://a.example":          false,
		"c2VjcmV0/c2VjcmV0":          false,
		"c2VjcmV0cw==":               false,
		"me@example":                 false,
		"app-1.OctoEverywhere.com":   false,
		"a\x1b[31m":                  false,
		"a\xff":                      false,
	} {
		if got := showable(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestShowablePath(t *testing.T) {
	for text, want := range map[string]bool{
		"secrets/mk4-01": true,
		"mk4-01.token":   true,
		"/etc/octoeverywhere_exporter/secrets/mk":  true,
		"printers.d/*.yaml":                        true,
		"../Büro 2/token":                          true,
		"token":                                    false,
		"https://a.example/b":                      false,
		"//a.example/b":                            false,
		"app-1.octoeverywhere.com":                 false,
		"c2VjcmV0/c2VjcmV0+c2VjcmV0":               false,
		"secrets/0123456789abcdef0123456789abcdef": false,
	} {
		if got := showablePath(text); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

// TestForeignWordsOfTheYAMLReaderAreNotPassedOn: it may quote the file in a later version.
func TestForeignWordsOfTheYAMLReaderAreNotPassedOn(t *testing.T) {
	mark := yaml.Mark{Line: 1, Column: 1}
	e := &yaml.LoadError{Stage: yaml.ParserStage, Mark: mark, Message: "found 'c4nary'", ContextMark: yaml.Mark{Line: 1, Column: 2}, ContextMsg: "while parsing \"c4nary\""}
	if _, got := explain(e, splitLines("x y\n")); got != "it cannot be read from here on" {
		t.Error(got)
	}
}
