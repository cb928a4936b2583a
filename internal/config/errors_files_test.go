package config

import "testing"

// TestFileErrors covers the configuration file, printer files and their patterns.
func TestFileErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"pattern that is empty": {
			main: `printer_files: [~]
`,
			want: `config.yaml:1:17: printer_files[0]: is empty; set a value or remove the key
    printer_files: [<secret>]
                    ^`,
		},
		"no such file": {
			want: "config.yaml: does not exist; set --config.file, or create it with: octoeverywhere_exporter add",
		},
		"no printers": {
			main: `defaults: {interval: 30s}
`,
			want: "config.yaml: printers: no printers are configured; add them here, or name files under printer_files",
		},
		"empty file": {
			main: `# nothing yet
`,
			want: "config.yaml: printers: no printers are configured; add them here, or name files under printer_files",
		},
		"empty list of printers": {
			main: `printers: []
`,
			want: "config.yaml: printers: no printers are configured; add them here, or name files under printer_files",
		},
		"printer file that is not a list": {
			main: `printer_files: [printers.d/*.yaml]
`,
			files: map[string]string{
				"printers.d/a.yaml": `printers:
  - name: mk4-01
`,
			},
			want: `printers.d/a.yaml:1:1: a printer file must be a list of printers, each starting with a dash (- name: …), not a mapping
    <secret>:
    ^`,
		},
		"printer file that is not YAML": {
			main: `printer_files: [printers.d/*.yaml]
`,
			files: map[string]string{
				"printers.d/a.yaml": `- name: mk4-01
   url: https://app-1.octoeverywhere.com
`,
			},
			want: `printers.d/a.yaml:2:7: invalid YAML: a key is not allowed here; check the indentation, and quote values that contain ": "
       url: <secret>`,
		},
		"relative path in a printer file": {
			main: `printer_files: [printers.d/*.yaml]
`,
			files: map[string]string{
				"printers.d/a.yaml": `- name: mk4-01
  url: https://app-1.octoeverywhere.com
- name: mk4-02
- name: mk4-03
  basic_auth: {username: me, password_file: mk4.password}
  url: https://app-3.octoeverywhere.com
`,
			},
			want: `printers.d/a.yaml:3:3: [1].url: is missing; set it or url_file
    - name: mk4-02
      ^
printers.d/a.yaml:5:45: [2].basic_auth.password_file: the file printers.d/mk4.password does not exist
      basic_auth: {username: <secret>, password_file: mk4.password}
                                                      ^`,
		},
		"pattern that is malformed": {
			main: `printer_files: ['printers.d/[a.yaml']
`,
			want: `config.yaml:1:17: printer_files[0]: is not a valid pattern; check that every [ has a ]
    printer_files: ["printers.d/[a.yaml"]
                    ^`,
		},
		"pattern for any depth": {
			main: `printer_files: [printers.d/**/*.yaml]
`,
			want: `config.yaml:1:17: printer_files[0]: contains **, which does not match directories at any depth; name each level, such as printers.d/*/*.yaml
    printer_files: [printers.d/**/*.yaml]
                    ^`,
		},
		"pattern that matches the file itself": {
			main: `printer_files: ['*.yaml']
`,
			want: `config.yaml:1:17: printer_files[0]: matches this file itself; keep printer files in a separate directory, such as printers.d/*.yaml
    printer_files: ["*.yaml"]
                    ^`,
		},
		"pattern that is not a string": {
			main: `printer_files: [[a]]
`,
			want: `config.yaml:1:17: printer_files[0]: must be a string, not a list
    printer_files: [[<secret>]]
                    ^`,
		},
		"errors in several places, in order": {
			main: `defaults:
  interval: 30
printers:
  - name: mk4-01
    url: app-1
  - nam: mk4-02
    url: https://app-2.octoeverywhere.com
    timeout: soon
printer_files: [b.yaml, a.yaml]
`,
			files: map[string]string{
				"a.yaml": `- name: mk4-01
`,
				"b.yaml": `- name: mk4-03
  url: https://app-3.octoeverywhere.com
  app_token_file: b.token
`,
			},
			want: `config.yaml:2:13: defaults.interval: has no unit; write 30s for seconds
      interval: 30
                ^
config.yaml:5:10: printers[0].url: must start with https://
        url: <secret>
             ^
config.yaml:6:5: printers[1]: unknown key "nam"; did you mean "name"?
      - nam: <secret>
        ^
config.yaml:8:14: printers[1].timeout: is not a duration; use a format like 500ms, 30s, 1m30s or 1h
        timeout: soon
                 ^
b.yaml:3:19: [0].app_token_file: the file b.token does not exist
      app_token_file: b.token
                      ^
a.yaml:1:3: [0].url: is missing; set it or url_file
    - name: mk4-01
      ^
a.yaml:1:9: [0].name: "mk4-01" is already used by printers[0] (config.yaml:4:11); every printer needs a unique name
    - name: mk4-01
            ^`,
		},
	})
}
