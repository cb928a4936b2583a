package cases

import (
	"strconv"
	"strings"
	"time"
)

// visit is one question under way, on whatever protocol.
type exchange struct {
	responseWriter
	server        *Server
	number        int // which question it is, from 0
	path          string
	authorization string // the header Authorization, where the protocol is HTTP/1.1
}

// way is how an answer goes back. After it has failed everything is a no-op.
type responseWriter interface {
	// head writes a status, as three digits or whatever else, and header fields by name and value in turn.
	writeHead(status string, fields ...string)
	writeBody(b []byte)
	reset()            // breaks the answer off
	isConnected() bool // whoever asked is still there, as far as is known
	waitForClient()    // waits until they are not
}

// answer writes an answer whose form is good.
func (v *exchange) writeResponse(status, body string, fields ...string) {
	v.writeHead(status, append([]string{"content-type", "text/json", "content-length", strconv.Itoa(len(body))}, fields...)...)
	v.writeBody([]byte(body))
}

// pause waits, and tells whether whoever asked is still there.
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

// drip writes b a byte at a time, for ever if need be.
func (v *exchange) writeSlowly(write func([]byte), b []byte, every time.Duration) {
	for i := 0; v.wait(every); i++ {
		write(b[i%len(b) : i%len(b)+1])
	}
}

// repeat writes b again and again until nobody reads it any more.
func (v *exchange) writeEndlessly(write func([]byte), b []byte) {
	for v.isConnected() {
		write(b)
	}
}

// These are good answers to each question.
const (
	healthyStatus = `{"Status":200,"Result":{"JobStatus":{"State":"idle"},"PlatformVersion":"1.0.0"}}`
	healthyPing   = `{"Status":200,"Result":{"Message":"Pong"}}`
	healthyInfo   = `{"IsOnline":true,"LastConnectionTimeUtc":"2026-01-02T03:04:05Z","LastDisconnectTimeUtc":null}`
)

// well answers as a healthy printer does.
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

// chunk is as much as is written at once where much is written.
const chunkSize = 16 << 10

// fill makes b at least a chunk long by repeating it.
func repeatToChunk(b string) []byte { return []byte(strings.Repeat(b, max(1, chunkSize/len(b)))) }
