package alerting

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// relay is a RoundTripper that responds as OctoEverywhere and the plugins behind it do.
type relay struct {
	mu       sync.Mutex
	printers map[string]*printer // by host
}

// printer is a simulated printer. Its fields are guarded by the relay's mu.
type printer struct {
	fault    string // "" for none; see RoundTrip
	state    string
	subState string
	platform string // PlatformVersion
	job      int    // number of the print; 0 before the first
	shown    bool   // whether the response has the job
	began    time.Time
	lasts    time.Duration
	stuckAt  float64 // progress that never changes; 0: it rises
}

// Faults besides status codes. A number from 750 to 799, and one after byPlugin, is a `Status` of the plugin; others are HTTP
// statuses.
const (
	byPlugin = "plugin "

	refused = "refused" // connections are refused
	hangs   = "hangs"   // no request is answered
)

// RoundTrip implements http.RoundTripper.
func (r *relay) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	p := r.printers[req.URL.Host]
	if p == nil {
		r.mu.Unlock()
		return response(req, http.StatusNotFound, ""), nil
	}
	fault, status := p.fault, p.statusJSON(time.Now())
	r.mu.Unlock()
	ping := strings.HasSuffix(req.URL.Path, "/ping")
	switch {
	case fault == refused:
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case fault == hangs:
		traceSent(httptrace.ContextClientTrace(req.Context()), req.URL.Host)
		<-req.Context().Done()
		return nil, req.Context().Err()
	case strings.HasPrefix(fault, "7"), strings.HasPrefix(fault, byPlugin):
		if !ping {
			return response(req, http.StatusOK, fmt.Sprintf(`{"Status": %s, "Error": "x"}`, strings.TrimPrefix(fault, byPlugin))), nil
		}
	case fault != "":
		var code int
		_, _ = fmt.Sscan(fault, &code)
		return response(req, code, ""), nil
	}
	if ping {
		return response(req, http.StatusOK, `{"Status": 200, "Result": {"Message": "Pong"}}`), nil
	}
	return response(req, http.StatusOK, status), nil
}

// response returns a response with a body of JSON.
func response(req *http.Request, code int, body string) *http.Response {
	return &http.Response{
		StatusCode: code, Proto: "HTTP/2.0", ProtoMajor: 2, Header: http.Header{"Content-Type": {"text/json"}},
		Body: io.NopCloser(bytes.NewReader([]byte(body))), ContentLength: int64(len(body)), Request: req,
	}
}

// statusJSON returns the response to `status`.
func (p *printer) statusJSON(now time.Time) string {
	progress, duration, left, file := 0.0, 0, 0, ""
	if p.shown {
		ran := min(now.Sub(p.began), p.lasts)
		progress = 100 * float64(ran) / float64(p.lasts)
		if p.stuckAt > 0 {
			progress = p.stuckAt
		}
		duration, left, file = int(ran.Seconds()), int((p.lasts - ran).Seconds()), fmt.Sprintf("part-%d.gcode", p.job)
	}
	id := "null"
	if p.job > 0 {
		id = fmt.Sprintf(`"id-%d"`, p.job)
	}
	return fmt.Sprintf(`{"Status": 200, "Result": {"JobStatus": {"State": %q, "SubState": %s, "Error": null, "CurrentPrint": `+
		`{"Progress": %.2f, "DurationSec": %d, "TimeLeftSec": %d, "FileName": %q, "CurrentLayer": %d, "TotalLayers": 100, `+
		`"Temps": {"BedActual": 60.0, "BedTarget": 60.0, "HotendActual": 210.0, "HotendTarget": 210.0}}}, `+
		`"OctoEverywhereStatus": {"MostRecentPrintIdStr": %s}, "PlatformVersion": %q}}`,
		p.state, quotedOrNull(p.subState), progress, duration, left, file, int(progress), id, p.platform)
}

func quotedOrNull(text string) string {
	if text == "" {
		return "null"
	}
	return fmt.Sprintf("%q", text)
}

// traceSent reports to a trace that the request was sent on a reused connection.
func traceSent(trace *httptrace.ClientTrace, host string) {
	if trace == nil {
		return
	}
	if trace.GetConn != nil {
		trace.GetConn(host)
	}
	if trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{Reused: true})
	}
	if trace.WroteHeaders != nil {
		trace.WroteHeaders()
	}
	if trace.WroteRequest != nil {
		trace.WroteRequest(httptrace.WroteRequestInfo{})
	}
}
