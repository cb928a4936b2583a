package strictyaml

import "testing"

// TestKeyErrors covers keys that are unknown, misplaced or duplicate.
func TestKeyErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"unknown key at the top": {
			main: `defalts:
  interval: 30s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:1: unknown key "defalts"; did you mean "defaults"?
    defalts:
    ^`,
		},
		"unknown key of a printer": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    intervall: 30s
`,
			want: `config.yaml:4:5: printers[0]: unknown key "intervall"; did you mean "interval"?
        intervall: <secret>
        ^`,
		},
		"unknown key with letters swapped": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tiemout: 30s
`,
			want: `config.yaml:4:5: printers[0]: unknown key "tiemout"; did you mean "timeout"?
        tiemout: <secret>
        ^`,
		},
		"unknown key with other dashes and capitals": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tlsConfig: {}
`,
			want: `config.yaml:4:5: printers[0]: unknown key "tlsConfig"; did you mean "tls_config"?
        tlsConfig: {}
        ^`,
		},
		"unknown key below a block": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {ca_flie: ca.pem}
`,
			want: `config.yaml:4:18: printers[0].tls_config: unknown key "ca_flie"; did you mean "ca_file"?
        tls_config: {ca_flie: <secret>}
                     ^`,
		},
		"unknown key without a suggestion": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    scrape_protocols: [a]
`,
			want: `config.yaml:4:5: printers[0]: unknown key "scrape_protocols"; valid keys: name, url, url_file, authorization, basic_auth, app_token, app_token_file, interval, timeout, labels, tls_config, proxy_url, proxy_connect_header
        scrape_protocols: [<secret>]
        ^`,
		},
		"key that belongs elsewhere": {
			main: `defaults:
  authorization: {credentials: s3cretTok3n}
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:3: defaults: "authorization" is not allowed here; move it to a printer
      authorization: {<secret>: <secret>}
      ^`,
		},
		"reference to a secret manager": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization:
      credentials_ref: s3cretTok3n
`,
			want: `config.yaml:5:7: printers[0].authorization: "credentials_ref" needs a secret manager, which is not supported; use "credentials_file"
          credentials_ref: <secret>
          ^`,
		},
		"merge key": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    <<: {interval: 30s}
`,
			want: `config.yaml:4:5: printers[0]: merge keys (<<) are not supported; put shared settings under defaults
        <secret>: {<secret>: <secret>}
        ^`,
		},
		"duplicate key": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 30s
    interval: 40s
`,
			want: `config.yaml:5:5: printers[0].interval: duplicate key; first defined at config.yaml:4:5
        interval: 40s
        ^`,
		},
		"key that is not a string": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    [a, b]: c
`,
			want: `config.yaml:4:5: printers[0]: a key must be a plain string
        <secret>: <secret>
        ^`,
		},
		"long line": {
			main: `printers: [{name: mk4-00, url: 'https://app-0.octoeverywhere.com'}, {name: mk4-01, url: 'https://app-1.octoeverywhere.com'}, {name: mk4-02, url: 'https://app-2.octoeverywhere.com'}, {name: mk4-03, url: 'https://app-3.octoeverywhere.com'}, {name: mk4-04, url: 'https://app-4.octoeverywhere.com'}, {name: mk4-05, url: 'https://app-5.octoeverywhere.com'}, {name: mk4-06, url: 'https://app-6.octoeverywhere.com'}, {name: mk4-07, url: 'https://app-7.octoeverywhere.com'}, {name: mk4-08, url: 'https://app-8.octoeverywhere.com'}, {name: mk4-09, url: 'https://app-9.octoeverywhere.com'}, {name: mk4-10, url: 'https://app-10.octoeverywhere.com'}, {name: mk4-11, url: 'https://app-11.octoeverywhere.com'}, {name: mk4-12, url: 'https://app-12.octoeverywhere.com'}, {name: mk4-13, url: 'https://app-13.octoeverywhere.com'}, {name: mk4-14, url: 'https://app-14.octoeverywhere.com'}, {name: mk4-15, url: 'https://app-15.octoeverywhere.com'}, {name: mk4-16, url: 'https://app-16.octoeverywhere.com'}, {name: mk4-17, url: 'https://app-17.octoeverywhere.com', intervall: 30s}, {name: mk4-18, url: 'https://app-18.octoeverywhere.com'}, {name: mk4-19, url: 'https://app-19.octoeverywhere.com'}, {name: mk4-20, url: 'https://app-20.octoeverywhere.com'}, {name: mk4-21, url: 'https://app-21.octoeverywhere.com'}, {name: mk4-22, url: 'https://app-22.octoeverywhere.com'}, {name: mk4-23, url: 'https://app-23.octoeverywhere.com'}, {name: mk4-24, url: 'https://app-24.octoeverywhere.com'}, {name: mk4-25, url: 'https://app-25.octoeverywhere.com'}, {name: mk4-26, url: 'https://app-26.octoeverywhere.com'}, {name: mk4-27, url: 'https://app-27.octoeverywhere.com'}, {name: mk4-28, url: 'https://app-28.octoeverywhere.com'}, {name: mk4-29, url: 'https://app-29.octoeverywhere.com'}]
`,
			want: `config.yaml:1:1045: printers[17]: unknown key "intervall"; did you mean "interval"?
    …name: mk4-16, url: <secret>}, {name: mk4-17, url: <secret>, intervall: <secret>}, {name: mk4-18, url…
                                                                 ^`,
		},
	})
}
