package cases

import (
	"strings"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

// floodCases are endless frames.
func floodCases() []Case {
	flood := func(name, description string, write func(*http2.Framer)) Case {
		return Case{Name: name, Description: description, EndsAtTimeout: true, respond: respondEndlessly(write), expected: expect(fault.NoAnswer, fault.BrokenAnswer)}
	}
	return []Case{
		flood("settings-flood", "endless SETTINGS", func(f *http2.Framer) { _ = f.WriteSettings() }),
		flood("ping-flood", "endless PING", func(f *http2.Framer) { _ = f.WritePing(false, [8]byte{1}) }),
		flood("ping-ack-flood", "endless PING acknowledgments that were not requested", func(f *http2.Framer) { _ = f.WritePing(true, [8]byte{1}) }),
		flood("window-flood", "endless WINDOW_UPDATE of one byte", func(f *http2.Framer) { _ = f.WriteWindowUpdate(0, 1) }),
		flood("priority-flood", "endless PRIORITY", func(f *http2.Framer) {
			_ = f.WritePriority(1, http2.PriorityParam{Weight: 1})
		}),
		flood("unknown-frames", "endless frames of an unknown type", func(f *http2.Framer) {
			_ = f.WriteRawFrame(0xf0, 0, 0, make([]byte, 1000))
		}),
		flood("reset-flood", "endless RST_STREAM of closed streams", func(f *http2.Framer) { _ = f.WriteRSTStream(1, http2.ErrCodeCancel) }),
		{
			Name: "empty-data-flood", Description: "endless empty DATA", Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				id := v.stream().id
				v.writeEndlessly(v.stream().writeBytes, encodeFrames(func(f *http2.Framer) { _ = f.WriteData(id, false, nil) }))
				v.stream().ended = true
			},
			expected: expect(fault.NoAnswer, fault.BrokenAnswer),
		},
		{
			Name: "padding-flood", Description: "endless DATA with padding only", Contained: true, EndsAtTimeout: true,
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
			Name: "continuation-flood", Description: "endless CONTINUATION",
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
			Name: "empty-continuation-flood", Description: "endless empty CONTINUATION", EndsAtTimeout: true,
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
			Name: "header-table-bomb", Description: "a header of 16 KiB that refers 8,000 times to a field of 3 KiB",
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
			Name: "trailers-flood", Description: "a valid response with a trailer of 1 MiB", Contained: true,
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
