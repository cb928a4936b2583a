package config

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// maxCredential is the maximum size of a credential in bytes: it must fit in a header.
const maxCredential = 16 << 10

// rawValue is the text under a key, or in the file that the key with the suffix _file names.
type rawValue struct {
	text string
	key  string // under which the text or the path of its file is
	file string // the file in errors; "" if the text is under the key itself
}

// unnamedFile stands for a file whose path is not shown.
const unnamedFile = "the file"

// rawValue reads the text of a key or of its file. ok is false if neither is set, or after an error.
func (l *loader) rawValue(m strictyaml.Mapping, key string) (v rawValue, ok bool) {
	isSecret := key != "ca" && key != "cert"
	fileKey := key + "_file"
	if !m.Has(fileKey) {
		n := m.Value(key)
		if n == nil {
			return rawValue{}, false
		}
		if isSecret {
			l.secretFile[m.Doc] = true
		}
		return rawValue{n.Value, key, ""}, true
	}
	if m.Has(key) {
		m.Errorf(fileKey, "conflicts with %s; set only one of them", key)
		return rawValue{}, false
	}
	n := m.Value(fileKey)
	if n == nil {
		return rawValue{}, false
	}
	v = rawValue{key: fileKey, file: unnamedFile}
	file := m.Doc.Join(n.Value)
	if mainFile.IsPrintablePath(n.Value) {
		v.file = unnamedFile + " " + file
	}
	c := l.files.content(file)
	if c.problem != "" {
		if variableForm.MatchString(n.Value) {
			v.errorf(m, "%s; its path %s", c.problem, variableValue)
			return rawValue{}, false
		}
		if v.file == unnamedFile {
			c.problem += "; the value does not look like a path and is not shown; if it is the secret itself, move it to " + key
		}
		v.errorf(m, "%s", c.problem)
		return rawValue{}, false
	}
	if c.isPublic && isSecret {
		l.warn(publicFile, v.file)
	}
	v.text = string(c.data)
	if strings.TrimSpace(v.text) == "" {
		v.errorf(m, "is empty")
		return rawValue{}, false
	}
	return v, true
}

// errorf records an error in the text.
func (v rawValue) errorf(m strictyaml.Mapping, format string, args ...any) {
	m.Errorf(v.key, "%s", strings.TrimPrefix(v.file+" "+fmt.Sprintf(format, args...), " "))
}

// singleLine reads a text that must be a single line, as credentials are. Surrounding white space is trimmed.
func (l *loader) singleLine(m strictyaml.Mapping, key string) (v rawValue, ok bool) {
	v, ok = l.rawValue(m, key)
	if !ok {
		return rawValue{}, false
	}
	v.text = strings.TrimSpace(v.text)
	switch {
	case v.text == "":
		v.errorf(m, "is empty")
	case len(v.text) > maxCredential:
		v.errorf(m, "is larger than %d KiB", maxCredential>>10)
	case !utf8.ValidString(v.text):
		v.errorf(m, "is not valid UTF-8")
	case strings.ContainsFunc(v.text, unicode.IsControl):
		v.errorf(m, "contains a line break or another control character; it must be a single line")
	default:
		l.warnOfCredentialSlips(m, v, key)
		return v, true
	}
	return rawValue{}, false
}

// headerValue reads a single line of ASCII, which every server accepts in a header.
func (l *loader) headerValue(m strictyaml.Mapping, key string) (v rawValue, ok bool) {
	v, ok = l.singleLine(m, key)
	if ok && strings.ContainsFunc(v.text, func(r rune) bool { return r > '~' }) {
		v.errorf(m, "contains a non-ASCII character, which is not allowed in a header")
		return rawValue{}, false
	}
	return v, ok
}

// authorization returns the value of a printer's Authorization header, empty if there is none.
func (l *loader) authorization(printer strictyaml.Mapping) probe.Secret {
	authorization, hasAuthorization := printer.Inner("authorization")
	basicAuth, hasBasicAuth := printer.Inner("basic_auth")
	switch {
	case hasAuthorization && hasBasicAuth:
		printer.Errorf("basic_auth", "conflicts with authorization; set only one of them")
	case hasAuthorization:
		return l.credentials(authorization)
	case hasBasicAuth:
		return l.basicAuth(basicAuth)
	}
	return probe.Secret{}
}

// authScheme is a token of RFC 9110.
var authScheme = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func (l *loader) credentials(m strictyaml.Mapping) probe.Secret {
	scheme := "Bearer"
	if n := m.Value("type"); n != nil {
		scheme = strings.TrimSpace(n.Value)
	}
	switch {
	case strings.EqualFold(scheme, "basic"):
		m.Errorf("type", "must not be Basic; use basic_auth instead of authorization")
		return probe.Secret{}
	case !authScheme.MatchString(scheme):
		m.Errorf("type", "must be a single word such as Bearer; put what follows it under credentials")
		return probe.Secret{}
	}
	requireKeyOrFile(m, "credentials")
	v, ok := l.headerValue(m, "credentials")
	if !ok {
		return probe.Secret{}
	}
	return probe.NewSecret(scheme + " " + v.text)
}

func (l *loader) basicAuth(m strictyaml.Mapping) probe.Secret {
	requireKeyOrFile(m, "username")
	requireKeyOrFile(m, "password")
	user, hasUser := l.singleLine(m, "username")
	if hasUser && strings.Contains(user.text, ":") {
		user.errorf(m, "contains a colon, which is not allowed in a user name")
		hasUser = false
	}
	password, hasPassword := l.singleLine(m, "password")
	if !hasUser || !hasPassword {
		return probe.Secret{}
	}
	return probe.NewSecret("Basic " + base64.StdEncoding.EncodeToString([]byte(user.text+":"+password.text)))
}

// requireKeyOrFile records an error if neither a key nor the one for its file is set.
func requireKeyOrFile(m strictyaml.Mapping, key string) {
	if !m.Has(key) && !m.Has(key+"_file") {
		m.Missing(key, "is missing; set it or %s_file", key)
	}
}
