package probe

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe/jsonscan"
	"octoeverywhere_exporter/test/testkit"
)

const idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`

// seeds are bodies of all kinds, for every test that decodes one.
var seeds = []string{
	``, `<html>`, `null`, `[]`, `{}`, testkit.StatusResponse, idle, `{"Status":200,"Result":{"Message":"Pong"}}`,
	`{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":NaN,"DurationSec":-Infinity}}}}`,
	`{"Status":785,"Error":"x"}`, `{"Status":2e2,"Result":{"a":[[[{}]]],"b":"\u00e9\\"}}`, `{"Status":200,"Result":null}`,
	`{"Status":200,"Status":601,"Result":{}}`, `{"\u0053tatus":200,"Result":{"JobStatus":{"State":"error"}}}`, `{"Status":-0,"Result":{}}`,
	`{"Status":200,"Result":{"PlatformVersion":"\ud800` + "\xff" + `"}}`, `{"Status":1e999,"Result":{}}`, `{"Status":"200","Result":{}}`,
	`{"Result":{"PlatformVersion":"` + "\xff" + `"}}`, `{"Result":{"PlatformVersion":"\ufffd` + "\xff" + `"}}`,
	`{"IsOnline":true,"LastConnectionTimeUtc":"2026-01-02T03:04:05.678Z","LastDisconnectTimeUtc":null}`, `{"IsOnline":1}`,
	`{"IsOnline":false,"LastConnectionTimeUtc":"0001-01-01T00:00:00Z","LastDisconnectTimeUtc":"9999-12-31T23:59:59+23:59"}`,
	`{"Status":200,"Error":"","IsUserError":false,"Result":{"IsOnline":true,"LastConnectionTimeUtc":"2026-01-02T03:04:05.1234567"}}`,
	`{"Status":603,"Error":"x","IsUserError":true,"Result":null,"IsOnline":true}`, `{"Status":"x","Result":[],"IsOnline":false}`,
	`{"Status":200,"Result":{"OctoEverywhereStatus":{"Gadget":{"LastScore":9.5,"TimeSinceLastScoreSec":3,"IsSuppressed":true}}}}`,
}

// FuzzJudge checks that Judge is total, that it agrees with encoding/json on which responses are good, and that each number
// is within its bounds.
func FuzzJudge(f *testing.F) {
	for _, body := range seeds {
		f.Add([]byte(body), 200, uint8(ResponseRead))
	}
	f.Add([]byte(idle), 601, uint8(ResponseRead))
	f.Add([]byte(idle), 0, uint8(Waiting))
	f.Add([]byte(idle), -1, uint8(255))
	f.Fuzz(func(t *testing.T, body []byte, status int, phase uint8) {
		for _, q := range Requests {
			got, r := Judge(q, Attempt{Phase: Phase(phase), HTTPStatus: status, Body: body})
			plausible(t, &r)
			if !got.None() && (got.Layer < fault.Network || got.Layer > fault.Printer || got.Reason == "") {
				t.Errorf("%s: %+v", q, got)
			}
			if status != 200 || Phase(phase) != ResponseRead {
				if got.None() {
					t.Errorf("%s: %q is good with %d at %d", q, body, status, phase)
				}
				continue
			}
			want, sure := goodness(q, body)
			if sure && got.None() != want && !got.Same(fault.PrinterError) {
				t.Errorf("%s: %q is %q; it is good: %v", q, body, got.Reason, want)
			}
			if got.Same(fault.PrinterError) && !want && sure {
				t.Errorf("%s: %q is a printer error, but no good response", q, body)
			}
		}
	})
}

// goodness reports, by encoding/json, whether a body is a good response. It is not sure if the body may be nested too deep.
func goodness(q Request, body []byte) (good, sure bool) {
	body = withoutPythonWords(body)
	if bracketCount(body) >= jsonscan.MaxDepth {
		return false, false
	}
	var keys map[string]json.RawMessage // keys are case-sensitive, and the last of equal ones counts
	if json.Unmarshal(body, &keys) != nil || keys == nil {
		return false, true
	}
	var number float64
	raw := bytes.TrimSpace(keys["Status"])
	hasStatus := len(raw) > 0 && raw[0] != 'n' && json.Unmarshal(raw, &number) == nil
	var result map[string]json.RawMessage
	hasResult := json.Unmarshal(keys["Result"], &result) == nil && result != nil
	if q == InfoRequest {
		if hasStatus && number != 200 && number == math.Trunc(number) && math.Abs(number) <= 1<<53 {
			return false, true
		}
		if hasResult {
			keys = result
		}
		var online any
		return json.Unmarshal(keys["IsOnline"], &online) == nil && (online == true || online == false), true
	}
	return hasStatus && number == 200 && hasResult, true
}

// plausible checks a reading against the bounds of its metrics.
func plausible(t *testing.T, r *Reading) {
	t.Helper()
	between := func(low, high float64, fields ...Field) {
		for _, f := range fields {
			if v, ok := r.Value(f); ok && !(v >= low && v <= high) {
				t.Errorf("field %d is %v", f, v)
			}
		}
	}
	between(0, 1, Progress, GadgetSuppressed, ConnectionOnline)
	between(0, year, Duration, TimeLeft)
	between(0, maxLayers, Layer, Layers)
	between(0, maxScore, GadgetScore)
	between(minCelsius, maxCelsius, BedActual, HotendActual, ChamberActual)
	between(0, maxCelsius, BedTarget, HotendTarget, ChamberTarget)
	between(0, month, gadgetScoreAge, gadgetPauseAge, gadgetWarningAge)
	between(year1971, year2100, LastConnection, LastDisconnection)
	for i, text := range textsOf(*r) {
		unprintable := func(c rune) bool { return !unicode.IsPrint(c) }
		if len(text) > maxText || i == 0 && len(text) > maxPlatform || !utf8.ValidString(text) || strings.ContainsFunc(text, unprintable) {
			t.Errorf("text %d is %q", i, text)
		}
	}
}

// FuzzDecode compares the decoder with one that uses encoding/json.
func FuzzDecode(f *testing.F) {
	for _, body := range seeds {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		plain := withoutPythonWords(body)
		if bracketCount(plain) >= jsonscan.MaxDepth || !json.Valid(plain) {
			return
		}
		got, want := decodePlugin(plain, statusPaths), decodeByStandardLibrary(plain)
		if got != want {
			t.Errorf("%q:\n%+v\n%+v", plain, got, want)
		}
	})
}

// decodeByStandardLibrary looks up each path in maps, in which the last of equal keys is left.
func decodeByStandardLibrary(body []byte) response {
	a := response{form: notAnAPI}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a number that float64 cannot hold is no syntax error
	var top any
	if d.Decode(&top) != nil {
		return a
	}
	object, ok := top.(map[string]any)
	if !ok {
		return a
	}
	if status, ok := numberOf(object["Status"]); ok && status == math.Trunc(status) && math.Abs(status) <= min(1<<53, math.MaxInt) {
		a.form, a.status = envelope, int(status)
	}
	_, a.hasResult = object["Result"].(map[string]any)
	var fields decoder
	for i := range fieldTable {
		if row := &fieldTable[i]; row.request == StatusRequest {
			fields.setAny(row, valueAt(top, row.path))
		}
	}
	a.Reading = fields.complete()
	return a
}

// valueAt returns the value at a path, nil if there is none.
func valueAt(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		object, _ := v.(map[string]any)
		v = object[key]
	}
	return v
}

// setAny stores a value that has the JSON type of the field.
func (fields *decoder) setAny(row *FieldInfo, v any) {
	text, isText := v.(string)
	truth, isBool := v.(bool)
	number, isNumber := numberOf(v)
	switch {
	case row.Field == stateField && isText:
		fields.State = parseState([]byte(text))
	case row.Unit == unitText && isText:
		fields.raw[row.Field-platformField] = []byte(text)
	case row.Unit == UnitBool && isBool:
		fields.set(row, map[bool]float64{true: 1}[truth])
	case row.Field < numberFields && row.Unit != UnitBool && isNumber:
		fields.set(row, number)
	}
}

func numberOf(v any) (float64, bool) {
	text, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	number, err := text.Float64()
	return number, err == nil
}

// withoutPythonWords replaces the words that JSON does not have by null.
func withoutPythonWords(b []byte) []byte {
	return []byte(strings.NewReplacer("-Infinity", "null", "Infinity", "null", "NaN", "null").Replace(string(b)))
}

// bracketCount is at least the nesting depth of b.
func bracketCount(b []byte) int { return bytes.Count(b, []byte{'{'}) + bytes.Count(b, []byte{'['}) }

// FuzzRetryAfter checks that no header makes a negative delay, or one beyond the limit.
func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, s := range []string{
		"", "0", "120", " 120 ", "-1", "+1", "1e9", "2147483647", "2147483648", "99999999999999999999", "Fri, 02 Jan 2026 03:06:05 GMT",
		"Friday, 02-Jan-26 03:06:05 GMT", "Fri Jan  2 03:06:05 2026", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "\xff",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := parseRetryAfter(header, now)
		if got < 0 {
			t.Errorf("%q is %v", header, got)
		}
		s := NewStatus(Target{Name: "a", Interval: time.Minute, Timeout: time.Second})
		s = s.Next(Result{Request: StatusRequest, Sent: now, Took: time.Second, Fault: fault.FromHTTP(429), RetryAfter: got})
		if _, due := s.Plan(now); due.After(now.Add(time.Hour)) {
			t.Errorf("%q: the next request is due at %v", header, due)
		}
	})
}
