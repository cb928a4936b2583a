package onboard

import (
	"fmt"
	"strings"
	"testing"

	"octoeverywhere_exporter/probe"
)

// canary is part of every secret. No message may contain it.
const canary = "c4n4ry"

func complete(query string) string {
	return "https://octoeverywhere.com/appportal/v1/complete?" + query
}

const address = "url=https%3A%2F%2Fapp-" + canary + ".octoeverywhere.com"

func TestParseCompletionURL(t *testing.T) {
	want := Connection{
		Name: "Voron 2.4", Address: probe.NewSecret("https://app-" + canary + ".octoeverywhere.com/"),
		AppToken: probe.NewSecret(canary + "a"), Token: probe.NewSecret(canary + "b"),
	}
	basic := want
	basic.Token, basic.User, basic.Password = probe.Secret{}, probe.NewSecret(canary+"u"), probe.NewSecret(canary+"p:+ä")
	bearerFields := "success=true&id=1&" + address + "&appApiToken=" + canary + "a&printername=Voron+2.4&authBearerToken=" + canary + "b"
	basicFields := "success=true&id=1&" + address + "&appApiToken=" + canary + "a&printername=Voron%202.4&authBasicHttpUser=" + canary +
		"u&authBasicHttpPassword=" + canary + "p%3A%2B%C3%A4"
	for name, c := range map[string]struct {
		text string
		want Connection
	}{
		"bearer":                        {complete(bearerFields), want},
		"user and password":             {complete(basicFields), basic},
		"both: the token":               {complete(basicFields + "&authBearerToken=" + canary + "b"), want},
		"as old documents spell it":     {complete(strings.ReplaceAll(basicFields, "authBasicHttp", "authbasichttp")), basic},
		"in capitals":                   {complete(strings.NewReplacer("success=true", "SUCCESS=TRUE", "url=https", "URL=HTTPS").Replace(bearerFields)), want},
		"an app's own address":          {"someapp://done?" + bearerFields, want},
		"after a #":                     {"https://octoeverywhere.com/appportal/v1/complete#" + bearerFields, want},
		"with a fragment":               {complete(bearerFields) + "#top", want},
		"spaces, quotes and a newline":  {"  \"" + complete(bearerFields) + "\" \r\n", want},
		"the query alone":               {"?" + bearerFields, want},
		"a parameter twice, once empty": {complete("authBearerToken=&" + bearerFields), want},
		"unknown parameters":            {complete(bearerFields + "&printerLastKnownLocalIp=192.0.2.1&octoPrintApiKey=x"), want},
	} {
		got, err := ParseCompletionURL(c.text)
		if err != nil || got != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInvalidCompletionURL(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"nothing":              {"", "this is not the completion URL"},
		"a shared connection":  {"https://shared-" + canary + ".octoeverywhere.com", "use --shared"},
		"refused":              {complete("success=false"), "no connection was created; start again"},
		"refused with reason":  {complete("success=false&message=no+printer"), `no connection was created: "no printer"`},
		"a secret as reason":   {complete("success=false&error=https://" + canary + ".octoeverywhere.com"), "no connection was created: <secret>"},
		"no success":           {complete(address), "no connection was created"},
		"no address":           {complete("success=true&authBearerToken=" + canary), "has no parameter url"},
		"plain http":           {complete("success=true&authBearerToken=x&url=http://" + canary + ".example"), "uses plain http"},
		"plain http, loopback": {complete("success=true&authBearerToken=x&url=http://127.0.0.1/" + canary), "uses plain http"},
		"an address with user": {complete("success=true&authBearerToken=x&url=https://" + canary + "@a.example"), "must not contain a user"},
		"the website":          {complete("success=true&authBearerToken=x&url=https://octoeverywhere.com/" + canary), "own website, not a printer"},
		"no credentials":       {complete("success=true&" + address), "has no credentials"},
		"a user alone":         {complete("success=true&authBasicHttpUser=" + canary + "&" + address), "has no credentials"},
		"a user with a colon":  {complete("success=true&authBasicHttpUser=" + canary + "%3A&authBasicHttpPassword=x&" + address), "contains a colon"},
		"a line break":         {complete("success=true&authBearerToken=" + canary + "%0Ax&" + address), "contains a line break"},
		"a broken escape":      {complete("success=true&authBearerToken=" + canary + "%zz"), "is not valid"},
	} {
		_, err := ParseCompletionURL(c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseSharedURL(t *testing.T) {
	plain := Connection{Address: probe.NewSecret("https://shared-" + canary + ".octoeverywhere.com/")}
	locked := plain
	locked.User, locked.Password = probe.NewSecret("me"), probe.NewSecret(canary+"p@")
	for name, c := range map[string]struct {
		text string
		want Connection
		err  string
	}{
		"plain":                 {"https://shared-" + canary + ".octoeverywhere.com", plain, ""},
		"as a browser shows it": {"https://Shared-" + canary + ".octoeverywhere.com/?theme=dark#temperature\n", plain, ""},
		"user and password":     {"https://me:" + canary + "p%40@shared-" + canary + ".octoeverywhere.com", locked, ""},
		"a user alone":          {"https://" + canary + "@shared.octoeverywhere.com", Connection{}, "a user without a password"},
		"plain http":            {"http://shared-" + canary + ".octoeverywhere.com", Connection{}, "uses plain http"},
		"a completion URL":      {complete("success=true&" + address), Connection{}, "remove --shared"},
		"no URL":                {canary + " %zz", Connection{}, "is not a valid URL"},
		"nothing":               {"", Connection{}, "must start with https://"},
		"a command":             {"https://shared-" + canary + ".octoeverywhere.com/octoeverywhere-command-api/status", Connection{}, "contains the path of a command"},
	} {
		got, err := ParseSharedURL(c.text)
		switch {
		case c.err == "" && (err != nil || got != c.want):
			t.Errorf("%s: %v", name, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), canary)):
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestConnectionIsRedacted checks every verb of fmt.
func TestConnectionIsRedacted(t *testing.T) {
	c, err := ParseCompletionURL(complete("success=true&authBearerToken=" + canary + "&appApiToken=" + canary + "&" + address))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if text := fmt.Sprintf(verb, c); strings.Contains(text, canary) {
			t.Errorf("%s shows a secret", verb)
		}
	}
}

// FuzzParseURL checks that an error contains nothing of the URL except the portal's reason, and that a valid connection is
// complete and can be stored.
func FuzzParseURL(f *testing.F) {
	f.Add(complete("success=true&authBearerToken=x&" + address))
	for _, reason := range []string{"x", canary + ".", canary + ".octoeverywhere", "ask " + canary + ".octoeverywhere.com", "https://" + canary} {
		f.Add(complete("success=false&error=" + reason))
	}
	f.Add("https://me:x@shared-y.octoeverywhere.com/#z")
	f.Add("?a=%zz&;&=&url")
	f.Fuzz(func(t *testing.T, text string) {
		secret := canary + canary
		text = strings.ReplaceAll(text, canary, secret)
		for _, read := range []func(string) (Connection, error){ParseCompletionURL, ParseSharedURL} {
			c, err := read(text)
			if err != nil {
				_, reason, says := strings.Cut(err.Error(), "the portal reports that no connection was created: ")
				if !says && strings.Contains(err.Error(), secret) || strings.Contains(reason, "://"+secret) || strings.Contains(reason, secret+".octoeverywhere.com") {
					t.Errorf("the error contains a part of the URL: %v", err)
				}
				continue
			}
			if !strings.HasPrefix(c.Address.Reveal(), "https://") || c.User.Empty() != c.Password.Empty() || !c.Token.Empty() && !c.User.Empty() {
				t.Errorf("incomplete: %t %t %t", c.Token.Empty(), c.User.Empty(), c.Password.Empty())
			}
			for _, s := range c.secretFiles() {
				if strings.ContainsAny(s.text.Reveal(), "\r\n\x00") {
					t.Errorf("%s has several lines", s.suffix)
				}
			}
		}
	})
}
