package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/simulator"
	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/hostile/cases"
)

// TestHostileRelays plays every case on every protocol, on connections that printers share and on their own. Whatever the
// relay does, the verdict is one that is right for it, and printers beside it keep theirs.
func TestHostileRelays(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of relays take some seconds")
	}
	beside := newBeside(t)
	places := make(chan struct{}, 24)
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range cases.All() {
		for _, on := range c.Protocols.Split() {
			for _, alone := range []bool{false, true} {
				if on != cases.HTTP2 && !alone {
					continue // nothing but HTTP/2 can be shared
				}
				all.Go(func() {
					places <- struct{}{}
					defer func() { <-places }()
					t.Run(fmt.Sprintf("%s/%s/%s", c.Name, on, map[bool]string{true: "own", false: "shared"}[alone]), func(t *testing.T) {
						newVictim(t, c, on, alone, beside).suffer()
					})
				})
			}
		}
	}
}

// victim is a printer behind a hostile relay.
type victim struct {
	*testing.T
	play   cases.Case
	relay  *cases.Server
	via    *Transport
	at     func(word string, timeout time.Duration) printer
	beside printer // a printer elsewhere, asked by the same transport
}

func newVictim(t *testing.T, c cases.Case, on cases.Protocol, alone bool, beside *besides) *victim {
	relay, err := cases.Listen(c, on)
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{T: t, play: c, relay: relay, beside: beside.target}
	v.via, v.at = behind(t, relay.URL(), append(relay.CAPEM(), beside.ca...), on, alone)
	t.Cleanup(relay.Close)
	v.beside.via = v.via
	return v
}

// behind gives a transport that reaches a relay and whatever else is on this machine, and a function that gives a printer
// behind the relay: one that is asked its n-th question, or one that is answered well. Both have names of their own.
func behind(t *testing.T, relay string, ca []byte, on cases.Protocol, alone bool) (*Transport, func(string, time.Duration) printer) {
	t.Helper()
	at, err := url.Parse(relay)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	s := probe.Settings{TLS: &tls.Config{RootCAs: roots}}
	if on == cases.Proxy {
		s.Proxy = func(r *http.Request) (*url.URL, error) {
			if strings.HasSuffix(r.URL.Hostname(), cases.Domain) {
				return at, nil
			}
			return nil, nil
		}
	}
	via := newTransport(t, s, alone)
	if via.shared != nil {
		via.shared.lookup = toLoopback
	}
	via.dialBy(func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return via.dial(ctx, network, net.JoinHostPort("127.0.0.1", port))
	})
	return via, func(word string, timeout time.Duration) printer {
		host := "canary." + cases.Domain
		if word == cases.Healthy {
			host = cases.Healthy + "." + cases.Domain
		}
		a := probe.NewAddress(&url.URL{Scheme: "https", Host: net.JoinHostPort(host, at.Port()), Path: "/p/" + word})
		return printer{probe.Target{
			Name: word, Interval: time.Minute, Timeout: timeout, Address: a, Service: a,
			Authorization: probe.NewSecret("Bearer canary"), AppToken: probe.NewSecret("canary"),
		}, via}
	}
}

// toLoopback is a name server to which every host is on this machine.
func toLoopback(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
}

// patience is a time that is never reached, however busy the machine is.
const patience = 20 * time.Second

// suffer asks until all of the case was seen, while printers beside it are asked, too.
func (v *victim) suffer() {
	stop := make(chan struct{})
	var neighbours sync.WaitGroup
	neighbours.Go(func() { v.askMeanwhile(v.beside, stop) })
	if v.play.Contained {
		neighbours.Go(func() { v.askMeanwhile(v.at(cases.Healthy, patience), stop) })
	}
	status := probe.NewStatus(v.at("0", patience).Target)
	for n := range max(1, v.play.Requests) {
		status = status.Next(v.ask(n))
	}
	v.askTheOthers()
	close(stop)
	neighbours.Wait()
	v.checkStatus(&status)
	v.checkRequests()
}

// ask asks for the status. A case that lasts takes as long as the question may take: if the machine is so busy that
// nothing came of it until then, it gets more time.
func (v *victim) ask(n int) probe.Result {
	timeouts := []time.Duration{patience}
	if v.play.EndsAtTimeout {
		timeouts = []time.Duration{300 * time.Millisecond, 1200 * time.Millisecond, 5 * time.Second}
	}
	var r probe.Result
	for _, timeout := range timeouts {
		begin := time.Now()
		r = v.at(fmt.Sprint(n), timeout).ask(v.Context(), probe.StatusRequest)
		if took := time.Since(begin); took > timeout+patience/2 {
			v.Errorf("question %d: %v, with a timeout of %v", n, took, timeout)
		}
		if r.Canceled || r.Fault.None() {
			break
		}
		if slices.ContainsFunc(v.play.Expected(n), r.Fault.Same) {
			return r
		}
	}
	if !slices.ContainsFunc(v.play.Expected(n), r.Fault.Same) {
		v.Errorf("request %d: %q %s (%+v), not %v", n, r.Fault.Reason, r.Fault.CodeLabel(), r.Attempt, reasons(v.play.Expected(n)))
	}
	return r
}

// askTheOthers asks what else is asked. An answer that is good is as good as the case says; info is another form.
func (v *victim) askTheOthers() {
	timeout := patience
	if v.play.EndsAtTimeout {
		timeout = 300 * time.Millisecond
	}
	for _, q := range []probe.Request{probe.PingRequest, probe.InfoRequest} {
		if r := v.at("0", timeout).ask(v.Context(), q); r.Fault.None() && !v.play.AllowsSuccess(0) {
			v.Errorf("%s is good", q)
		}
	}
}

func reasons(fs []fault.Fault) (words []string) {
	for _, f := range fs {
		words = append(words, strings.TrimSpace(f.Reason+" "+f.CodeLabel()))
	}
	return words
}

// askMeanwhile asks a printer that is well again and again; each answer has to be good.
func (v *victim) askMeanwhile(to printer, stop <-chan struct{}) {
	for {
		if r := to.ask(v.Context(), probe.StatusRequest); !r.Fault.None() {
			v.Errorf("%s beside it: %s (%s, %s) after %v", to.Name, r.Fault.Reason, r.Attempt.Phase, r.Attempt.ErrorKind, r.Took)
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// checkStatus looks at what is kept: it is bounded, and made of what can be shown.
func (v *victim) checkStatus(s *probe.Status) {
	codes := map[string]bool{}
	for _, m := range s.Errors {
		codes[m.Code] = true
	}
	if len(codes) > 20+2 { // with "" and "other"
		v.Errorf("%d codes are kept", len(codes))
	}
	for field := range probe.Field(100) {
		if value, _ := s.Reading.Value(field); value-value != 0 {
			v.Errorf("field %d is %v", field, value)
		}
	}
	if p := s.Reading.PlatformVersion(); len(p) > 100 || !utf8.ValidString(p) || strings.ContainsFunc(p, func(r rune) bool { return !unicode.IsPrint(r) }) {
		v.Errorf("the platform is %q", p)
	}
	if text := fmt.Sprintf("%+v", s); strings.Contains(text, "canary") || strings.Contains(text, "127.0.0.1") {
		v.Errorf("the status shows where the printer lives: %s", text)
	}
}

// checkRequests looks at what came to the relay: nothing but the three questions, and nobody elsewhere.
func (v *victim) checkRequests() {
	if n := v.relay.RedirectConnections(); n > 0 {
		v.Errorf("%d connections were led elsewhere", n)
	}
	for _, r := range v.relay.Requests() {
		method, path, _ := strings.Cut(r, " ")
		i := strings.LastIndex(path, "/")
		if method != http.MethodGet || !slices.Contains([]string{"/status", "/ping", "/info"}, path[max(i, 0):]) {
			v.Errorf("%s was asked", r)
		}
	}
}

// besides is a printer that is well, elsewhere.
type besides struct {
	target printer
	ca     []byte
}

func newBeside(t *testing.T) *besides {
	t.Helper()
	relay := simulator.New(simulator.Options{Printers: 1, Seed: 1})
	server, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	p := relay.Printers()[0]
	authorization := "Bearer " + p.Bearer
	if p.Bearer == "" {
		authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(p.Username+":"+p.Password))
	}
	u, err := url.Parse(server.URL() + "/p/" + p.ID)
	if err != nil {
		t.Fatal(err)
	}
	return &besides{
		ca: server.CAPEM(),
		target: printer{Target: probe.Target{
			Name: "a printer", Interval: time.Minute, Timeout: patience, Address: probe.NewAddress(u), Service: probe.NewAddress(u),
			Authorization: probe.NewSecret(authorization),
		}},
	}
}

// TestManyLargeAnswersAtOnce: hundreds of printers at relays that answer with as much as is allowed, slowly, do not take
// hundreds of times the memory.
func TestManyLargeAnswersAtOnce(t *testing.T) {
	const printers = 200
	all := cases.All()
	c := all[slices.IndexFunc(all, func(c cases.Case) bool { return c.Name == "large-and-slow" })]
	for _, on := range c.Protocols.Split() {
		for _, alone := range []bool{false, true} {
			if on != cases.HTTP2 && !alone {
				continue
			}
			t.Run(fmt.Sprintf("%s/%v", on, alone), func(t *testing.T) {
				v := newVictim(t, c, on, alone, newBeside(t))
				runtime.GC()
				before := heap()
				peak := watchHeap()
				var asked sync.WaitGroup
				for n := range printers {
					asked.Go(func() {
						if r := v.at(fmt.Sprint(n), 2*time.Second).ask(t.Context(), probe.StatusRequest); r.Fault.None() {
							t.Error("a good answer")
						}
					})
				}
				asked.Wait()
				most := peak()
				if grown := int64(most) - int64(before); grown > 256<<20 {
					t.Errorf("the heap grew by %d MiB", grown>>20)
				} else {
					t.Logf("the heap grew by %d MiB", grown>>20)
				}
			})
		}
	}
}

// TestAFloodEndsWithItsConnection: also when nobody waits for an answer any more.
func TestAFloodEndsWithItsConnection(t *testing.T) {
	for _, c := range cases.All() {
		if !slices.Contains([]string{"ping-flood", "settings-flood", "empty-continuation-flood"}, c.Name) {
			continue
		}
		for _, alone := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", c.Name, alone), func(t *testing.T) {
				v := newVictim(t, c, cases.HTTP2, alone, newBeside(t))
				v.at("0", patience).ask(t.Context(), probe.StatusRequest)
				for end := time.Now().Add(patience); v.via.Open() > 0; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(end) {
						t.Fatal("it goes on")
					}
				}
			})
		}
	}
}

// TestAnEdgeThatRefusesIsNotStormed: net/http makes another connection whenever an edge says that it has not looked at a
// question, hundreds of them a second if it says so at once.
func TestAnEdgeThatRefusesIsNotStormed(t *testing.T) {
	refusing := []string{
		"reset-protocol-error", "reset-refused", "goaway-unprocessed", "goaway-as-greeting", "no-streams", "greeting-against-the-rules",
		"connection-closes",
	}
	for _, c := range cases.All() {
		if !slices.Contains(refusing, c.Name) {
			continue
		}
		for _, alone := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", c.Name, alone), func(t *testing.T) {
				t.Parallel()
				v := newVictim(t, c, cases.HTTP2, alone, newBeside(t))
				if r := v.at("0", time.Second).ask(t.Context(), probe.StatusRequest); r.Fault.None() {
					t.Error("a good answer")
				}
				if n := v.relay.Connections(); n > 8 {
					t.Errorf("%d connections were made for one question", n)
				}
			})
		}
	}
}
