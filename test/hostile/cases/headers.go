package cases

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// says is an answer whose form is good.
func respondBody(status, body string, fields ...string) func(*exchange) {
	return func(v *exchange) { v.writeResponse(status, body, fields...) }
}

// writes is an answer on HTTP/1.1, byte by byte; then the connection ends.
func respondRaw(text string) func(*exchange) {
	return func(v *exchange) { v.rawConn().writeString(text) }
}

const statusLine = "HTTP/1.1 200 OK\r\n"

// sized is a header that says how long the good answer is.
var contentLength = fmt.Sprintf("content-length: %d\r\n", len(healthyStatus))

// headCases are what can be wrong with an answer's status and header.
func headCases() []Case {
	return slices.Concat(statusCases(), headerCases(), lengthCases(), redirectCases())
}

func statusCases() []Case {
	return []Case{
		{
			Name: "every-status", Description: "each answer has another status from 000 to 999, with a good body", Protocols: Both,
			Requests: 1000, Contained: true,
			respond: func(v *exchange) {
				var last []string
				w, ok := v.responseWriter.(*rawConn)
				if ok {
					last = []string{"connection", "close"}
				}
				v.writeResponse(fmt.Sprintf("%03d", v.number%1000), healthyStatus, last...)
				if ok {
					w.keepAlive = false // where there may be no body, it is the beginning of what follows: that is to end
				}
			},
			expected: func(n int) []fault.Fault {
				n %= 1000
				switch {
				case n == 200:
					return []fault.Fault{{}}
				case n >= 100 && n < 200: // what follows is not the final answer
					return []fault.Fault{fault.FromHTTP(n), fault.BrokenAnswer}
				case n == 204, n == 304: // HTTP/2: there may be no body
					return []fault.Fault{fault.FromHTTP(n), fault.BrokenAnswer}
				case n == 0:
					return []fault.Fault{fault.BrokenAnswer}
				}
				return []fault.Fault{fault.FromHTTP(n)}
			},
		},
		{
			Name: "service-codes-without-end", Description: "each answer has another status from 614 to 699", Protocols: Both, Requests: 60, Contained: true,
			respond:  func(v *exchange) { v.writeResponse(strconv.Itoa(614+v.number%86), "") },
			expected: func(n int) []fault.Fault { return []fault.Fault{fault.FromHTTP(614 + n%86)} },
		},
		{
			Name: "status-of-two-digits", Description: "the status is 20", Protocols: Both, Contained: true,
			respond: respondBody("20", healthyStatus), expected: expect(fault.BrokenAnswer, fault.FromHTTP(20)),
		},
		{
			Name: "status-of-ten-digits", Description: "the status is 2000000000", Protocols: Both, Contained: true,
			respond: respondBody("2000000000", healthyStatus), expected: expect(fault.BrokenAnswer, fault.FromHTTP(2000000000)),
		},
		{
			Name: "status-line-negative", Description: "the status is -20", Protocols: Both, Contained: true,
			respond: respondBody("-20", healthyStatus), expected: expect(fault.BrokenAnswer, fault.FromHTTP(-20)),
		},
		{
			Name: "status-in-words", Description: "the status is OK", Protocols: Both, Contained: true,
			respond: respondBody("OK", healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "informational-flood", Description: "100 Continue comes without end", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				for v.isConnected() {
					v.writeHead("100")
				}
			},
			expected: brokenAnswer,
		},
		{
			Name: "early-hints-flood", Description: "103 Early Hints comes without end, with headers", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				for hint := strings.Repeat("x", 1000); v.isConnected(); {
					v.writeHead("103", "link", hint)
				}
			},
			expected: brokenAnswer,
		},
		{
			Name: "informational-drip", Description: "100 Continue comes again and again, slowly", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				for v.wait(50 * time.Millisecond) {
					v.writeHead("100")
				}
			},
			expected: noAnswer,
		},
		{
			Name: "switching-protocols", Description: "101: the connection is to speak something else, and is silent", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.writeHead("101", "connection", "upgrade", "upgrade", "websocket")
				v.waitForClient()
			},
			expected: expect(fault.FromHTTP(101)),
		},
		{
			Name: "refused-slowly", Description: "601, with a body that comes a byte at a time", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("601")
				v.writeSlowly(v.writeBody, []byte("x"), 50*time.Millisecond)
			},
			expected: expect(fault.FromHTTP(601)),
		},
		{
			Name: "refused-without-end", Description: "601, with a body without end", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("601")
				v.writeEndlessly(v.writeBody, repeatToChunk("x"))
			},
			expected: expect(fault.FromHTTP(601)),
		},
		{
			Name: "retry-after-nonsense", Description: "429, with a Retry-After that is no time, or one beyond all bounds", Protocols: Both, Requests: 8, Contained: true,
			respond: func(v *exchange) {
				all := []string{
					"-1", "99999999999999999999", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "0x10",
					strings.Repeat("9", 10_000), "\xff\xfe",
				}
				v.writeResponse("429", "", "retry-after", all[v.number%len(all)])
			},
			expected: expect(fault.FromHTTP(429)),
		},
	}
}

func headerCases() []Case {
	return []Case{
		{
			Name: "nothing", Description: "the question is taken, no answer comes", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: (*exchange).waitForClient, expected: noAnswer,
		},
		{
			Name: "slow-header", Description: "the header comes a byte at a time", Protocols: HTTP1, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeSlowly(v.writeBody, []byte(statusLine+"x: "+strings.Repeat("x", 1000)), 20*time.Millisecond)
			},
			expected: noAnswer,
		},
		{
			Name: "100000-headers", Description: "the answer has 100,000 headers", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				fields := make([]string, 0, 200_000)
				for i := range 100_000 {
					fields = append(fields, "x-"+strconv.Itoa(i), "y")
				}
				v.writeResponse("200", healthyStatus, fields...)
			},
			expected: brokenAnswer,
		},
		{
			Name: "one-huge-header", Description: "the answer has a header of 8 MiB", Protocols: Both, Contained: true,
			respond: func(v *exchange) { v.writeResponse("200", healthyStatus, "x", strings.Repeat("y", 8<<20)) }, expected: brokenAnswer,
		},
		{
			Name: "endless-header", Description: "the answer has a header without end", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.rawConn().writeString(statusLine + "x: ")
				v.writeEndlessly(v.writeBody, repeatToChunk("y"))
			},
			expected: brokenAnswer,
		},
		{
			Name: "endless-first-line", Description: "the first line does not end", Protocols: HTTP1,
			respond: func(v *exchange) { v.writeEndlessly(v.writeBody, repeatToChunk("H")) }, expected: brokenAnswer,
		},
		{
			Name: "malformed-header", Description: "a header has no colon", Protocols: HTTP1,
			respond: respondRaw(statusLine + "no colon\r\n" + contentLength + "\r\n" + healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "header-with-nul", Description: "a header has bytes that it may not have", Protocols: Both, Contained: true,
			respond: respondBody("200", healthyStatus, "x", "a\x00b\x7f"), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "other-protocol", Description: "the answer is of ICY in place of HTTP", Protocols: HTTP1,
			respond: respondRaw("ICY 200 OK\r\n" + contentLength + "\r\n" + healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "http-9.9", Description: "the answer is of HTTP/9.9", Protocols: HTTP1,
			respond: respondRaw("HTTP/9.9 200 OK\r\n" + contentLength + "\r\n" + healthyStatus), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "not-http", Description: "the answer is no HTTP at all", Protocols: HTTP1,
			respond: respondRaw("\x16\x03\x03\x00\xff not HTTP\r\n\r\n"), expected: brokenAnswer,
		},
		{
			Name: "two-answers", Description: "another answer follows that nobody asked for", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.respondHealthy()
				v.respondHealthy()
			},
			expected: expect(fault.Fault{}, fault.BrokenAnswer),
		},
		{
			Name: "credentials-sent-back", Description: "the credentials come back in the status line, in a header, in the body, and once more after it", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.rawConn().writeString(fmt.Sprintf("HTTP/1.1 601 %s\r\nx: %[1]s\r\ncontent-length: %d\r\n\r\n%[1]s%[1]s", v.authorization, len(v.authorization)))
				v.waitForClient()
			},
			expected: expect(fault.FromHTTP(601)),
		},
		{
			Name: "html-as-json", Description: "200, a login page that says it is JSON", Protocols: Both, Contained: true,
			respond: respondBody("200", "<!doctype html><title>Sign in</title>"), expected: expect(fault.NotTheAPI),
		},
	}
}
