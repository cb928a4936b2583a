package config

import (
	"strings"
	"testing"
)

// TestCredentialErrors covers credentials and their files.
func TestCredentialErrors(t *testing.T) {
	testErrors(t, map[string]errorCase{
		"unknown key that may be a secret": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {s3cretTok3n}
`,
			want: `config.yaml:4:20: printers[0].authorization.credentials: is missing; set it or credentials_file
        authorization: {<secret>:}
                       ^
config.yaml:4:21: printers[0].authorization: unknown key (not shown, it may be a secret); valid keys: type, credentials, credentials_file
        authorization: {<secret>:}
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
		"credential instead of its file": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {credentials_file: s3cretTok3n}
`,
			want: `config.yaml:4:39: printers[0].authorization.credentials_file: the file does not exist; the value does not look like a path and is not shown; if it is the secret itself, move it to credentials
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
			want: `config.yaml:4:39: printers[0].authorization.credentials_file: the file secrets/mk4-01.token contains a line break or another control character; it must be a single line
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
			want: `config.yaml:4:46: printers[0].basic_auth.password_file: the file secrets/mk4-01.token is not valid UTF-8
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
			want: `config.yaml:4:21: printers[0].app_token_file: the file secrets/mk4-01.token is larger than 16 KiB
        app_token_file: secrets/mk4-01.token
                        ^`,
		},
		"credential with a line break": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    app_token: "s3cret\nTok3n"
`,
			want: `config.yaml:4:16: printers[0].app_token: contains a line break or another control character; it must be a single line
        app_token: <secret>
                   ^`,
		},
		"credential of spaces": {
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
			want: `config.yaml:4:65: printers[0].authorization.credentials_file: conflicts with credentials; set only one of them
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
			want: `config.yaml:5:5: printers[0].basic_auth: conflicts with authorization; set only one of them
        basic_auth: {username: <secret>, password: <secret>}
        ^`,
		},
		"authorization without credentials": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {type: Bearer}
`,
			want: `config.yaml:4:20: printers[0].authorization.credentials: is missing; set it or credentials_file
        authorization: {type: <secret>}
                       ^`,
		},
		"authorization of type basic": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {type: Basic, credentials: s3cretTok3n}
`,
			want: `config.yaml:4:27: printers[0].authorization.type: must not be Basic; use basic_auth instead of authorization
        authorization: {type: <secret>, credentials: <secret>}
                              ^`,
		},
		"authorization with the credentials in the type": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    authorization: {type: Bearer s3cretTok3n}
`,
			want: `config.yaml:4:27: printers[0].authorization.type: must be a single word such as Bearer; put what follows it under credentials
        authorization: {type: <secret>}
                              ^`,
		},
		"empty basic_auth": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    basic_auth:
`,
			want: `config.yaml:4:16: printers[0].basic_auth.username: is missing; set it or username_file
        basic_auth:
                   ^
config.yaml:4:16: printers[0].basic_auth.password: is missing; set it or password_file
        basic_auth:
                   ^`,
		},
		"basic_auth with a colon in the user": {
			main: `printers:
  - name: mk4-01
    url: https://app-1.octoeverywhere.com
    basic_auth: {username: 'me:s3cretTok3n', password: s3cretTok3n}
`,
			want: `config.yaml:4:28: printers[0].basic_auth.username: contains a colon, which is not allowed in a user name
        basic_auth: {username: <secret>, password: <secret>}
                               ^`,
		},
	})
}
