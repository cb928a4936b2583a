package cases

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"slices"
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
func gzipBomb() []byte { return gzipped(make([]byte, 16<<20)) }

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

func respondEncoded(coding, body string) func(*exchange) {
	return respondBody("200", body, "content-encoding", coding)
}

// bodyCases are what can be wrong with how a body comes.
func bodyCases() []Case { return slices.Concat(flowCases(), codingCases(), chunkedCases()) }

func flowCases() []Case {
	return []Case{
		{
			Name: "slow-body", Description: "the body comes a byte at a time, and is good so far", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeSlowly(v.writeBody, []byte(healthyStatus+strings.Repeat(" ", 4096)), 50*time.Millisecond)
			},
			expected: noAnswer,
		},
		{
			Name: "stalled-body", Description: "half of the body comes, then nothing", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus[:40]))
				v.waitForClient()
			},
			expected: noAnswer,
		},
		{
			Name: "endless-body", Description: "a body without end, good so far", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus))
				v.writeEndlessly(v.writeBody, repeatToChunk(" "))
			},
			expected: brokenAnswer,
		},
		{
			Name: "endless-string", Description: "a body that is one string without end", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(`{"Status":200,"Result":{"PlatformVersion":"`))
				v.writeEndlessly(v.writeBody, repeatToChunk(`\u0000`))
			},
			expected: brokenAnswer,
		},
		{
			Name: "large-and-slow", Description: "1 MiB less a byte comes, then nothing", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				space := repeatToChunk(" ")
				for range 1<<20/len(space) - 1 {
					v.writeBody(space)
				}
				v.writeBody(space[1:])
				v.waitForClient()
			},
			expected: noAnswer,
		},
		{
			Name: "body-cut-off", Description: "the connection is reset in the middle of the body", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200", "content-length", "100000")
				v.writeBody([]byte(healthyStatus))
				v.wait(20 * time.Millisecond)
				v.reset()
			},
			expected: brokenAnswer,
		},
		{
			Name: "body-of-a-mebibyte", Description: "a good answer with 1 MiB of white space: as much as is allowed", Protocols: Both, Contained: true,
			respond: respondBody("200", healthyStatus+strings.Repeat(" ", 1<<20-len(healthyStatus))), expected: success,
		},
	}
}

func codingCases() []Case {
	return []Case{
		{
			Name: "gzip", Description: "a good answer that was compressed though nobody asked for that", Protocols: Both, Contained: true,
			respond: respondEncoded("gzip", string(gzipped([]byte(healthyStatus)))), expected: success,
		},
		{
			Name: "gzip-bomb", Description: "16 KiB that inflate to 16 MiB", Protocols: Both, Contained: true,
			respond: func(v *exchange) { v.writeResponse("200", string(gzipBomb()), "content-encoding", "gzip") }, expected: brokenAnswer,
		},
		{
			Name: "gzip-bomb-in-a-bomb", Description: "a compressed compressed bomb", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeResponse("200", string(gzipped(gzipBomb())), "content-encoding", "gzip, gzip")
			},
			expected: expect(fault.NotTheAPI, fault.BrokenAnswer),
		},
		{
			Name: "gzip-of-nothing-without-end", Description: "gzip members without end that hold nothing", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200", "content-encoding", "gzip")
				v.writeEndlessly(v.writeBody, repeatToChunk(string(gzipped(nil))))
			},
			expected: brokenAnswer,
		},
		{
			Name: "gzip-header-without-end", Description: "gzip whose file name does not end", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200", "content-encoding", "gzip")
				v.writeBody([]byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"))
				v.writeEndlessly(v.writeBody, repeatToChunk("x"))
			},
			expected: brokenAnswer,
		},
		{
			Name: "gzip-cut-off", Description: "gzip that ends in the middle", Protocols: Both, Contained: true,
			respond: respondEncoded("gzip", string(gzipped([]byte(healthyStatus)))[:30]), expected: brokenAnswer,
		},
		{
			Name: "gzip-that-is-none", Description: "it says gzip and is plain", Protocols: Both, Contained: true,
			respond: respondEncoded("gzip", healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "gzip-with-a-wrong-sum", Description: "gzip with a checksum that does not fit", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				b := gzipped([]byte(healthyStatus))
				b[len(b)-8] ^= 1
				v.writeResponse("200", string(b), "content-encoding", "gzip")
			},
			expected: brokenAnswer,
		},
		{
			Name: "deflate", Description: "a good answer in deflate, which nobody asked for", Protocols: Both, Contained: true,
			respond: respondEncoded("deflate", deflated(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "zlib", Description: "a good answer in zlib, which nobody asked for", Protocols: Both, Contained: true,
			respond: respondEncoded("deflate", zlibbed(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "brotli", Description: "a good answer in Brotli, which nobody asked for", Protocols: Both, Contained: true,
			respond: respondEncoded("br", brotli(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "zstd", Description: "a good answer in Zstandard, which nobody asked for", Protocols: Both, Contained: true,
			respond: respondEncoded("zstd", zstd(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "coding-that-is-none", Description: "an answer in a coding that does not exist, and plain", Protocols: Both, Contained: true,
			respond: respondEncoded("klingon", healthyStatus), expected: success,
		},
	}
}

// chunked is an answer in chunks.
func chunkedResponse(text string) string {
	return statusLine + "transfer-encoding: chunked\r\n\r\n" + text
}

func encodeChunk(text string) string { return fmt.Sprintf("%x\r\n%s\r\n", len(text), text) }

func chunkedCases() []Case {
	endless := func(first, again string) func(*exchange) {
		return func(v *exchange) {
			v.rawConn().writeString(chunkedResponse(first))
			v.writeEndlessly(v.writeBody, repeatToChunk(again))
		}
	}
	cases := []Case{
		{Name: "chunk-garbage", Description: "chunks whose length is no number", respond: respondRaw(chunkedResponse("zz\r\n" + healthyStatus + "\r\n0\r\n\r\n"))},
		{Name: "chunk-too-long", Description: "a chunk that is shorter than it says", respond: respondRaw(chunkedResponse("ffff\r\n" + healthyStatus))},
		{Name: "chunk-too-short", Description: "a chunk that is longer than it says", respond: respondRaw(chunkedResponse("5\r\n" + healthyStatus + "\r\n0\r\n\r\n"))},
		{Name: "chunk-length-beyond-all-bounds", Description: "a chunk of more bytes than 64 bits count", respond: respondRaw(chunkedResponse(strings.Repeat("f", 20) + "\r\n" + healthyStatus))},
		{Name: "chunks-without-an-end", Description: "the last chunk does not come", respond: respondRaw(chunkedResponse(encodeChunk(healthyStatus)))},
		{Name: "chunks-of-one-byte", Description: "chunks of a byte without end", respond: endless(encodeChunk(healthyStatus), "1\r\n \r\n")},
		{Name: "chunk-extension-without-end", Description: "a chunk whose extension does not end", respond: endless("5;", "x")},
		{Name: "chunk-extensions", Description: "chunks of a byte with extensions of 200 without end", respond: endless("", "1;"+strings.Repeat("x", 200)+"\r\n \r\n")},
		{Name: "trailers-without-end", Description: "the trailer after the last chunk does not end", respond: endless(encodeChunk(healthyStatus)+"0\r\n", "x: y\r\n")},
		{Name: "transfer-coding-unknown", Description: "a transfer coding that does not exist", respond: respondRaw(statusLine + "transfer-encoding: klingon\r\n\r\n" + healthyStatus)},
	}
	for i := range cases {
		cases[i].Protocols, cases[i].expected = HTTP1, brokenAnswer
	}
	return cases
}
