package probe

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/test/testkit"
)

const idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`

// seeds are bodies of all kinds, for all that reads one.
var seeds = []string{
	``, `<html>`, `null`, `[]`, `{}`, testkit.StatusResponse, idle, `{"Status":200,"Result":{"Message":"Pong"}}`,
	`{"Status":200,"Result":{"JobStatus":{"State":"printing","CurrentPrint":{"Progress":NaN,"DurationSec":-Infinity}}}}`,
	`{"Status":785,"Error":"x"}`, `{"Status":2e2,"Result":{"a":[[[{}]]],"b":"\u00e9\\"}}`, `{"Status":200,"Result":null}`,
	`{"Status":200,"Status":601,"Result":{}}`, `{"\u0053tatus":200,"Result":{"JobStatus":{"State":"error"}}}`, `{"Status":-0,"Result":{}}`,
	`{"Status":200,"Result":{"PlatformVersion":"\ud800` + "\xff" + `"}}`, `{"Status":1e999,"Result":{}}`, `{"Status":"200","Result":{}}`,
	`{"Result":{"PlatformVersion":"` + "\xff" + `"}}`, `{"Result":{"PlatformVersion":"\ufffd` + "\xff" + `"}}`,
	`{"IsOnline":true,"LastConnectionTimeUtc":"2026-01-02T03:04:05.678Z","LastDisconnectTimeUtc":null}`, `{"IsOnline":1}`,
	`{"IsOnline":false,"LastConnectionTimeUtc":"0001-01-01T00:00:00Z","LastDisconnectTimeUtc":"9999-12-31T23:59:59+23:59"}`,
	`{"Status":200,"Result":{"OctoEverywhereStatus":{"Gadget":{"LastScore":9.5,"TimeSinceLastScoreSec":3,"IsSuppressed":true}}}}`,
}

// FuzzJudge: judging is total, calls nothing good that encoding/json does not find to be a good answer, and nothing bad
// that it does; and reads no number that is none.
func FuzzJudge(f *testing.F) {
	for _, body := range seeds {
		f.Add([]byte(body), 200, uint8(ResponseRead))
	}
	f.Add([]byte(idle), 601, uint8(ResponseRead))
	f.Add([]byte(idle), 0, uint8(Waiting))
	f.Add([]byte(idle), -1, uint8(255))
	f.Fuzz(func(t *testing.T, body []byte, status int, stage uint8) {
		for _, q := range Requests {
			got, r := Judge(q, Attempt{Phase: Phase(stage), HTTPStatus: status, Body: body})
			plausible(t, &r)
			if !got.None() && (got.Layer < fault.Network || got.Layer > fault.Printer || got.Reason == "") {
				t.Errorf("%s: %+v", q, got)
			}
			if status != 200 || Phase(stage) != ResponseRead {
				if got.None() {
					t.Errorf("%s: %q is good with %d at %d", q, body, status, stage)
				}
				continue
			}
			want, sure := goodness(q, body)
			if sure && got.None() != want && !got.Same(fault.PrinterError) {
				t.Errorf("%s: %q is %q; it is good: %v", q, body, got.Reason, want)
			}
			if got.Same(fault.PrinterError) && !want && sure {
				t.Errorf("%s: %q is a printer's error, and no good answer", q, body)
			}
		}
	})
}

// goodness finds out by encoding/json whether a body is a good answer; sure tells whether that can be known: the words
// that only Python writes, and nesting beyond ours, are none of its business.
func goodness(q Request, body []byte) (good, sure bool) {
	body = standard(body)
	if nesting(body) >= maxDepth {
		return false, false
	}
	var keys map[string]json.RawMessage // case counts, and of two equal keys the last
	if json.Unmarshal(body, &keys) != nil || keys == nil {
		return false, true
	}
	if q == InfoRequest {
		var online any
		return json.Unmarshal(keys["IsOnline"], &online) == nil && (online == true || online == false), true
	}
	var number float64
	if raw := bytes.TrimSpace(keys["Status"]); len(raw) == 0 || raw[0] == 'n' || json.Unmarshal(raw, &number) != nil || number != 200 {
		return false, true
	}
	var result map[string]json.RawMessage
	return json.Unmarshal(keys["Result"], &result) == nil && result != nil, true
}

// plausible holds a reading to what may become a metric.
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
	between(0, math.MaxInt32, Layer, Layers)
	between(0, math.MaxFloat64, GadgetScore)
	between(-math.MaxFloat64, math.MaxFloat64, BedActual, BedTarget, HotendActual, HotendTarget, ChamberActual, ChamberTarget)
	between(year, math.MaxInt64, LastConnection, LastDisconnection)
	if p := r.PlatformVersion(); len(p) > 100 || !utf8.ValidString(p) {
		t.Errorf("the platform is %q", p)
	}
	for _, c := range r.PlatformVersion() {
		if !unicode.IsPrint(c) {
			t.Errorf("the platform is %q", r.PlatformVersion())
		}
	}
}

// FuzzDecode: what is read of JSON is what encoding/json reads of it.
func FuzzDecode(f *testing.F) {
	for _, body := range seeds {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		plain := standard(body)
		if nesting(plain) >= maxDepth || !json.Valid(plain) {
			return
		}
		got, want := decode(plain), decodeSlowly(plain)
		if got != want {
			t.Errorf("%q:\n%+v\n%+v", plain, got, want)
		}
	})
}

// decodeSlowly is decode by encoding/json. Duplicate keys are read as decode reads them: of values the last counts, and
// an object that comes again is read on top of the one before, but for what decode starts anew.
func decodeSlowly(body []byte) answer {
	a := answer{form: notAnAPI}
	known := false
	ok := eachKey(body, func(key string, value json.RawMessage) {
		switch key {
		case "Status":
			a.status, known = wholeNumber(value)
		case "Result":
			a.Reading = Reading{}
			a.result = eachKey(value, a.resultKey)
		}
	})
	if !ok {
		return a
	}
	if known {
		a.form = envelope
	}
	a.tidy()
	return a
}

func (r *Reading) resultKey(key string, value json.RawMessage) {
	switch key {
	case "JobStatus":
		r.State = 0
		r.forget(Progress, Duration, TimeLeft, Layer, Layers)
		eachKey(value, r.jobKey)
	case "OctoEverywhereStatus":
		eachKey(value, func(key string, value json.RawMessage) {
			if key == "Gadget" {
				r.forget(GadgetScore, GadgetSuppressed, scoreAge)
				eachKey(value, r.fieldKey(map[string]Field{
					"LastScore": GadgetScore, "TimeSinceLastScoreSec": scoreAge, "IsSuppressed": GadgetSuppressed,
				}))
			}
		})
	case "PlatformVersion":
		var v any
		if _ = json.Unmarshal(value, &v); isText(v) {
			r.platform = platformVersion([]byte(v.(string)))
		}
	}
}

func (r *Reading) jobKey(key string, value json.RawMessage) {
	switch key {
	case "State":
		var v any
		if _ = json.Unmarshal(value, &v); isText(v) {
			r.State = stateOf([]byte(v.(string)))
		}
	case "CurrentPrint":
		numbers := r.fieldKey(map[string]Field{
			"Progress": Progress, "DurationSec": Duration, "TimeLeftSec": TimeLeft, "CurrentLayer": Layer, "TotalLayers": Layers,
		})
		eachKey(value, func(key string, value json.RawMessage) {
			if key != "Temps" {
				numbers(key, value)
				return
			}
			r.forget(BedActual, BedTarget, HotendActual, HotendTarget, ChamberActual, ChamberTarget)
			eachKey(value, r.fieldKey(map[string]Field{
				"BedActual": BedActual, "BedTarget": BedTarget, "HotendActual": HotendActual, "HotendTarget": HotendTarget,
				"ChamberActual": ChamberActual, "ChamberTarget": ChamberTarget,
			}))
		})
	}
}

// fieldKey reads values into fields; IsSuppressed is the one that is no number.
func (r *Reading) fieldKey(fields map[string]Field) func(string, json.RawMessage) {
	return func(key string, value json.RawMessage) {
		f, ok := fields[key]
		if !ok {
			return
		}
		r.forget(f)
		var v any
		_ = json.Unmarshal(value, &v)
		switch v := v.(type) {
		case float64:
			if f != GadgetSuppressed {
				r.set(f, v)
			}
		case bool:
			if f == GadgetSuppressed {
				r.set(f, map[bool]float64{true: 1}[v])
			}
		}
	}
}

func isText(v any) bool {
	_, ok := v.(string)
	return ok
}

func wholeNumber(value json.RawMessage) (int, bool) {
	var v any
	_ = json.Unmarshal(value, &v)
	n, ok := v.(float64)
	if !ok || n != math.Trunc(n) || math.Abs(n) > min(1<<53, math.MaxInt) {
		return 0, false
	}
	return int(n), true
}

// eachKey gives the keys of an object in their order, each time they occur; false where it is no object.
func eachKey(object json.RawMessage, do func(key string, value json.RawMessage)) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return false
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return false
		}
		do(key.(string), value)
	}
	return true
}

// FuzzRetryAfter: no header makes a pause that is negative or beyond what a date can say.
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
		s = s.Next(Result{Request: StatusRequest, Asked: now, Took: time.Second, Fault: fault.FromHTTP(429), RetryAfter: got})
		if _, due := s.Plan(now); due.After(now.Add(time.Hour)) {
			t.Errorf("%q: the next question is due at %v", header, due)
		}
	})
}
