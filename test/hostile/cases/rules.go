package cases

import (
	"time"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

// ruleCases violate a rule of HTTP/2 once. The response is lost, or the connection.
func ruleCases() []Case {
	fine := encodeHeaders(":status", "200")
	rule := func(name, description string, write func(*http2.Framer, uint32)) Case {
		return Case{Name: name, Description: description, respond: respondFrames(write), expected: brokenAnswer}
	}
	cases := []Case{
		rule("frame-too-large", "a frame of 1 MiB, more than is allowed", func(f *http2.Framer, id uint32) {
			_ = f.WriteRawFrame(http2.FrameData, 0, id, make([]byte, 1<<20))
		}),
		rule("data-before-header", "the body before the header", func(f *http2.Framer, id uint32) {
			_ = f.WriteData(id, true, []byte(healthyStatus))
		}),
		rule("flow-control-ignored", "the body ignores flow control", func(f *http2.Framer, id uint32) {
			writeHeaders(f, id, fine, false)
			for range 64 {
				_ = f.WriteData(id, false, make([]byte, chunkSize))
			}
		}),
		rule("data-on-stream-0", "a body on stream 0", func(f *http2.Framer, _ uint32) {
			_ = f.WriteData(0, true, []byte(healthyStatus))
		}),
		rule("push", "a pushed response", func(f *http2.Framer, id uint32) {
			_ = f.WritePushPromise(http2.PushPromiseParam{StreamID: id, PromiseID: 2, BlockFragment: encodeHeaders(":method", "GET"), EndHeaders: true})
		}),
		rule("header-garbage", "a header block that cannot be decoded", func(f *http2.Framer, id uint32) {
			writeHeaders(f, id, []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, true)
		}),
		rule("header-within-header", "another frame within a header block", func(f *http2.Framer, id uint32) {
			_ = f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: fine})
			_ = f.WritePing(false, [8]byte{})
		}),
		rule("two-headers", "two header blocks", func(f *http2.Framer, id uint32) {
			writeHeaders(f, id, fine, false)
			writeHeaders(f, id, fine, false)
			_ = f.WriteData(id, true, []byte(healthyStatus))
		}),
		rule("no-status", "a header without a status", func(f *http2.Framer, id uint32) { writeHeaders(f, id, encodeHeaders("x", "y"), true) }),
		rule("two-statuses", "a header with two statuses", func(f *http2.Framer, id uint32) {
			writeHeaders(f, id, encodeHeaders(":status", "200", ":status", "601"), true)
		}),
		rule("upper-case-header", "a header name in upper case", func(f *http2.Framer, id uint32) {
			writeHeaders(f, id, encodeHeaders(":status", "200", "X-Y", "z"), true)
		}),
		rule("window-overflow", "the window grows beyond 2^31", func(f *http2.Framer, _ uint32) {
			_ = f.WriteWindowUpdate(0, 1<<31-1)
			_ = f.WriteWindowUpdate(0, 1<<31-1)
		}),
		rule("window-increment-zero", "the window grows by 0", func(f *http2.Framer, _ uint32) { _ = f.WriteWindowUpdate(0, 0) }),
		rule("settings-invalid", "SETTINGS with a frame size of 1", func(f *http2.Framer, _ uint32) {
			_ = f.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1})
		}),
		rule("http-1.1-in-http-2", "HTTP/1.1 instead of frames", func(f *http2.Framer, _ uint32) {
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
		Name: "response-on-unopened-stream", Description: "the response is on a stream that was not opened", Contained: true, EndsAtTimeout: true,
		respond: respondFrames(func(f *http2.Framer, id uint32) { writeHeaders(f, id+1000, fine, true) }), expected: noAnswer,
	})
}

// settingsCases start a connection with invalid or unusual SETTINGS.
func settingsCases() []Case {
	return []Case{
		{
			Name: "no-settings", Description: "HTTP/2 is negotiated, and nothing is sent", EndsAtTimeout: true,
			startHTTP2: func(*http2Conn) {}, respond: (*exchange).waitForClient, expected: noAnswer,
		},
		{
			Name: "no-streams", Description: "SETTINGS allow no stream", EndsAtTimeout: true,
			startHTTP2: startWithSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 0}), respond: (*exchange).waitForClient, expected: brokenOrNoAnswer,
		},
		{
			Name: "zero-window", Description: "the window and the header table of the client are 0", Contained: true,
			startHTTP2: startWithSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: 0}, http2.Setting{ID: http2.SettingHeaderTableSize, Val: 0}),
			expected:   success,
		},
		{
			Name: "header-list-of-one-byte", Description: "SETTINGS allow a request header of one byte",
			startHTTP2: startWithSettings(http2.Setting{ID: http2.SettingMaxHeaderListSize, Val: 1}), respond: (*exchange).reset, expected: brokenAnswer,
		},
		{
			Name: "settings-change", Description: "the number of allowed streams changes between 0 and 1 endlessly",
			startHTTP2: func(s *http2Conn) {
				for i := uint32(1); s.isConnected(); i++ {
					s.writeSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: i % 2})
					time.Sleep(time.Millisecond)
				}
			},
			expected: expect(fault.Fault{}, fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "greeting-against-the-rules", Description: "the first frame is not SETTINGS",
			startHTTP2: func(s *http2Conn) {
				s.writeRawFrame(http2.FrameData, 0, 99, []byte("x"))
			},
			respond: (*exchange).waitForClient, expected: brokenAnswer,
		},
		{
			Name: "greeting-in-http-1.1", Description: "HTTP/2 is negotiated, and HTTP/1.1 is sent",
			startHTTP2: func(s *http2Conn) { s.writeBytes([]byte(statusLine + contentLength + "\r\n" + healthyStatus)) }, respond: (*exchange).waitForClient, expected: brokenAnswer,
		},
		{
			Name: "goaway-as-greeting", Description: "the connection starts with GOAWAY",
			startHTTP2: func(s *http2Conn) {
				s.write(func(f *http2.Framer) error {
					_ = f.WriteSettings()
					return f.WriteGoAway(0, http2.ErrCodeNo, nil)
				})
			},
			respond: (*exchange).waitForClient, expected: brokenOrNoAnswer, EndsAtTimeout: true,
		},
	}
}
