package cases

import (
	"strings"

	"golang.org/x/net/http2"

	"octoeverywhere_exporter/fault"
)

// floodCases are frames without end.
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
