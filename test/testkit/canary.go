package testkit

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// Mark is part of every secret that tests make, and of no other text.
const Mark = "c4naryzq"

// Canaries are secrets that are searched for in everything that leaves the program: any eight consecutive characters of
// any of them, in upper or lower case, escaped for a URL, in hexadecimal, or in base64 at any offset.
type Canaries struct {
	folded, exact map[uint64]string   // eight bytes -> the secret that they are from
	hex           map[[16]byte]string // the same in hexadecimal
	byteLists     []string            // the mark as %v and %#v print bytes
}

// CanaryWindow is the number of characters that are recognized.
const CanaryWindow = 8

// NewCanaries returns canaries with Mark only.
func NewCanaries() *Canaries {
	c := &Canaries{folded: map[uint64]string{}, exact: map[uint64]string{}, hex: map[[16]byte]string{}}
	c.Add("a mark", Mark)
	var decimal, hexadecimal []string
	for _, b := range []byte(Mark) {
		decimal, hexadecimal = append(decimal, fmt.Sprint(b)), append(hexadecimal, fmt.Sprintf("%#x", b))
	}
	c.byteLists = []string{strings.Join(decimal, " "), strings.Join(hexadecimal, ", ")}
	return c
}

// Add makes a text of at least CanaryWindow characters a secret.
func (c *Canaries) Add(what, secret string) {
	if len(secret) < CanaryWindow {
		panic("too short to be found: " + secret)
	}
	c.addWindows(c.folded, what, strings.ToLower(secret))
	c.addWindows(c.folded, what, strings.ToLower(url.QueryEscape(secret)))
	for i := 0; i+CanaryWindow <= len(secret); i++ {
		c.hex[[16]byte([]byte(hex.EncodeToString([]byte(secret[i:i+CanaryWindow]))))] = what
	}
	for offset := range 3 {
		padded := append(make([]byte, offset), secret...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(padded)
			c.addWindows(c.exact, what, text[offset*2:max(offset*2, len(text)-2)]) // without characters that depend on what is next to it
		}
	}
}

func (*Canaries) addWindows(to map[uint64]string, what, text string) {
	for i := 0; i+CanaryWindow <= len(text); i++ {
		to[binary.LittleEndian.Uint64([]byte(text[i:]))] = what
	}
}

// in names the secrets that a text contains, with their surroundings.
func (c *Canaries) in(text string) (found []string) {
	seen := map[string]bool{}
	report := func(what, text string, i int) {
		if !seen[what] {
			seen[what] = true
			found = append(found, fmt.Sprintf("%s in %q", what, text[max(0, i-100):min(len(text), i+60)]))
		}
	}
	lower := strings.ToLower(text)
	exact, folded := []byte(text), []byte(lower)
	for i := 0; i+CanaryWindow <= len(exact); i++ {
		if what, ok := c.exact[binary.LittleEndian.Uint64(exact[i:])]; ok {
			report(what, text, i)
		}
	}
	digits := 0
	for i := 0; i+CanaryWindow <= len(folded); i++ {
		if what, ok := c.folded[binary.LittleEndian.Uint64(folded[i:])]; ok {
			report(what, lower, i)
		}
		if b := folded[i]; b >= '0' && b <= '9' || b >= 'a' && b <= 'f' {
			digits++
		} else {
			digits = 0
		}
		if digits >= 16 {
			if what, ok := c.hex[[16]byte(folded[i-15:])]; ok {
				report(what, lower, i)
			}
		}
	}
	for _, list := range c.byteLists {
		if strings.Contains(text, list) {
			found = append(found, "bytes of a mark")
		}
	}
	slices.Sort(found)
	return found
}

// Absent fails the test for each secret that a text contains.
func (c *Canaries) Absent(t testing.TB, where, text string) {
	t.Helper()
	for _, f := range c.in(text) {
		t.Errorf("%s shows %s", where, f)
	}
}
