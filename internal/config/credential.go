package config

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/probe"
)

// maxCredential is the most that a credential may hold, in bytes: a header must have room for it.
const maxCredential = 16 << 10

// given is a text that stands under a key, or in the file that the key with the ending _file names.
type given struct {
	text string
	key  string // under which it, or the name of its file, stands
	file string // how the file is called in messages; "" if the text stands under the key itself
}

// someFile stands in messages for a file whose path is not shown.
const someFile = "the file"

// given gives the text of a key or of its file. ok is false where there is neither, or a mistake.
func (l *loader) given(b block, name string) (g given, ok bool) {
	inFile := name + "_file"
	if !b.has(inFile) {
		n := b.value(name)
		if n == nil {
			return given{}, false
		}
		b.in.private = b.in.private || name != "ca" && name != "cert"
		return given{n.Value, name, ""}, true
	}
	if b.has(name) {
		b.mistake(inFile, "stands beside %s; write one of them", name)
		return given{}, false
	}
	n := b.value(inFile)
	if n == nil {
		return given{}, false
	}
	g = given{key: inFile, file: someFile}
	file := b.in.join(n.Value)
	if showablePath(n.Value) {
		g.file = someFile + " " + file
	}
	c := l.files.content(file)
	if c.problem != "" {
		if g.file == someFile {
			c.problem += "; what stands here does not look like a path and is not shown: is it what belongs under " + name + "?"
		}
		g.mistake(b, "%s", c.problem)
		return given{}, false
	}
	if c.public && name != "ca" && name != "cert" {
		l.warn(publicFile, g.file)
	}
	g.text = string(c.data)
	if strings.TrimSpace(g.text) == "" {
		g.mistake(b, "is empty")
		return given{}, false
	}
	return g, true
}

// mistake records what is wrong with the text.
func (g given) mistake(b block, format string, args ...any) {
	b.mistake(g.key, "%s", strings.TrimPrefix(g.file+" "+fmt.Sprintf(format, args...), " "))
}

// line gives a text of one line, as credentials are: blanks and line ends around it are cut off.
func (l *loader) line(b block, name string) (g given, ok bool) {
	g, ok = l.given(b, name)
	if !ok {
		return given{}, false
	}
	g.text = strings.TrimSpace(g.text)
	switch {
	case g.text == "":
		g.mistake(b, "is empty")
	case len(g.text) > maxCredential:
		g.mistake(b, "holds more than %d KiB", maxCredential>>10)
	case !utf8.ValidString(g.text):
		g.mistake(b, "is not UTF-8")
	case strings.ContainsFunc(g.text, unicode.IsControl):
		g.mistake(b, "holds a line break or another control character; it must hold one line and nothing else")
	default:
		return g, true
	}
	return given{}, false
}

// headerValue gives a line of the characters that every server takes in a header.
func (l *loader) headerValue(b block, name string) (g given, ok bool) {
	g, ok = l.line(b, name)
	if ok && strings.ContainsFunc(g.text, func(r rune) bool { return r > '~' }) {
		g.mistake(b, "holds a character that is not ASCII, which a header cannot carry; was it saved with a byte order mark?")
		return given{}, false
	}
	return g, ok
}

// authorization gives the value of the header Authorization of a printer, empty where there is none.
func (l *loader) authorization(printer block) probe.Secret {
	bearer, hasBearer := printer.inner("authorization")
	basic, hasBasic := printer.inner("basic_auth")
	switch {
	case hasBearer && hasBasic:
		printer.mistake("basic_auth", "stands beside authorization; write one of them")
	case hasBearer:
		return l.credentials(bearer)
	case hasBasic:
		return l.userAndPassword(basic)
	}
	return probe.Secret{}
}

// scheme is a token as RFC 9110 has it.
var scheme = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

func (l *loader) credentials(b block) probe.Secret {
	kind := "Bearer"
	if n := b.value("type"); n != nil {
		kind = strings.TrimSpace(n.Value)
	}
	switch {
	case strings.EqualFold(kind, "basic"):
		b.mistake("type", "must not be Basic; write basic_auth in place of authorization")
		return probe.Secret{}
	case !scheme.MatchString(kind):
		b.mistake("type", "must be one word, as Bearer; what follows it goes under credentials")
		return probe.Secret{}
	}
	b.needs("credentials")
	g, ok := l.headerValue(b, "credentials")
	if !ok {
		return probe.Secret{}
	}
	return probe.NewSecret(kind + " " + g.text)
}

func (l *loader) userAndPassword(b block) probe.Secret {
	b.needs("username")
	b.needs("password")
	user, hasUser := l.line(b, "username")
	if hasUser && strings.Contains(user.text, ":") {
		user.mistake(b, "holds a colon, which a user's name cannot")
		hasUser = false
	}
	password, hasPassword := l.line(b, "password")
	if !hasUser || !hasPassword {
		return probe.Secret{}
	}
	return probe.NewSecret("Basic " + base64.StdEncoding.EncodeToString([]byte(user.text+":"+password.text)))
}

// needs records that a key is missing, as itself and as a file.
func (b block) needs(name string) {
	if !b.has(name) && !b.has(name+"_file") {
		b.missing(name, "is missing; write it, or %s_file", name)
	}
}
