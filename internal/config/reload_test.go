package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/config/strictyaml"
)

// keyChange is a change of a key: two valid values, and the other keys that they require.
type keyChange struct{ from, to, with string }

// keyChanges has every key whose value is a string, except those with the suffix _file: they are tested with the values of
// the key itself. A key of the table that is missing here fails the test.
func keyChanges(t *testing.T) map[string]keyChange {
	a, b := newAuthority(t), newAuthority(t)
	proxy := "proxy_url: 'http://proxy:3128'"
	common := map[string]keyChange{
		keyInterval:             {from: "30s", to: "40s"},
		keyTimeout:              {from: "5s", to: "6s"},
		keyLabels:               {from: "{site: a}", to: "{site: b}"},
		keyInsecure:             {from: "false", to: "true"},
		keyPluginSharesPower:    {from: "false", to: "true"},
		keyProxyURL:             {from: "http://a:3128", to: "http://b:3128"},
		keyNoProxy:              {from: "a.example", to: "b.example", with: proxy},
		keyProxyFromEnvironment: {from: "false", to: "true"},
		keyProxyConnectHeader:   {from: "{X-A: [a]}", to: "{X-A: [b]}", with: proxy},
		keyPreferredIPProtocol:  {from: "ip4", to: "ip6"},
		keyIPProtocolFallback:   {from: "true", to: "false", with: "preferred_ip_protocol: ip4"},
	}
	changes := map[string]keyChange{
		"service.url":                     {from: "https://a.example", to: "https://b.example"},
		"a printer.name":                  {from: "a", to: "b"},
		"a printer.id":                    {from: "a", to: "b"},
		"a printer.url":                   {from: "https://a.example", to: "https://b.example"},
		"a printer.enabled":               {from: "true", to: "false"},
		"a printer.app_token":             {from: "a", to: "b"},
		"authorization.type":              {from: "Bearer", to: "Token", with: "credentials: x"},
		"authorization.credentials":       {from: "a", to: "b"},
		"basic_auth.username":             {from: "a", to: "b", with: "password: x"},
		"basic_auth.password":             {from: "a", to: "b", with: "username: x"},
		"tls_config.ca":                   {from: a.cert, to: b.cert},
		"tls_config.cert":                 {from: a.cert, to: a.otherCert, with: fmt.Sprintf("key: %q", a.key)},
		"tls_config.key":                  {from: a.key, to: a.key + "\n", with: fmt.Sprintf("cert: %q", a.cert)},
		"tls_config.server_name":          {from: "a.example", to: "b.example"},
		"tls_config.insecure_skip_verify": {from: "false", to: "true"},
		"tls_config.min_version":          {from: "TLS11", to: "TLS12"},
		"tls_config.max_version":          {from: "TLS12", to: "TLS13"},
	}
	for key, change := range common {
		changes["defaults."+key], changes["a printer."+key] = change, change
	}
	return changes
}

// keepBackoff are the keys whose change does not make a printer be probed at once.
var keepBackoff = map[string]string{
	keyLabels:   "labels are not part of a request",
	keyInsecure: "it only decides whether an address is valid",

	keyPluginSharesPower: "it only decides what a fault means",

	"name": "a printer with another name is the same one",
	"id":   "it only tells whether it is the same printer",
}

// configWith returns a configuration with some keys in a section.
func configWith(section string, keys ...string) string {
	printer := map[string]string{"name": "x", "url": "https://x.example"}
	top := ""
	fields := strings.Join(slices.DeleteFunc(keys, func(k string) bool { return k == "" }), ", ")
	switch section {
	case "defaults", "service":
		top = section + ": {" + fields + "}\n"
	case "a printer":
		for _, key := range keys {
			name, value, _ := strings.Cut(key, ": ")
			printer[name] = value
			if name == "url_file" {
				delete(printer, "url")
			}
		}
	default:
		printer[section] = "{" + fields + "}"
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(printer)) {
		if name != "" {
			pairs = append(pairs, name+": "+printer[name])
		}
	}
	return top + "printers: [{" + strings.Join(pairs, ", ") + "}]\n"
}

// TestEveryKeyIsSeenByAReload changes one key at a time. A printer must be probed at once after the change, and a changed file
// must be detected.
func TestEveryKeyIsSeenByAReload(t *testing.T) {
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:3") // for proxy_from_environment
	changes := keyChanges(t)
	for _, s := range sections {
		for _, k := range s.Keys {
			if k.Kind == strictyaml.Map || k.Kind == strictyaml.List || k.Kind == strictyaml.PathList {
				continue // their keys, and the printers of their files, are tested
			}
			base, isFile := strings.CutSuffix(k.Name, "_file")
			t.Run(s.Title+"."+k.Name, func(t *testing.T) {
				change, ok := changes[s.Title+"."+base]
				if !ok {
					t.Fatal("add the key to keyChanges")
				}
				value := func(text string) string {
					switch {
					case isFile:
						return k.Name + ": secret.txt"
					case strings.HasPrefix(text, "{"):
						return k.Name + ": " + text
					}
					return fmt.Sprintf("%s: %q", k.Name, text)
				}
				before, sources, err := load(t, map[string]string{"config.yaml": configWith(s.Title, value(change.from), change.with), "secret.txt": change.from})
				if err != nil {
					t.Fatal(err)
				}
				write(t, "config.yaml", configWith(s.Title, value(change.to), change.with))
				write(t, "secret.txt", change.to)
				if sources.Digest() == sources.LoadedDigest() {
					t.Error("the change is not detected")
				}
				after, _, err := Load("config.yaml")
				if err != nil {
					t.Fatal(err)
				}
				if got, want := before.Targets[0].SameEntry(after.Targets[0]), keepBackoff[k.Name] != ""; got != want {
					t.Errorf("SameEntry is %t, want %t", got, want)
				}
			})
		}
	}
}
