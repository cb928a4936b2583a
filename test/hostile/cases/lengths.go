package cases

import (
	"fmt"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
)

// lengthCases are lengths that are not those of the body.
func lengthCases() []Case {
	sized := func(status string) func(*visit) {
		return func(v *visit) {
			v.head("200", "content-length", status)
			v.body([]byte(wellStatus))
			if r, ok := v.way.(*raw); ok {
				r.keep = false
			}
		}
	}
	return []Case{
		{
			Name: "length-too-long", Story: "the body is shorter than its length says", On: Both, Contained: true,
			act: sized("100000"), means: broken,
		},
		{
			Name: "length-too-short", Story: "the body is longer than its length says", On: Both, Contained: true,
			act: sized("20"), means: always(fault.BrokenAnswer, fault.MalformedAnswer),
		},
		{
			Name: "length-beyond-all-bounds", Story: "the length is a number of 30 digits", On: Both, Contained: true,
			act: sized(strings.Repeat("9", 30)), means: always(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "length-of-exabytes", Story: "the length is 9 EB, the body 80 bytes", On: Both, Contained: true,
			act: sized("9223372036854775807"), means: broken,
		},
		{
			Name: "length-negative", Story: "the length is -1", On: Both, Contained: true,
			act: sized("-1"), means: always(fault.BrokenAnswer, fault.Fault{}),
		},
		{
			Name: "lengths-that-differ", Story: "there are two lengths", On: HTTP1,
			act: writes(firstLine + "content-length: 20\r\n" + fmt.Sprintf("content-length: %d\r\n\r\n", len(wellStatus)) + wellStatus), means: broken,
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
				Name: fmt.Sprintf("redirect-%d-%s", status, to.word), Story: fmt.Sprintf("%d leads %s", status, to.story), On: Both, Contained: true,
				act: func(v *visit) {
					url := strings.Replace(to.url, "ELSEWHERE", v.relay.elsewhere.Addr().String(), 1)
					if url == "" {
						url = v.path
					}
					v.answer(strconv.Itoa(status), "", "location", url)
				},
				means: always(fault.FromHTTP(status)),
			})
		}
	}
	return append(cases, Case{
		Name: "refresh-elsewhere", Story: "200 with a Refresh header to another host, an Alt-Svc and a cookie", On: Both, Contained: true,
		act: func(v *visit) {
			at := v.relay.elsewhere.Addr().String()
			v.answer("200", "", "refresh", "0; url=https://"+at, "alt-svc", `h2="`+at+`"`, "set-cookie", "a=b", "location", "https://"+at)
		},
		means: always(fault.NotTheAPI),
	})
}
