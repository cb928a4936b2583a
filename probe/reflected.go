package probe

import (
	"encoding/base64"
	"strings"
)

// How many consecutive characters of a credential a text of a response must not have. Versions and names share short pieces
// with credentials by chance. The texts in which a plugin may write anything are searched for less, in upper and lower case.
const (
	nameWindow = 16
	freeWindow = 8
)

// minAddressPart is how long a part of an address must be to be a credential. Shorter ones are words, as `moonraker` is, and
// found by chance.
const minAddressPart = 16

// dropReflected forgets the texts that hold a credential of the request. A server that responds with the request, as a
// debugging proxy does, or a plugin that was tampered with, would otherwise have it shown.
func (t Target) dropReflected(r *Reading) {
	if r.texts.joined == "" {
		return
	}
	address := ""
	if t.Address.url != nil {
		u := t.Address.url()
		label, _, _ := strings.Cut(u.Hostname(), ".")
		address = label + u.Path
	}
	for _, f := range [...]Field{platformField, jobIDField, fileNameField} {
		if t.reflects(r.texts.get(f), address, nameWindow) {
			r.texts.set(f, "")
		}
	}
	for _, f := range [...]Field{subStateField, errorField} {
		if text := r.texts.get(f); len(text) >= freeWindow && t.reflects(strings.ToLower(text), address, freeWindow) {
			r.texts.set(f, "")
		}
	}
}

// reflects reports whether a text has that many consecutive characters of a credential, or of a part of the address. For
// freeWindow the text is in lower case.
func (t Target) reflects(text, address string, window int) bool {
	if len(text) < freeWindow {
		return false
	}
	_, credentials, _ := strings.Cut(t.Authorization.Reveal(), " ")
	secrets := [...]string{credentials, t.AppToken.Reveal(), "", ""}
	if window == freeWindow { // the parts of basic_auth, as plain text
		if plain, err := base64.StdEncoding.DecodeString(credentials); err == nil {
			secrets[2], secrets[3], _ = strings.Cut(string(plain), ":")
		}
	}
	for _, secret := range secrets {
		if shares(text, secret, window) {
			return true
		}
	}
	for part := range strings.SplitSeq(address, "/") {
		if len(part) >= minAddressPart && shares(text, part, window) {
			return true
		}
	}
	return false
}

// shares reports whether a text has that many consecutive characters of a secret, or the whole of one that is shorter.
func shares(text, secret string, window int) bool {
	switch {
	case len(secret) < freeWindow:
		return false
	case len(secret) < window:
		return strings.Contains(text, secret)
	}
	if window == freeWindow {
		secret = strings.ToLower(secret)
	}
	// Whatever is shared contains one of the blocks that begin at multiples of their length.
	block := window / 2
	for at := 0; at+block <= len(text); at += block {
		if !strings.Contains(secret, text[at:at+block]) {
			continue
		}
		for i := max(0, at-window+block); i <= at && i+window <= len(text); i++ {
			if strings.Contains(secret, text[i:i+window]) {
				return true
			}
		}
	}
	return false
}
