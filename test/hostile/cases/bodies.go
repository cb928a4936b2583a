package cases

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// gzipped is text compressed by gzip, by itself as often as is wished.
func gzipped(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// bomb is 16 KiB that inflate to 16 MiB.
func bomb() []byte { return gzipped(make([]byte, 16<<20)) }

func deflated(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

func zlibbed(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.String()
}

// brotli is the good answer as a stream of Brotli (RFC 7932 §9.2) that holds it uncompressed: a window of 64 KiB, a
// meta-block of that many bytes, the empty last one.
func brotli(text string) string {
	n := uint32(len(text) - 1)
	bits := n<<4 | 1<<20 // WBITS 0, ISLAST 0, MNIBBLES 00, 16 bits of MLEN-1, ISUNCOMPRESSED 1
	return string([]byte{byte(bits), byte(bits >> 8), byte(bits >> 16)}) + text + "\x03"
}

// zstd is the good answer as a frame of Zstandard (RFC 8878 §3.1) with one raw block.
func zstd(text string) string {
	n := uint32(len(text))
	block := n<<3 | 1
	return "\x28\xb5\x2f\xfd\x20" + string([]byte{byte(n), byte(block), byte(block >> 8), byte(block >> 16)}) + text
}

func encoded(coding, body string) func(*visit) {
	return says("200", body, "content-encoding", coding)
}

// bodyCases are what can be wrong with how a body comes.
func bodyCases() []Case { return concat(flowCases(), codingCases(), chunkedCases()) }

func flowCases() []Case {
	return []Case{
		{
			Name: "slow-body", Story: "the body comes a byte at a time, and is good so far", On: Both, Contained: true, Lasts: true,
			act: func(v *visit) {
				v.head("200")
				v.drip(v.body, []byte(wellStatus+strings.Repeat(" ", 4096)), 50*time.Millisecond)
			},
			means: late,
		},
		{
			Name: "stalled-body", Story: "half of the body comes, then nothing", On: Both, Contained: true, Lasts: true,
			act: func(v *visit) {
				v.head("200")
				v.body([]byte(wellStatus[:40]))
				v.hold()
			},
			means: late,
		},
		{
			Name: "endless-body", Story: "a body without end, good so far", On: Both, Contained: true,
			act: func(v *visit) {
				v.head("200")
				v.body([]byte(wellStatus))
				v.repeat(v.body, fill(" "))
			},
			means: broken,
		},
		{
			Name: "endless-string", Story: "a body that is one string without end", On: Both, Contained: true,
			act: func(v *visit) {
				v.head("200")
				v.body([]byte(`{"Status":200,"Result":{"PlatformVersion":"`))
				v.repeat(v.body, fill(`\u0000`))
			},
			means: broken,
		},
		{
			Name: "large-and-slow", Story: "1 MiB less a byte comes, then nothing", On: Both, Contained: true, Lasts: true,
			act: func(v *visit) {
				v.head("200")
				space := fill(" ")
				for range 1<<20/len(space) - 1 {
					v.body(space)
				}
				v.body(space[1:])
				v.hold()
			},
			means: late,
		},
		{
			Name: "body-cut-off", Story: "the connection is reset in the middle of the body", On: Both, Contained: true,
			act: func(v *visit) {
				v.head("200", "content-length", "100000")
				v.body([]byte(wellStatus))
				v.pause(20 * time.Millisecond)
				v.reset()
			},
			means: broken,
		},
		{
			Name: "body-of-a-mebibyte", Story: "a good answer with 1 MiB of white space: as much as is allowed", On: Both, Contained: true,
			act: says("200", wellStatus+strings.Repeat(" ", 1<<20-len(wellStatus))), means: good,
		},
	}
}

func codingCases() []Case {
	return []Case{
		{
			Name: "gzip", Story: "a good answer that was compressed though nobody asked for that", On: Both, Contained: true,
			act: encoded("gzip", string(gzipped([]byte(wellStatus)))), means: good,
		},
		{
			Name: "gzip-bomb", Story: "16 KiB that inflate to 16 MiB", On: Both, Contained: true,
			act: func(v *visit) { v.answer("200", string(bomb()), "content-encoding", "gzip") }, means: broken,
		},
		{
			Name: "gzip-bomb-in-a-bomb", Story: "a compressed compressed bomb", On: Both, Contained: true,
			act: func(v *visit) {
				v.answer("200", string(gzipped(bomb())), "content-encoding", "gzip, gzip")
			},
			means: always(fault.NotTheAPI, fault.BrokenAnswer),
		},
		{
			Name: "gzip-of-nothing-without-end", Story: "gzip members without end that hold nothing", On: Both, Contained: true,
			act: func(v *visit) {
				v.head("200", "content-encoding", "gzip")
				v.repeat(v.body, fill(string(gzipped(nil))))
			},
			means: broken,
		},
		{
			Name: "gzip-header-without-end", Story: "gzip whose file name does not end", On: Both, Contained: true,
			act: func(v *visit) {
				v.head("200", "content-encoding", "gzip")
				v.body([]byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"))
				v.repeat(v.body, fill("x"))
			},
			means: broken,
		},
		{
			Name: "gzip-cut-off", Story: "gzip that ends in the middle", On: Both, Contained: true,
			act: encoded("gzip", string(gzipped([]byte(wellStatus)))[:30]), means: broken,
		},
		{
			Name: "gzip-that-is-none", Story: "it says gzip and is plain", On: Both, Contained: true,
			act: encoded("gzip", wellStatus), means: broken,
		},
		{
			Name: "gzip-with-a-wrong-sum", Story: "gzip with a checksum that does not fit", On: Both, Contained: true,
			act: func(v *visit) {
				b := gzipped([]byte(wellStatus))
				b[len(b)-8] ^= 1
				v.answer("200", string(b), "content-encoding", "gzip")
			},
			means: broken,
		},
		{
			Name: "deflate", Story: "a good answer in deflate, which nobody asked for", On: Both, Contained: true,
			act: encoded("deflate", deflated(wellStatus)), means: always(fault.NotTheAPI),
		},
		{
			Name: "zlib", Story: "a good answer in zlib, which nobody asked for", On: Both, Contained: true,
			act: encoded("deflate", zlibbed(wellStatus)), means: always(fault.NotTheAPI),
		},
		{
			Name: "brotli", Story: "a good answer in Brotli, which nobody asked for", On: Both, Contained: true,
			act: encoded("br", brotli(wellStatus)), means: always(fault.NotTheAPI),
		},
		{
			Name: "zstd", Story: "a good answer in Zstandard, which nobody asked for", On: Both, Contained: true,
			act: encoded("zstd", zstd(wellStatus)), means: always(fault.NotTheAPI),
		},
		{
			Name: "coding-that-is-none", Story: "an answer in a coding that does not exist, and plain", On: Both, Contained: true,
			act: encoded("klingon", wellStatus), means: good,
		},
	}
}

// chunked is an answer in chunks.
func chunked(text string) string { return firstLine + "transfer-encoding: chunked\r\n\r\n" + text }

func chunkOf(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }

func chunkedCases() []Case {
	endless := func(first, again string) func(*visit) {
		return func(v *visit) {
			v.raw().say(chunked(first))
			v.repeat(v.body, fill(again))
		}
	}
	cases := []Case{
		{Name: "chunk-garbage", Story: "chunks whose length is no number", act: writes(chunked("zz\r\n" + wellStatus + "\r\n0\r\n\r\n"))},
		{Name: "chunk-too-long", Story: "a chunk that is shorter than it says", act: writes(chunked("ffff\r\n" + wellStatus))},
		{Name: "chunk-too-short", Story: "a chunk that is longer than it says", act: writes(chunked("5\r\n" + wellStatus + "\r\n0\r\n\r\n"))},
		{Name: "chunk-length-beyond-all-bounds", Story: "a chunk of more bytes than 64 bits count", act: writes(chunked(strings.Repeat("f", 20) + "\r\n" + wellStatus))},
		{Name: "chunks-without-an-end", Story: "the last chunk does not come", act: writes(chunked(chunkOf(wellStatus)))},
		{Name: "chunks-of-one-byte", Story: "chunks of a byte without end", act: endless(chunkOf(wellStatus), "1\r\n \r\n")},
		{Name: "chunk-extension-without-end", Story: "a chunk whose extension does not end", act: endless("5;", "x")},
		{Name: "chunk-extensions", Story: "chunks of a byte with extensions of 200 without end", act: endless("", "1;"+strings.Repeat("x", 200)+"\r\n \r\n")},
		{Name: "trailers-without-end", Story: "the trailer after the last chunk does not end", act: endless(chunkOf(wellStatus)+"0\r\n", "x: y\r\n")},
		{Name: "transfer-coding-unknown", Story: "a transfer coding that does not exist", act: writes(firstLine + "transfer-encoding: klingon\r\n\r\n" + wellStatus)},
	}
	for i := range cases {
		cases[i].On, cases[i].means = HTTP1, broken
	}
	return cases
}
