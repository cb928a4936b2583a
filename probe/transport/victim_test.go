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

// victim is a printer behind a hostile relay.
type victim struct {
	*testing.T
	hostileCase cases.Case
	relay       *cases.Server
	transport   *Transport
	at          func(path string, timeout time.Duration) printer
	other       printer // at a healthy relay, reached by the same transport
}

func newVictim(t *testing.T, c cases.Case, on cases.Protocol, dedicated bool, healthy *healthyRelay) *victim {
	relay, err := cases.Listen(c, on)
	if err != nil {
		t.Fatal(err)
	}
	v := &victim{T: t, hostileCase: c, relay: relay, other: healthy.printer}
	v.transport, v.at = behind(t, relay.URL(), append(relay.CAPEM(), healthy.ca...), on, dedicated)
	t.Cleanup(relay.Close)
	v.other.transport = v.transport
	return v
}

// behind returns a transport that reaches a relay and any other server on this machine, and a function that returns a printer
// behind the relay, by the last element of its path: the number of the request, or cases.Healthy for a printer whose responses
// are good. Those two have different host names.
func behind(t *testing.T, relay string, ca []byte, on cases.Protocol, dedicated bool) (*Transport, func(string, time.Duration) printer) {
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
	transport := newTransport(t, s, dedicated)
	transport.dialer.lookup = toLoopback
	return transport, func(path string, timeout time.Duration) printer {
		host := "canary." + cases.Domain
		if path == cases.Healthy {
			host = cases.Healthy + "." + cases.Domain
		}
		a := probe.NewAddress(&url.URL{Scheme: "https", Host: net.JoinHostPort(host, at.Port()), Path: "/p/" + path})
		return printer{probe.Target{
			Name: path, Interval: time.Minute, Timeout: timeout, Address: a, Service: a,
			Authorization: probe.NewSecret("Bearer canary"), AppToken: probe.NewSecret("canary"),
		}, transport}
	}
}

// toLoopback is a name server that resolves every name to 127.0.0.1.
func toLoopback(context.Context, string, string) ([]netip.Addr, error) {
	return []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1})}, nil
}

// play sends the requests of the case, and at the same time requests to healthy printers.
func (v *victim) play() {
	stop := make(chan struct{})
	var neighbors sync.WaitGroup
	neighbors.Go(func() { v.expectHealthyUntil(stop, v.other) })
	if v.hostileCase.Contained {
		neighbors.Go(func() { v.expectHealthyUntil(stop, v.at(cases.Healthy, patience)) })
	}
	status := probe.NewStatus(v.at("0", patience).Target)
	for n := range max(1, v.hostileCase.Requests) {
		status = status.Next(v.requestStatus(n))
	}
	v.requestPingAndInfo()
	close(stop)
	neighbors.Wait()
	v.checkStatus(&status)
	v.checkRequests()
}

// requestStatus sends the n-th status request. Where the case lasts until the timeout and the machine is so busy that
// nothing came until then, it is sent again with a longer one.
func (v *victim) requestStatus(n int) probe.Result {
	timeouts := []time.Duration{patience}
	if v.hostileCase.EndsAtTimeout {
		timeouts = []time.Duration{300 * time.Millisecond, 1200 * time.Millisecond, 5 * time.Second}
	}
	var r probe.Result
	for _, timeout := range timeouts {
		begin := time.Now()
		r = v.at(fmt.Sprint(n), timeout).send(v.Context(), probe.StatusRequest)
		if took := time.Since(begin); took > timeout+patience/2 {
			v.Errorf("request %d: %v, with a timeout of %v", n, took, timeout)
		}
		if r.Canceled || r.Fault.None() {
			break
		}
		if slices.ContainsFunc(v.hostileCase.Expected(n), r.Fault.Same) {
			return r
		}
	}
	if !slices.ContainsFunc(v.hostileCase.Expected(n), r.Fault.Same) {
		v.Errorf("request %d: %q %s (%+v), not %v", n, r.Fault.Reason, r.Fault.CodeLabel(), r.Attempt, reasons(v.hostileCase.Expected(n)))
	}
	return r
}

// requestPingAndInfo sends the other requests. They succeed only where the case says so; the responses have other forms.
func (v *victim) requestPingAndInfo() {
	timeout := patience
	if v.hostileCase.EndsAtTimeout {
		timeout = 300 * time.Millisecond
	}
	for _, q := range []probe.Request{probe.PingRequest, probe.InfoRequest} {
		if r := v.at("0", timeout).send(v.Context(), q); r.Fault.None() && !v.hostileCase.AllowsSuccess(0) {
			v.Errorf("%s succeeds", q)
		}
	}
}

func reasons(fs []fault.Fault) (words []string) {
	for _, f := range fs {
		words = append(words, strings.TrimSpace(f.Reason+" "+f.CodeLabel()))
	}
	return words
}

// expectHealthyUntil sends status requests to a healthy printer until stop is closed. Each has to succeed.
func (v *victim) expectHealthyUntil(stop <-chan struct{}, to printer) {
	for {
		if r := to.send(v.Context(), probe.StatusRequest); !r.Fault.None() {
			v.Errorf("healthy printer %s: %s (%s, %s) after %v", to.Name, r.Fault.Reason, r.Attempt.Phase, r.Attempt.ErrorKind, r.Took)
			return
		}
		select {
		case <-stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// checkStatus checks that what is kept is bounded, printable and without secrets.
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
		v.Errorf("the status shows the address: %s", text)
	}
}

// checkRequests checks that the relay received the three requests and no other, and that no redirect was followed.
func (v *victim) checkRequests() {
	if n := v.relay.RedirectConnections(); n > 0 {
		v.Errorf("%d redirects were followed", n)
	}
	for _, r := range v.relay.Requests() {
		method, path, _ := strings.Cut(r, " ")
		i := strings.LastIndex(path, "/")
		if method != http.MethodGet || !slices.Contains([]string{"/status", "/ping", "/info"}, path[max(i, 0):]) {
			v.Errorf("%s was sent", r)
		}
	}
}

// healthyRelay is a relay with one healthy printer.
type healthyRelay struct {
	printer printer
	ca      []byte
}

func newHealthyRelay(t *testing.T) *healthyRelay {
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
	return &healthyRelay{ca: server.CAPEM(), printer: printer{Target: probe.Target{
		Name: "other", Interval: time.Minute, Timeout: patience, Address: probe.NewAddress(u), Service: probe.NewAddress(u),
		Authorization: probe.NewSecret(authorization),
	}}}
}
