package transport

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/testkit"
)

// BenchmarkSend is one request over TLS and HTTP/2 on loopback, to each of 256 printers, on shared or dedicated connections.
// The time includes that of the edge, which is in the same process; it allocates next to nothing, so allocations are those
// of the transport.
func BenchmarkSend(b *testing.B) {
	for _, c := range []struct {
		name        string
		dedicated   bool
		concurrency int
	}{{"shared/concurrency=1", false, 1}, {"shared/concurrency=64", false, 64}, {"dedicated/concurrency=64", true, 64}} {
		b.Run(c.name, func(b *testing.B) { benchmarkSend(b, c.dedicated, c.concurrency) })
	}
}

func benchmarkSend(b *testing.B, dedicated bool, concurrency int) {
	transport, printers := benchFleet(b, dedicated, 256)
	defer transport.Close()
	for _, t := range printers { // connections are made
		if r := t.send(b.Context(), probe.StatusRequest); r.Reading.State != probe.Printing {
			b.Fatal(r.Fault.Reason, r.Attempt)
		}
	}
	b.ReportAllocs()
	b.SetParallelism(concurrency) // times GOMAXPROCS
	var next atomic.Uint64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			t := printers[next.Add(1)%uint64(len(printers))]
			if r := t.send(b.Context(), probe.StatusRequest); !r.Fault.None() {
				b.Error(r.Fault.Reason, r.Attempt)
				return
			}
		}
	})
	b.ReportMetric(float64(transport.Open()), "connections")
}

// benchFleet returns n printers, each with its own host name, at one edge.
func benchFleet(b *testing.B, dedicated bool, n int) (*Transport, []printer) {
	b.Helper()
	edge := httptest.NewUnstartedServer(http.NotFoundHandler())
	edge.EnableHTTP2 = true
	edge.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": respondToAll}
	edge.StartTLS()
	b.Cleanup(edge.Close)
	roots := x509.NewCertPool()
	roots.AddCert(edge.Certificate()) // valid for *.example.com

	transport := New(probe.Settings{TLS: &tls.Config{RootCAs: roots}}, Options{DisableSharing: dedicated})
	hosts := names{}
	var printers []printer
	_, port, _ := net.SplitHostPort(edge.Listener.Addr().String())
	for i := range n {
		host := fmt.Sprintf("p%d.example.com", i)
		hosts[host] = []string{"127.0.0.1"}
		u := &url.URL{Scheme: "https", Host: net.JoinHostPort(host, port)}
		printers = append(printers, printer{probe.Target{
			Name: host, Interval: 15 * time.Second, Timeout: 10 * time.Second, Address: probe.NewAddress(u), Service: probe.NewAddress(u),
			Authorization: probe.NewSecret("Bearer a-token-that-is-as-long-as-they-usually-are-" + host),
		}, transport})
	}
	hosts.use(transport)
	return transport, printers
}

// respondToAll responds to each request on an HTTP/2 connection (RFC 9113) with the same bytes. It reads no header, and trusts
// the client to increase its window for the connection. Responses to requests that are read together are written together.
func respondToAll(_ *http.Server, conn *tls.Conn, _ http.Handler) {
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriterSize(conn, 64<<10)
	if _, err := io.CopyN(io.Discard, in, int64(len(http2.ClientPreface))); err != nil {
		return
	}
	frames := http2.NewFramer(out, in)
	frames.SetReuseFrames()
	body := []byte(testkit.StatusResponse)
	err := frames.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1000})
	for err == nil {
		if in.Buffered() == 0 {
			if err = out.Flush(); err != nil {
				return
			}
		}
		var f http2.Frame
		if f, err = frames.ReadFrame(); err == nil {
			err = respondToFrame(frames, f, body)
		}
	}
}

func respondToFrame(to *http2.Framer, f http2.Frame, body []byte) error {
	switch f := f.(type) {
	case *http2.SettingsFrame:
		if !f.IsAck() {
			return to.WriteSettingsAck()
		}
	case *http2.PingFrame:
		if !f.IsAck() {
			return to.WritePing(true, f.Data)
		}
	case *http2.HeadersFrame:
		status200 := [...]byte{0x88} // of the static table (RFC 7541, appendix A)
		err := to.WriteHeaders(http2.HeadersFrameParam{StreamID: f.StreamID, BlockFragment: status200[:], EndHeaders: true})
		if err != nil {
			return err
		}
		return to.WriteData(f.StreamID, true, body)
	}
	return nil
}
