package probe

import (
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"unique"
)

const redacted = "<secret>"

// Secret is a text that must never be shown: a credential, a token. Whatever way it is printed, it hides itself; only
// Reveal gives it. Secrets with the same text are equal. The zero value is empty.
type Secret struct {
	// A handle, not a string: fmt does not call Format on what lies in an unexported field, and prints a handle as a
	// pointer there.
	text unique.Handle[string]
}

// NewSecret hides text.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{unique.Make(text)}
}

// Reveal is the redacted text.
func (s Secret) Reveal() string {
	if s.Empty() {
		return ""
	}
	return s.text.Value()
}

// Empty reports whether there is no text to hide.
func (s Secret) Empty() bool { return s == Secret{} }

// Format hides the text from every verb of fmt.
func (s Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, redacted) }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the text from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Address is a URL that is a credential, as every printer's is: anyone who knows it may be let in. It hides itself like a
// Secret.
type Address struct {
	Secret
	// A function, not the URL: fmt follows pointers in unexported fields when a verb does not fit.
	url func() *url.URL
}

// NewAddress hides u, which must be absolute. A path prefix is kept, a query and a fragment are not.
func NewAddress(u *url.URL) Address {
	plain := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	if plain.Path == "" {
		plain.Path = "/" // JoinPath keeps a relative path relative, and that makes no request
	}
	return Address{NewSecret(plain.String()), func() *url.URL { return plain }}
}

// join is the address with path appended to its own; the only place where a request's URL is made.
func (a Address) join(path string) *url.URL { return a.url().JoinPath(path) }
