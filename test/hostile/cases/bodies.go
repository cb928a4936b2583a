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

// gzipped compresses text with gzip.
func gzipped(text []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(text)
	_ = w.Close()
	return b.Bytes()
}

// gzipBomb returns 16 KiB that inflate to 16 MiB.
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

// brotli encodes text as a Brotli stream (RFC 7932 §9.2) without compression: a window of 64 KiB, an uncompressed
// meta-block, and the empty last one.
func brotli(text string) string {
	n := uint32(len(text) - 1)
	bits := n<<4 | 1<<20 // WBITS 0, ISLAST 0, MNIBBLES 00, 16 bits of MLEN-1, ISUNCOMPRESSED 1
	return string([]byte{byte(bits), byte(bits >> 8), byte(bits >> 16)}) + text + "\x03"
}

// zstd encodes text as a Zstandard frame (RFC 8878 §3.1) with one raw block.
func zstd(text string) string {
	n := uint32(len(text))
	block := n<<3 | 1
	return "\x28\xb5\x2f\xfd\x20" + string([]byte{byte(n), byte(block), byte(block >> 8), byte(block >> 16)}) + text
}

func respondEncoded(coding, body string) func(*exchange) {
	return respondBody("200", body, "content-encoding", coding)
}

func flowCases() []Case {
	return []Case{
		{
			Name: "slow-body", Description: "the body is sent one byte at a time", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeSlowly(v.writeBody, []byte(healthyStatus+strings.Repeat(" ", 4096)), 50*time.Millisecond)
			},
			expected: noAnswer,
		},
		{
			Name: "stalled-body", Description: "half of the body is sent, then nothing", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus[:40]))
				v.waitForClient()
			},
			expected: noAnswer,
		},
		{
			Name: "endless-body", Description: "an endless body with a valid beginning", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(healthyStatus))
				v.writeEndlessly(v.writeBody, repeatToChunk(" "))
			},
			expected: brokenAnswer,
		},
		{
			Name: "endless-string", Description: "a body that is one endless string", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200")
				v.writeBody([]byte(`{"Status":200,"Result":{"PlatformVersion":"`))
				v.writeEndlessly(v.writeBody, repeatToChunk(`\u0000`))
			},
			expected: brokenAnswer,
		},
		{
			Name: "large-and-slow", Description: "one byte less than 1 MiB is sent, then nothing", Protocols: Both, Contained: true, EndsAtTimeout: true,
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
			Name: "body-reset", Description: "the connection is reset in the middle of the body", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200", "content-length", "100000")
				v.writeBody([]byte(healthyStatus))
				v.wait(20 * time.Millisecond)
				v.reset()
			},
			expected: brokenAnswer,
		},
		{
			Name: "body-of-1-mib", Description: "a valid response padded with white space to 1 MiB, the maximum", Protocols: Both, Contained: true,
			respond: respondBody("200", healthyStatus+strings.Repeat(" ", 1<<20-len(healthyStatus))), expected: success,
		},
	}
}

func codingCases() []Case {
	return []Case{
		{
			Name: "gzip", Description: "a valid response compressed with gzip, which was not requested", Protocols: Both, Contained: true,
			respond: respondEncoded("gzip", string(gzipped([]byte(healthyStatus)))), expected: success,
		},
		{
			Name: "gzip-bomb", Description: "16 KiB that inflate to 16 MiB", Protocols: Both, Contained: true,
			respond: func(v *exchange) { v.writeResponse("200", string(gzipBomb()), "content-encoding", "gzip") }, expected: brokenAnswer,
		},
		{
			Name: "gzip-bomb-nested", Description: "a decompression bomb compressed twice", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeResponse("200", string(gzipped(gzipBomb())), "content-encoding", "gzip, gzip")
			},
			expected: expect(fault.NotTheAPI, fault.BrokenAnswer),
		},
		{
			Name: "gzip-endless-empty-members", Description: "endless empty gzip members", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200", "content-encoding", "gzip")
				v.writeEndlessly(v.writeBody, repeatToChunk(string(gzipped(nil))))
			},
			expected: brokenAnswer,
		},
		{
			Name: "gzip-endless-header", Description: "gzip with an endless file name", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("200", "content-encoding", "gzip")
				v.writeBody([]byte("\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"))
				v.writeEndlessly(v.writeBody, repeatToChunk("x"))
			},
			expected: brokenAnswer,
		},
		{
			Name: "gzip-truncated", Description: "truncated gzip", Protocols: Both, Contained: true,
			respond: respondEncoded("gzip", string(gzipped([]byte(healthyStatus)))[:30]), expected: brokenAnswer,
		},
		{
			Name: "gzip-not-compressed", Description: "Content-Encoding is gzip, the body is not compressed", Protocols: Both, Contained: true,
			respond: respondEncoded("gzip", healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "gzip-wrong-checksum", Description: "gzip with a wrong checksum", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				b := gzipped([]byte(healthyStatus))
				b[len(b)-8] ^= 1
				v.writeResponse("200", string(b), "content-encoding", "gzip")
			},
			expected: brokenAnswer,
		},
		{
			Name: "deflate", Description: "a valid response in deflate, which was not requested", Protocols: Both, Contained: true,
			respond: respondEncoded("deflate", deflated(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "zlib", Description: "a valid response in zlib, which was not requested", Protocols: Both, Contained: true,
			respond: respondEncoded("deflate", zlibbed(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "brotli", Description: "a valid response in Brotli, which was not requested", Protocols: Both, Contained: true,
			respond: respondEncoded("br", brotli(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "zstd", Description: "a valid response in Zstandard, which was not requested", Protocols: Both, Contained: true,
			respond: respondEncoded("zstd", zstd(healthyStatus)), expected: expect(fault.NotTheAPI),
		},
		{
			Name: "content-encoding-unknown", Description: "an unknown Content-Encoding, the body is not compressed", Protocols: Both, Contained: true,
			respond: respondEncoded("klingon", healthyStatus), expected: success,
		},
	}
}

// chunkedResponse returns a response whose body, text, is in the chunked transfer coding.
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
		{Name: "chunk-garbage", Description: "the chunk length is not a number", respond: respondRaw(chunkedResponse("zz\r\n" + healthyStatus + "\r\n0\r\n\r\n"))},
		{Name: "chunk-shorter-than-length", Description: "a chunk is shorter than its length", respond: respondRaw(chunkedResponse("ffff\r\n" + healthyStatus))},
		{Name: "chunk-longer-than-length", Description: "a chunk is longer than its length", respond: respondRaw(chunkedResponse("5\r\n" + healthyStatus + "\r\n0\r\n\r\n"))},
		{Name: "chunk-length-overflow", Description: "a chunk length of more than 64 bits", respond: respondRaw(chunkedResponse(strings.Repeat("f", 20) + "\r\n" + healthyStatus))},
		{Name: "chunks-without-last", Description: "the last chunk is missing", respond: respondRaw(chunkedResponse(encodeChunk(healthyStatus)))},
		{Name: "chunks-endless", Description: "endless chunks of one byte", respond: endless(encodeChunk(healthyStatus), "1\r\n \r\n")},
		{Name: "chunk-extension-endless", Description: "an endless chunk extension", respond: endless("5;", "x")},
		{Name: "chunk-extensions", Description: "endless chunks of one byte with extensions of 200", respond: endless("", "1;"+strings.Repeat("x", 200)+"\r\n \r\n")},
		{Name: "trailers-endless", Description: "endless trailers after the last chunk", respond: endless(encodeChunk(healthyStatus)+"0\r\n", "x: y\r\n")},
		{Name: "transfer-coding-unknown", Description: "an unknown transfer coding", respond: respondRaw(statusLine + "transfer-encoding: klingon\r\n\r\n" + healthyStatus)},
	}
	for i := range cases {
		cases[i].Protocols, cases[i].expected = HTTP1, brokenAnswer
	}
	return cases
}
