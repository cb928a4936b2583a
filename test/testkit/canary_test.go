package testkit

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// TestCanariesAreFound: a test that searches for secrets must find them in each form.
func TestCanariesAreFound(t *testing.T) {
	secret := "app-" + Mark + "/Pass word+"
	c := NewCanaries()
	c.Add("the secret", secret)
	for what, text := range map[string]string{
		"as it is":                "x" + secret + "x",
		"in other letters":        strings.ToUpper(secret),
		"a part":                  "a/Pass wor",
		"in a URL":                "?q=" + url.QueryEscape(secret),
		"in hexadecimal":          fmt.Sprintf("%x", secret),
		"in base64":               base64.StdEncoding.EncodeToString([]byte(secret)),
		"behind a user":           base64.StdEncoding.EncodeToString([]byte("me:" + secret)),
		"behind another":          base64.URLEncoding.EncodeToString([]byte("user1:" + secret + "xx")),
		"as bytes":                fmt.Sprintf("%v", []byte(Mark)),
		"as bytes in Go's syntax": fmt.Sprintf("%#v", []byte(Mark)),
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
