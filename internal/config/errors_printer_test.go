package config

import (
	"strings"
	"testing"
)

// TestPrinterErrors covers names and addresses.
func TestPrinterErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"empty entry": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
  -
`,
			want: `config.yaml:4:4: printers[1]: is empty; remove the dash
      -
       ^`,
		},
		"missing name": {
			main: `printers:
  - url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:5: printers[0].name: is missing; every printer needs a unique name
      - url: <secret>
        ^`,
		},
		"duplicate name": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
  - name: mk4-01
    url: https://app-2.octoeverywhere.com
`,
			want: `config.yaml:4:11: printers[1].name: "mk4-01" is already used by printers[0] (config.yaml:2:11); every printer needs a unique name
      - name: mk4-01
              ^`,
		},
		"duplicate id": {
			main: `printers:
  - name: mk4-01
    id: upstairs
    url: https://app-1.octoeverywhere.com
  - name: mk4-02
    id: upstairs
    url: https://app-2.octoeverywhere.com
`,
			want: `config.yaml:6:9: printers[1].id: is already used by printers[0] (config.yaml:3:9); an id belongs to one printer
        id: <secret>
            ^`,
		},
		"empty id": {
			main: `printers:
  - name: mk4-01
    id: ""
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:9: printers[0].id: is empty; set a value or remove the key
        id: <secret>
            ^`,
		},
		"duplicate name in another file": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
printer_files: [printers.d/*.yaml]
`,
			files: map[string]string{
				"printers.d/a.yaml": `- name: mk4-01
  url: https://app-2.octoeverywhere.com
`,
			},
			want: `printers.d/a.yaml:1:9: [0].name: "mk4-01" is already used by printers[0] (config.yaml:2:11); every printer needs a unique name
    - name: mk4-01
            ^`,
		},
		"name too long": {
			main: `printers:
  - name: ` + strings.Repeat("x", 129) + `
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:11: printers[0].name: is longer than 128 bytes
      - name: <secret>
              ^`,
		},
		"name with a slash": {
			main: `printers:
  - name: lab/mk4
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:11: printers[0].name: contains a slash, which cannot be part of the URL of the printer's page
      - name: <secret>
              ^`,
		},
		"name with a line break": {
			main: `printers:
  - name: "mk4\n01"
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:11: printers[0].name: contains a line break or another control character
      - name: <secret>
              ^`,
		},
		"missing url": {
			main: `printers:
  - name: mk4-01
`,
			want: `config.yaml:2:5: printers[0].url: is missing; set it or url_file
      - name: mk4-01
        ^`,
		},
		"url that is not a URL": {
			main: `printers:
  - name: mk4-01
    url: 'https://app 1.octoeverywhere.com'
`,
			want: `config.yaml:3:10: printers[0].url: is not a valid URL; use the form https://<id>.octoeverywhere.com
        url: <secret>
             ^`,
		},
		"url without a scheme": {
			main: `printers:
  - name: mk4-01
    url: app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: must start with https://
        url: <secret>
             ^`,
		},
		"url with another scheme": {
			main: `printers:
  - name: mk4-01
    url: ftp://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: must start with https://
        url: <secret>
             ^`,
		},
		"url without a host": {
			main: `printers:
  - name: mk4-01
    url: https:///prefix
`,
			want: `config.yaml:3:10: printers[0].url: has no host
        url: <secret>
             ^`,
		},
		"url with a bad port": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com:99999
`,
			want: `config.yaml:3:10: printers[0].url: has an invalid port; use 1 to 65535
        url: <secret>
             ^`,
		},
		"url with a user": {
			main: `printers:
  - name: mk4-01
    url: https://user:s3cretTok3n@app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: must not contain a user or password; use basic_auth
        url: <secret>
             ^`,
		},
		"url with a query": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com/?token=s3cretTok3n
`,
			want: `config.yaml:3:10: printers[0].url: must not have a query; remove the ? and everything after it
        url: <secret>
             ^`,
		},
		"url with a fragment": {
			main: `printers:
  - name: mk4-01
    url: 'https://app-1.octoeverywhere.com/#s3cretTok3n'
`,
			want: `config.yaml:3:10: printers[0].url: must not have a fragment; remove the # and everything after it
        url: <secret>
             ^`,
		},
		"url with the path of a command": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com/octoeverywhere-command-api/status
`,
			want: `config.yaml:3:10: printers[0].url: contains the path of a command; remove /octoeverywhere-command-api and everything after it
        url: <secret>
             ^`,
		},
		"plain http": {
			main: `printers:
  - name: mk4-01
    url: http://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: uses plain http, which exposes credentials on the network; use https, or set "insecure: true" if that is not possible
        url: <secret>
             ^`,
		},
		"plain http to the service": {
			main: `service:
  url: http://octoeverywhere.com
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:8: service.url: uses plain http, which exposes credentials on the network; use https, or set "insecure: true" if that is not possible
      url: <secret>
           ^`,
		},
		"service without a scheme": {
			main: `service: {url: octoeverywhere.com}
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:16: service.url: must start with https://
    service: {url: <secret>}
                   ^`,
		},
		"url and url_file": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    url_file: secrets/mk4.url
`,
			want: `config.yaml:4:15: printers[0].url_file: conflicts with url; set only one of them
        url_file: secrets/mk4.url
                  ^`,
		},
		"url in a file that is not a URL": {
			main: `printers:
  - name: mk4-01
    url_file: secrets/mk4.url
`,
			files: map[string]string{
				"secrets/mk4.url": `app-1.octoeverywhere.com
`,
			},
			want: `config.yaml:3:15: printers[0].url_file: the file secrets/mk4.url must start with https://
        url_file: secrets/mk4.url
                  ^`,
		},
		"OctoEverywhere's website instead of a printer": {
			main: `printers:
  - name: mk4-01
    url: https://www.octoeverywhere.com/dashboard
`,
			want: `config.yaml:3:10: printers[0].url: is OctoEverywhere's own website, not a printer: neither a short link nor a page of it can be probed; use the form https://<id>.octoeverywhere.com
        url: <secret>
             ^`,
		},
		"url instead of its file": {
			main: `printers:
  - name: mk4-01
    url_file: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:15: printers[0].url_file: the file does not exist; the value does not look like a path and is not shown; if it is the secret itself, move it to url
        url_file: <secret>
                  ^`,
		},
	})
}
