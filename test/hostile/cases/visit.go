package cases

import (
	"strconv"
	"strings"
	"time"
)

// visit is one question under way, on whatever protocol.
type visit struct {
	way
	relay *Relay
	n     int // which question it is, from 0
	path  string
	token string // the header Authorization, where the protocol is HTTP/1.1
}

// way is how an answer goes back. After it has failed everything is a no-op.
type way interface {
	// head writes a status, as three digits or whatever else, and header fields by name and value in turn.
	head(status string, fields ...string)
	body(b []byte)
	reset()      // breaks the answer off
	alive() bool // whoever asked is still there, as far as is known
	hold()       // waits until they are not
}

// answer writes an answer whose form is good.
func (v *visit) answer(status, body string, fields ...string) {
	v.head(status, append([]string{"content-type", "text/json", "content-length", strconv.Itoa(len(body))}, fields...)...)
	v.body([]byte(body))
}

// pause waits, and tells whether whoever asked is still there.
func (v *visit) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return v.alive()
	case <-v.relay.ctx.Done():
		return false
	}
}

// drip writes b a byte at a time, for ever if need be.
func (v *visit) drip(write func([]byte), b []byte, every time.Duration) {
	for i := 0; v.pause(every); i++ {
		write(b[i%len(b) : i%len(b)+1])
	}
}

// repeat writes b again and again until nobody reads it any more.
func (v *visit) repeat(write func([]byte), b []byte) {
	for v.alive() {
		write(b)
	}
}

// These are good answers to each question.
const (
	wellStatus = `{"Status":200,"Result":{"JobStatus":{"State":"idle"},"PlatformVersion":"1.0.0"}}`
	wellPing   = `{"Status":200,"Result":{"Message":"Pong"}}`
	wellInfo   = `{"IsOnline":true,"LastConnectionTimeUtc":"2026-01-02T03:04:05Z","LastDisconnectTimeUtc":null}`
)

// well answers as a healthy printer does.
func (v *visit) well() {
	switch {
	case strings.HasSuffix(v.path, "/ping"):
		v.answer("200", wellPing)
	case strings.HasSuffix(v.path, "/info"):
		v.answer("200", wellInfo)
	default:
		v.answer("200", wellStatus)
	}
}

// chunk is as much as is written at once where much is written.
const chunk = 16 << 10

// fill makes b at least a chunk long by repeating it.
func fill(b string) []byte { return []byte(strings.Repeat(b, max(1, chunk/len(b)))) }
