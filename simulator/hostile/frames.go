package hostile

import (
	"strings"
	"time"

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
	w.session.repeat(b)
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

func floodCases() []Case {
	flood := func(name, story string, write func(*http2.Framer)) Case {
		return Case{Name: name, Story: story, Lasts: true, act: floods(write), means: always(fault.NoAnswer, fault.BrokenAnswer)}
	}
	return []Case{
		flood("settings-flood", "SETTINGS without end", func(f *http2.Framer) { _ = f.WriteSettings() }),
		flood("ping-flood", "PING without end", func(f *http2.Framer) { _ = f.WritePing(false, [8]byte{1}) }),
		flood("ping-answer-flood", "answers to PINGs that were not sent, without end", func(f *http2.Framer) { _ = f.WritePing(true, [8]byte{1}) }),
		flood("window-flood", "WINDOW_UPDATE of a byte without end", func(f *http2.Framer) { _ = f.WriteWindowUpdate(0, 1) }),
		flood("priority-flood", "PRIORITY without end", func(f *http2.Framer) {
			_ = f.WritePriority(1, http2.PriorityParam{Weight: 1})
		}),
		flood("unknown-frames", "frames of a kind that does not exist, without end", func(f *http2.Framer) {
			_ = f.WriteRawFrame(0xf0, 0, 0, make([]byte, 1000))
		}),
		flood("reset-flood", "RST_STREAM of streams that are over, without end", func(f *http2.Framer) { _ = f.WriteRSTStream(1, http2.ErrCodeCancel) }),
		{
			Name: "empty-data-flood", Story: "DATA without a byte, without end", Contained: true, Lasts: true,
			act: func(v *visit) {
				v.head("200")
				id := v.stream().id
				v.repeat(v.stream().say, frames(func(f *http2.Framer) { _ = f.WriteData(id, false, nil) }))
				v.stream().ended = true
			},
			means: always(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "padding-flood", Story: "DATA that is padding only, without end", Contained: true, Lasts: true,
			act: func(v *visit) {
				v.head("200")
				w := v.stream()
				for padding := append([]byte{255}, make([]byte, 255)...); w.take(len(padding)) > 0; {
					w.frame(http2.FrameData, http2.FlagDataPadded, w.id, padding)
				}
				v.hold()
			},
			means: always(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "continuation-flood", Story: "a header that is continued without end",
			act: func(v *visit) {
				w := v.stream()
				w.write(func(f *http2.Framer) error {
					return f.WriteHeaders(http2.HeadersFrameParam{StreamID: w.id, BlockFragment: block(":status", "200")})
				})
				w.repeatOnStream(frames(func(f *http2.Framer) { _ = f.WriteContinuation(w.id, false, block("x", strings.Repeat("~", 8000))) }))
			},
			means: broken,
		},
		{
			Name: "empty-continuation-flood", Story: "a header that is continued by nothing, without end", Lasts: true,
			act: func(v *visit) {
				w := v.stream()
				w.write(func(f *http2.Framer) error {
					return f.WriteHeaders(http2.HeadersFrameParam{StreamID: w.id, BlockFragment: block(":status", "200")})
				})
				w.repeatOnStream(frames(func(f *http2.Framer) { _ = f.WriteContinuation(w.id, false, nil) }))
			},
			means: always(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "header-table-bomb", Story: "a header of 16 KiB that refers 16,000 times to one of 3 KiB",
			act: func(v *visit) {
				w := v.stream()
				bomb := append(block(":status", "200"), remembered("x", strings.Repeat("~", 3000))...)
				for range 8000 {
					bomb = append(bomb, 0x80|62) // the newest entry of the table
				}
				w.write(func(f *http2.Framer) error {
					header(f, w.id, bomb, true)
					return nil
				})
				v.hold()
			},
			means: broken,
		},
		{
			Name: "trailers-flood", Story: "a good answer with a trailer of a mebibyte", Contained: true,
			act: func(v *visit) {
				w := v.stream()
				v.head("200")
				v.body([]byte(wellStatus))
				w.ended = true
				w.write(func(f *http2.Framer) error { return writeBlock(f, w.id, block("x", strings.Repeat("~", 1<<20)), true) })
			},
			means: broken,
		},
	}
}

// ruleCases break a rule of HTTP/2 once. The answer is lost, or the connection.
func ruleCases() []Case {
	fine := block(":status", "200")
	rule := func(name, story string, write func(*http2.Framer, uint32)) Case {
		return Case{Name: name, Story: story, act: sends(write), means: broken}
	}
	cases := []Case{
		rule("frame-too-large", "a frame of 16 MiB is announced", func(f *http2.Framer, id uint32) {
			_ = f.WriteRawFrame(http2.FrameData, 0, id, make([]byte, 1<<20))
		}),
		rule("data-before-header", "the body comes before the header", func(f *http2.Framer, id uint32) {
			_ = f.WriteData(id, true, []byte(wellStatus))
		}),
		rule("more-than-is-taken", "the body comes without regard to how much is taken", func(f *http2.Framer, id uint32) {
			header(f, id, fine, false)
			for range 64 {
				_ = f.WriteData(id, false, make([]byte, chunk))
			}
		}),
		rule("data-on-no-stream", "a body comes on stream 0", func(f *http2.Framer, _ uint32) {
			_ = f.WriteData(0, true, []byte(wellStatus))
		}),
		rule("push", "an answer is pushed that nobody asked for", func(f *http2.Framer, id uint32) {
			_ = f.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2, BlockFragment: block(":method", "GET"), EndHeaders: true})
		}),
		rule("header-garbage", "the header cannot be unpacked", func(f *http2.Framer, id uint32) {
			header(f, id, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, true)
		}),
		rule("header-within-header", "another frame comes within a header", func(f *http2.Framer, id uint32) {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: fine})
			_ = f.WritePing(false, [8]byte{})
		}),
		rule("two-headers", "the header comes twice", func(f *http2.Framer, id uint32) {
			header(f, id, fine, false)
			header(f, id, fine, false)
			_ = f.WriteData(id, true, []byte(wellStatus))
		}),
		rule("no-status", "the header has no status", func(f *http2.Framer, id uint32) { header(f, id, block("x", "y"), true) }),
		rule("two-statuses", "the header has two statuses", func(f *http2.Framer, id uint32) {
			header(f, id, block(":status", "200", ":status", "601"), true)
		}),
		rule("upper-case-header", "a header's name is in upper case", func(f *http2.Framer, id uint32) {
			header(f, id, block(":status", "200", "X-Y", "z"), true)
		}),
		rule("window-beyond-all-bounds", "the window grows beyond 2^31", func(f *http2.Framer, id uint32) {
			_ = f.WriteWindowUpdate(0, 1<<31-1)
			_ = f.WriteWindowUpdate(0, 1<<31-1)
		}),
		rule("window-of-nothing", "the window grows by 0", func(f *http2.Framer, id uint32) { _ = f.WriteWindowUpdate(0, 0) }),
		rule("settings-against-the-rules", "SETTINGS come with a frame size of 1", func(f *http2.Framer, _ uint32) {
			_ = f.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1})
		}),
		rule("http-1.1-in-http-2", "the answer is HTTP/1.1 in place of frames", func(f *http2.Framer, id uint32) {
			_ = f.WriteRawFrame('H', 'T', 0x502f312e, []byte("1 200 OK\r\n\r\n"))
			_ = f.WriteRawFrame(http2.FrameData, 0, 0, []byte("x"))
		}),
	}
	for i := range cases {
		switch cases[i].Name {
		case "no-status", "two-statuses", "upper-case-header":
			cases[i].Contained = true
		}
	}
	return append(cases, Case{
		Name: "answer-to-nobody", Story: "the answer comes on a stream that was never opened", Contained: true, Lasts: true,
		act: sends(func(f *http2.Framer, id uint32) { header(f, id+1000, fine, true) }), means: late,
	})
}

// greetingCases begin a connection as none should begin.
func greetingCases() []Case {
	return []Case{
		{
			Name: "no-greeting", Story: "HTTP/2 is agreed on, and nothing comes", Lasts: true,
			greet: func(*session) {}, act: (*visit).hold, means: late,
		},
		{
			Name: "no-streams", Story: "not a single stream is allowed", Lasts: true,
			greet: greets(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0}), act: (*visit).hold, means: insisted,
		},
		{
			Name: "one-stream", Story: "one stream is allowed at a time", Contained: true,
			greet: greets(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 1}), means: good,
		},
		{
			Name: "zero-window", Story: "the window for questions is 0, as is the table for headers", Contained: true,
			greet: greets(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}, http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0}),
			means: good,
		},
		{
			Name: "header-list-of-one-byte", Story: "questions may have a header of a byte",
			greet: greets(http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: 1}), act: (*visit).reset, means: broken,
		},
		{
			Name: "settings-change", Story: "the number of streams changes between 0 and 1 without end",
			greet: func(s *session) {
				for i := uint32(1); s.alive(); i++ {
					s.settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: i % 2})
					time.Sleep(time.Millisecond)
				}
			},
			means: always(fault.Fault{}, fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "greeting-against-the-rules", Story: "the first frame is no SETTINGS",
			greet: func(s *session) {
				s.frame(http2.FrameData, 0, 99, []byte("x"))
			},
			act: (*visit).hold, means: broken,
		},
		{
			Name: "greeting-in-http-1.1", Story: "HTTP/2 is agreed on, and HTTP/1.1 comes",
			greet: func(s *session) { s.say([]byte(firstLine + sized + "\r\n" + wellStatus)) }, act: (*visit).hold, means: broken,
		},
		{
			Name: "goaway-as-greeting", Story: "the connection begins with GOAWAY",
			greet: func(s *session) {
				s.write(func(f *http2.Framer) error {
					_ = f.WriteSettings()
					return f.WriteGoAway(0, http2.ErrCodeNo, nil)
				})
			},
			act: (*visit).hold, means: insisted, Lasts: true,
		},
	}
}
