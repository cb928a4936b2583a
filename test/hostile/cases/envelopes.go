package cases

import (
	"fmt"
	"strings"

	"octoeverywhere_exporter/fault"
)

// envelopeCases are bodies that are almost the plugin's envelope.
func envelopeCases() []Case {
	const result = `"Result":{"JobStatus":{"State":"idle"}}`
	deep := strings.Repeat
	cases := []Case{
		{Name: "empty", Description: "200 with an empty body", respond: respondBody("200", ""), expected: expect(fault.NotTheAPI)},
		{Name: "white-space", Description: "200 with white space only", respond: respondBody("200", " \r\n\t"), expected: expect(fault.NotTheAPI)},
		{Name: "byte-order-mark", Description: "a byte order mark before a valid response", respond: respondBody("200", "\ufeff"+healthyStatus), expected: expect(fault.NotTheAPI)},
		{Name: "utf-16", Description: "a valid response in UTF-16", respond: respondBody("200", utf16(healthyStatus)), expected: expect(fault.NotTheAPI)},
		{Name: "nul-before", Description: "a NUL byte before a valid response", respond: respondBody("200", "\x00"+healthyStatus), expected: expect(fault.NotTheAPI)},
		{Name: "nul-after", Description: "a NUL byte after a valid response", respond: respondBody("200", healthyStatus+"\x00"), expected: expect(fault.MalformedAnswer)},
		{Name: "comment-before", Description: "a comment before a valid response", respond: respondBody("200", "/* x */"+healthyStatus), expected: expect(fault.NotTheAPI)},
		{Name: "comment-within", Description: "a comment within a response", respond: respondBody("200", `{"Status":200,/* x */`+result+`}`), expected: expect(fault.MalformedAnswer)},
		{Name: "trailing-garbage", Description: "garbage after a valid response", respond: respondBody("200", healthyStatus+"x"), expected: expect(fault.MalformedAnswer)},
		{Name: "trailing-comma", Description: "a trailing comma", respond: respondBody("200", `{"Status":200,`+result+`,}`), expected: expect(fault.MalformedAnswer)},
		{Name: "two-envelopes", Description: "two valid responses in one body", respond: respondBody("200", healthyStatus+healthyStatus), expected: expect(fault.MalformedAnswer)},
		{Name: "single-quotes", Description: "JSON with single quotes", respond: respondBody("200", `{'Status':200,'Result':{}}`), expected: expect(fault.MalformedAnswer)},
		{Name: "truncated-json", Description: "truncated JSON", respond: respondBody("200", healthyStatus[:50]), expected: expect(fault.MalformedAnswer)},
		{Name: "array", Description: "the response is in an array", respond: respondBody("200", "["+healthyStatus+"]"), expected: expect(fault.MalformedAnswer)},
		{Name: "number", Description: "the response is the number 200", respond: respondBody("200", "200"), expected: expect(fault.MalformedAnswer)},
		{Name: "null", Description: "the response is null", respond: respondBody("200", "null"), expected: expect(fault.MalformedAnswer)},
		{Name: "deep-arrays", Description: "100,000 nested arrays", respond: respondBody("200", `{"Status":200,`+result+`,"x":`+deep("[", 100_000)+deep("]", 100_000)+`}`), expected: expect(fault.MalformedAnswer)},
		{Name: "deep-objects", Description: "100,000 nested objects", respond: respondBody("200", deep(`{"a":`, 100_000)+"1"+deep("}", 100_000)), expected: expect(fault.MalformedAnswer)},
		{Name: "deep-unclosed", Description: "100,000 arrays that are not closed", respond: respondBody("200", deep("[", 100_000)), expected: expect(fault.MalformedAnswer)},
		{Name: "many-keys", Description: "80,000 different keys", respond: respondBody("200", `{`+manyKeys(80_000)+`"Status":200,`+result+`}`), expected: success},
		{Name: "duplicate-status", Description: "Status is 200, then 785: the last one counts", respond: respondBody("200", `{"Status":200,"Status":785,`+result+`}`), expected: expect(fault.FromPlugin(785))},
		{Name: "duplicate-result", Description: "Result is an object, then null", respond: respondBody("200", `{"Status":200,`+result+`,"Result":null}`), expected: expect(fault.MalformedAnswer)},
		{Name: "lower-case-keys", Description: "the keys are in lower case", respond: respondBody("200", strings.ToLower(healthyStatus)), expected: expect(fault.MalformedAnswer)},
		{Name: "no-result", Description: "Status 200 without a Result", respond: respondBody("200", `{"Status":200}`), expected: expect(fault.MalformedAnswer)},
		{Name: "result-string", Description: "Result is a string", respond: respondBody("200", `{"Status":200,"Result":"{}"}`), expected: expect(fault.MalformedAnswer)},
		{
			Name: "many-plugin-codes", Description: "each response has a different unknown Status", Requests: 60,
			respond:  func(v *exchange) { v.writeResponse("200", fmt.Sprintf(`{"Status":%d,%s}`, 10_000+v.number, result)) },
			expected: func(n int) []fault.Fault { return []fault.Fault{fault.FromPlugin(10_000 + n)} },
		},
	}
	for _, s := range []struct {
		word, value string
		means       fault.Fault
	}{
		{"string", `"200"`, fault.MalformedAnswer},
		{"true", `true`, fault.MalformedAnswer},
		{"null", `null`, fault.MalformedAnswer},
		{"nan", `NaN`, fault.MalformedAnswer},
		{"infinity", `-Infinity`, fault.MalformedAnswer},
		{"object", `{"Status":200}`, fault.MalformedAnswer},
		{"fraction", `200.5`, fault.MalformedAnswer},
		{"nearly-200", `200.0000000001`, fault.MalformedAnswer},
		{"plus-sign", `+200`, fault.MalformedAnswer},
		{"leading-zero", `0200`, fault.MalformedAnswer},
		{"hexadecimal", `0xC8`, fault.MalformedAnswer},
		{"float", `200.0`, fault.Fault{}},
		{"negative", `-200`, fault.FromPlugin(-200)},
		{"negative-zero", `-0`, fault.FromPlugin(0)},
		{"huge", `1e30`, fault.MalformedAnswer},
		{"overflow", `1e999`, fault.MalformedAnswer},
		{"huge-exponent", `1e999999999999999999999`, fault.MalformedAnswer},
		{"underflow", `200e-999999999`, fault.FromPlugin(0)},
		{"400-digits", strings.Repeat("2", 400), fault.MalformedAnswer},
	} {
		cases = append(cases, Case{
			Name: "status-" + s.word, Description: "Status is " + describeValue(s.value),
			respond: respondBody("200", `{"Status":`+s.value+`,`+result+`}`), expected: expect(s.means),
		})
	}
	return onBoth(cases)
}

// valueCases are valid responses with impossible values, or with values that cannot be labels.
func valueCases() []Case {
	job := func(state, current, more string) func(*exchange) {
		return respondBody("200", `{"Status":200,"Result":{"JobStatus":{"State":`+state+`,"CurrentPrint":`+current+`}`+more+`}}`)
	}
	cases := []Case{
		{Name: "invalid-utf-8", Description: "state and platform are not UTF-8", respond: job("\"\xff\xfe\"", `null`, ",\"PlatformVersion\":\"1\xff\xc0\x80\xed\xa0\x80\"")},
		{Name: "lone-surrogates", Description: "state and platform are lone surrogates", respond: job(`"\ud800"`, `null`, `,"PlatformVersion":"1\udfff\ud800x"`)},
		{Name: "control-characters", Description: "the platform has line feeds, NUL and terminal escapes", respond: job(`"idle"`, `null`, `,"PlatformVersion":"a\u0000b\n\u001b[31m\u202e\u2028"`)},
		{Name: "platform-of-1-mb", Description: "the platform has 1,000,000 characters", respond: job(`"idle"`, `null`, `,"PlatformVersion":"`+strings.Repeat("x", 1_000_000)+`"`)},
		{Name: "markup", Description: "the platform is a script element", respond: job(`"idle"`, `null`, `,"PlatformVersion":"<script>alert(1)</script>\"} 1\n"`)},
		{Name: "numbers-of-400-digits", Description: "progress and temperatures have 400 digits", respond: job(`"printing"`, printWithNumbers(strings.Repeat("9", 400)), "")},
		{Name: "numbers-overflow", Description: "numbers are 1e999", respond: job(`"printing"`, printWithNumbers("1e999"), "")},
		{Name: "numbers-nan", Description: "numbers are bare NaN and Infinity", respond: job(`"printing"`, printWithNumbers("NaN"), `,"x":[Infinity,-Infinity]`)},
		{Name: "numbers-negative-zero", Description: "numbers are -0", respond: job(`"printing"`, printWithNumbers("-0"), "")},
		{Name: "numbers-of-other-types", Description: "numbers are strings, objects and arrays", respond: job(`"printing"`, printWithNumbers(`"1"`), `,"OctoEverywhereStatus":[{}]`)},
	}
	for i := range cases {
		cases[i].expected = success
	}
	return onBoth(cases)
}

func onBoth(cases []Case) []Case {
	for i := range cases {
		cases[i].Protocols, cases[i].Contained = Both, true
	}
	return cases
}

// printWithNumbers returns a print in which each number is v.
func printWithNumbers(v string) string {
	return strings.ReplaceAll(`{"Progress":V,"DurationSec":V,"TimeLeftSec":V,"CurrentLayer":V,"TotalLayers":V,"Temps":{"BedActual":V,"BedTarget":V,
		"HotendActual":V,"HotendTarget":V,"ChamberActual":V,"ChamberTarget":V}}`, "V", v)
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"%d":0,`, i)
	}
	return b.String()
}

func utf16(text string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for i := range len(text) {
		b.WriteString(text[i:i+1] + "\x00")
	}
	return b.String()
}

// describeValue returns value as Markdown.
func describeValue(value string) string {
	if len(value) > 40 {
		return fmt.Sprintf("a number of %d digits", len(value))
	}
	return "`" + value + "`"
}
