package strictyaml

import "testing"

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
		"name ab":    "", // may be a key and a secret value
		"url:ab":     "",
		"":           "",
	} {
		if got := suggest(testKeys, name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
