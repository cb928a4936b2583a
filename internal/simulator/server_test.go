package simulator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestListensOnLoopbackOnly(t *testing.T) {
	relay := onePrinter(spec{})
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:8443", "example.org:443"} {
		_, err := relay.Listen(address)
		want := `listen on "` + address + `": the simulator listens on loopback only, for example 127.0.0.1:8443`
		if err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", address, err, want)
		}
	}
	if _, err := relay.Listen("localhost"); err == nil || err.Error() != `listen on "localhost": use the form HOST:PORT` {
		t.Errorf("no port: %v", err)
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0"} {
		server, err := relay.Listen(address)
		noError(t, err)
		noError(t, server.Close())
	}
}

func TestCertificate(t *testing.T) {
	relay := onePrinter(spec{})
	server, err := relay.Listen("127.0.0.1:0")
	noError(t, err)
	defer server.Close()
	transport := newTrustingTransport(t, server)
	transport.Protocols.SetHTTP1(true)
	transport.Protocols.SetHTTP2(true)
	transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { // every host resolves to the server
		return new(net.Dialer).DialContext(ctx, network, strings.TrimPrefix(server.URL(), "https://"))
	}
	defer transport.CloseIdleConnections()
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", DefaultDomain, relay.Printers()[0].ID + "." + DefaultDomain} {
		req, err := http.NewRequest(http.MethodGet, "https://"+host+"/octoeverywhere-command-api/ping", nil)
		noError(t, err)
		authorize(req, relay.Printers()[0])
		resp, err := transport.RoundTrip(req)
		if err != nil {
			t.Errorf("%s: %v", host, err)
			continue
		}
		resp.Body.Close()
		if resp.ProtoMajor != 2 {
			t.Errorf("%s is served by %s", host, resp.Proto)
		}
		until := time.Until(resp.TLS.PeerCertificates[0].NotAfter)
		if until < 23*time.Hour || until > 24*time.Hour {
			t.Errorf("%s: certificate is valid for %v more, want a day", host, until)
		}
	}
	if _, err := new(http.Transport).RoundTrip(newGet(t, server.URL())); err == nil {
		t.Error("a client that does not trust the CA was accepted")
	}
}

func newGet(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	noError(t, err)
	return req
}

func TestDeadURLRefusesConnections(t *testing.T) {
	server, err := onePrinter(spec{}).Listen("127.0.0.1:0")
	noError(t, err)
	defer server.Close()
	for range 3 {
		if _, err := new(http.Transport).RoundTrip(newGet(t, server.DeadURL())); !isRefused(err) {
			t.Errorf("got %v, want a refused connection", err)
		}
	}
}

func TestCloseEndsHangingRequests(t *testing.T) {
	before := goleak.IgnoreCurrent()
	for _, http2 := range []bool{false, true} {
		relay := onePrinter(spec{script: permanentFault(Hang)})
		server, err := relay.Listen("127.0.0.1:0")
		noError(t, err)
		transport := newTrustingTransport(t, server)
		transport.Protocols.SetHTTP1(!http2)
		transport.Protocols.SetHTTP2(http2)
		req := newGet(t, server.URL()+"/p/"+relay.Printers()[0].ID+"/octoeverywhere-command-api/status")
		authorize(req, relay.Printers()[0])
		errs := make(chan error, 1)
		go func() {
			_, err := transport.RoundTrip(req)
			errs <- err
		}()
		for relay.Total().InFlight == 0 {
			time.Sleep(time.Millisecond)
		}
		noError(t, server.Close())
		noError(t, server.Close()) // closing twice is allowed
		if err := <-errs; err == nil {
			t.Error("a hanging request succeeded")
		}
		if n := relay.Total().InFlight; n != 0 {
			t.Errorf("%d requests in flight after Close", n)
		}
		transport.CloseIdleConnections()
	}
	goleak.VerifyNone(t, before)
}

func TestHangingRequestEndsWithItsContext(t *testing.T) {
	relay := onePrinter(spec{script: permanentFault(NoAnswer)})
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2": true} {
		c := newHTTPSClient(t, relay, http2)
		ctx, cancel := context.WithCancel(t.Context())
		req := newGet(t, c.base+"/p/"+relay.Printers()[0].ID+"/octoeverywhere-command-api/status").WithContext(ctx)
		go func() {
			for relay.Total().InFlight == 0 {
				time.Sleep(time.Millisecond)
			}
			cancel()
		}()
		if _, err := c.http.RoundTrip(req); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
		for relay.Total().InFlight > 0 {
			time.Sleep(time.Millisecond)
		}
	}
}

func TestTransportReportsPhases(t *testing.T) {
	relay := newRelay(1, "", Latency{}, []spec{
		{name: "a", model: modelByPrefix("mk4")},
		{name: "b", model: modelByPrefix("mk4"), script: permanentFault(Unreachable)},
		{name: "c", model: modelByPrefix("mk4"), script: permanentFault(Reset)},
	})
	for i, want := range []string{
		"get sent first-byte",
		"get dial refused",
		"get sent",
	} {
		p := relay.Printers()[i]
		var stages []string
		req := newGet(t, "https://"+DefaultDomain+"/p/"+p.ID+"/octoeverywhere-command-api/ping")
		authorize(req, p)
		resp, err := relay.Transport().RoundTrip(withTrace(req, &stages))
		if err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
		}
		if got := strings.Join(stages, " "); got != want {
			t.Errorf("%s: %q, want %q", p.Name, got, want)
		}
	}
}

// withTrace records the phases of a request.
func withTrace(req *http.Request, stages *[]string) *http.Request {
	note := func(stage string) { *stages = append(*stages, stage) }
	return req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn:      func(string) { note("get") },
		ConnectStart: func(string, string) { note("dial") },
		ConnectDone: func(_, _ string, err error) {
			if isRefused(err) {
				note("refused")
			}
		},
		WroteRequest:         func(httptrace.WroteRequestInfo) { note("sent") },
		GotFirstResponseByte: func() { note("first-byte") },
	}))
}

func BenchmarkStatusOf50000Printers(b *testing.B) {
	relay := New(Options{Printers: 50_000, Seed: 1, Faults: FaultRatios{Off: 0.1}})
	requests := make([]*http.Request, len(relay.printers))
	for i, p := range relay.printers {
		requests[i], _ = http.NewRequest(http.MethodGet, "/p/"+p.ID+"/octoeverywhere-command-api/status", nil)
		requests[i].Header.Set("Authorization", p.authorization)
	}
	b.ReportAllocs()
	w := &discardResponse{header: http.Header{}}
	for i := 0; b.Loop(); i++ {
		relay.ServeHTTP(w, requests[i%len(requests)])
	}
}

func BenchmarkConfigOf50000Printers(b *testing.B) {
	relay := New(Options{Printers: 50_000, Seed: 1})
	for b.Loop() {
		var out bytes.Buffer
		if err := relay.WriteConfig(&out, ConfigOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// discardResponse is a ResponseWriter that discards the response.
type discardResponse struct{ header http.Header }

func (d *discardResponse) Header() http.Header         { return d.header }
func (d *discardResponse) Write(p []byte) (int, error) { return len(p), nil }
func (d *discardResponse) WriteHeader(int)             {}
