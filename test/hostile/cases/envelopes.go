package cases

import (
	"fmt"
	"slices"
	"strings"

	"octoeverywhere_exporter/fault"
)

func concat(all ...[]Case) []Case { return slices.Concat(all...) }

// envelopeCases are bodies that are nearly the plugin's envelope.
func envelopeCases() []Case {
	const result = `"Result":{"JobStatus":{"State":"idle"}}`
	deep := strings.Repeat
	cases := []Case{
		{Name: "empty", Story: "200 with an empty body", act: says("200", ""), means: always(fault.NotTheAPI)},
		{Name: "white-space", Story: "200 with white space", act: says("200", " \r\n\t"), means: always(fault.NotTheAPI)},
		{Name: "byte-order-mark", Story: "a byte order mark before a good answer", act: says("200", "\ufeff"+wellStatus), means: always(fault.NotTheAPI)},
		{Name: "utf-16", Story: "a good answer in UTF-16", act: says("200", utf16(wellStatus)), means: always(fault.NotTheAPI)},
		{Name: "nul-before", Story: "a NUL byte before a good answer", act: says("200", "\x00"+wellStatus), means: always(fault.NotTheAPI)},
		{Name: "nul-behind", Story: "a NUL byte after a good answer", act: says("200", wellStatus+"\x00"), means: always(fault.MalformedAnswer)},
		{Name: "comment-before", Story: "a comment before a good answer", act: says("200", "/* x */"+wellStatus), means: always(fault.NotTheAPI)},
		{Name: "comment-within", Story: "a comment within an answer", act: says("200", `{"Status":200,/* x */`+result+`}`), means: always(fault.MalformedAnswer)},
		{Name: "trailing-garbage", Story: "something after a good answer", act: says("200", wellStatus+"x"), means: always(fault.MalformedAnswer)},
		{Name: "trailing-comma", Story: "a comma too many", act: says("200", `{"Status":200,`+result+`,}`), means: always(fault.MalformedAnswer)},
		{Name: "two-envelopes", Story: "a good answer and another one", act: says("200", wellStatus+wellStatus), means: always(fault.MalformedAnswer)},
		{Name: "single-quotes", Story: "an answer in Python's quotes", act: says("200", `{'Status':200,'Result':{}}`), means: always(fault.MalformedAnswer)},
		{Name: "cut-json", Story: "the JSON ends in the middle", act: says("200", wellStatus[:50]), means: always(fault.MalformedAnswer)},
		{Name: "an-array", Story: "the answer is in an array", act: says("200", "["+wellStatus+"]"), means: always(fault.MalformedAnswer)},
		{Name: "a-number", Story: "the answer is 200", act: says("200", "200"), means: always(fault.MalformedAnswer)},
		{Name: "null", Story: "the answer is null", act: says("200", "null"), means: always(fault.MalformedAnswer)},
		{Name: "deep-arrays", Story: "100,000 arrays in one another", act: says("200", `{"Status":200,`+result+`,"x":`+deep("[", 100_000)+deep("]", 100_000)+`}`), means: always(fault.MalformedAnswer)},
		{Name: "deep-objects", Story: "100,000 objects in one another", act: says("200", deep(`{"a":`, 100_000)+"1"+deep("}", 100_000)), means: always(fault.MalformedAnswer)},
		{Name: "deep-and-open", Story: "100,000 arrays that do not end", act: says("200", deep("[", 100_000)), means: always(fault.MalformedAnswer)},
		{Name: "many-keys", Story: "80,000 different keys", act: says("200", `{`+manyKeys(80_000)+`"Status":200,`+result+`}`), means: good},
		{Name: "keys-twice", Story: "Status is 200, then 785: the last one counts", act: says("200", `{"Status":200,"Status":785,`+result+`}`), means: always(fault.FromPlugin(785))},
		{Name: "results-twice", Story: "Result is an object, then null", act: says("200", `{"Status":200,`+result+`,"Result":null}`), means: always(fault.MalformedAnswer)},
		{Name: "keys-in-lower-case", Story: "the keys are in lower case", act: says("200", strings.ToLower(wellStatus)), means: always(fault.MalformedAnswer)},
		{Name: "no-result", Story: "Status 200 without a Result", act: says("200", `{"Status":200}`), means: always(fault.MalformedAnswer)},
		{Name: "result-as-text", Story: "Result is a text", act: says("200", `{"Status":200,"Result":"{}"}`), means: always(fault.MalformedAnswer)},
		{
			Name: "plugin-codes-without-end", Story: "each answer has another unknown Status", Questions: 60,
			act:   func(v *visit) { v.answer("200", fmt.Sprintf(`{"Status":%d,%s}`, 10_000+v.n, result)) },
			means: func(n int) []fault.Fault { return []fault.Fault{fault.FromPlugin(10_000 + n)} },
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
			Name: "status-" + s.word, Story: "Status is " + short(s.value),
			act: says("200", `{"Status":`+s.value+`,`+result+`}`), means: always(s.means),
		})
	}
	return onBoth(cases)
}

// readingCases are good answers with values that cannot be true, or that no label can be.
func readingCases() []Case {
	job := func(state, current, more string) func(*visit) {
		return says("200", `{"Status":200,"Result":{"JobStatus":{"State":`+state+`,"CurrentPrint":`+current+`}`+more+`}}`)
	}
	cases := []Case{
		{Name: "invalid-utf-8", Story: "state and platform are not UTF-8", act: job("\"\xff\xfe\"", `null`, ",\"PlatformVersion\":\"1\xff\xc0\x80\xed\xa0\x80\"")},
		{Name: "lone-surrogates", Story: "state and platform are half a character", act: job(`"\ud800"`, `null`, `,"PlatformVersion":"1\udfff\ud800x"`)},
		{Name: "control-characters", Story: "the platform's name has line ends, NUL and escapes of terminals", act: job(`"idle"`, `null`, `,"PlatformVersion":"a\u0000b\n\u001b[31m\u202e\u2028"`)},
		{Name: "platform-of-a-megabyte", Story: "the platform's name has 1,000,000 letters", act: job(`"idle"`, `null`, `,"PlatformVersion":"`+strings.Repeat("x", 1_000_000)+`"`)},
		{Name: "markup", Story: "the platform's name is a script", act: job(`"idle"`, `null`, `,"PlatformVersion":"<script>alert(1)</script>\"} 1\n"`)},
		{Name: "numbers-of-400-digits", Story: "progress and temperatures have 400 digits", act: job(`"printing"`, values(strings.Repeat("9", 400)), "")},
		{Name: "numbers-beyond-floats", Story: "numbers are 1e999", act: job(`"printing"`, values("1e999"), "")},
		{Name: "numbers-nan", Story: "numbers are NaN and Infinity, as Python writes them", act: job(`"printing"`, values("NaN"), `,"x":[Infinity,-Infinity]`)},
		{Name: "numbers-minus-nought", Story: "numbers are -0", act: job(`"printing"`, values("-0"), "")},
		{Name: "numbers-of-other-types", Story: "numbers are texts, objects and arrays", act: job(`"printing"`, values(`"1"`), `,"OctoEverywhereStatus":[{}]`)},
	}
	for i := range cases {
		cases[i].means = good
	}
	return onBoth(cases)
}

func onBoth(cases []Case) []Case {
	for i := range cases {
		cases[i].On, cases[i].Contained = Both, true
	}
	return cases
}

// values is a print of which each number is v.
func values(v string) string {
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
func short(value string) string {
	if len(value) > 40 {
		return fmt.Sprintf("a number of %d digits", len(value))
	}
	return "`" + value + "`"
}
