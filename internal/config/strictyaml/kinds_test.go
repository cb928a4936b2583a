package strictyaml

import "testing"

// TestKindErrors covers values of the wrong kind.
func TestKindErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"string instead of a mapping": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: s3cretTok3n
`,
			want: `config.yaml:4:20: printers[0].authorization: must be a mapping (keys: type, credentials, credentials_file), not a string
        authorization: <secret>
                       ^`,
		},
		"list instead of a mapping": {
			main: `defaults: [interval]
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:11: defaults: must be a mapping (keys: interval, timeout), not a list
    defaults: [<secret>]
              ^`,
		},
		"tag without a value instead of a mapping": {
			main: "printers:\n- !",
			want: `config.yaml:2:3: printers[0]: must be a mapping (keys: name, url, url_file, authorization, basic_auth, app_token, app_token_file, interval, timeout, labels, tls_config, proxy_url, proxy_connect_header), not a string
    -
      ^`,
		},
		"mapping instead of a string": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: {every: 30s}
`,
			want: `config.yaml:4:15: printers[0].interval: must be a string, not a mapping
        interval: {<secret>: <secret>}
                  ^`,
		},
		"string instead of a list": {
			main: `printers: mk4-01
`,
			want: `config.yaml:1:11: printers: must be a list of printers, each starting with a dash (- name: …), not a string
    printers: <secret>
              ^`,
		},
		"mapping instead of a list": {
			main: `printers:
  mk4-01:
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:3: printers: must be a list of printers, each starting with a dash (- name: …), not a mapping
      <secret>:
      ^`,
		},
		"string instead of a list of paths": {
			main: `printer_files: printers.d/*.yaml
`,
			want: `config.yaml:1:16: printer_files: must be a list, even for one file ([printers.d/*.yaml]), not a string
    printer_files: <secret>
                   ^`,
		},
		"string instead of labels": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: lab
`,
			want: `config.yaml:4:13: printers[0].labels: must be a mapping of label names to values ({site: lab}), not a string
        labels: <secret>
                ^`,
		},
		"list instead of headers": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: [s3cretTok3n]
`,
			want: `config.yaml:5:27: printers[0].proxy_connect_header: must be a mapping of header names to lists of values, not a list
        proxy_connect_header: [<secret>]
                              ^`,
		},
		"no value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval:
`,
			want: `config.yaml:4:5: printers[0].interval: has no value; set one or remove the key
        interval:
        ^`,
		},
		"empty value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token: ""
`,
			want: `config.yaml:4:16: printers[0].app_token: is empty; set a value or remove the key
        app_token: <secret>
                   ^`,
		},
		"tagged value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: !!str 30s
`,
			want: `config.yaml:4:15: printers[0].interval: has a YAML tag (!), which is not supported; remove it
        interval: 30s
                  ^`,
		},
		"value on several lines": {
			main: `printers:
  - name: mk4-01
      app_token s3cretTok3n
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:11: printers[0].name: spans several lines; quote it if that is intended, otherwise a colon or a space is missing
      - name: <secret>
              ^`,
		},
		"the file is a list": {
			main: `- name: mk4-01
  url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:1: the file must be a mapping (keys: defaults, printers, printer_files), not a list
    - <secret>: <secret>`,
		},
		"credential file that is a list": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token_file: [secrets/a]
`,
			want: `config.yaml:4:21: printers[0].app_token_file: must be a string, not a list
        app_token_file: [<secret>]
                        ^`,
		},
	})
}
