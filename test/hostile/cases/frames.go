package cases

import (
	"strings"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

// respondEndlessly writes the same frames until the connection ends.
func respondEndlessly(write func(*http2.Framer)) func(*exchange) {
	return func(v *exchange) {
		v.stream().repeatOnStream(encodeFrames(write))
	}
}

// repeatOnStream writes b until the connection ends, even if the stream ends earlier.
func (w *stream) repeatOnStream(b []byte) {
	w.ended = true
	w.repeatBytes(b)
}

// respondFrames writes frames, and then waits.
func respondFrames(write func(*http2.Framer, uint32)) func(*exchange) {
	return func(v *exchange) {
		w := v.stream()
		w.write(func(f *http2.Framer) error {
			write(f, w.id)
			return nil
		})
		v.waitForClient()
	}
}

// writeHeaders writes a complete header block.
func writeHeaders(f *http2.Framer, id uint32, b []byte, end bool) {
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: b, EndHeaders: true, EndStream: end})
}

// indexedField encodes a header field that the client adds to its dynamic table (RFC 7541 §6.2.1). The length of value
// must fit in 14 bits.
func indexedField(name, value string) []byte {
	b := append([]byte{0x40, byte(len(name))}, name...)
	n := len(value) - 127
	b = append(b, 127, byte(n)|0x80, byte(n>>7))
	return append(b, value...)
}

// startWithSettings starts a connection with settings.
func startWithSettings(all ...http2.Setting) func(*http2Conn) {
	return func(s *http2Conn) { s.writeSettings(all...) }
}

// onHTTP2 returns cases that are violations of HTTP/2 (RFC 9113).
func onHTTP2(cases []Case) []Case {
	for i := range cases {
		cases[i].Protocols = HTTP2
	}
	return cases
}

// brokenOrNoAnswer are the verdicts if net/http retries by itself, which may take until the timeout.
var brokenOrNoAnswer = expect(fault.BrokenAnswer, fault.NoAnswer)

func resetCases() []Case {
	var cases []Case
	for _, r := range []struct {
		word string
		code http2.ErrCode
	}{
		{"no-error", http2.ErrCodeNo},
		{"protocol-error", http2.ErrCodeProtocol},
		{"refused", http2.ErrCodeRefusedStream},
		{"cancel", http2.ErrCodeCancel},
		{"enhance-your-calm", http2.ErrCodeEnhanceYourCalm},
		{"http-1.1-required", http2.ErrCodeHTTP11Required},
		{"unknown", http2.ErrCode(0xdeadbeef)},
	} {
		cases = append(cases, Case{
			Name: "reset-" + r.word, Description: "each stream is reset with " + r.code.String(), Contained: true,
			respond: func(v *exchange) { v.stream().resetWith(r.code) }, expected: brokenOrNoAnswer, EndsAtTimeout: true,
		})
	}
	return append(
		cases,
		Case{
			Name: "reset-after-body", Description: "the stream is reset after the whole body", Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus))
				v.reset()
			},
			expected: brokenAnswer,
		},
		Case{
			Name: "goaway-unprocessed", Description: "GOAWAY says that no request was processed, on every connection",
			respond: func(v *exchange) { v.stream().goAway(0, http2.ErrCodeNo) }, expected: brokenOrNoAnswer, EndsAtTimeout: true,
		},
		Case{
			Name: "goaway-no-response", Description: "GOAWAY accepts the request, and no response follows", EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.stream().goAway(v.stream().id, http2.ErrCodeNo)
				v.waitForClient()
			},
			expected: noAnswer,
		},
		Case{
			Name: "goaway-before-response", Description: "GOAWAY before each valid response",
			respond: func(v *exchange) {
				v.stream().goAway(v.stream().id, http2.ErrCodeNo)
				v.respondHealthy()
			},
			expected: success,
		},
		Case{
			Name: "goaway-enhance-your-calm", Description: "GOAWAY with ENHANCE_YOUR_CALM, and the connection closes",
			respond: func(v *exchange) {
				w := v.stream()
				w.writeRawFrame(http2.FrameGoAway, 0, 0, []byte("\x00\x00\x00\x00\x00\x00\x00\x0b"+strings.Repeat("x", chunkSize-8)))
				_ = w.conn.Close()
			},
			expected: brokenAnswer,
		},
		Case{
			Name: "connection-closes", Description: "each request closes the connection",
			respond: func(v *exchange) { _ = v.stream().conn.Close() }, expected: brokenAnswer,
		},
		Case{
			Name: "connection-closes-in-body", Description: "each response closes the connection in the middle of the body",
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus[:40]))
				_ = v.stream().conn.Close()
			},
			expected: brokenAnswer,
		},
	)
}

func (w *stream) goAway(last uint32, code http2.ErrCode) {
	w.write(func(f *http2.Framer) error { return f.WriteGoAway(last, code, nil) })
	if last < w.id {
		w.ended = true
	}
}
