package config

import "testing"

// TestConnectionErrors covers TLS and proxy settings.
func TestConnectionErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
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
		"CA that is not a certificate": {
			main: `defaults:
  tls_config:
    ca: s3cretTok3n
printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
`,
			want: `config.yaml:3:9: defaults.tls_config.ca: contains no valid certificate; it must be PEM (-----BEGIN CERTIFICATE-----)
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
			want: `config.yaml:4:17: printers[0].tls_config.cert: is missing; a client key needs cert or cert_file
        tls_config: {key_file: client.key}
                    ^`,
		},
		"client certificate that is not a certificate": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {cert_file: client.pem, key_file: client.key}
`,
			files: map[string]string{
				"client.pem": "x",
				"client.key": "x",
			},
			want: `config.yaml:4:29: printers[0].tls_config.cert_file: the file client.pem and the key do not match; both must be PEM, and the key must belong to the certificate
        tls_config: {cert_file: client.pem, key_file: client.key}
                                ^`,
		},
		"invalid TLS version": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {min_version: TLS14}
`,
			want: `config.yaml:4:31: printers[0].tls_config.min_version: is not a TLS version; use one of TLS10, TLS11, TLS12, TLS13
        tls_config: {min_version: TLS14}
                                  ^`,
		},
		"minimum TLS version above the maximum": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    tls_config: {min_version: TLS13, max_version: TLS12}
`,
			want: `config.yaml:4:51: printers[0].tls_config.max_version: is lower than min_version
        tls_config: {min_version: TLS13, max_version: TLS12}
                                                      ^`,
		},
		"proxy that is not a URL": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: proxy
`,
			want: `config.yaml:4:16: printers[0].proxy_url: is not a valid URL; use the form http://host:port
        proxy_url: <secret>
                   ^`,
		},
		"proxy with another scheme": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: ftp://proxy:21
`,
			want: `config.yaml:4:16: printers[0].proxy_url: must start with http://, https://, socks5:// or socks5h://
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
			want: `config.yaml:4:16: printers[0].proxy_url: has an invalid port; use 1 to 65535
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
			want: `config.yaml:4:16: printers[0].proxy_url: conflicts with proxy_from_environment; set only one of them
        proxy_url: <secret>
                   ^`,
		},
		"no_proxy without a proxy": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    no_proxy: localhost
`,
			want: `config.yaml:4:15: printers[0].no_proxy: requires proxy_url
        no_proxy: <secret>
                  ^`,
		},
		"proxy header with a bad name": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: {'X s3cretTok3n': [x]}
`,
			want: `config.yaml:5:28: printers[0].proxy_connect_header: a header name must consist of letters, digits and dashes
        proxy_connect_header: {<secret>: [<secret>]}
                               ^`,
		},
		"proxy header without a list": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: {X-Key: s3cretTok3n}
`,
			want: `config.yaml:5:28: printers[0].proxy_connect_header: each header needs a list of values, even for a single value
        proxy_connect_header: {<secret>: <secret>}
                               ^`,
		},
		"proxy header with a line break": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    proxy_url: http://proxy:3128
    proxy_connect_header: {X-Key: ["s3cret\nTok3n"]}
`,
			want: `config.yaml:5:36: printers[0].proxy_connect_header: a value contains a line break or another character that is not allowed in a header
        proxy_connect_header: {<secret>: [<secret>]}
                                          ^`,
		},
	})
}
