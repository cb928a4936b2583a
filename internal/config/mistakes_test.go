package config

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// load writes the files and loads config.yaml among them, in a working directory of its own: messages name it as it is given.
func load(t *testing.T, files map[string]string) (*Config, Sources, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	t.Chdir(dir)
	return Load("config.yaml")
}

// TestMistakes shows each mistake as people see it.
func TestMistakes(t *testing.T) {
	for name, c := range map[string]struct {
		main  string // config.yaml; none if empty
		files map[string]string
		want  string
	}{
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
		"unknown key that is like none": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    scrape_protocols: [a]
`,
			want: `config.yaml:4:5: printers[0]: unknown key "scrape_protocols"; here can stand name, url, url_file, authorization, basic_auth, app_token, app_token_file, interval, timeout, labels, insecure, tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header
        scrape_protocols: [<secret>]
        ^`,
		},
		"unknown key that may be a secret": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {s3cretTok3n}
`,
			want: `config.yaml:4:20: printers[0].authorization.credentials: is missing; write it, or credentials_file
        authorization: {<secret>:}
                       ^
config.yaml:4:21: printers[0].authorization: unknown key, not shown because it may be a secret; here can stand type, credentials, credentials_file
        authorization: {<secret>:}
                        ^`,
		},
		"key that belongs elsewhere": {
			main: `defaults:
  authorization: {credentials: s3cretTok3n}
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:3: defaults: "authorization" cannot stand here, it belongs to a printer
      authorization: {<secret>: <secret>}
      ^`,
		},
		"key of a secret manager": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization:
      credentials_ref: s3cretTok3n
`,
			want: `config.yaml:5:7: printers[0].authorization: "credentials_ref" needs a secret manager, which this exporter does not have; write "credentials_file"
          credentials_ref: <secret>
          ^`,
		},
		"merge key": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    <<: {interval: 30s}
`,
			want: `config.yaml:4:5: printers[0]: merge keys (<<) are not read; what printers have in common goes under defaults
        <secret>: {<secret>: <secret>}
        ^`,
		},
		"key twice": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 30s
    interval: 40s
`,
			want: `config.yaml:5:5: printers[0].interval: stands here for the second time; the first is at config.yaml:4:5
        interval: 40s
        ^`,
		},
		"key that is no text": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    [a, b]: c
`,
			want: `config.yaml:4:5: printers[0]: a key must be a plain word
        <secret>: <secret>
        ^`,
		},
		"text where keys are wanted": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: s3cretTok3n
`,
			want: `config.yaml:4:20: printers[0].authorization: wants keys of its own (type, credentials, credentials_file), not a text
        authorization: <secret>
                       ^`,
		},
		"list where keys are wanted": {
			main: `defaults: [interval]
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:11: defaults: wants keys of its own (interval, timeout, labels, insecure, tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header), not a list
    defaults: [<secret>]
              ^`,
		},
		"tag and nothing else where keys are wanted": {
			main: "printers:\n- !",
			want: `config.yaml:2:3: printers[0]: wants keys of its own (name, url, url_file, authorization, basic_auth, app_token, app_token_file, interval, timeout, labels, insecure, tls_config, proxy_url, no_proxy, proxy_from_environment, proxy_connect_header), not a text
    -
      ^`,
		},
		"keys where a text is wanted": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: {every: 30s}
`,
			want: `config.yaml:4:15: printers[0].interval: wants a text, not a mapping
        interval: {<secret>: <secret>}
                  ^`,
		},
		"text where a list is wanted": {
			main: `printers: mk4-01
`,
			want: `config.yaml:1:11: printers: wants a list of printers, each beginning with a dash (- name: …), not a text
    printers: <secret>
              ^`,
		},
		"mapping where a list is wanted": {
			main: `printers:
  mk4-01:
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:3: printers: wants a list of printers, each beginning with a dash (- name: …), not a mapping
      <secret>:
      ^`,
		},
		"text where patterns are wanted": {
			main: `printer_files: printers.d/*.yaml
`,
			want: `config.yaml:1:16: printer_files: wants a list, even for one ([printers.d/*.yaml]), not a text
    printer_files: <secret>
                   ^`,
		},
		"text where labels are wanted": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: lab
`,
			want: `config.yaml:4:13: printers[0].labels: wants a mapping of label names to texts ({site: lab}), not a text
        labels: <secret>
                ^`,
		},
		"list where header lists are wanted": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: [s3cretTok3n]
`,
			want: `config.yaml:5:27: printers[0].proxy_connect_header: wants a mapping of header names to lists of values, not a list
        proxy_connect_header: [<secret>]
                              ^`,
		},
		"no value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval:
`,
			want: `config.yaml:4:5: printers[0].interval: has no value; write one, or take the key away
        interval:
        ^`,
		},
		"empty value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token: ""
`,
			want: `config.yaml:4:16: printers[0].app_token: is empty; write a value, or take the key away
        app_token: <secret>
                   ^`,
		},
		"tagged value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: !!str 30s
`,
			want: `config.yaml:4:15: printers[0].interval: has a tag (!), which is not read; take it away
        interval: 30s
                  ^`,
		},
		"value over several lines": {
			main: `printers:
  - name: mk4-01
      app_token s3cretTok3n
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:11: printers[0].name: goes over several lines; if that is meant, write quotes around it, if not, a colon or a blank is missing
      - name: <secret>
              ^`,
		},
		"empty entry": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
  -
`,
			want: `config.yaml:4:4: printers[1]: is an empty entry; take away the dash
      -
       ^`,
		},
		"the file is a list": {
			main: `- name: mk4-01
  url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:1: a configuration file holds keys (defaults, service, printers, printer_files), not a list
    - <secret>: <secret>`,
		},
		"not YAML: indentation": {
			main: `printers:
  - name: mk4-01
     url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:9: not valid YAML: a key cannot stand here; is the indentation right, or does a text with ": " in it lack quotes?
         url: <secret>`,
		},
		"not YAML: tab": {
			main: "printers:\n\t- name: mk4-01\n",
			want: `config.yaml:2:1: not valid YAML: a tab stands here; indent with blanks
     - name: mk4-01
    ^`,
		},
		"not YAML: no blank behind the colon": {
			main: `printers:
  - name: mk4-01
    url:https://app-1.octoeverywhere.com
    interval: 30s
`,
			want: `config.yaml:3:5: not valid YAML: a key needs a colon and a blank behind it
        <secret>
        ^`,
		},
		"not YAML: bracket not closed": {
			main: `printers:
  - {name: mk4-01, url: https://app-1.octoeverywhere.com
  - name: mk4-02
`,
			want: `config.yaml:3:9: not valid YAML: did not find expected ',' or '}' (while parsing a flow mapping that begins at 2:5)
      - name: mk4-02`,
		},
		"not YAML: quote not closed": {
			main: `printers:
  - name: mk4-01
    app_token: "s3cretTok3n
    interval: 30s
`,
			want: `config.yaml:3:16: not valid YAML: the quotes that begin here do not end
        app_token: <secret>`,
		},
		"not YAML: sign without quotes": {
			main: `printers:
  - name: mk4-01
    app_token: @s3cretTok3n
`,
			want: `config.yaml:3:16: not valid YAML: a text that begins with such a character needs quotes
        app_token: <secret>`,
		},
		"not YAML: star without quotes": {
			main: `printers:
  - name: mk4-01
    app_token: *s3cretTok3n
`,
			want: `config.yaml:3:16: not valid YAML: an alias (*name) stands for an anchor (&name) that is not there; is it a text that needs quotes?
        app_token: <secret>`,
		},
		"not YAML: percent sign": {
			main: `printers:
  - name: mk4-01
    interval: 30s %
  url: x
`,
			want: `config.yaml:4:3: not valid YAML: a list item should stand here, with a dash; is the indentation right? (while parsing a block collection that begins at 2:3)
      url: <secret>
      ^`,
		},
		"not UTF-8": {
			main: "printers:\n  - name: B\xfcro\n",
			want: `config.yaml:2:12: this is not UTF-8; save the file in that encoding
      - name: B�ro`,
		},
		"control character": {
			main: "printers:\n  - name: mk4\x01\n",
			want: `config.yaml:2:14: a control character stands here; take it away
      - name: <secret>`,
		},
		"broken second document": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
---
{
`,
			want: "config.yaml:6:1: not valid YAML: did not find expected node content",
		},
		"credential file that is a list": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token_file: [secrets/a]
`,
			want: `config.yaml:4:21: printers[0].app_token_file: wants a text, not a list
        app_token_file: [<secret>]
                        ^`,
		},
		"pattern that is empty": {
			main: `printer_files: [~]
`,
			want: `config.yaml:1:17: printer_files[0]: is empty; write a value, or take the key away
    printer_files: [<secret>]
                    ^`,
		},
		"client key that is missing": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {cert_file: client.pem, key_file: client.key}
`,
			files: map[string]string{
				"client.pem": "x",
			},
			want: `config.yaml:4:51: printers[0].tls_config.key_file: the file client.key does not exist
        tls_config: {cert_file: client.pem, key_file: client.key}
                                                      ^`,
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
			want: `config.yaml:4:1: a second document begins here; write everything in one, without a line ---
    ---
    ^`,
		},
		"no such file": {
			want: "config.yaml: does not exist; name another with --config.file, or make one: octoeverywhere_exporter add",
		},
		"no printers": {
			main: `defaults: {interval: 30s}
`,
			want: "config.yaml: printers: there are none; write some, or name files with them under printer_files",
		},
		"an empty file": {
			main: `# nothing yet
`,
			want: "config.yaml: printers: there are none; write some, or name files with them under printer_files",
		},
		"no printers in an empty list": {
			main: `printers: []
`,
			want: "config.yaml: printers: there are none; write some, or name files with them under printer_files",
		},
		"interval without a unit": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 30
`,
			want: `config.yaml:4:15: printers[0].interval: a number without a unit; write 30s if seconds are meant
        interval: 30
                  ^`,
		},
		"interval that is no length of time": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: soon
`,
			want: `config.yaml:4:15: printers[0].interval: is no length of time; write it as 500ms, 30s, 1m30s or 1h
        interval: soon
                  ^`,
		},
		"interval too short": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 500ms
`,
			want: `config.yaml:4:15: printers[0].interval: must be at least 1s
        interval: 500ms
                  ^`,
		},
		"timeout of nothing": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 0s
`,
			want: `config.yaml:4:14: printers[0].timeout: must be more than 0s
        timeout: 0s
                 ^`,
		},
		"timeout that does not fit in the default": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 70s
`,
			want: `config.yaml:4:14: printers[0].timeout: 70s does not fit in the interval 60s, which is the default; write a shorter timeout or a longer interval
        timeout: 70s
                 ^`,
		},
		"timeout that does not fit in the printer's interval": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 20s
    interval: 10s
`,
			want: `config.yaml:4:14: printers[0].timeout: 20s does not fit in the interval 10s of printers[0].interval (config.yaml:5:15); write a shorter timeout or a longer interval
        timeout: 20s
                 ^`,
		},
		"timeout that does not fit in the interval of defaults": {
			main: `defaults:
  interval: 30s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    timeout: 35s
`,
			want: `config.yaml:6:14: printers[0].timeout: 35s does not fit in the interval 30s of defaults.interval (config.yaml:2:13); write a shorter timeout or a longer interval
        timeout: 35s
                 ^`,
		},
		"interval too short for the timeout of defaults": {
			main: `defaults:
  timeout: 20s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    interval: 10s
`,
			want: `config.yaml:6:15: printers[0].interval: 10s is shorter than the timeout 20s of defaults.timeout (config.yaml:2:12); write a longer interval, or a timeout that fits beside it
        interval: 10s
                  ^`,
		},
		"defaults that do not fit": {
			main: `defaults:
  interval: 60s
  timeout: 70s
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:12: defaults.timeout: 70s does not fit in the interval 60s of defaults.interval (config.yaml:2:13); write a shorter timeout or a longer interval
      timeout: 70s
               ^`,
		},
		"flag that is none": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    insecure: yes
`,
			want: `config.yaml:4:15: printers[0].insecure: must be true or false
        insecure: yes
                  ^`,
		},
		"no name": {
			main: `printers:
  - url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:5: printers[0].name: is missing; every printer needs a name of its own
      - url: <secret>
        ^`,
		},
		"name twice": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
  - name: mk4-01
    url: https://app-2.octoeverywhere.com
`,
			want: `config.yaml:4:11: printers[1].name: "mk4-01" is the name of printers[0] (config.yaml:2:11) already; every printer needs a name of its own
      - name: mk4-01
              ^`,
		},
		"name twice over files": {
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
			want: `printers.d/a.yaml:1:9: [0].name: "mk4-01" is the name of printers[0] (config.yaml:2:11) already; every printer needs a name of its own
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
			want: `config.yaml:2:11: printers[0].name: holds a slash or is only dots, and cannot be part of a page's address then
      - name: <secret>
              ^`,
		},
		"name with a line break": {
			main: `printers:
  - name: "mk4\n01"
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:2:11: printers[0].name: holds a line break or another control character
      - name: <secret>
              ^`,
		},
		"no url": {
			main: `printers:
  - name: mk4-01
`,
			want: `config.yaml:2:5: printers[0].url: is missing; write it, or url_file
      - name: mk4-01
        ^`,
		},
		"url that is none": {
			main: `printers:
  - name: mk4-01
    url: 'https://app 1.octoeverywhere.com'
`,
			want: `config.yaml:3:10: printers[0].url: is not a URL; write it as https://<id>.octoeverywhere.com
        url: <secret>
             ^`,
		},
		"url without a scheme": {
			main: `printers:
  - name: mk4-01
    url: app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: does not begin with https://
        url: <secret>
             ^`,
		},
		"url with another scheme": {
			main: `printers:
  - name: mk4-01
    url: ftp://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: must begin with https://
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
			want: `config.yaml:3:10: printers[0].url: has a port that is not one, 1 to 65535
        url: <secret>
             ^`,
		},
		"url with a user": {
			main: `printers:
  - name: mk4-01
    url: https://user:s3cretTok3n@app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: must not hold a user or password; write them under basic_auth
        url: <secret>
             ^`,
		},
		"url with a query": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com/?token=s3cretTok3n
`,
			want: `config.yaml:3:10: printers[0].url: must not have a query; take away the ? and what follows
        url: <secret>
             ^`,
		},
		"url with a fragment": {
			main: `printers:
  - name: mk4-01
    url: 'https://app-1.octoeverywhere.com/#s3cretTok3n'
`,
			want: `config.yaml:3:10: printers[0].url: must not have a fragment; take away the # and what follows
        url: <secret>
             ^`,
		},
		"url with the path of a command": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com/octoeverywhere-command-api/status
`,
			want: `config.yaml:3:10: printers[0].url: ends in the path of a command; take away /octoeverywhere-command-api and what follows, the exporter adds it
        url: <secret>
             ^`,
		},
		"plain http": {
			main: `printers:
  - name: mk4-01
    url: http://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:10: printers[0].url: is plain http, which shows credentials to everyone on the way; write https, or "insecure: true" if there is no other way
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
			want: `config.yaml:2:8: service.url: is plain http, which shows credentials to everyone on the way; write https, or "insecure: true" if there is no other way
      url: <secret>
           ^`,
		},
		"service without a scheme": {
			main: `service: {url: octoeverywhere.com}
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:1:16: service.url: does not begin with https://
    service: {url: <secret>}
                   ^`,
		},
		"url and url_file": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    url_file: secrets/mk4.url
`,
			want: `config.yaml:4:15: printers[0].url_file: stands beside url; write one of them
        url_file: secrets/mk4.url
                  ^`,
		},
		"url in a file that is none": {
			main: `printers:
  - name: mk4-01
    url_file: secrets/mk4.url
`,
			files: map[string]string{
				"secrets/mk4.url": `app-1.octoeverywhere.com
`,
			},
			want: `config.yaml:3:15: printers[0].url_file: the file secrets/mk4.url does not begin with https://
        url_file: secrets/mk4.url
                  ^`,
		},
		"a page of OctoEverywhere's in place of a printer": {
			main: `printers:
  - name: mk4-01
    url: https://www.octoeverywhere.com/dashboard
`,
			want: `config.yaml:3:10: printers[0].url: leads to OctoEverywhere's own pages, not to a printer; write it as https://<id>.octoeverywhere.com
        url: <secret>
             ^`,
		},
		"url in place of its file": {
			main: `printers:
  - name: mk4-01
    url_file: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:15: printers[0].url_file: the file does not exist; what stands here does not look like a path and is not shown: is it what belongs under url?
        url_file: <secret>
                  ^`,
		},
		"credential file that is missing": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials_file: secrets/mk4-01.token}
`,
			want: `config.yaml:4:39: printers[0].authorization.credentials_file: the file secrets/mk4-01.token does not exist
        authorization: {credentials_file: secrets/mk4-01.token}
                                          ^`,
		},
		"credential in place of its file": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials_file: s3cretTok3n}
`,
			want: `config.yaml:4:39: printers[0].authorization.credentials_file: the file does not exist; what stands here does not look like a path and is not shown: is it what belongs under credentials?
        authorization: {credentials_file: <secret>}
                                          ^`,
		},
		"credential file that is empty": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token_file: secrets/mk4-01.token
`,
			files: map[string]string{
				"secrets/mk4-01.token": `
`,
			},
			want: `config.yaml:4:21: printers[0].app_token_file: the file secrets/mk4-01.token is empty
        app_token_file: secrets/mk4-01.token
                        ^`,
		},
		"credential file that is a directory": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token_file: ./secrets
`,
			files: map[string]string{
				"secrets/mk4-01.token": `
`,
			},
			want: `config.yaml:4:21: printers[0].app_token_file: the file secrets is a directory, not a file
        app_token_file: ./secrets
                        ^`,
		},
		"credential file with two lines": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials_file: secrets/mk4-01.token}
`,
			files: map[string]string{
				"secrets/mk4-01.token": `s3cret
Tok3n
`,
			},
			want: `config.yaml:4:39: printers[0].authorization.credentials_file: the file secrets/mk4-01.token holds a line break or another control character; it must hold one line and nothing else
        authorization: {credentials_file: secrets/mk4-01.token}
                                          ^`,
		},
		"credential file with a byte order mark": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials_file: secrets/mk4-01.token}
`,
			files: map[string]string{
				"secrets/mk4-01.token": "\ufeffs3cretTok3n",
			},
			want: `config.yaml:4:39: printers[0].authorization.credentials_file: the file secrets/mk4-01.token holds a character that is not ASCII, which a header cannot carry; was it saved with a byte order mark?
        authorization: {credentials_file: secrets/mk4-01.token}
                                          ^`,
		},
		"credential file that is not UTF-8": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    basic_auth: {username: u, password_file: secrets/mk4-01.token}
`,
			files: map[string]string{
				"secrets/mk4-01.token": "B\xfcro",
			},
			want: `config.yaml:4:46: printers[0].basic_auth.password_file: the file secrets/mk4-01.token is not UTF-8
        basic_auth: {username: <secret>, password_file: secrets/mk4-01.token}
                                                        ^`,
		},
		"credential file that is too large": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token_file: secrets/mk4-01.token
`,
			files: map[string]string{
				"secrets/mk4-01.token": strings.Repeat("x", 20000),
			},
			want: `config.yaml:4:21: printers[0].app_token_file: the file secrets/mk4-01.token holds more than 16 KiB
        app_token_file: secrets/mk4-01.token
                        ^`,
		},
		"credential with a line break": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token: "s3cret\nTok3n"
`,
			want: `config.yaml:4:16: printers[0].app_token: holds a line break or another control character; it must hold one line and nothing else
        app_token: <secret>
                   ^`,
		},
		"credential of blanks": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token: "  "
`,
			want: `config.yaml:4:16: printers[0].app_token: is empty
        app_token: <secret>
                   ^`,
		},
		"credentials and credentials_file": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials: s3cretTok3n, credentials_file: secrets/a.token}
`,
			want: `config.yaml:4:65: printers[0].authorization.credentials_file: stands beside credentials; write one of them
        authorization: {credentials: <secret>, credentials_file: secrets/a.token}
                                                                 ^`,
		},
		"authorization and basic_auth": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials: s3cretTok3n}
    basic_auth: {username: u, password: s3cretTok3n}
`,
			want: `config.yaml:5:5: printers[0].basic_auth: stands beside authorization; write one of them
        basic_auth: {username: <secret>, password: <secret>}
        ^`,
		},
		"authorization without credentials": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {type: Bearer}
`,
			want: `config.yaml:4:20: printers[0].authorization.credentials: is missing; write it, or credentials_file
        authorization: {type: <secret>}
                       ^`,
		},
		"authorization of type basic": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {type: Basic, credentials: s3cretTok3n}
`,
			want: `config.yaml:4:27: printers[0].authorization.type: must not be Basic; write basic_auth in place of authorization
        authorization: {type: <secret>, credentials: <secret>}
                              ^`,
		},
		"authorization with the credentials in the type": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {type: Bearer s3cretTok3n}
`,
			want: `config.yaml:4:27: printers[0].authorization.type: must be one word, as Bearer; what follows it goes under credentials
        authorization: {type: <secret>}
                              ^`,
		},
		"basic_auth without all": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    basic_auth:
`,
			want: `config.yaml:4:16: printers[0].basic_auth.username: is missing; write it, or username_file
        basic_auth:
                   ^
config.yaml:4:16: printers[0].basic_auth.password: is missing; write it, or password_file
        basic_auth:
                   ^`,
		},
		"basic_auth with a colon in the user": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    basic_auth: {username: 'me:s3cretTok3n', password: s3cretTok3n}
`,
			want: `config.yaml:4:28: printers[0].basic_auth.username: holds a colon, which a user's name cannot
        basic_auth: {username: <secret>, password: <secret>}
                               ^`,
		},
		"label name": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {print-room: lab}
`,
			want: `config.yaml:4:14: printers[0].labels: "print-room" is no label name: letters, digits and underscores, no digit first
        labels: {print-room: lab}
                 ^`,
		},
		"label name of Prometheus": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {__name__: lab}
`,
			want: `config.yaml:4:14: printers[0].labels: "__name__" is no label name to be used: Prometheus keeps those that begin with __ to itself
        labels: {__name__: lab}
                 ^`,
		},
		"label of ours": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {reason: lab}
`,
			want: `config.yaml:4:14: printers[0].labels: "reason" is a label of the exporter's own; take another name
        labels: {reason: lab}
                 ^`,
		},
		"label of the scraper": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels:
      instance: lab
`,
			want: `config.yaml:5:7: printers[0].labels: "instance" cannot be configured: the Prometheus server that scrapes sets it
          instance: lab
          ^`,
		},
		"label of histograms": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels:
      le: lab
`,
			want: `config.yaml:5:7: printers[0].labels: "le" cannot be configured: Prometheus names the buckets of histograms with it
          le: lab
          ^`,
		},
		"label twice": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {site: lab, site: shop}
`,
			want: `config.yaml:4:25: printers[0].labels: the label site stands here for the second time
        labels: {site: lab, site: shop}
                            ^`,
		},
		"label without a value": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {site: }
`,
			want: `config.yaml:4:14: printers[0].labels.site: has no value; write one, "" if it is to be empty, or take the label away
        labels: {site:}
                 ^`,
		},
		"label that is no text": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    labels: {site: [lab]}
`,
			want: `config.yaml:4:20: printers[0].labels.site: wants a text, not a list
        labels: {site: [<secret>]}
                       ^`,
		},
		"CA file that is missing": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {ca_file: ca.pem}
`,
			want: `config.yaml:4:27: printers[0].tls_config.ca_file: the file ca.pem does not exist
        tls_config: {ca_file: ca.pem}
                              ^`,
		},
		"CA that is none": {
			main: `defaults:
  tls_config:
    ca: s3cretTok3n
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:9: defaults.tls_config.ca: holds no certificate that can be read; it must be PEM (-----BEGIN CERTIFICATE-----)
        ca: <secret>
            ^`,
		},
		"client certificate without key": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {cert_file: client.pem}
`,
			files: map[string]string{
				"client.pem": "x",
			},
			want: `config.yaml:4:17: printers[0].tls_config.key: is missing; a client certificate needs key or key_file
        tls_config: {cert_file: client.pem}
                    ^`,
		},
		"client key without certificate": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {key_file: client.key}
`,
			files: map[string]string{
				"client.key": "x",
			},
			want: `config.yaml:4:17: printers[0].tls_config.cert: is missing; a client's key needs cert or cert_file
        tls_config: {key_file: client.key}
                    ^`,
		},
		"client certificate that is none": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {cert_file: client.pem, key_file: client.key}
`,
			files: map[string]string{
				"client.pem": "x",
				"client.key": "x",
			},
			want: `config.yaml:4:29: printers[0].tls_config.cert_file: the file client.pem and the key are no pair; both must be PEM, and the key that of the certificate
        tls_config: {cert_file: client.pem, key_file: client.key}
                                ^`,
		},
		"version of TLS": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {min_version: TLS14}
`,
			want: `config.yaml:4:31: printers[0].tls_config.min_version: is no version of TLS; write one of TLS10, TLS11, TLS12, TLS13
        tls_config: {min_version: TLS14}
                                  ^`,
		},
		"versions of TLS the wrong way round": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {min_version: TLS13, max_version: TLS12}
`,
			want: `config.yaml:4:51: printers[0].tls_config.max_version: is lower than min_version
        tls_config: {min_version: TLS13, max_version: TLS12}
                                                      ^`,
		},
		"proxy that is no URL": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: proxy
`,
			want: `config.yaml:4:16: printers[0].proxy_url: is not a URL; write it as http://host:port
        proxy_url: <secret>
                   ^`,
		},
		"proxy with another scheme": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: ftp://proxy:21
`,
			want: `config.yaml:4:16: printers[0].proxy_url: must begin with http://, https://, socks5:// or socks5h://
        proxy_url: <secret>
                   ^`,
		},
		"proxy without a host": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://
`,
			want: `config.yaml:4:16: printers[0].proxy_url: has no host
        proxy_url: <secret>
                   ^`,
		},
		"proxy with a bad port": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:0
`,
			want: `config.yaml:4:16: printers[0].proxy_url: has a port that is not one, 1 to 65535
        proxy_url: <secret>
                   ^`,
		},
		"two proxies": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_from_environment: true
`,
			want: `config.yaml:4:16: printers[0].proxy_url: stands beside proxy_from_environment; write one of them
        proxy_url: <secret>
                   ^`,
		},
		"no_proxy without a proxy": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    no_proxy: localhost
`,
			want: `config.yaml:4:15: printers[0].no_proxy: needs proxy_url beside it
        no_proxy: <secret>
                  ^`,
		},
		"header for the proxy with a bad name": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: {'X s3cretTok3n': [x]}
`,
			want: `config.yaml:5:28: printers[0].proxy_connect_header: a header's name must be letters, digits and dashes
        proxy_connect_header: {<secret>: [<secret>]}
                               ^`,
		},
		"header for the proxy without a list": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: {X-Key: s3cretTok3n}
`,
			want: `config.yaml:5:28: printers[0].proxy_connect_header: wants a list of values for each header, even for one
        proxy_connect_header: {<secret>: <secret>}
                               ^`,
		},
		"header for the proxy with a line break": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: {X-Key: ["s3cret\nTok3n"]}
`,
			want: `config.yaml:5:36: printers[0].proxy_connect_header: a value holds a line break or another character that a header cannot carry
        proxy_connect_header: {<secret>: [<secret>]}
                                          ^`,
		},
		"printer file that is no list": {
			main: `printer_files: [printers.d/*.yaml]
`,
			files: map[string]string{
				"printers.d/a.yaml": `printers:
  - name: mk4-01
`,
			},
			want: `printers.d/a.yaml:1:1: a printer file is a list of printers, each beginning with a dash (- name: …), not a mapping
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
			want: `printers.d/a.yaml:2:7: not valid YAML: a key cannot stand here; is the indentation right, or does a text with ": " in it lack quotes?
       url: <secret>`,
		},
		"path in a printer file": {
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
			want: `printers.d/a.yaml:3:3: [1].url: is missing; write it, or url_file
    - name: mk4-02
      ^
printers.d/a.yaml:5:45: [2].basic_auth.password_file: the file printers.d/mk4.password does not exist
      basic_auth: {username: <secret>, password_file: mk4.password}
                                                      ^`,
		},
		"pattern that is malformed": {
			main: `printer_files: ['printers.d/[a.yaml']
`,
			want: `config.yaml:1:17: printer_files[0]: is no pattern that can be read; is there a [ without its ]?
    printer_files: ["printers.d/[a.yaml"]
                    ^`,
		},
		"pattern that matches the file itself": {
			main: `printer_files: ['*.yaml']
`,
			want: `config.yaml:1:17: printer_files[0]: matches this file itself; keep printer files in a directory of their own, as printers.d/*.yaml
    printer_files: ["*.yaml"]
                    ^`,
		},
		"pattern that is no text": {
			main: `printer_files: [[a]]
`,
			want: `config.yaml:1:17: printer_files[0]: wants a text, not a list
    printer_files: [[<secret>]]
                    ^`,
		},
		"a mistake in each of several places, in order": {
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
			want: `config.yaml:2:13: defaults.interval: a number without a unit; write 30s if seconds are meant
      interval: 30
                ^
config.yaml:5:10: printers[0].url: does not begin with https://
        url: <secret>
             ^
config.yaml:6:5: printers[1]: unknown key "nam"; did you mean "name"?
      - nam: <secret>
        ^
config.yaml:8:14: printers[1].timeout: is no length of time; write it as 500ms, 30s, 1m30s or 1h
        timeout: soon
                 ^
b.yaml:3:19: [0].app_token_file: the file b.token does not exist
      app_token_file: b.token
                      ^
a.yaml:1:3: [0].url: is missing; write it, or url_file
    - name: mk4-01
      ^
a.yaml:1:9: [0].name: "mk4-01" is the name of printers[0] (config.yaml:4:11) already; every printer needs a name of its own
    - name: mk4-01
            ^`,
		},
		"a long line": {
			main: `printers: [{name: mk4-00, url: 'https://app-0.octoeverywhere.com'}, {name: mk4-01, url: 'https://app-1.octoeverywhere.com'}, {name: mk4-02, url: 'https://app-2.octoeverywhere.com'}, {name: mk4-03, url: 'https://app-3.octoeverywhere.com'}, {name: mk4-04, url: 'https://app-4.octoeverywhere.com'}, {name: mk4-05, url: 'https://app-5.octoeverywhere.com'}, {name: mk4-06, url: 'https://app-6.octoeverywhere.com'}, {name: mk4-07, url: 'https://app-7.octoeverywhere.com'}, {name: mk4-08, url: 'https://app-8.octoeverywhere.com'}, {name: mk4-09, url: 'https://app-9.octoeverywhere.com'}, {name: mk4-10, url: 'https://app-10.octoeverywhere.com'}, {name: mk4-11, url: 'https://app-11.octoeverywhere.com'}, {name: mk4-12, url: 'https://app-12.octoeverywhere.com'}, {name: mk4-13, url: 'https://app-13.octoeverywhere.com'}, {name: mk4-14, url: 'https://app-14.octoeverywhere.com'}, {name: mk4-15, url: 'https://app-15.octoeverywhere.com'}, {name: mk4-16, url: 'https://app-16.octoeverywhere.com'}, {name: mk4-17, url: 'https://app-17.octoeverywhere.com', intervall: 30s}, {name: mk4-18, url: 'https://app-18.octoeverywhere.com'}, {name: mk4-19, url: 'https://app-19.octoeverywhere.com'}, {name: mk4-20, url: 'https://app-20.octoeverywhere.com'}, {name: mk4-21, url: 'https://app-21.octoeverywhere.com'}, {name: mk4-22, url: 'https://app-22.octoeverywhere.com'}, {name: mk4-23, url: 'https://app-23.octoeverywhere.com'}, {name: mk4-24, url: 'https://app-24.octoeverywhere.com'}, {name: mk4-25, url: 'https://app-25.octoeverywhere.com'}, {name: mk4-26, url: 'https://app-26.octoeverywhere.com'}, {name: mk4-27, url: 'https://app-27.octoeverywhere.com'}, {name: mk4-28, url: 'https://app-28.octoeverywhere.com'}, {name: mk4-29, url: 'https://app-29.octoeverywhere.com'}]
`,
			want: `config.yaml:1:1045: printers[17]: unknown key "intervall"; did you mean "interval"?
    …name: mk4-16, url: <secret>}, {name: mk4-17, url: <secret>, intervall: <secret>}, {name: mk4-18, url…
                                                                 ^`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			files := map[string]string{}
			maps.Copy(files, c.files)
			if c.main != "" {
				files["config.yaml"] = c.main
			}
			config, _, err := load(t, files)
			if err == nil {
				t.Fatal("no mistake")
			}
			if config != nil {
				t.Error("there is a configuration in spite of a mistake")
			}
			if d := cmp.Diff(c.want, err.Error()); d != "" {
				t.Error(d)
			}
			if strings.Contains(err.Error(), "s3cretTok3n") || strings.Contains(err.Error(), "app-") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestMistakesCanBeListed for those who show them in another form.
func TestMistakesCanBeListed(t *testing.T) {
	_, _, err := load(t, map[string]string{"config.yaml": "printers:\n  - name: mk4-01\n    url: app-1\n    intervall: 30s\n"})
	all, ok := errors.AsType[*Errors](err)
	if !ok {
		t.Fatalf("got %T", err)
	}
	want := []Mistake{
		{"config.yaml", 3, 10, "printers[0].url", "does not begin with https://", "    url: <secret>", 10},
		{"config.yaml", 4, 5, "printers[0]", `unknown key "intervall"; did you mean "interval"?`, "    intervall: <secret>", 5},
	}
	if d := cmp.Diff(want, all.Mistakes()); d != "" {
		t.Error(d)
	}
}
