package cases

import (
	"strings"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

// floodCases are frames without end.
func floodCases() []Case {
	flood := func(name, story string, write func(*http2.Framer)) Case {
		return Case{Name: name, Description: story, EndsAtTimeout: true, respond: respondEndlessly(write), expected: expect(fault.NoAnswer, fault.BrokenAnswer)}
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
			Name: "empty-data-flood", Description: "DATA without a byte, without end", Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				id := v.stream().id
				v.writeEndlessly(v.stream().writeBytes, encodeFrames(func(f *http2.Framer) { _ = f.WriteData(id, false, nil) }))
				v.stream().ended = true
			},
			expected: expect(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "padding-flood", Description: "DATA that is padding only, without end", Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				w := v.stream()
				for padding := append([]byte{255}, make([]byte, 255)...); w.takeWindow(len(padding)) > 0; {
					w.writeRawFrame(http2.FrameData, http2.FlagDataPadded, w.id, padding)
				}
				v.waitForClient()
			},
			expected: expect(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "continuation-flood", Description: "a header that is continued without end",
			respond: func(v *exchange) {
				w := v.stream()
				w.write(func(f *http2.Framer) error {
					return f.WriteHeaders(http2.HeadersFrameParam{StreamID: w.id, BlockFragment: encodeHeaders(":status", "200")})
				})
				w.repeatOnStream(encodeFrames(func(f *http2.Framer) {
					_ = f.WriteContinuation(w.id, false, encodeHeaders("x", strings.Repeat("~", 8000)))
				}))
			},
			expected: brokenAnswer,
		},
		{
			Name: "empty-continuation-flood", Description: "a header that is continued by nothing, without end", EndsAtTimeout: true,
			respond: func(v *exchange) {
				w := v.stream()
				w.write(func(f *http2.Framer) error {
					return f.WriteHeaders(http2.HeadersFrameParam{StreamID: w.id, BlockFragment: encodeHeaders(":status", "200")})
				})
				w.repeatOnStream(encodeFrames(func(f *http2.Framer) { _ = f.WriteContinuation(w.id, false, nil) }))
			},
			expected: expect(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "header-table-bomb", Description: "a header of 16 KiB that refers 16,000 times to one of 3 KiB",
			respond: func(v *exchange) {
				w := v.stream()
				bomb := append(encodeHeaders(":status", "200"), indexedField("x", strings.Repeat("~", 3000))...)
				for range 8000 {
					bomb = append(bomb, 0x80|62) // the newest entry of the table
				}
				w.write(func(f *http2.Framer) error {
					writeHeaders(f, w.id, bomb, true)
					return nil
				})
				v.waitForClient()
			},
			expected: brokenAnswer,
		},
		{
			Name: "trailers-flood", Description: "a good answer with a trailer of a mebibyte", Contained: true,
			respond: func(v *exchange) {
				w := v.stream()
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus))
				w.ended = true
				w.write(func(f *http2.Framer) error {
					return writeHeaderBlock(f, w.id, encodeHeaders("x", strings.Repeat("~", 1<<20)), true)
				})
			},
			expected: brokenAnswer,
		},
	}
}
