package probe

import (
	"bufio"
	"context"
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

	"octoeverywhere_exporter/fault"
)

// busyPrinting is a response of the usual size: about 900 bytes, of which a third is exported. Fields as in
// https://docs.octoeverywhere.com/plugin-api/printer-status/
const busyPrinting = `{"Status": 200, "Result": {"JobStatus": {"State": "printing", "SubState": null, "Error": null,
 "Lights": [{"Name": "chamber", "On": true}], "CurrentPrint": {"Progress": 47.53, "DurationSec": 5321, "TimeLeftSec": 5874,
 "FileName": "gearbox housing, left half (2 of 2), PETG, 0.2 mm.gcode", "EstTotalFilUsedMm": 18342, "EstTotalFilWeightMg": 54710,
 "CurrentLayer": 118, "TotalLayers": 254, "Temps": {"BedActual": 69.94, "BedTarget": 70.0, "HotendActual": 239.71,
 "HotendTarget": 240.0, "ChamberActual": 38.2, "ChamberTarget": 0.0}}}, "OctoEverywhereStatus": {"MostRecentPrintId": "p-7f3a91c2",
 "PrintStartTimeSec": 1800000000.25, "Gadget": {"LastScore": 9.2, "ScoreHistory": [9.2, 9.1, 9.4, 8.8, 9.0, 9.3],
 "TimeSinceLastScoreSec": 21.4, "IntervalSec": 30.0, "IsSuppressed": false}}, "PlatformVersion": "v0.13.0-190-g5eb07966",
 "Features": 7, "ListWebcams": {"Webcams": [{"Name": "camera", "FlipH": false, "FlipV": false, "Rotation": 0, "Enabled": true}],
 "DefaultIndex": 0}}}`

func BenchmarkJudgeStatus(b *testing.B) {
	a := attemptOf(200, busyPrinting)
	b.SetBytes(int64(len(a.Body)))
	b.ReportAllocs()
	for b.Loop() {
		if f, r := Judge(StatusRequest, a); !f.None() || r.State != Printing {
			b.Fatal(f)
		}
	}
}

// BenchmarkFold folds one result into a status: of a healthy printer, of one whose host is lost, and of one that alternates.
func BenchmarkFold(b *testing.B) {
	_, reading := Judge(StatusRequest, attemptOf(200, busyPrinting))
	healthy := Result{Request: StatusRequest, Took: 120 * time.Millisecond, Reading: reading}
	lost := Result{Request: StatusRequest, Took: 120 * time.Millisecond, Fault: fault.FromPlugin(785)}
	for _, c := range []struct {
		name    string
		results []Result
	}{{"healthy", []Result{healthy}}, {"lost", []Result{lost}}, {"alternating", []Result{healthy, lost}}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			s := NewStatus(Target{Name: "mk4-01", Interval: 15 * time.Second})
			now := time.Unix(1_800_000_000, 0)
			for i := 0; b.Loop(); i++ {
				r := c.results[i%len(c.results)]
				r.Asked = now
				s = s.Next(r)
				now = now.Add(s.Interval)
			}
			if s.Probes != uint64(b.N) {
				b.Fatalf("%d probes of %d", s.Probes, b.N)
			}
		})
	}
}

// BenchmarkAsk is one question over TLS and HTTP/2 on loopback, to 256 printers by turns: on connections that they share,
// or on their own. The time is also that of the edge, which is in the same process; but it answers from a buffer and
// allocates next to nothing, so that allocations are those of asking.
func BenchmarkAsk(b *testing.B) {
	for _, c := range []struct {
		name   string
		alone  bool
		atOnce int
	}{{"shared/1 at once", false, 1}, {"shared/64 at once", false, 64}, {"own/64 at once", true, 64}} {
		b.Run(c.name, func(b *testing.B) { benchmarkAsk(b, c.alone, c.atOnce) })
	}
}

func benchmarkAsk(b *testing.B, alone bool, atOnce int) {
	via, targets := benchFleet(b, alone, 256)
	defer via.Close()
	for _, t := range targets { // connections are made
		if r := t.Ask(b.Context(), StatusRequest); r.Reading.State != Printing {
			b.Fatal(r.Fault.Reason, r.Attempt)
		}
	}
	b.ReportAllocs()
	b.SetParallelism(atOnce) // times GOMAXPROCS
	var next atomic.Uint64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			t := targets[next.Add(1)%uint64(len(targets))]
			if r := t.Ask(b.Context(), StatusRequest); !r.Fault.None() {
				b.Error(r.Fault.Reason, r.Attempt)
				return
			}
		}
	})
	b.ReportMetric(float64(via.Open()), "connections")
}

// benchFleet are n printers, each with a name of its own, at one edge.
func benchFleet(b *testing.B, alone bool, n int) (*Transport, []Target) {
	b.Helper()
	edge := httptest.NewUnstartedServer(http.NotFoundHandler())
	edge.EnableHTTP2 = true
	edge.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": answerAll}
	edge.StartTLS()
	b.Cleanup(edge.Close)
	roots := x509.NewCertPool()
	roots.AddCert(edge.Certificate()) // valid for *.example.com

	via := NewTransport(Settings{TLS: &tls.Config{RootCAs: roots}, DisableSharing: alone})
	address := edge.Listener.Addr().String()
	via.alone.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) { return via.dial(ctx, network, address) }
	hosts := names{}
	var targets []Target
	_, port, _ := net.SplitHostPort(address)
	for i := range n {
		host := fmt.Sprintf("p%d.example.com", i)
		hosts[host] = []string{"127.0.0.1"}
		u := &url.URL{Scheme: "https", Host: net.JoinHostPort(host, port)}
		t := Target{
			Name: host, Interval: 15 * time.Second, Timeout: 10 * time.Second, Via: via, Address: NewAddress(u), Service: NewAddress(u),
			Authorization: NewSecret("Bearer a-token-that-is-as-long-as-they-usually-are-" + host),
		}
		targets = append(targets, t.prepared())
	}
	if !alone {
		via.shared.book.lookup = hosts.lookup
	}
	return via, targets
}

// answerAll answers each request on an HTTP/2 connection (RFC 9113) with the same bytes. It reads no header, and trusts
// the client to open its window for the connection again and again. What is answered together is written together.
func answerAll(_ *http.Server, conn *tls.Conn, _ http.Handler) {
	defer conn.Close()
	in, out := bufio.NewReaderSize(conn, 64<<10), bufio.NewWriterSize(conn, 64<<10)
	if _, err := io.CopyN(io.Discard, in, int64(len(http2.ClientPreface))); err != nil {
		return
	}
	frames := http2.NewFramer(out, in)
	frames.SetReuseFrames()
	body := []byte(busyPrinting)
	err := frames.WriteSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1000})
	for err == nil {
		if in.Buffered() == 0 {
			if err = out.Flush(); err != nil {
				return
			}
		}
		var f http2.Frame
		if f, err = frames.ReadFrame(); err == nil {
			err = answerFrame(frames, f, body)
		}
	}
}

func answerFrame(to *http2.Framer, f http2.Frame, body []byte) error {
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
