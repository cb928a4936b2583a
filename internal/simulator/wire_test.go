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

const emptyType = "text/plain; charset=utf-8"

func statusResult(code int) result { return result{Status: code, Type: emptyType} }

func pluginResult(code int, text string) result {
	return result{Status: 200, Type: "text/json", Body: `{"Status": ` + strconv.Itoa(code) + `, "Error": "` + text + `"}`}
}

// Normal responses are represented by a word. Their bodies have their own tests.
var (
	normalStatus         = result{Status: 200, Type: "text/json", Body: "status"}
	normalPing           = result{Status: 200, Type: "text/json", Body: `{"Status": 200, "Result": {"Message": "Pong"}}`}
	normalInfo           = result{Status: 200, Type: "application/json; charset=utf-8", Body: "info"}
	unknownCommandResult = pluginResult(754, "The command path didn't match any known commands.")
	hostLostResult       = pluginResult(785, "Host not connected")
	failedStatusText     = "Failed to get current status."
	loginResult          = result{Status: 200, Type: "text/html; charset=utf-8", Body: loginPage}
	timeoutResult        = result{Error: "no answer"}
	brokenResult         = result{Error: "broken"}
)

type results struct{ Status, Ping, Info result }

func sameForAll(s result) results { return results{s, s, s} }

// wantByFault has the responses to the three requests per fault.
var wantByFault = map[Fault]results{
	None:            {normalStatus, normalPing, normalInfo},
	ServiceError:    sameForAll(statusResult(600)),
	Unavailable:     sameForAll(statusResult(503)),
	RateLimited:     sameForAll(result{Status: 429, Type: emptyType, RetryAfter: "120"}),
	RateLimitedDate: sameForAll(result{Status: 429, Type: emptyType, RetryAfter: "date"}),
	NoAnswer:        sameForAll(timeoutResult),
	Reset:           sameForAll(brokenResult),
	Truncate:        sameForAll(brokenResult),
	Garbage:         sameForAll(brokenResult),
	HTML:            sameForAll(loginResult),
	NotFound:        sameForAll(statusResult(603)),
	Revoked:         sameForAll(statusResult(604)),
	Lapsed:          sameForAll(statusResult(605)),
	Credentials:     {statusResult(606), statusResult(606), normalInfo},
	Refused:         sameForAll(statusResult(403)),
	Redirect:        sameForAll(result{Status: 302, Type: emptyType, Location: "/login"}),
	Offline:         {statusResult(601), statusResult(601), normalInfo},
	Timeout:         {statusResult(602), statusResult(602), normalInfo},
	UpdateRequired:  {statusResult(610), statusResult(610), normalInfo},
	Malformed:       {result{Status: 200, Type: "text/json", Body: otherJSON}, result{Status: 200, Type: "text/json", Body: otherJSON}, normalInfo},
	Off:             {hostLostResult, normalPing, normalInfo},
	AuthInvalid:     {pluginResult(789, failedStatusText), normalPing, normalInfo},
	TooManyClients:  {pluginResult(787, failedStatusText), normalPing, normalInfo},
	Hang:            {timeoutResult, normalPing, normalInfo},
	HostTimeout:     {statusResult(602), normalPing, normalInfo},
	PrinterError:    {result{Status: 200, Type: "text/json", Body: "error"}, normalPing, normalInfo},
	NaN:             {result{Status: 200, Type: "text/json", Body: "NaN"}, normalPing, normalInfo},
	OldPlugin:       {normalStatus, unknownCommandResult, normalInfo},
	"404":           sameForAll(statusResult(404)),
	"611":           sameForAll(statusResult(611)),
	"612":           {statusResult(612), statusResult(612), normalInfo},
	"752":           {pluginResult(752, failedStatusText), normalPing, normalInfo},
}

// simplified replaces what other tests compare by words.
func simplified(s result) result {
	if _, err := time.Parse(time.RFC1123, s.RetryAfter); err == nil {
		s.RetryAfter = "date"
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

// allFaults returns a fleet with one printer per fault, all with an app token.
func allFaults(seed uint64) (*Relay, []Fault) {
	words := append(Faults(), None, "404", "611", "612", "752")
	specs := make([]spec, len(words))
	for i, f := range words {
		specs[i] = spec{name: "k1-" + string(f), model: modelByPrefix("k1"), site: "lab", script: permanentFault(f), hasAppToken: true}
	}
	return newRelay(seed, "", Latency{}, specs), words
}

func TestResponsesPerFault(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("on the wire", func(t *testing.T) {
		for protocol, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
			t.Run(protocol, func(t *testing.T) {
				t.Parallel()
				relay, words := allFaults(1)
				wire := newHTTPSClient(t, relay, http2)
				// A listening relay cannot refuse the connection; it is reset.
				compareResponses(t, wire, words, results{brokenResult, brokenResult, normalInfo})
			})
		}
	})
	goleak.VerifyNone(t, before)
	t.Run("in process", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			relay, words := allFaults(1)
			refused := result{Error: "no connection"}
			compareResponses(t, newClient(t, relay), words, results{refused, refused, normalInfo})
		})
	})
}

// compareResponses sends all requests to all printers concurrently, because some responses take seconds.
func compareResponses(t *testing.T, c *client, words []Fault, unreachable results) {
	t.Helper()
	got, want := make([]results, len(words)), make([]results, len(words))
	var asking sync.WaitGroup
	for i, f := range words {
		var ok bool
		if want[i], ok = wantByFault[f]; f == Unreachable {
			want[i] = unreachable
		} else if !ok {
			t.Errorf("no expectation for %q", f)
		}
		asking.Go(func() { got[i].Status = simplified(c.withTimeoutFor(want[i].Status).sendCommand(i, "status")) })
		asking.Go(func() { got[i].Ping = simplified(c.withTimeoutFor(want[i].Ping).sendCommand(i, "ping")) })
		asking.Go(func() { got[i].Info = simplified(c.withTimeoutFor(want[i].Info).info(i)) })
	}
	asking.Wait()
	for i, f := range words {
		if diff := cmp.Diff(want[i], got[i]); diff != "" {
			t.Errorf("%q:\n%s", f, diff)
		}
	}
}

// withTimeoutFor returns the client for an expected response.
func (c *client) withTimeoutFor(want result) *client {
	if want == timeoutResult {
		return c.withShortTimeout()
	}
	return c
}

func TestUnknownAddressesAndTokens(t *testing.T) {
	relay := New(Options{Printers: 1, Seed: 1})
	c := newClient(t, relay)
	p := relay.Printers()[0]
	command := "/octoeverywhere-command-api/status"
	for name, x := range map[string]struct {
		url   string
		token string
		want  result
	}{
		"unknown id in the path":  {url: c.base + "/p/app-nobody" + command, want: statusResult(603)},
		"unknown id in the host":  {url: "https://app-nobody." + DefaultDomain + command, want: statusResult(603)},
		"no credentials":          {url: c.base + "/p/" + p.ID + command, want: statusResult(606)},
		"app API without a token": {url: c.base + "/api/appconnection/info", want: statusResult(400)},
		"app API, unknown token":  {url: c.base + "/api/appconnection/info", token: "nobody", want: statusResult(603)},
		"the service's own pages": {url: c.base + "/", want: statusResult(404)},
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

func TestPrinterByHost(t *testing.T) {
	relay := newRelay(1, "relay.example", Latency{}, generateFleet(1, 3, nil))
	c := newClient(t, relay)
	for _, p := range relay.Printers() {
		got := c.get("https://"+strings.ToUpper(p.ID)+".relay.example:8443/octoeverywhere-command-api/ping",
			func(req *http.Request) { authorize(req, p) })
		if diff := cmp.Diff(normalPing, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestWrongCredentialsDoNotReachThePlugin(t *testing.T) {
	relay, words := allFaults(1)
	c := newClient(t, relay)
	for i, f := range words {
		if f == NoAnswer || f.Expected().Layer > 0 && f.Expected().Layer < 3 {
			continue
		}
		p := relay.Printers()[i]
		got := c.get(c.base+"/p/"+p.ID+"/octoeverywhere-command-api/status", func(req *http.Request) {
			req.Header.Set("Authorization", "Bearer "+p.Bearer+"x")
		})
		want := statusResult(606)
		if b := f.behavior(); !b.reachesPlugin() {
			want = wantByFault[f].Status
		}
		if diff := cmp.Diff(want, simplified(got)); diff != "" {
			t.Errorf("%q: %s", f, diff)
		}
	}
}
