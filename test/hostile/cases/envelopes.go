package cases

import (
	"fmt"
	"strings"

	"octoeverywhere_exporter/fault"
)

// envelopeCases are bodies that are nearly the plugin's envelope.
func envelopeCases() []Case {
	const result = `"Result":{"JobStatus":{"State":"idle"}}`
	deep := strings.Repeat
	cases := []Case{
		{Name: "empty", Description: "200 with an empty body", respond: respondBody("200", ""), expected: expect(fault.NotTheAPI)},
		{Name: "white-space", Description: "200 with white space", respond: respondBody("200", " \r\n\t"), expected: expect(fault.NotTheAPI)},
		{Name: "byte-order-mark", Description: "a byte order mark before a good answer", respond: respondBody("200", "\ufeff"+healthyStatus), expected: expect(fault.NotTheAPI)},
		{Name: "utf-16", Description: "a good answer in UTF-16", respond: respondBody("200", utf16(healthyStatus)), expected: expect(fault.NotTheAPI)},
		{Name: "nul-before", Description: "a NUL byte before a good answer", respond: respondBody("200", "\x00"+healthyStatus), expected: expect(fault.NotTheAPI)},
		{Name: "nul-behind", Description: "a NUL byte after a good answer", respond: respondBody("200", healthyStatus+"\x00"), expected: expect(fault.MalformedAnswer)},
		{Name: "comment-before", Description: "a comment before a good answer", respond: respondBody("200", "/* x */"+healthyStatus), expected: expect(fault.NotTheAPI)},
		{Name: "comment-within", Description: "a comment within an answer", respond: respondBody("200", `{"Status":200,/* x */`+result+`}`), expected: expect(fault.MalformedAnswer)},
		{Name: "trailing-garbage", Description: "something after a good answer", respond: respondBody("200", healthyStatus+"x"), expected: expect(fault.MalformedAnswer)},
		{Name: "trailing-comma", Description: "a comma too many", respond: respondBody("200", `{"Status":200,`+result+`,}`), expected: expect(fault.MalformedAnswer)},
		{Name: "two-envelopes", Description: "a good answer and another one", respond: respondBody("200", healthyStatus+healthyStatus), expected: expect(fault.MalformedAnswer)},
		{Name: "single-quotes", Description: "an answer in Python's quotes", respond: respondBody("200", `{'Status':200,'Result':{}}`), expected: expect(fault.MalformedAnswer)},
		{Name: "cut-json", Description: "the JSON ends in the middle", respond: respondBody("200", healthyStatus[:50]), expected: expect(fault.MalformedAnswer)},
		{Name: "an-array", Description: "the answer is in an array", respond: respondBody("200", "["+healthyStatus+"]"), expected: expect(fault.MalformedAnswer)},
		{Name: "a-number", Description: "the answer is 200", respond: respondBody("200", "200"), expected: expect(fault.MalformedAnswer)},
		{Name: "null", Description: "the answer is null", respond: respondBody("200", "null"), expected: expect(fault.MalformedAnswer)},
		{Name: "deep-arrays", Description: "100,000 arrays in one another", respond: respondBody("200", `{"Status":200,`+result+`,"x":`+deep("[", 100_000)+deep("]", 100_000)+`}`), expected: expect(fault.MalformedAnswer)},
		{Name: "deep-objects", Description: "100,000 objects in one another", respond: respondBody("200", deep(`{"a":`, 100_000)+"1"+deep("}", 100_000)), expected: expect(fault.MalformedAnswer)},
		{Name: "deep-and-open", Description: "100,000 arrays that do not end", respond: respondBody("200", deep("[", 100_000)), expected: expect(fault.MalformedAnswer)},
		{Name: "many-keys", Description: "80,000 different keys", respond: respondBody("200", `{`+manyKeys(80_000)+`"Status":200,`+result+`}`), expected: success},
		{Name: "keys-twice", Description: "Status is 200, then 785: the last one counts", respond: respondBody("200", `{"Status":200,"Status":785,`+result+`}`), expected: expect(fault.FromPlugin(785))},
		{Name: "results-twice", Description: "Result is an object, then null", respond: respondBody("200", `{"Status":200,`+result+`,"Result":null}`), expected: expect(fault.MalformedAnswer)},
		{Name: "keys-in-lower-case", Description: "the keys are in lower case", respond: respondBody("200", strings.ToLower(healthyStatus)), expected: expect(fault.MalformedAnswer)},
		{Name: "no-result", Description: "Status 200 without a Result", respond: respondBody("200", `{"Status":200}`), expected: expect(fault.MalformedAnswer)},
		{Name: "result-as-text", Description: "Result is a text", respond: respondBody("200", `{"Status":200,"Result":"{}"}`), expected: expect(fault.MalformedAnswer)},
		{
			Name: "plugin-codes-without-end", Description: "each answer has another unknown Status", Requests: 60,
			respond:  func(v *exchange) { v.writeResponse("200", fmt.Sprintf(`{"Status":%d,%s}`, 10_000+v.number, result)) },
			expected: func(n int) []fault.Fault { return []fault.Fault{fault.FromPlugin(10_000 + n)} },
		},
	}
	for _, s := range []struct {
		word, value string
		means       fault.Fault
	}{
		{"text", `"200"`, fault.MalformedAnswer},
		{"true", `true`, fault.MalformedAnswer},
		{"null", `null`, fault.MalformedAnswer},
		{"nan", `NaN`, fault.MalformedAnswer},
		{"infinity", `-Infinity`, fault.MalformedAnswer},
		{"object", `{"Status":200}`, fault.MalformedAnswer},
		{"fraction", `200.5`, fault.MalformedAnswer},
		{"nearly-200", `200.0000000001`, fault.MalformedAnswer},
		{"with-a-plus", `+200`, fault.MalformedAnswer},
		{"with-a-nought", `0200`, fault.MalformedAnswer},
		{"hexadecimal", `0xC8`, fault.MalformedAnswer},
		{"float", `200.0`, fault.Fault{}},
		{"negative", `-200`, fault.FromPlugin(-200)},
		{"minus-nought", `-0`, fault.FromPlugin(0)},
		{"huge", `1e30`, fault.MalformedAnswer},
		{"beyond-floats", `1e999`, fault.MalformedAnswer},
		{"huge-exponent", `1e999999999999999999999`, fault.MalformedAnswer},
		{"tiny", `200e-999999999`, fault.FromPlugin(0)},
		{"of-400-digits", strings.Repeat("2", 400), fault.MalformedAnswer},
	} {
		cases = append(cases, Case{
			Name: "status-" + s.word, Description: "Status is " + describeValue(s.value),
			respond: respondBody("200", `{"Status":`+s.value+`,`+result+`}`), expected: expect(s.means),
		})
	}
	return onBoth(cases)
}

// readingCases are good answers with values that cannot be true, or that no label can be.
func valueCases() []Case {
	job := func(state, current, more string) func(*exchange) {
		return respondBody("200", `{"Status":200,"Result":{"JobStatus":{"State":`+state+`,"CurrentPrint":`+current+`}`+more+`}}`)
	}
	cases := []Case{
		{Name: "invalid-utf-8", Description: "state and platform are not UTF-8", respond: job("\"\xff\xfe\"", `null`, ",\"PlatformVersion\":\"1\xff\xc0\x80\xed\xa0\x80\"")},
		{Name: "lone-surrogates", Description: "state and platform are half a character", respond: job(`"\ud800"`, `null`, `,"PlatformVersion":"1\udfff\ud800x"`)},
		{Name: "control-characters", Description: "the platform's name has line ends, NUL and escapes of terminals", respond: job(`"idle"`, `null`, `,"PlatformVersion":"a\u0000b\n\u001b[31m\u202e\u2028"`)},
		{Name: "platform-of-a-megabyte", Description: "the platform's name has 1,000,000 letters", respond: job(`"idle"`, `null`, `,"PlatformVersion":"`+strings.Repeat("x", 1_000_000)+`"`)},
		{Name: "markup", Description: "the platform's name is a script", respond: job(`"idle"`, `null`, `,"PlatformVersion":"<script>alert(1)</script>\"} 1\n"`)},
		{Name: "numbers-of-400-digits", Description: "progress and temperatures have 400 digits", respond: job(`"printing"`, printWithNumbers(strings.Repeat("9", 400)), "")},
		{Name: "numbers-beyond-floats", Description: "numbers are 1e999", respond: job(`"printing"`, printWithNumbers("1e999"), "")},
		{Name: "numbers-nan", Description: "numbers are NaN and Infinity, as Python writes them", respond: job(`"printing"`, printWithNumbers("NaN"), `,"x":[Infinity,-Infinity]`)},
		{Name: "numbers-minus-nought", Description: "numbers are -0", respond: job(`"printing"`, printWithNumbers("-0"), "")},
		{Name: "numbers-of-other-types", Description: "numbers are texts, objects and arrays", respond: job(`"printing"`, printWithNumbers(`"1"`), `,"OctoEverywhereStatus":[{}]`)},
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

// values is a print of which each number is v.
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

// short is a value for people.
func describeValue(value string) string {
	if len(value) > 40 {
		return fmt.Sprintf("a number of %d digits", len(value))
	}
	return "`" + value + "`"
}
