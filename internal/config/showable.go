package config

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// hidden stands in a message for what is not shown.
const hidden = "<secret>"

// showable reports whether a harmless text may be shown. One that has the form of an address or of encoded bytes may not:
// it is likely to stand in the wrong place.
func showable(s string) bool {
	return len(s) <= 128 && utf8.ValidString(s) && !holdsHost(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune("/\\@=+%\"`{}[]<>|*&!", r)
	})
}

// holdsHost reports whether s names a host of the service. Printers' hosts are credentials.
func holdsHost(s string) bool { return strings.Contains(strings.ToLower(s), "octoeverywhere.com") }

var (
	pathForm  = regexp.MustCompile(`^[\pL\pN_./ ,~*?()\[\]-]{1,255}$`)
	extension = regexp.MustCompile(`\.[A-Za-z]{1,12}$`)
	longRun   = regexp.MustCompile(`[A-Za-z0-9]{24}`)
)

// showablePath reports whether s looks like a path, and not like the credential that should stand in the file.
func showablePath(s string) bool {
	return pathForm.MatchString(s) && !holdsHost(s) && !strings.Contains(s, "//") &&
		(strings.Contains(s, "/") || extension.MatchString(s)) && !longRun.MatchString(s)
}

var keyForm = regexp.MustCompile(`^[a-z]{1,24}([_-][a-z]{1,24}){0,5}$`)

// showableKey reports whether an unknown key may be shown: it is close to one of keys, or it has the form of a key, and a
// value. What was meant to be a value can stand where a key is wanted, as in {token}.
func showableKey(keys []key, name, value *yaml.Node) bool {
	return suggest(keys, name.Value) != "" || keyForm.MatchString(name.Value) && value.ShortTag() != "!!null"
}

// wordMost is how long a word, a length of time or a truth is at most, with a slip in it. Tokens are longer.
const wordMost = 16

// shows reports whether a value may be shown.
func (k *key) shows(value string) bool {
	switch k.kind {
	case word, duration, boolean:
		return showable(value) && len(value) <= wordMost
	case filePath:
		return showablePath(value)
	}
	return false
}
