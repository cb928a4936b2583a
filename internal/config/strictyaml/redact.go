package strictyaml

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// redacted replaces what is not shown.
const redacted = "<secret>"

// IsPrintable reports whether a string that is meant to be public may be shown. One that looks like a URL or encoded bytes
// may not: it is probably a secret in the wrong place.
func (s *Schema) IsPrintable(text string) bool {
	return len(text) <= 128 && utf8.ValidString(text) && !s.hasSecretHost(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return !unicode.IsPrint(r) || strings.ContainsRune("/\\@=+%\"`{}[]<>|*&!", r)
	})
}

// Quote returns text in quotes if it is printable, otherwise <secret>.
func (s *Schema) Quote(text string) string {
	if !s.IsPrintable(text) {
		return redacted
	}
	return `"` + text + `"`
}

func (s *Schema) hasSecretHost(text string) bool {
	return s.SecretDomain != "" && strings.Contains(strings.ToLower(text), s.SecretDomain)
}

var (
	pathForm  = regexp.MustCompile(`^[\pL\pN_./ ,~*?()\[\]-]{1,255}$`)
	extension = regexp.MustCompile(`\.[A-Za-z]{1,12}$`)
	longRun   = regexp.MustCompile(`[A-Za-z0-9]{24}`)
)

// IsPrintablePath reports whether text looks like a path, and not like the credential that should be in the file.
func (s *Schema) IsPrintablePath(text string) bool {
	return pathForm.MatchString(text) && !s.hasSecretHost(text) && !strings.Contains(text, "//") &&
		(strings.Contains(text, "/") || extension.MatchString(text)) && !longRun.MatchString(text)
}

var keyForm = regexp.MustCompile(`^[a-z]{1,24}([_-][a-z]{1,24}){0,5}$`)

// isPrintableKey reports whether an unknown key may be shown: it resembles one of keys, or it looks like a key and has a
// value. In {token}, a token without a value is parsed as a key.
func (s *Schema) isPrintableKey(keys []Key, name, value *yaml.Node) bool {
	return suggest(keys, name.Value) != "" || keyForm.MatchString(name.Value) && value.ShortTag() != "!!null"
}

// maxPrintableValue is the maximum length of a shown string, duration or bool, in bytes. Tokens are longer.
const maxPrintableValue = 16

// isPrintableValue reports whether a value of k may be shown.
func (s *Schema) isPrintableValue(k *Key, value string) bool {
	switch k.Kind {
	case String, Duration, Bool:
		return s.IsPrintable(value) && len(value) <= maxPrintableValue
	case Path:
		return s.IsPrintablePath(value)
	}
	return false
}
