package cases

import (
	"fmt"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
)

// lengthCases are lengths that are not those of the body.
func lengthCases() []Case {
	sized := func(status string) func(*exchange) {
		return func(v *exchange) {
			v.writeHead("200", "content-length", status)
			v.writeBody([]byte(healthyStatus))
			if r, ok := v.responseWriter.(*rawConn); ok {
				r.keepAlive = false
			}
		}
	}
	return []Case{
		{
			Name: "length-too-long", Description: "the body is shorter than its length says", Protocols: Both, Contained: true,
			respond: sized("100000"), expected: brokenAnswer,
		},
		{
			Name: "length-too-short", Description: "the body is longer than its length says", Protocols: Both, Contained: true,
			respond: sized("20"), expected: expect(fault.BrokenAnswer, fault.MalformedAnswer),
		},
		{
			Name: "length-beyond-all-bounds", Description: "the length is a number of 30 digits", Protocols: Both, Contained: true,
			respond: sized(strings.Repeat("9", 30)), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "length-of-exabytes", Description: "the length is 9 EB, the body 80 bytes", Protocols: Both, Contained: true,
			respond: sized("9223372036854775807"), expected: brokenAnswer,
		},
		{
			Name: "length-negative", Description: "the length is -1", Protocols: Both, Contained: true,
			respond: sized("-1"), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "lengths-that-differ", Description: "there are two lengths", Protocols: HTTP1,
			respond: respondRaw(statusLine + "content-length: 20\r\n" + fmt.Sprintf("content-length: %d\r\n\r\n", len(healthyStatus)) + healthyStatus), expected: brokenAnswer,
		},
	}
}

// redirectCases lead to a listener that counts who comes.
func redirectCases() []Case {
	var cases []Case
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []struct{ word, story, url string }{
			{"elsewhere", "to another host", "https://ELSEWHERE/octoeverywhere-command-api/status"},
			{"http", "to http", "http://ELSEWHERE/octoeverywhere-command-api/status"},
			{"itself", "to itself", ""},
		} {
			cases = append(cases, Case{
				Name: fmt.Sprintf("redirect-%d-%s", status, to.word), Description: fmt.Sprintf("%d leads %s", status, to.story), Protocols: Both, Contained: true,
				respond: func(v *exchange) {
					url := strings.Replace(to.url, "ELSEWHERE", v.server.redirectTarget.Addr().String(), 1)
					if url == "" {
						url = v.path
					}
					v.writeResponse(strconv.Itoa(status), "", "location", url)
				},
				expected: expect(fault.FromHTTP(status)),
			})
		}
	}
	return append(cases, Case{
		Name: "refresh-elsewhere", Description: "200 with a Refresh header to another host, an Alt-Svc and a cookie", Protocols: Both, Contained: true,
		respond: func(v *exchange) {
			at := v.server.redirectTarget.Addr().String()
			v.writeResponse("200", "", "refresh", "0; url=https://"+at, "alt-svc", `h2="`+at+`"`, "set-cookie", "a=b", "location", "https://"+at)
		},
		expected: expect(fault.NotTheAPI),
	})
}
