package strictyaml

import (
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestSyntaxErrors covers files that are not a YAML document.
func TestSyntaxErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"not YAML: indentation": {
			main: `printers:
  - name: mk4-01
     url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:9: invalid YAML: a key is not allowed here; check the indentation, and quote values that contain ": "
         url: <secret>`,
		},
		"not YAML: tab": {
			main: "printers:\n\t- name: mk4-01\n",
			want: `config.yaml:2:1: invalid YAML: tab character; indent with spaces
     - name: mk4-01
    ^`,
		},
		"not YAML: no space after the colon": {
			main: `printers:
  - name: mk4-01
    url:https://app-1.octoeverywhere.com
    interval: 30s
`,
			want: `config.yaml:3:5: invalid YAML: a key must be followed by a colon and a space
        <secret>
        ^`,
		},
		"not YAML: bracket not closed": {
			main: `printers:
  - {name: mk4-01, url: https://app-1.octoeverywhere.com
  - name: mk4-02
`,
			want: `config.yaml:3:9: invalid YAML: did not find expected ',' or '}' (while parsing a flow mapping that starts at 2:5)
      - name: mk4-02`,
		},
		"not YAML: quote not closed": {
			main: `printers:
  - name: mk4-01
    app_token: "s3cretTok3n
    interval: 30s
`,
			want: `config.yaml:3:16: invalid YAML: the quote that starts here is not closed
        app_token: <secret>`,
		},
		"not YAML: reserved character without quotes": {
			main: `printers:
  - name: mk4-01
    app_token: @s3cretTok3n
`,
			want: `config.yaml:3:16: invalid YAML: a value that starts with this character must be quoted
        app_token: <secret>`,
		},
		"not YAML: asterisk without quotes": {
			main: `printers:
  - name: mk4-01
    app_token: *s3cretTok3n
`,
			want: `config.yaml:3:16: invalid YAML: unknown alias (*name); if this is a value, quote it
        app_token: <secret>`,
		},
		"not YAML: percent sign": {
			main: `printers:
  - name: mk4-01
    interval: 30s %
  url: x
`,
			want: `config.yaml:4:3: invalid YAML: expected a list item that starts with a dash; check the indentation (while parsing a block collection that starts at 2:3)
      url: <secret>
      ^`,
		},
		"not UTF-8": {
			main: "printers:\n  - name: B\xfcro\n",
			want: `config.yaml:2:12: not valid UTF-8; save the file as UTF-8
      - name: B�ro`,
		},
		"control character": {
			main: "printers:\n  - name: mk4\x01\n",
			want: `config.yaml:2:14: control character; remove it
      - name: <secret>`,
		},
		"broken second document": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
---
{
`,
			want: "config.yaml:6:1: invalid YAML: did not find expected node content",
		},
		"two documents": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
---
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:4:1: only one YAML document is allowed; remove the line ---
    ---
    ^`,
		},
	})
}

// TestUnknownParserMessagesAreNotShown: a later version of the parser may quote the file.
func TestUnknownParserMessagesAreNotShown(t *testing.T) {
	mark := yaml.Mark{Line: 1, Column: 1}
	e := &yaml.LoadError{Stage: yaml.ParserStage, Mark: mark, Message: "found 'c4nary'", ContextMark: yaml.Mark{Line: 1, Column: 2}, ContextMsg: "while parsing \"c4nary\""}
	if _, got := explain(e, splitLines("x y\n")); got != "cannot be parsed from here on" {
		t.Error(got)
	}
}
