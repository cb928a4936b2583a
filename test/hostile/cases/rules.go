package cases

import (
	"time"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

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
		rule("window-beyond-all-bounds", "the window grows beyond 2^31", func(f *http2.Framer, _ uint32) {
			_ = f.WriteWindowUpdate(0, 1<<31-1)
			_ = f.WriteWindowUpdate(0, 1<<31-1)
		}),
		rule("window-of-nothing", "the window grows by 0", func(f *http2.Framer, _ uint32) { _ = f.WriteWindowUpdate(0, 0) }),
		rule("settings-against-the-rules", "SETTINGS come with a frame size of 1", func(f *http2.Framer, _ uint32) {
			_ = f.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1})
		}),
		rule("http-1.1-in-http-2", "the answer is HTTP/1.1 in place of frames", func(f *http2.Framer, _ uint32) {
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
