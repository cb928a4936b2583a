package fleet

import (
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
)

// responder is a round tripper without a network: the status and the body of the response to a request. Status 0: none comes.
type responder func(*http.Request) (int, string)

func (respond responder) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{Reused: true})
	status, body := respond(r)
	if status == 0 {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// targets returns printers with these names, each with its own address.
func targets(names ...string) []probe.Target {
	var ts []probe.Target
	for _, n := range names {
		u := &url.URL{Scheme: "https", Host: n + ".test"}
		ts = append(ts, probe.Target{Name: n, Interval: time.Minute, Timeout: 10 * time.Second, Address: probe.NewAddress(u), Service: probe.NewAddress(u)})
	}
	return ts
}

// newFleet returns a fleet of printers with these names.
func newFleet(t *testing.T, respond responder, names ...string) *Fleet {
	f := New(Options{RoundTripper: respond})
	t.Cleanup(f.Close)
	f.Replace(targets(names...))
	return f
}

const idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`

func healthy(*http.Request) (int, string) { return 200, idle }

// requireNewCredentials responds with 606 to requests without the credentials of withNewCredentials.
func requireNewCredentials(r *http.Request) (int, string) {
	if r.Header.Get("Authorization") != "Bearer new" {
		return 606, ""
	}
	return 200, idle
}

// withNewCredentials returns a printer with new credentials.
func withNewCredentials(name string) []probe.Target {
	ts := targets(name)
	ts[0].Authorization = probe.NewSecret("Bearer new")
	return ts
}

func statusOf(t *testing.T, f *Fleet, name string) *probe.Status {
	t.Helper()
	s, ok := f.Status(name)
	if !ok {
		t.Fatalf("no printer %s", name)
	}
	return s
}
