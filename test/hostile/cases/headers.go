package cases

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// respondBody writes a valid response.
func respondBody(status, body string, fields ...string) func(*exchange) {
	return func(v *exchange) { v.writeResponse(status, body, fields...) }
}

// respondRaw writes text on HTTP/1.1; then the connection ends.
func respondRaw(text string) func(*exchange) {
	return func(v *exchange) { v.rawConn().writeString(text) }
}

const statusLine = "HTTP/1.1 200 OK\r\n"

// contentLength is the header with the length of healthyStatus.
var contentLength = fmt.Sprintf("content-length: %d\r\n", len(healthyStatus))

func statusCases() []Case {
	return []Case{
		{
			Name: "every-status", Description: "each response has another status from 000 to 999, with a valid body", Protocols: Both,
			Requests: 1000, Contained: true,
			respond: func(v *exchange) {
				var last []string
				w, ok := v.responseWriter.(*rawConn)
				if ok {
					last = []string{"connection", "close"}
				}
				v.writeResponse(fmt.Sprintf("%03d", v.number%1000), healthyStatus, last...)
				if ok {
					w.keepAlive = false // a body after a status without one would be the start of the next response
				}
			},
			expected: func(n int) []fault.Fault {
				n %= 1000
				switch {
				case n == 200:
					return []fault.Fault{{}}
				case n >= 100 && n < 200: // what follows is not the final response
					return []fault.Fault{fault.FromHTTP(n), fault.BrokenAnswer}
				case n == 204, n == 304: // HTTP/2: no body is allowed
					return []fault.Fault{fault.FromHTTP(n), fault.BrokenAnswer}
				case n == 0:
					return []fault.Fault{fault.BrokenAnswer}
				}
				return []fault.Fault{fault.FromHTTP(n)}
			},
		},
		{
			Name: "many-service-codes", Description: "each response has another status from 614 to 699", Protocols: Both, Requests: 60, Contained: true,
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
			Name: "status-not-a-number", Description: "the status is OK", Protocols: Both, Contained: true,
			respond: respondBody("OK", healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "informational-flood", Description: "endless 100 Continue", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				for v.isConnected() {
					v.writeHead("100")
				}
			},
			expected: brokenAnswer,
		},
		{
			Name: "early-hints-flood", Description: "endless 103 Early Hints with headers", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				for hint := strings.Repeat("x", 1000); v.isConnected(); {
					v.writeHead("103", "link", hint)
				}
			},
			expected: brokenAnswer,
		},
		{
			Name: "informational-drip", Description: "endless 100 Continue, slowly", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				for v.wait(50 * time.Millisecond) {
					v.writeHead("100")
				}
			},
			expected: noAnswer,
		},
		{
			Name: "switching-protocols", Description: "101 Switching Protocols, then silence", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.writeHead("101", "connection", "upgrade", "upgrade", "websocket")
				v.waitForClient()
			},
			expected: expect(fault.FromHTTP(101)),
		},
		{
			Name: "601-slow-body", Description: "601 with a body of one byte at a time", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeHead("601")
				v.writeSlowly(v.writeBody, []byte("x"), 50*time.Millisecond)
			},
			expected: expect(fault.FromHTTP(601)),
		},
		{
			Name: "601-endless-body", Description: "601 with an endless body", Protocols: Both, Contained: true,
			respond: func(v *exchange) {
				v.writeHead("601")
				v.writeEndlessly(v.writeBody, repeatToChunk("x"))
			},
			expected: expect(fault.FromHTTP(601)),
		},
		{
			Name: "retry-after-invalid", Description: "429 with an invalid or an extreme Retry-After", Protocols: Both, Requests: 8, Contained: true,
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
			Name: "no-response", Description: "the request is accepted, no response follows", Protocols: Both, Contained: true, EndsAtTimeout: true,
			respond: (*exchange).waitForClient, expected: noAnswer,
		},
		{
			Name: "slow-header", Description: "the header is sent one byte at a time", Protocols: HTTP1, EndsAtTimeout: true,
			respond: func(v *exchange) {
				v.writeSlowly(v.writeBody, []byte(statusLine+"x: "+strings.Repeat("x", 1000)), 20*time.Millisecond)
			},
			expected: noAnswer,
		},
		{
			Name: "100000-headers", Description: "100,000 headers", Protocols: Both, Contained: true,
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
			Name: "one-huge-header", Description: "a header of 8 MiB", Protocols: Both, Contained: true,
			respond: func(v *exchange) { v.writeResponse("200", healthyStatus, "x", strings.Repeat("y", 8<<20)) }, expected: brokenAnswer,
		},
		{
			Name: "endless-header", Description: "an endless header", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.rawConn().writeString(statusLine + "x: ")
				v.writeEndlessly(v.writeBody, repeatToChunk("y"))
			},
			expected: brokenAnswer,
		},
		{
			Name: "endless-status-line", Description: "an endless status line", Protocols: HTTP1,
			respond: func(v *exchange) { v.writeEndlessly(v.writeBody, repeatToChunk("H")) }, expected: brokenAnswer,
		},
		{
			Name: "malformed-header", Description: "a header without a colon", Protocols: HTTP1,
			respond: respondRaw(statusLine + "no colon\r\n" + contentLength + "\r\n" + healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "header-with-nul", Description: "a header with invalid bytes", Protocols: Both, Contained: true,
			respond: respondBody("200", healthyStatus, "x", "a\x00b\x7f"), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "other-protocol", Description: "the protocol is ICY instead of HTTP", Protocols: HTTP1,
			respond: respondRaw("ICY 200 OK\r\n" + contentLength + "\r\n" + healthyStatus), expected: brokenAnswer,
		},
		{
			Name: "http-9.9", Description: "the version is HTTP/9.9", Protocols: HTTP1,
			respond: respondRaw("HTTP/9.9 200 OK\r\n" + contentLength + "\r\n" + healthyStatus), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "not-http", Description: "the response is not HTTP", Protocols: HTTP1,
			respond: respondRaw("\x16\x03\x03\x00\xff not HTTP\r\n\r\n"), expected: brokenAnswer,
		},
		{
			Name: "two-answers", Description: "a second response follows that was not requested", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.respondHealthy()
				v.respondHealthy()
			},
			expected: expect(fault.Fault{}, fault.BrokenAnswer),
		},
		{
			Name: "credentials-sent-back", Description: "the credentials are sent back in the status line, a header and the body, and after the response", Protocols: HTTP1,
			respond: func(v *exchange) {
				v.rawConn().writeString(fmt.Sprintf("HTTP/1.1 601 %s\r\nx: %[1]s\r\ncontent-length: %d\r\n\r\n%[1]s%[1]s", v.authorization, len(v.authorization)))
				v.waitForClient()
			},
			expected: expect(fault.FromHTTP(601)),
		},
		{
			Name: "html-as-json", Description: "200 with a login page as JSON", Protocols: Both, Contained: true,
			respond: respondBody("200", "<!doctype html><title>Sign in</title>"), expected: expect(fault.NotTheAPI),
		},
	}
}
