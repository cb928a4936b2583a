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

	"octoeverywhere_exporter/test/testkit"
)

const (
	schemaPath = "../../docs/schema/config.schema.json"
	// Editors know this version of JSON Schema best.
	schemaVersion = "http://json-schema.org/draft-07/schema#"
)

// object is a JSON object whose keys are written in the order of their names.
type object = map[string]any

// text is a text as the loader takes it: YAML's numbers and truth values are taken as they are written.
var text = object{"type": []string{"string", "number", "boolean"}, "minLength": 1}

// durationForm is what model.ParseDuration takes.
const durationForm = `^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$`

// truthForm is what a truth is where it stands in quotes.
const truthForm = `^([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$`

// schemaOf is the schema of a key's value.
func schemaOf(k key) object {
	var s object
	switch k.kind {
	case word, secret, filePath:
		s = object{"type": text["type"], "minLength": 1}
		if k.of != nil {
			s = object{"enum": k.of}
		}
	case duration:
		s = object{"type": "string", "minLength": 1, "pattern": durationForm}
	case boolean:
		s = object{"type": []string{"boolean", "string"}, "pattern": truthForm}
	case mapping:
		s = mappingSchema(k.keys)
	case labels:
		s = object{
			"type": []string{"object", "null"}, "propertyNames": labelNames(),
			"additionalProperties": object{"type": text["type"]},
		}
	case headers:
		s = object{
			"type": []string{"object", "null"}, "propertyNames": object{"pattern": headerName.String()},
			"additionalProperties": object{"type": "array", "items": text},
		}
	case entries:
		s = object{"$ref": "#/definitions/printers"}
	case patterns:
		s = object{"type": []string{"array", "null"}, "items": text}
	}
	described := object{"description": unmarked(k.doc)}
	if k.def != "" && !strings.HasPrefix(k.def, "`") {
		described["default"] = k.def
		if k.kind == boolean {
			described["default"] = k.def == "true"
		}
	}
	if _, isRef := s["$ref"]; isRef { // what stands beside a reference does not count
		return object{"allOf": []any{s}, "description": described["description"]}
	}
	maps.Copy(s, described)
	return s
}

// unmarked takes the marks of Markdown out of a line of the documentation.
func unmarked(doc string) string {
	doc = regexp.MustCompile(` ?See \[[^\]]*\]\([^)]*\)\.`).ReplaceAllString(doc, "")
	doc = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`).ReplaceAllString(doc, "$1")
	return strings.TrimSpace(strings.NewReplacer("**", "", "`", "").Replace(doc))
}

func labelNames() object {
	return object{"pattern": labelForm.String(), "not": object{"anyOf": []any{
		object{"pattern": "^__"}, object{"enum": append(append([]string{}, ourLabels...), "instance", "job", "le", "quantile")},
	}}}
}

// mappingSchema is the schema of a mapping: its keys and no others, one of a key and its file, and what must be there.
func mappingSchema(keys []key) object {
	s := object{"type": []string{"object", "null"}, "additionalProperties": false}
	properties, all := object{}, []any{}
	var must []string
	for _, k := range keys {
		properties[k.name] = schemaOf(k)
		if find(keys, k.name+"_file") != nil {
			all = append(all, oneGiven(k))
		} else if k.must {
			must = append(must, k.name)
		}
	}
	for _, pair := range excluded {
		if find(keys, pair[0]) != nil && find(keys, pair[1]) != nil {
			all = append(all, notBoth(pair[:]))
		}
	}
	needs := object{}
	for name, ways := range needed {
		if find(keys, name) != nil {
			needs[name] = anyGiven(ways)
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

// oneGiven is that a key or its file is given, and not both.
func oneGiven(k key) object {
	both := []string{k.name, k.name + "_file"}
	if k.must {
		return object{"oneOf": []any{object{"required": both[:1]}, object{"required": both[1:]}}}
	}
	return notBoth(both)
}

// notBoth is that keys do not stand beside each other. The one that says whether to have a proxy may say no.
func notBoth(names []string) object {
	both := object{"type": "object", "required": names} // of an empty section the rest would hold
	if slices.Contains(names, fromEnvironment) {
		both["properties"] = object{fromEnvironment: object{"const": true}}
	}
	return object{"not": both}
}

func anyGiven(names []string) object {
	var ways []any
	for _, n := range names {
		ways = append(ways, object{"required": []string{n}})
	}
	return object{"anyOf": ways}
}

const fromEnvironment = "proxy_from_environment"

// excluded are keys that cannot stand beside each other.
var excluded = [][2]string{{"authorization", "basic_auth"}, {"proxy_url", fromEnvironment}, {"no_proxy", fromEnvironment}}

// needed are keys that make no sense without one of others.
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

func TestSchemaIsOfTheTable(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(schema()); err != nil {
		t.Fatal(err)
	}
	testkit.Same(t, schemaPath, b.String())
}

// compiled is the schema as an editor has it, for a configuration file and for printer files.
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

// complaint is what the schema says of a file, "" if nothing.
func complaint(t *testing.T, s *jsonschema.Schema, text string) string {
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

func TestSchemaTakesTheExample(t *testing.T) {
	example, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	main, printers := compiled(t)
	if wrong := complaint(t, main, string(example)); wrong != "" {
		t.Error(wrong)
	}
	if !bytes.HasPrefix(example, []byte("# yaml-language-server: $schema=docs/schema/config.schema.json\n")) {
		t.Error("the example does not name its schema")
	}
	if wrong := complaint(t, printers, "- {name: 12, url_file: a.url}\n"); wrong != "" {
		t.Error(wrong)
	}
}

// TestSchemaAndLoaderAgree on what is wrong, and on what is not.
func TestSchemaAndLoaderAgree(t *testing.T) {
	main, printers := compiled(t)
	const a = "{name: a, url: 'https://a.example'"
	for name, c := range map[string]struct {
		text string
		good bool
	}{
		"the smallest":                {"printers: [" + a + "}]", true},
		"numbers and truths as texts": {"printers: [{name: 12, url: 'https://a.example', labels: {floor: 2, new: true, note: ''}}]", true},
		"empty sections":              {"defaults:\nservice:\nprinters: [" + a + "}]\nprinter_files:", true},
		"durations":                   {"defaults: {interval: 1m30s, timeout: 1500ms}\nprinters: [" + a + "}]", true},
		"headers":                     {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_connect_header: {X-A: [b]}}]", true},
		"user and password":           {"printers: [" + a + ", basic_auth: {username: a, password: b}}]", true},
		"an empty section of TLS":     {"defaults: {tls_config: }\nprinters: [" + a + ", tls_config: }]", true},
		"versions of TLS":             {"printers: [" + a + ", tls_config: {min_version: TLS12, max_version: TLS13}}]", true},
		"a truth in quotes":           {"printers: [" + a + ", insecure: 'True'}]", true},
		"a proxy, and none besides":   {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_from_environment: false}]", true},
		"two proxies":                 {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_from_environment: true}]", false},
		"exceptions from no proxy":    {"printers: [" + a + ", no_proxy: b.example}]", false},
		"no version of TLS":           {"printers: [" + a + ", tls_config: {min_version: 1.2}}]", false},
		"a certificate without a key": {"printers: [" + a + ", tls_config: {cert: a}}]", false},
		"a key without a certificate": {"printers: [" + a + ", tls_config: {key: a}}]", false},
		"a truth in quotes, perhaps":  {"printers: [" + a + ", insecure: 'perhaps'}]", false},
		"an unknown key":              {"printerz: []\nprinters: [" + a + "}]", false},
		"an unknown key of a printer": {"printers: [" + a + ", intervall: 5s}]", false},
		"no name":                     {"printers: [{url: 'https://a.example'}]", false},
		"no address":                  {"printers: [{name: a}]", false},
		"an address and its file":     {"printers: [" + a + ", url_file: a.url}]", false},
		"two ways to be let in":       {"printers: [" + a + ", basic_auth: {username: a, password: b}, authorization: {credentials: c}}]", false},
		"a token and its file":        {"printers: [" + a + ", app_token: a, app_token_file: b}]", false},
		"no credentials":              {"printers: [" + a + ", authorization: {type: Bearer}}]", false},
		"no password":                 {"printers: [" + a + ", basic_auth: {username: a}}]", false},
		"a number without a unit":     {"defaults: {interval: 60}\nprinters: [" + a + "}]", false},
		"no length of time":           {"defaults: {interval: soon}\nprinters: [" + a + "}]", false},
		"a truth that is none":        {"defaults: {insecure: perhaps}\nprinters: [" + a + "}]", false},
		"a label of the exporter's":   {"printers: [" + a + ", labels: {layer: x}}]", false},
		"a label of Prometheus'":      {"printers: [" + a + ", labels: {__x: x}}]", false},
		"a label without a value":     {"printers: [" + a + ", labels: {site: }}]", false},
		"no label name":               {"printers: [" + a + ", labels: {1st: x}}]", false},
		"a text in place of a list":   {"printers: [" + a + "}]\nprinter_files: printers.d/*.yaml", false},
		"printers that are no list":   {"printers: " + a + "}", false},
		"an empty text":               {"printers: [" + a + ", app_token: ''}]", false},
		"a header that is no list":    {"printers: [" + a + ", proxy_url: 'http://p.example:1', proxy_connect_header: {X-A: b}}]", false},
	} {
		if got := complaint(t, main, c.text) == ""; got != c.good {
			t.Errorf("%s: the schema takes it: %t", name, got)
		}
		if _, err := loadText(t, c.text); (err == nil) != c.good {
			t.Errorf("%s: the loader says %v", name, err)
		}
	}
	if complaint(t, printers, "- {name: a}\n") == "" || complaint(t, printers, "printers: []\n") == "" {
		t.Error("what is no list of printers is taken for one")
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
