package simulator

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func isRefused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }

const empty = "text/plain; charset=utf-8"

func coded(code int) seen { return seen{Status: code, Type: empty} }

func enveloped(code int, text string) seen {
	return seen{Status: 200, Type: "text/json", Body: `{"Status": ` + strconv.Itoa(code) + `, "Error": "` + text + `"}`}
}

// What is good is told by a word in place of a whole body: bodies have tests of their own.
var (
	goodStatus = seen{Status: 200, Type: "text/json", Body: "status"}
	goodPing   = seen{Status: 200, Type: "text/json", Body: `{"Status": 200, "Result": {"Message": "Pong"}}`}
	goodInfo   = seen{Status: 200, Type: "application/json; charset=utf-8", Body: "info"}
	noCommand  = enveloped(754, "The command path didn't match any known commands.")
	lostHost   = enveloped(785, "Host not connected")
	turnedAway = "Failed to get current status."
	login      = seen{Status: 200, Type: "text/html; charset=utf-8", Body: loginPageHTML}
	noAnswer   = seen{Broken: "no answer"}
	broken     = seen{Broken: "broken"}
)

type triple struct{ Status, Ping, Info seen }

func same(s seen) triple { return triple{s, s, s} }

// onTheWire is what each fault gives to the three questions.
var onTheWire = map[Fault]triple{
	None:            {goodStatus, goodPing, goodInfo},
	ServiceError:    same(coded(600)),
	Unavailable:     same(coded(503)),
	RateLimited:     same(seen{Status: 429, Type: empty, Retry: "120"}),
	RateLimitedDate: same(seen{Status: 429, Type: empty, Retry: "date"}),
	NoAnswer:        same(noAnswer),
	Reset:           same(broken),
	Truncate:        same(broken),
	Garbage:         same(broken),
	HTML:            same(login),
	NotFound:        same(coded(603)),
	Revoked:         same(coded(604)),
	Lapsed:          same(coded(605)),
	Credentials:     {coded(606), coded(606), goodInfo},
	Refused:         same(coded(403)),
	Redirect:        same(seen{Status: 302, Type: empty, To: "/login"}),
	Offline:         {coded(601), coded(601), goodInfo},
	Timeout:         {coded(602), coded(602), goodInfo},
	UpdateRequired:  {coded(610), coded(610), goodInfo},
	Malformed:       {seen{Status: 200, Type: "text/json", Body: otherJSON}, seen{Status: 200, Type: "text/json", Body: otherJSON}, goodInfo},
	Off:             {lostHost, goodPing, goodInfo},
	AuthInvalid:     {enveloped(789, turnedAway), goodPing, goodInfo},
	TooManyClients:  {enveloped(787, turnedAway), goodPing, goodInfo},
	Hang:            {noAnswer, goodPing, goodInfo},
	HostTimeout:     {coded(602), goodPing, goodInfo},
	PrinterError:    {seen{Status: 200, Type: "text/json", Body: "error"}, goodPing, goodInfo},
	NaN:             {seen{Status: 200, Type: "text/json", Body: "NaN"}, goodPing, goodInfo},
	OldPlugin:       {goodStatus, noCommand, goodInfo},
	"404":           same(coded(404)),
	"611":           same(coded(611)),
	"612":           {coded(612), coded(612), goodInfo},
	"752":           {enveloped(752, turnedAway), goodPing, goodInfo},
}

// told puts words in place of what other tests look at.
func told(s seen) seen {
	if _, err := time.Parse(time.RFC1123, s.Retry); err == nil {
		s.Retry = "date"
	}
	switch {
	case strings.HasPrefix(s.Body, `{"PrinterName":`):
		s.Body = "info"
	case strings.Contains(s.Body, "NaN"):
		s.Body = "NaN"
	case strings.HasPrefix(s.Body, `{"Status": 200, "Result": {"JobStatus": {"State": "error"`):
		s.Body = "error"
	case strings.HasPrefix(s.Body, `{"Status": 200, "Result": {"JobStatus"`):
		s.Body = "status"
	}
	return s
}

// whole is a fleet with one printer for each fault, all with an app token.
func whole(seed uint64) (*Relay, []Fault) {
	words := append(Faults(), None, "404", "611", "612", "752")
	specs := make([]spec, len(words))
	for i, f := range words {
		specs[i] = spec{name: "k1-" + string(f), model: modelOf("k1"), site: "lab", script: always(f), app: true}
	}
	return newRelay(seed, "", Latency{}, specs), words
}

func TestEveryFaultIsAnsweredAsTheRealThingDoes(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("on the wire", func(t *testing.T) {
		for protocol, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
			t.Run(protocol, func(t *testing.T) {
				t.Parallel()
				relay, words := whole(1)
				wire := newWire(t, relay, http2)
				// On the wire an address where a relay listens cannot refuse; the connection breaks.
				compareAll(t, wire, words, triple{broken, broken, goodInfo})
			})
		}
	})
	goleak.VerifyNone(t, before)
	t.Run("in process", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			relay, words := whole(1)
			refused := seen{Broken: "no connection"}
			compareAll(t, newClient(t, relay), words, triple{refused, refused, goodInfo})
		})
	})
}

// compareAll asks everything of every printer at once: some answers take seconds.
func compareAll(t *testing.T, c *client, words []Fault, unreachable triple) {
	t.Helper()
	got, want := make([]triple, len(words)), make([]triple, len(words))
	var asking sync.WaitGroup
	for i, f := range words {
		var ok bool
		if want[i], ok = onTheWire[f]; f == Unreachable {
			want[i] = unreachable
		} else if !ok {
			t.Errorf("no expectation for %q", f)
		}
		asking.Go(func() { got[i].Status = told(c.until(want[i].Status).ask(i, "status")) })
		asking.Go(func() { got[i].Ping = told(c.until(want[i].Ping).ask(i, "ping")) })
		asking.Go(func() { got[i].Info = told(c.until(want[i].Info).info(i)) })
	}
	asking.Wait()
	for i, f := range words {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%q:\n%s", f, diff)
		}
	}
}

// until is the client for an expected answer.
func (c *client) until(want seen) *client {
	if want == noAnswer {
		return c.briefly()
	}
	return c
}

func TestAddressesAndTokensThatNobodyKnows(t *testing.T) {
	relay := New(Options{Printers: 1, Seed: 1})
	c := newClient(t, relay)
	p := relay.Printers()[0]
	command := "/octoeverywhere-command-api/status"
	for name, x := range map[string]struct {
		url   string
		token string
		want  seen
	}{
		"unknown id in the path":  {url: c.base + "/p/app-nobody" + command, want: coded(603)},
		"unknown id in the host":  {url: "https://app-nobody." + DefaultDomain + command, want: coded(603)},
		"no credentials":          {url: c.base + "/p/" + p.ID + command, want: coded(606)},
		"app API without a token": {url: c.base + "/api/appconnection/info", want: coded(400)},
		"app API, unknown token":  {url: c.base + "/api/appconnection/info", token: "nobody", want: coded(603)},
		"the service's own pages": {url: c.base + "/", want: coded(404)},
	} {
		got := c.get(x.url, func(req *http.Request) {
			if x.token != "" {
				req.Header.Set("AppToken", x.token)
			}
		})
		if diff := cmp.Diff(x.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPrintersAreFoundByHostToo(t *testing.T) {
	relay := newRelay(1, "relay.example", Latency{}, fleet(1, 3, nil))
	c := newClient(t, relay)
	for _, p := range relay.Printers() {
		got := c.get("https://"+strings.ToUpper(p.ID)+".relay.example:8443/octoeverywhere-command-api/ping",
			func(req *http.Request) { authorize(req, p) })
		if diff := cmp.Diff(goodPing, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWrongCredentialsAreTurnedAwayBeforeThePlugin(t *testing.T) {
	relay, words := whole(1)
	c := newClient(t, relay)
	for i, f := range words {
		if f == NoAnswer || f.Means().Layer > 0 && f.Means().Layer < 3 {
			continue
		}
		p := relay.Printers()[i]
		got := c.get(c.base+"/p/"+p.ID+"/octoeverywhere-command-api/status", func(req *http.Request) {
			req.Header.Set("Authorization", "Bearer "+p.Bearer+"x")
		})
		want := coded(606)
		if b := f.behaviour(); !b.reachesPlugin() {
			want = onTheWire[f].Status
		}
		if diff := cmp.Diff(want, told(got)); diff != "" {
			t.Errorf("%q: %s", f, diff)
		}
	}
}
