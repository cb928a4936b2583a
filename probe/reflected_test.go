package probe

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	secretID     = "app-0123456789abcdef"
	secretPrefix = "prefix-0123456789abcdef"
	secretToken  = "token-9F8e7D6c5B4a3210zz"
	secretApp    = "apptoken-0123456789abcdef"
	secretUser   = "somebody@mail.example"
	secretPass   = "Correct Horse 7"
)

// targetsWithSecrets have a credential in each place: one has a token, the other a user name and password.
func targetsWithSecrets() (bearer, basic Target) {
	bearer = Target{
		Address:       NewAddress(&url.URL{Scheme: "https", Host: secretID + ".octoeverywhere.com:8443", Path: "/p/" + secretPrefix}),
		Authorization: NewSecret("Bearer " + secretToken), AppToken: NewSecret(secretApp),
	}
	basic = bearer
	basic.Authorization = NewSecret("Basic " + base64.StdEncoding.EncodeToString([]byte(secretUser+":"+secretPass)))
	return bearer, basic
}

// textsKept returns what a result keeps of the texts of a response.
func textsKept(t *testing.T, target Target, platform, subState, problem string) [3]string {
	t.Helper()
	quote := func(text string) string {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	body := `{"Status":200,"Result":{"JobStatus":{"State":"paused","SubState":` + quote(subState) + `,"Error":` + quote(problem) +
		`},"PlatformVersion":` + quote(platform) + `}}`
	r := target.Result(StatusRequest, time.Now(), 0, Attempt{Phase: ResponseRead, HTTPStatus: 200, Body: []byte(body)}).Reading
	return [3]string{r.PlatformVersion(), r.SubState(), r.ErrorText()}
}

// TestReflectedSecretsAreNotShown: a server that sends the request back is recognized in each text that is shown.
func TestReflectedSecretsAreNotShown(t *testing.T) {
	bearer, basic := targetsWithSecrets()
	basicValue := strings.TrimPrefix(basic.Authorization.Reveal(), "Basic ")
	for name, c := range map[string]struct {
		text               string
		inVersion, inWords bool // it is dropped there
		target             Target
	}{
		"harmless":               {"OctoPrint 1.11.2", false, false, bearer},
		"words":                  {"The token of this printer has a prefix", false, false, bearer},
		"the address":            {"GET https://" + secretID + ".octoeverywhere.com", true, true, bearer},
		"the path":               {"/p/" + secretPrefix + "/octoeverywhere", true, true, bearer},
		"the header":             {"Bearer " + secretToken, true, true, bearer},
		"the header of the app":  {"AppToken: " + secretApp, true, true, bearer},
		"what a cut text has":    {strings.Repeat("x", 80) + secretToken[:20], true, true, bearer},
		"the end of a token":     {secretToken[len(secretToken)-16:], true, true, bearer},
		"a piece of a token":     {"xx" + secretToken[3:3+freeWindow] + "xx", false, true, bearer},
		"in the other case":      {strings.ToUpper(secretApp), false, true, bearer},
		"basic auth":             {"Authorization: Basic " + basicValue, true, true, basic},
		"the user":               {"Hello " + secretUser, false, true, basic},
		"the password":           {secretPass + "!", false, true, basic},
		"a word of the password": {"a horse", false, false, basic},
	} {
		kept := func(dropped bool, text string) string {
			if dropped {
				return ""
			}
			return text
		}
		got := textsKept(t, c.target, c.text, c.text, c.text)
		if want := [3]string{kept(c.inVersion, c.text), kept(c.inWords, c.text), kept(c.inWords, c.text)}; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	between := strings.Join(strings.Split(secretApp, ""), "\x00") // dropped before it is searched
	if got := textsKept(t, bearer, between, between, between); got != [3]string{} {
		t.Errorf("with control characters: %q", got)
	}
	// Only the text that has it is dropped.
	if got, want := textsKept(t, bearer, "1.2.3", secretToken, "Filament runout"), [3]string{"1.2.3", "", "Filament runout"}; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestShortSecretsAreFoundAsAWhole in names, which share pieces with them by chance.
func TestShortSecretsAreFoundAsAWhole(t *testing.T) {
	target := Target{Authorization: NewSecret("Bearer tok-klipper")}
	for platform, want := range map[string]string{
		"v0.12 tok-klipper": "", "tok-klipper": "", "tok-klippe": "tok-klippe", "v0.12-klipper": "v0.12-klipper",
	} {
		if got := textsKept(t, target, platform, "", "")[0]; got != want {
			t.Errorf("%s: %q", platform, got)
		}
	}
}

// TestWordsAreNoSecrets: names on a local network and short credentials are found by chance.
func TestWordsAreNoSecrets(t *testing.T) {
	short := Target{Address: NewAddress(&url.URL{Scheme: "https", Host: "moonraker.lan", Path: "/printers/klipper"}), Authorization: NewSecret("Bearer v0")}
	want := [3]string{"moonraker v0.9.3-41-g0123456789abcdef", "Lost connection to moonraker", "printers/klipper v0"}
	if got := textsKept(t, short, want[0], want[1], want[2]); got != want {
		t.Errorf("got %q", got)
	}
	if got := textsKept(t, Target{}, want[0], want[1], want[2]); got != want {
		t.Errorf("a target without secrets has one: %q", got)
	}
}

// TestSharedPiecesAreFound at each place of the text and of the secret, and no shorter ones.
func TestSharedPiecesAreFound(t *testing.T) {
	const secret = "abcdefghijklmnopqrstuvwxyz0123456789"
	for _, window := range []int{nameWindow, freeWindow} {
		for from := 0; from+window <= len(secret); from++ {
			for before := range 2*window + 1 {
				for after := range 3 {
					fill := func(n int) string { return strings.Repeat("-", n) }
					if !shares(fill(before)+secret[from:from+window]+fill(after), secret, window) {
						t.Fatalf("%d characters from %d are not found after %d others", window, from, before)
					}
					if shares(fill(before)+secret[from:from+window-1]+fill(after), secret, window) {
						t.Fatalf("%d characters from %d are found after %d others", window-1, from, before)
					}
				}
			}
		}
	}
}

func BenchmarkDropReflected(b *testing.B) {
	bearer, _ := targetsWithSecrets()
	_, r := Judge(StatusRequest, Attempt{Phase: ResponseRead, HTTPStatus: 200, Body: []byte(bodyWithTexts(
		`"01.09.01.00-BambuPrinters.P1S"`, `"PRINT-77e0c2a9d1b84f63"`, `"bracket_0.2mm_PETG_1h20m.gcode"`, `null`, `null`))})
	b.ReportAllocs()
	for b.Loop() {
		bearer.dropReflected(&r)
	}
}
