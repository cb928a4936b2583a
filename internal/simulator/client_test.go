package simulator

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"
)

// client sends requests to a relay as an exporter does.
type client struct {
	t       *testing.T
	relay   *Relay
	http    http.RoundTripper
	base    string
	timeout time.Duration
}

// result is the response to a request.
type result struct {
	Status     int
	Type       string
	Body       string
	RetryAfter string
	Location   string
	Error      string // "", or the kind of the error: no answer, no connection, broken
}

// newClient returns a client that sends requests in process.
func newClient(t *testing.T, relay *Relay) *client {
	return &client{t: t, relay: relay, http: relay.Transport(), base: "https://" + relay.Domain(), timeout: time.Minute}
}

// newHTTPSClient returns a client that sends requests over HTTPS, with HTTP/2 or HTTP/1.1.
func newHTTPSClient(t *testing.T, relay *Relay, http2 bool) *client {
	t.Helper()
	server, err := relay.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	transport := newTrustingTransport(t, server)
	transport.Protocols.SetHTTP1(!http2)
	transport.Protocols.SetHTTP2(http2)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &client{t: t, relay: relay, http: transport, base: server.URL(), timeout: time.Minute}
}

func newTrustingTransport(t *testing.T, server *Server) *http.Transport {
	t.Helper()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(server.CAPEM()) {
		t.Fatal("no certificate in CAPEM")
	}
	return &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, Protocols: new(http.Protocols)}
}

func authorize(req *http.Request, p Printer) {
	if p.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+p.Bearer)
	} else {
		req.SetBasicAuth(p.Username, p.Password)
	}
}

// sendCommand sends a command to the printer with index i.
func (c *client) sendCommand(i int, command string) result {
	c.t.Helper()
	p := c.relay.Printers()[i]
	return c.get(c.base+"/p/"+p.ID+"/octoeverywhere-command-api/"+command, func(req *http.Request) { authorize(req, p) })
}

// info requests the connection info of the printer with index i.
func (c *client) info(i int) result {
	c.t.Helper()
	return c.get(c.base+"/api/appconnection/info", func(req *http.Request) {
		req.Header.Set("AppToken", c.relay.Printers()[i].AppToken)
	})
}

// get sends a request with a timeout that is longer than any response takes.
func (c *client) get(url string, dress func(*http.Request)) result {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), c.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	if dress != nil {
		dress(req)
	}
	return readResult(c.http.RoundTrip(req))
}

// withShortTimeout returns a client for responses that never come.
func (c *client) withShortTimeout() *client {
	brief := *c
	brief.timeout = 100 * time.Millisecond
	return &brief
}

func readResult(resp *http.Response, err error) result {
	if err != nil {
		return result{Error: errorKind(err)}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return result{Error: errorKind(err)}
	}
	return result{
		Status: resp.StatusCode, Type: resp.Header.Get("Content-Type"), Body: string(body),
		RetryAfter: resp.Header.Get("Retry-After"), Location: resp.Header.Get("Location"),
	}
}

func errorKind(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer"
	}
	if isRefused(err) {
		return "no connection"
	}
	return "broken"
}
