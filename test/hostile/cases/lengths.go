package cases

import (
	"fmt"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
)

// lengthCases have a wrong Content-Length.
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
			Name: "length-too-long", Description: "the body is shorter than Content-Length", Protocols: Both, Contained: true,
			respond: sized("100000"), expected: brokenAnswer,
		},
		{
			Name: "length-too-short", Description: "the body is longer than Content-Length", Protocols: Both, Contained: true,
			respond: sized("20"), expected: expect(fault.BrokenAnswer, fault.MalformedAnswer),
		},
		{
			Name: "length-overflow", Description: "Content-Length has 30 digits", Protocols: Both, Contained: true,
			respond: sized(strings.Repeat("9", 30)), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "length-of-exabytes", Description: "Content-Length is 9 EB, the body 80 bytes", Protocols: Both, Contained: true,
			respond: sized("9223372036854775807"), expected: brokenAnswer,
		},
		{
			Name: "length-negative", Description: "Content-Length is -1", Protocols: Both, Contained: true,
			respond: sized("-1"), expected: expect(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "lengths-differ", Description: "two different Content-Length headers", Protocols: HTTP1,
			respond: respondRaw(statusLine + "content-length: 20\r\n" + fmt.Sprintf("content-length: %d\r\n\r\n", len(healthyStatus)) + healthyStatus), expected: brokenAnswer,
		},
	}
}

// redirectCases redirect to a listener that counts connections.
func redirectCases() []Case {
	var cases []Case
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, to := range []struct{ name, description, url string }{
			{"elsewhere", "to another host", "https://ELSEWHERE/octoeverywhere-command-api/status"},
			{"http", "to http", "http://ELSEWHERE/octoeverywhere-command-api/status"},
			{"itself", "to itself", ""},
		} {
			cases = append(cases, Case{
				Name: fmt.Sprintf("redirect-%d-%s", status, to.name), Description: fmt.Sprintf("%d redirects %s", status, to.description), Protocols: Both, Contained: true,
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
		Name: "refresh-elsewhere", Description: "200 with a Refresh header to another host, Alt-Svc and a cookie", Protocols: Both, Contained: true,
		respond: func(v *exchange) {
			at := v.server.redirectTarget.Addr().String()
			v.writeResponse("200", "", "refresh", "0; url=https://"+at, "alt-svc", `h2="`+at+`"`, "set-cookie", "a=b", "location", "https://"+at)
		},
		expected: expect(fault.NotTheAPI),
	})
}
