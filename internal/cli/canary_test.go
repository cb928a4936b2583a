package cli

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"octoeverywhere_exporter/internal/simulator"
)

// mark is in every secret that is made for these tests. Nothing else has it.
const mark = "c4naryzq"

// canaries are secrets that are looked for in everything that leaves the program: any eight characters in a row of any of
// them, also in other letters, escaped for a URL, in hexadecimal or in base64, wherever it begins.
type canaries struct {
	folded, exact map[uint64]string   // what the eight bytes are from
	hex           map[[16]byte]string // the same in hexadecimal
	long          []string
}

const window = 8

func newCanaries() *canaries {
	c := &canaries{folded: map[uint64]string{}, exact: map[uint64]string{}, hex: map[[16]byte]string{}}
	c.add("a mark", mark)
	var decimal, hexadecimal []string
	for _, b := range []byte(mark) {
		decimal, hexadecimal = append(decimal, fmt.Sprint(b)), append(hexadecimal, fmt.Sprintf("%#x", b))
	}
	c.long = []string{strings.Join(decimal, " "), strings.Join(hexadecimal, ", ")} // as %v and %#v print bytes
	return c
}

// add makes a text a secret. It must hold at least eight characters.
func (c *canaries) add(what, secret string) {
	if len(secret) < window {
		panic("too short to be found: " + secret)
	}
	c.windows(c.folded, what, strings.ToLower(secret))
	c.windows(c.folded, what, strings.ToLower(url.QueryEscape(secret)))
	for i := 0; i+window <= len(secret); i++ {
		c.hex[[16]byte([]byte(hex.EncodeToString([]byte(secret[i:i+window]))))] = what
	}
	for before := range 3 {
		padded := append(make([]byte, before), secret...)
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(padded)
			c.windows(c.exact, what, text[before*2:max(before*2, len(text)-2)]) // without what its neighbours make of it
		}
	}
}

func (*canaries) windows(in map[uint64]string, what, text string) {
	for i := 0; i+window <= len(text); i++ {
		in[binary.LittleEndian.Uint64([]byte(text[i:]))] = what
	}
}

// addAll makes everything secret that the owners of simulated printers know.
func (c *canaries) addAll(printers []simulator.Printer) {
	for _, p := range printers {
		for what, secret := range map[string]string{
			"the id": p.ID, "the token": p.Bearer, "the user": p.Username, "the password": p.Password, "the app token": p.AppToken,
		} {
			if secret != "" {
				c.add(what+" of "+p.Name, secret)
			}
		}
	}
}

// in names the secrets that a text holds, with what is around them.
func (c *canaries) in(text string) (found []string) {
	seen := map[string]bool{}
	see := func(what, text string, i int) {
		if !seen[what] {
			seen[what] = true
			found = append(found, fmt.Sprintf("%s in %q", what, text[max(0, i-100):min(len(text), i+60)]))
		}
	}
	lower := strings.ToLower(text)
	exact, folded := []byte(text), []byte(lower)
	for i := 0; i+window <= len(exact); i++ {
		if what, ok := c.exact[binary.LittleEndian.Uint64(exact[i:])]; ok {
			see(what, text, i)
		}
	}
	digits := 0
	for i := 0; i+window <= len(folded); i++ {
		if what, ok := c.folded[binary.LittleEndian.Uint64(folded[i:])]; ok {
			see(what, lower, i)
		}
		if b := folded[i]; b >= '0' && b <= '9' || b >= 'a' && b <= 'f' {
			digits++
		} else {
			digits = 0
		}
		if digits >= 16 {
			if what, ok := c.hex[[16]byte(folded[i-15:])]; ok {
				see(what, lower, i)
			}
		}
	}
	for _, long := range c.long {
		if strings.Contains(text, long) {
			found = append(found, "bytes of a mark")
		}
	}
	slices.Sort(found)
	return found
}

// absent fails the test for each secret that a text holds.
func (c *canaries) absent(t *testing.T, where, text string) {
	t.Helper()
	for _, f := range c.in(text) {
		t.Errorf("%s shows %s", where, f)
	}
}

// TestCanariesAreFound: a test that looks for secrets must see them in whatever form they come.
func TestCanariesAreFound(t *testing.T) {
	secret := "app-" + mark + "/Pass word+"
	c := newCanaries()
	c.add("the secret", secret)
	for what, text := range map[string]string{
		"as it is":                "x" + secret + "x",
		"in other letters":        strings.ToUpper(secret),
		"a part":                  "a/Pass wor",
		"in a URL":                "?q=" + url.QueryEscape(secret),
		"in hexadecimal":          fmt.Sprintf("%x", secret),
		"in base64":               base64.StdEncoding.EncodeToString([]byte(secret)),
		"behind a user":           base64.StdEncoding.EncodeToString([]byte("me:" + secret)),
		"behind another":          base64.URLEncoding.EncodeToString([]byte("user1:" + secret + "xx")),
		"as bytes":                fmt.Sprintf("%v", []byte(mark)),
		"as bytes in Go's syntax": fmt.Sprintf("%#v", []byte(mark)),
		"quoted":                  fmt.Sprintf("%q", secret),
	} {
		if len(c.in(text)) == 0 {
			t.Errorf("%s: it is not found in %q", what, text)
		}
	}
	if found := c.in("app-0123456789 canary Password " + base64.StdEncoding.EncodeToString([]byte("nothing of it is here"))); found != nil {
		t.Errorf("found where there is none: %q", found)
	}
}
