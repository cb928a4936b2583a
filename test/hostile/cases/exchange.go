package cases

import (
	"strconv"
	"strings"
	"time"
)

// exchange is a request in flight, on any protocol.
type exchange struct {
	responseWriter
	server        *Server
	number        int // counted from 0
	path          string
	authorization string // on HTTP/1.1: the header
}

// responseWriter writes a response. After an error, all methods are no-ops.
type responseWriter interface {
	// writeHead writes a status, which may be invalid, and header fields as alternating names and values.
	writeHead(status string, fields ...string)
	writeBody(b []byte)
	reset()            // aborts the response
	isConnected() bool // as far as is known
	waitForClient()    // waits until the client closes the connection or the stream
}

// writeResponse writes a valid response.
func (v *exchange) writeResponse(status, body string, fields ...string) {
	v.writeHead(status, append([]string{"content-type", "text/json", "content-length", strconv.Itoa(len(body))}, fields...)...)
	v.writeBody([]byte(body))
}

// wait sleeps for d, and reports whether the client is still connected.
func (v *exchange) wait(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return v.isConnected()
	case <-v.server.ctx.Done():
		return false
	}
}

// writeSlowly writes b repeatedly, one byte per interval, until the client disconnects.
func (v *exchange) writeSlowly(write func([]byte), b []byte, interval time.Duration) {
	for i := 0; v.wait(interval); i++ {
		write(b[i%len(b) : i%len(b)+1])
	}
}

// writeEndlessly writes b repeatedly until the client disconnects.
func (v *exchange) writeEndlessly(write func([]byte), b []byte) {
	for v.isConnected() {
		write(b)
	}
}

// The bodies of healthy responses.
const (
	healthyStatus = `{"Status":200,"Result":{"JobStatus":{"State":"idle"},"PlatformVersion":"1.0.0"}}`
	healthyPing   = `{"Status":200,"Result":{"Message":"Pong"}}`
	healthyInfo   = `{"IsOnline":true,"LastConnectionTimeUtc":"2026-01-02T03:04:05Z","LastDisconnectTimeUtc":null}`
)

// respondHealthy responds as a healthy printer does.
func (v *exchange) respondHealthy() {
	switch {
	case strings.HasSuffix(v.path, "/ping"):
		v.writeResponse("200", healthyPing)
	case strings.HasSuffix(v.path, "/info"):
		v.writeResponse("200", healthyInfo)
	default:
		v.writeResponse("200", healthyStatus)
	}
}

// chunkSize is the size of a write, in bytes.
const chunkSize = 16 << 10

// repeatToChunk repeats b to about chunkSize.
func repeatToChunk(b string) []byte { return []byte(strings.Repeat(b, max(1, chunkSize/len(b)))) }
