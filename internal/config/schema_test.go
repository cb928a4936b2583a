package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/test/testkit"
)

const (
	schemaPath = "../../docs/schema/config.schema.json"
	// Editors know this version of JSON Schema best.
	schemaVersion = "http://json-schema.org/draft-07/schema#"
)

// object is a JSON object. Its keys are written sorted.
type object = map[string]any

// stringSchema is a string as the loader accepts it: numbers and booleans are taken as they are written.
var stringSchema = object{"type": []string{"string", "number", "boolean"}, "minLength": 1}

// durationForm matches what model.ParseDuration accepts.
const durationForm = `^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$`

// boolForm matches a boolean in quotes.
const boolForm = `^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$`

// valueSchema is the schema of a key's value.
func valueSchema(k strictyaml.Key) object {
	var s object
	switch k.Kind {
	case strictyaml.String, strictyaml.Secret, strictyaml.Path:
		s = object{"type": stringSchema["type"], "minLength": 1}
		if k.Enum != nil {
			s = object{"enum": k.Enum}
		}
	case strictyaml.Duration:
		s = object{"type": "string", "minLength": 1, "pattern": durationForm}
	case strictyaml.Bool:
		s = object{"type": []string{"boolean", "string"}, "pattern": boolForm}
	case strictyaml.Map:
		s = mappingSchema(k.Keys)
	case strictyaml.StringMap:
		s = object{
			"type": []string{"object", "null"}, "propertyNames": labelNames(),
			"additionalProperties": object{"type": stringSchema["type"]},
		}
	case strictyaml.ListMap:
		s = object{
			"type": []string{"object", "null"}, "propertyNames": object{"pattern": headerName.String()},
			"additionalProperties": object{"type": "array", "items": stringSchema},
		}
	case strictyaml.List:
		s = object{"$ref": "#/definitions/printers"}
	case strictyaml.PathList:
		s = object{"type": []string{"array", "null"}, "items": stringSchema}
	}
	described := object{"description": plainText(k.Doc)}
	if k.Default != "" && !strings.HasPrefix(k.Default, "`") {
		described["default"] = k.Default
		if k.Kind == strictyaml.Bool {
			described["default"] = k.Default == "true"
		}
	}
	if _, isRef := s["$ref"]; isRef { // draft 7 ignores what is next to a reference
		return object{"allOf": []any{s}, "description": described["description"]}
	}
	maps.Copy(s, described)
	return s
}

// plainText removes Markdown from a line of the documentation.
func plainText(doc string) string {
	doc = regexp.MustCompile(` ?See \[[^\]]*\]\([^)]*\)\.`).ReplaceAllString(doc, "")
	doc = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(doc, "$1")
	return strings.TrimSpace(strings.NewReplacer("**", "", "`", "").Replace(doc))
}

func labelNames() object {
	return object{"pattern": labelForm.String(), "not": object{"anyOf": []any{
		object{"pattern": "^__"}, object{"enum": append(ReservedLabels(), slices.Sorted(maps.Keys(prometheusLabels))...)},
	}}}
}

// mappingSchema is the schema of a mapping: its keys and no others, a key or its file, and the required keys.
func mappingSchema(keys []strictyaml.Key) object {
	s := object{"type": []string{"object", "null"}, "additionalProperties": false}
	properties, all := object{}, []any{}
	var must []string
	for _, k := range keys {
		properties[k.Name] = valueSchema(k)
		if strictyaml.Find(keys, k.Name+"_file") != nil {
			all = append(all, keyOrFile(k))
		} else if k.Required {
			must = append(must, k.Name)
		}
	}
	for _, pair := range excluded {
		if strictyaml.Find(keys, pair[0]) != nil && strictyaml.Find(keys, pair[1]) != nil {
			all = append(all, notBoth(pair[:]))
		}
	}
	needs := object{}
	for name, ways := range needed {
		if strictyaml.Find(keys, name) != nil {
			needs[name] = anyOf(ways)
		}
	}
	if len(needs) > 0 {
		s["dependencies"] = needs
	}
	s["properties"] = properties
	if len(all) > 0 {
		s["allOf"] = all
	}
	if len(must) > 0 {
		s["required"], s["type"] = must, "object"
	}
	return s
}

// keyOrFile allows a key or its file, but not both.
func keyOrFile(k strictyaml.Key) object {
	both := []string{k.Name, k.Name + "_file"}
	if k.Required {
		return object{"oneOf": []any{object{"required": both[:1]}, object{"required": both[1:]}}}
	}
	return notBoth(both)
}

// notBoth excludes two keys. proxy_from_environment excludes another key only if it is true.
func notBoth(names []string) object {
	both := object{"type": "object", "required": names} // null would otherwise match
	if slices.Contains(names, keyProxyFromEnvironment) {
		both["properties"] = object{keyProxyFromEnvironment: object{"const": true}}
	}
	return object{"not": both}
}

func anyOf(names []string) object {
	var ways []any
	for _, n := range names {
		ways = append(ways, object{"required": []string{n}})
	}
	return object{"anyOf": ways}
}

// excluded are the pairs of keys that exclude each other.
var excluded = [][2]string{{"authorization", "basic_auth"}, {"proxy_url", keyProxyFromEnvironment}, {"no_proxy", keyProxyFromEnvironment}}

// needed are the keys that require one of others.
var needed = map[string][]string{
	"no_proxy": {"proxy_url"},
	"cert":     {"key", "key_file"}, "cert_file": {"key", "key_file"},
	"key": {"cert", "cert_file"}, "key_file": {"cert", "cert_file"},
}

func schema() object {
	s := mappingSchema(topKeys)
	s["$schema"] = schemaVersion
	s["title"] = "Configuration of octoeverywhere_exporter"
	s["definitions"] = object{"printers": object{
		"title": "Printers of octoeverywhere_exporter", "type": []string{"array", "null"}, "items": mappingSchema(printerKeys),
	}}
	return s
}

func TestSchemaIsGenerated(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(schema()); err != nil {
		t.Fatal(err)
	}
	testkit.Same(t, schemaPath, b.String())
}

// compiled returns the schemas of a configuration file and of a printer file.
func compiled(t *testing.T) (main, printers *jsonschema.Schema) {
	t.Helper()
	c := jsonschema.NewCompiler()
	main, err := c.Compile(schemaPath)
	if err != nil {
		t.Fatal(err)
	}
	printers, err = c.Compile("../../docs/schema/printers.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return main, printers
}

// validate returns the schema's error for a file, "" if there is none.
func validate(t *testing.T, s *jsonschema.Schema, text string) string {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	plain, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	v, err = jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Validate(v)
	if wrong, ok := errors.AsType[*jsonschema.ValidationError](err); ok {
		return wrong.Error()
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

func TestSchemaAcceptsTheExample(t *testing.T) {
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	main, printers := compiled(t)
	if wrong := validate(t, main, string(example)); wrong != "" {
		t.Error(wrong)
	}
	if !bytes.HasPrefix(example, []byte("# yaml-language-server: $schema=docs/schema/config.schema.json\n")) {
		t.Error("the example does not name its schema")
	}
	if wrong := validate(t, printers, "- {name: 12, url_file: a.url}\n"); wrong != "" {
		t.Error(wrong)
	}
}

// TestSchemaAndLoaderAgree checks that both accept and reject the same files.
func TestSchemaAndLoaderAgree(t *testing.T) {
	main, printers := compiled(t)
	const a = "{name: a, url: 'https://a.example'"
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"the smallest":                   {"printers: [" + a + "}]", true},
		"numbers and booleans as labels": {"printers: [{name: 12, url: 'https://a.example', labels: {floor: 2, new: true, note: ''}}]", true},
		"empty sections":                 {"defaults:\nservice:\nprinters: [" + a + "}]\nprinter_files:", true},
		"durations":                      {"defaults: {interval: 1m30s, timeout: 1500ms}\nprinters: [" + a + "}]", true},
		"headers":                        {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_connect_header: {X-A: [b]}}]", true},
		"user and password":              {"printers: [" + a + ", basic_auth: {username: a, password: b}}]", true},
		"an empty section of TLS":        {"defaults: {tls_config: }\nprinters: [" + a + ", tls_config: }]", true},
		"versions of TLS":                {"printers: [" + a + ", tls_config: {min_version: TLS12, max_version: TLS13}}]", true},
		"a boolean in quotes":            {"printers: [" + a + ", insecure: 'True'}]", true},
		"a proxy, and no other":          {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_from_environment: false}]", true},
		"two proxies":                    {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_from_environment: true}]", false},
		"exceptions from no proxy":       {"printers: [" + a + ", no_proxy: b.example}]", false},
		"no version of TLS":              {"printers: [" + a + ", tls_config: {min_version: 1.2}}]", false},
		"a certificate without a key":    {"printers: [" + a + ", tls_config: {cert: a}}]", false},
		"a key without a certificate":    {"printers: [" + a + ", tls_config: {key: a}}]", false},
		"no boolean, in quotes":          {"printers: [" + a + ", insecure: 'perhaps'}]", false},
		"an unknown key":                 {"printerz: []\nprinters: [" + a + "}]", false},
		"an unknown key of a printer":    {"printers: [" + a + ", intervall: 5s}]", false},
		"no name":                        {"printers: [{url: 'https://a.example'}]", false},
		"no address":                     {"printers: [{name: a}]", false},
		"an address and its file":        {"printers: [" + a + ", url_file: a.url}]", false},
		"two kinds of credentials":       {"printers: [" + a + ", basic_auth: {username: a, password: b}, authorization: {credentials: c}}]", false},
		"a token and its file":           {"printers: [" + a + ", app_token: a, app_token_file: b}]", false},
		"no credentials":                 {"printers: [" + a + ", authorization: {type: Bearer}}]", false},
		"no password":                    {"printers: [" + a + ", basic_auth: {username: a}}]", false},
		"a number without a unit":        {"defaults: {interval: 60}\nprinters: [" + a + "}]", false},
		"no duration":                    {"defaults: {interval: soon}\nprinters: [" + a + "}]", false},
		"no boolean":                     {"defaults: {insecure: perhaps}\nprinters: [" + a + "}]", false},
		"a label of the exporter's":      {"printers: [" + a + ", labels: {layer: x}}]", false},
		"a label of Prometheus'":         {"printers: [" + a + ", labels: {__x: x}}]", false},
		"a label without a value":        {"printers: [" + a + ", labels: {site: }}]", false},
		"no label name":                  {"printers: [" + a + ", labels: {1st: x}}]", false},
		"a string instead of a list":     {"printers: [" + a + "}]\nprinter_files: printers.d/*.yaml", false},
		"printers that are no list":      {"printers: " + a + "}", false},
		"an empty string":                {"printers: [" + a + ", app_token: ''}]", false},
		"a header that is no list":       {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_connect_header: {X-A: b}}]", false},
	} {
		if got := validate(t, main, c.text) == ""; got != c.good {
			t.Errorf("%s: accepted by the schema: %t", name, got)
		}
		if _, err := loadText(t, c.text); (err == nil) != c.good {
			t.Errorf("%s: the loader returns %v", name, err)
		}
	}
	if validate(t, printers, "- {name: a}\n") == "" || validate(t, printers, "printers: []\n") == "" {
		t.Error("the schema accepts what is not a list of printers")
	}
}

// loadText loads a configuration that names no other file.
func loadText(t *testing.T, text string) (*Config, error) {
	t.Helper()
	path := t.TempDir() + "/config.yaml"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := Load(path)
	return c, err
}
