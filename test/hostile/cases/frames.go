package cases

import (
	"strings"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

// stream is the way of a case that is played on HTTP/2.
func (v *visit) stream() *stream { return v.way.(*stream) }

// floods answers by writing the same frames without end.
func floods(write func(*http2.Framer)) func(*visit) {
	return func(v *visit) {
		v.stream().repeatOnStream(frames(write))
	}
}

// repeatOnStream says b until the connection ends, also when the stream has.
func (w *stream) repeatOnStream(b []byte) {
	w.ended = true
	w.session.repeat(b) //nolint:staticcheck // not the stream's own, which ends with it
}

// sends answers with frames, and then waits.
func sends(write func(*http2.Framer, uint32)) func(*visit) {
	return func(v *visit) {
		w := v.stream()
		w.write(func(f *http2.Framer) error {
			write(f, w.id)
			return nil
		})
		v.hold()
	}
}

// header sends a header block that is whole.
func header(f *http2.Framer, id uint32, b []byte, end bool) {
	_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: b, EndHeaders: true, EndStream: end})
}

// remembered packs a header field that goes into the table of the other side (RFC 7541 §6.2.1). Its lengths must fit in
// 14 bits.
func remembered(name, value string) []byte {
	b := append([]byte{0x40, byte(len(name))}, name...)
	n := len(value) - 127
	b = append(b, 127, byte(n)|0x80, byte(n>>7))
	return append(b, value...)
}

// greets begins a connection with settings.
func greets(all ...http2.Setting) func(*session) {
	return func(s *session) { s.settings(all...) }
}

// frameCases are what can be wrong with HTTP/2 (RFC 9113).
func frameCases() []Case {
	cases := concat(resetCases(), floodCases(), ruleCases(), greetingCases())
	for i := range cases {
		cases[i].On = HTTP2
	}
	return cases
}

// insisted are the verdicts where net/http itself asks again and again, which may take all the time there is.
var insisted = always(fault.BrokenAnswer, fault.NoAnswer)

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
		{"calm", http2.ErrCodeEnhanceYourCalm},
		{"http-1.1-required", http2.ErrCodeHTTP11Required},
		{"unknown", http2.ErrCode(0xdeadbeef)},
	} {
		cases = append(cases, Case{
			Name: "reset-" + r.word, Story: "each stream is reset with " + r.code.String(), Contained: true,
			act: func(v *visit) { v.stream().resetWith(r.code) }, means: insisted, Lasts: true,
		})
	}
	return append(
		cases,
		Case{
			Name: "reset-after-the-body", Story: "the whole body comes, then the stream is reset", Contained: true,
			act: func(v *visit) {
				v.head("200")
				v.body([]byte(wellStatus))
				v.reset()
			},
			means: broken,
		},
		Case{
			Name: "goaway-unprocessed", Story: "GOAWAY says that no question was looked at, again and again",
			act: func(v *visit) { v.stream().goAway(0, http2.ErrCodeNo) }, means: insisted, Lasts: true,
		},
		Case{
			Name: "goaway-and-silence", Story: "GOAWAY takes the question and no answer comes", Lasts: true,
			act: func(v *visit) {
				v.stream().goAway(v.stream().id, http2.ErrCodeNo)
				v.hold()
			},
			means: late,
		},
		Case{
			Name: "goaway-and-answer", Story: "GOAWAY comes before each good answer",
			act: func(v *visit) {
				v.stream().goAway(v.stream().id, http2.ErrCodeNo)
				v.well()
			},
			means: good,
		},
		Case{
			Name: "goaway-calm", Story: "GOAWAY with ENHANCE_YOUR_CALM and a mebibyte of reasons",
			act: func(v *visit) {
				w := v.stream()
				w.frame(http2.FrameGoAway, 0, 0, []byte("\x00\x00\x00\x00\x00\x00\x00\x0b"+strings.Repeat("x", chunk-8)))
				_ = w.conn.Close()
			},
			means: broken,
		},
		Case{
			Name: "connection-closes", Story: "each question ends the connection",
			act: func(v *visit) { _ = v.stream().conn.Close() }, means: broken,
		},
		Case{
			Name: "connection-closes-in-the-body", Story: "each answer ends the connection in its middle",
			act: func(v *visit) {
				v.head("200")
				v.body([]byte(wellStatus[:40]))
				_ = v.stream().conn.Close()
			},
			means: broken,
		},
	)
}

func (w *stream) goAway(last uint32, code http2.ErrCode) {
	w.write(func(f *http2.Framer) error { return f.WriteGoAway(last, code, nil) })
	if last < w.id {
		w.ended = true
	}
}
