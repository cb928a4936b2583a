package probe

import "strings"

// repeatable is how long a secret must be, and how much of it is looked for: shorter ones are found by chance, as the host
// `moonraker` is in a version.
const repeatable = 16

// repeats reports whether a text of an answer holds what the question carried in confidence. Whoever answers with the
// request in place of an answer, as a debugging proxy does, would otherwise have it exported.
func (t Target) repeats(text string) bool {
	if len(text) < repeatable {
		return false
	}
	_, credentials, _ := strings.Cut(t.Authorization.Reveal(), " ")
	for _, secret := range [...]string{credentials, t.AppToken.Reveal()} {
		if holds(text, secret) {
			return true
		}
	}
	if t.Address.url == nil {
		return false
	}
	u := t.Address.url()
	label, _, _ := strings.Cut(u.Hostname(), ".")
	if holds(text, label) {
		return true
	}
	for part := range strings.SplitSeq(u.Path, "/") {
		if holds(text, part) {
			return true
		}
	}
	return false
}

// holds reports whether a text holds a secret, or as much of its beginning as was left when the text was cut.
func holds(text, secret string) bool {
	return len(secret) >= repeatable && strings.Contains(text, secret[:repeatable])
}
