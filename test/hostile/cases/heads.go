package cases

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"octoeverywhere_exporter/fault"
)

// says is an answer whose form is good.
func says(status, body string, fields ...string) func(*visit) {
	return func(v *visit) { v.answer(status, body, fields...) }
}

// writes is an answer on HTTP/1.1, byte by byte; then the connection ends.
func writes(text string) func(*visit) {
	return func(v *visit) { v.raw().say(text) }
}

const firstLine = "HTTP/1.1 200 OK\r\n"

// sized is a header that says how long the good answer is.
var sized = fmt.Sprintf("content-length: %d\r\n", len(wellStatus))

// headCases are what can be wrong with an answer's status and header.
func headCases() []Case {
	return concat(statusCases(), headerCases(), lengthCases(), redirectCases())
}

func statusCases() []Case {
	return []Case{
		{
			Name: "every-status", Story: "each answer has another status from 000 to 999, with a good body", On: Both,
			Questions: 1000, Contained: true,
			act: func(v *visit) {
				var last []string
				w, ok := v.way.(*raw)
				if ok {
					last = []string{"connection", "close"}
				}
				v.answer(fmt.Sprintf("%03d", v.n%1000), wellStatus, last...)
				if ok {
					w.keep = false // where there may be no body, it is the beginning of what follows: that is to end
				}
			},
			means: func(n int) []fault.Fault {
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
			Name: "service-codes-without-end", Story: "each answer has another status from 614 to 699", On: Both, Questions: 60, Contained: true,
			act:   func(v *visit) { v.answer(strconv.Itoa(614+v.n%86), "") },
			means: func(n int) []fault.Fault { return []fault.Fault{fault.FromHTTP(614 + n%86)} },
		},
		{
			Name: "status-of-two-digits", Story: "the status is 20", On: Both, Contained: true,
			act: says("20", wellStatus), means: always(fault.BrokenAnswer, fault.FromHTTP(20)),
		},
		{
			Name: "status-of-ten-digits", Story: "the status is 2000000000", On: Both, Contained: true,
			act: says("2000000000", wellStatus), means: always(fault.BrokenAnswer, fault.FromHTTP(2000000000)),
		},
		{
			Name: "status-line-negative", Story: "the status is -20", On: Both, Contained: true,
			act: says("-20", wellStatus), means: always(fault.BrokenAnswer, fault.FromHTTP(-20)),
		},
		{
			Name: "status-in-words", Story: "the status is OK", On: Both, Contained: true,
			act: says("OK", wellStatus), means: broken,
		},
		{
			Name: "informational-flood", Story: "100 Continue comes without end", On: Both, Contained: true,
			act: func(v *visit) {
				for v.alive() {
					v.head("100")
				}
			},
			means: broken,
		},
		{
			Name: "early-hints-flood", Story: "103 Early Hints comes without end, with headers", On: Both, Contained: true,
			act: func(v *visit) {
				for hint := strings.Repeat("x", 1000); v.alive(); {
					v.head("103", "link", hint)
				}
			},
			means: broken,
		},
		{
			Name: "informational-drip", Story: "100 Continue comes again and again, slowly", On: Both, Contained: true, Lasts: true,
			act: func(v *visit) {
				for v.pause(50 * time.Millisecond) {
					v.head("100")
				}
			},
			means: late,
		},
		{
			Name: "switching-protocols", Story: "101: the connection is to speak something else, and is silent", On: HTTP1,
			act: func(v *visit) {
				v.head("101", "connection", "upgrade", "upgrade", "websocket")
				v.hold()
			},
			means: always(fault.FromHTTP(101)),
		},
		{
			Name: "refused-slowly", Story: "601, with a body that comes a byte at a time", On: Both, Contained: true, Lasts: true,
			act: func(v *visit) {
				v.head("601")
				v.drip(v.body, []byte("x"), 50*time.Millisecond)
			},
			means: always(fault.FromHTTP(601)),
		},
		{
			Name: "refused-without-end", Story: "601, with a body without end", On: Both, Contained: true,
			act: func(v *visit) {
				v.head("601")
				v.repeat(v.body, fill("x"))
			},
			means: always(fault.FromHTTP(601)),
		},
		{
			Name: "retry-after-nonsense", Story: "429, with a Retry-After that is no time, or one beyond all bounds", On: Both, Questions: 8, Contained: true,
			act: func(v *visit) {
				all := []string{
					"-1", "99999999999999999999", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "0x10",
					strings.Repeat("9", 10_000), "\xff\xfe",
				}
				v.answer("429", "", "retry-after", all[v.n%len(all)])
			},
			means: always(fault.FromHTTP(429)),
		},
	}
}

func headerCases() []Case {
	return []Case{
		{
			Name: "nothing", Story: "the question is taken, no answer comes", On: Both, Contained: true, Lasts: true,
			act: (*visit).hold, means: late,
		},
		{
			Name: "slow-header", Story: "the header comes a byte at a time", On: HTTP1, Lasts: true,
			act: func(v *visit) {
				v.drip(v.body, []byte(firstLine+"x: "+strings.Repeat("x", 1000)), 20*time.Millisecond)
			},
			means: late,
		},
		{
			Name: "100000-headers", Story: "the answer has 100,000 headers", On: Both, Contained: true,
			act: func(v *visit) {
				fields := make([]string, 0, 200_000)
				for i := range 100_000 {
					fields = append(fields, "x-"+strconv.Itoa(i), "y")
				}
				v.answer("200", wellStatus, fields...)
			},
			means: broken,
		},
		{
			Name: "one-huge-header", Story: "the answer has a header of 8 MiB", On: Both, Contained: true,
			act: func(v *visit) { v.answer("200", wellStatus, "x", strings.Repeat("y", 8<<20)) }, means: broken,
		},
		{
			Name: "endless-header", Story: "the answer has a header without end", On: HTTP1,
			act: func(v *visit) {
				v.raw().say(firstLine + "x: ")
				v.repeat(v.body, fill("y"))
			},
			means: broken,
		},
		{
			Name: "endless-first-line", Story: "the first line does not end", On: HTTP1,
			act: func(v *visit) { v.repeat(v.body, fill("H")) }, means: broken,
		},
		{
			Name: "malformed-header", Story: "a header has no colon", On: HTTP1,
			act: writes(firstLine + "no colon\r\n" + sized + "\r\n" + wellStatus), means: broken,
		},
		{
			Name: "header-with-nul", Story: "a header has bytes that it may not have", On: Both, Contained: true,
			act: says("200", wellStatus, "x", "a\x00b\x7f"), means: always(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "other-protocol", Story: "the answer is of ICY in place of HTTP", On: HTTP1,
			act: writes("ICY 200 OK\r\n" + sized + "\r\n" + wellStatus), means: broken,
		},
		{
			Name: "http-9.9", Story: "the answer is of HTTP/9.9", On: HTTP1,
			act: writes("HTTP/9.9 200 OK\r\n" + sized + "\r\n" + wellStatus), means: always(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "not-http", Story: "the answer is no HTTP at all", On: HTTP1,
			act: writes("\x16\x03\x03\x00\xff not HTTP\r\n\r\n"), means: broken,
		},
		{
			Name: "two-answers", Story: "another answer follows that nobody asked for", On: HTTP1,
			act: func(v *visit) {
				v.well()
				v.well()
			},
			means: always(fault.Fault{}, fault.BrokenAnswer),
		},
		{
			Name: "credentials-sent-back", Story: "the credentials come back in the status line, in a header, in the body, and once more after it", On: HTTP1,
			act: func(v *visit) {
				v.raw().say(fmt.Sprintf("HTTP/1.1 601 %s\r\nx: %[1]s\r\ncontent-length: %d\r\n\r\n%[1]s%[1]s", v.token, len(v.token)))
				v.hold()
			},
			means: always(fault.FromHTTP(601)),
		},
		{
			Name: "html-as-json", Story: "200, a login page that says it is JSON", On: Both, Contained: true,
			act: says("200", "<!doctype html><title>Sign in</title>"), means: always(fault.NotTheAPI),
		},
	}
}
