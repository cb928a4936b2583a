package probe

import (
	"fmt"
	"math"
	"testing"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe/jsonscan"
)

// attemptOf returns an attempt with a complete response.
func attemptOf(status int, body string) Attempt {
	return Attempt{Phase: ResponseRead, HTTPStatus: status, Body: []byte(body)}
}

// TestEveryHTTPStatusIsJudged: only 200 is no fault, whatever the body says.
func TestEveryHTTPStatusIsJudged(t *testing.T) {
	const good = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`
	for status := 100; status <= 999; status++ {
		f, _ := Judge(StatusRequest, attemptOf(status, good))
		want := fault.Fault{}
		if status != 200 {
			want = fault.FromHTTP(status)
		}
		if f != want {
			t.Errorf("HTTP %d is %+v, not %+v", status, f, want)
		}
	}
}

// TestEveryPluginStatusIsJudged covers numbers in the body that HTTP does not have, too.
func TestEveryPluginStatusIsJudged(t *testing.T) {
	numbers := []int{-785, -1, 0, 1, 1000, math.MaxInt32}
	for n := 100; n <= 999; n++ {
		numbers = append(numbers, n)
	}
	for _, n := range numbers {
		for _, q := range []Request{PingRequest, StatusRequest} {
			f, _ := Judge(q, attemptOf(200, fmt.Sprintf(`{"Status":%d,"Result":{"JobStatus":{"State":"idle"}}}`, n)))
			want := fault.Fault{}
			if n != 200 {
				want = fault.FromPlugin(n)
			}
			if f != want {
				t.Errorf("%s: Status %d is %+v, not %+v", q, n, f, want)
			}
		}
	}
}

func TestAFailedRequestIsJudgedByItsPhase(t *testing.T) {
	for name, c := range map[string]struct {
		a    Attempt
		want fault.Fault
	}{
		"no such name":                {Attempt{Phase: Resolving, ErrorKind: NoSuchName}, fault.ResolveFailed},
		"name server hangs":           {Attempt{Phase: Resolving, ErrorKind: TimedOut}, fault.ResolveFailed},
		"refused":                     {Attempt{Phase: Connecting, ErrorKind: ConnRefused}, fault.ConnectFailed},
		"connect hangs":               {Attempt{Phase: Connecting, ErrorKind: TimedOut}, fault.ConnectFailed},
		"foreign certificate":         {Attempt{Phase: Handshaking, ErrorKind: CertAuthority}, fault.TLSFailed},
		"handshake hangs":             {Attempt{Phase: Handshaking, ErrorKind: TimedOut}, fault.TLSFailed},
		"no response":                 {Attempt{Phase: Waiting, ErrorKind: TimedOut}, fault.NoAnswer},
		"body stalls":                 {Attempt{Phase: Receiving, HTTPStatus: 200, ErrorKind: TimedOut}, fault.NoAnswer},
		"reset":                       {Attempt{Phase: Waiting, ErrorKind: ConnReset}, fault.BrokenAnswer},
		"truncated":                   {Attempt{Phase: Receiving, HTTPStatus: 200, ErrorKind: CutOff}, fault.BrokenAnswer},
		"too large":                   {Attempt{Phase: Receiving, HTTPStatus: 200, ErrorKind: TooLarge}, fault.BrokenAnswer},
		"the status was read":         {Attempt{Phase: Receiving, HTTPStatus: 601, ErrorKind: CutOff}, fault.FromHTTP(601)},
		"nothing at all":              {Attempt{}, fault.BrokenAnswer},
		"a response without a status": {Attempt{Phase: ResponseRead}, fault.BrokenAnswer},
	} {
		for _, q := range Requests {
			if got, r := Judge(q, c.a); got != c.want || r != (Reading{}) {
				t.Errorf("%s: %s is %s %s, not %s", name, q, got.Layer, got.Reason, c.want.Reason)
			}
		}
	}
}

func TestABodyWithoutTheEnvelopeIsAFault(t *testing.T) {
	deep := func(n int) string {
		b := []byte(`{"Status":200,"Result":{},"x":`)
		for range n {
			b = append(b, '[')
		}
		for range n {
			b = append(b, ']')
		}
		return string(append(b, '}'))
	}
	for body, want := range map[string]fault.Fault{
		``:                                   fault.NotTheAPI,
		`  `:                                 fault.NotTheAPI,
		`<!DOCTYPE html><html>`:              fault.NotTheAPI,
		"\n <p>Log in</p>":                   fault.NotTheAPI,
		`It works!`:                          fault.NotTheAPI,
		`not found`:                          fault.NotTheAPI,
		"\xff\xfe\x00":                       fault.NotTheAPI,
		`null`:                               fault.MalformedAnswer,
		`NaN`:                                fault.MalformedAnswer,
		`17`:                                 fault.MalformedAnswer,
		`"Pong"`:                             fault.MalformedAnswer,
		`[]`:                                 fault.MalformedAnswer,
		`[{"Status":200,"Result":{}}]`:       fault.MalformedAnswer,
		`[1,`:                                fault.MalformedAnswer,
		`{`:                                  fault.MalformedAnswer,
		`{}`:                                 fault.MalformedAnswer,
		`{"Result":{"Message":"Pong"}}`:      fault.MalformedAnswer,
		`{"status":200,"result":{}}`:         fault.MalformedAnswer,
		`{"Status":"200","Result":{}}`:       fault.MalformedAnswer,
		`{"Status":null,"Result":{}}`:        fault.MalformedAnswer,
		`{"Status":true,"Result":{}}`:        fault.MalformedAnswer,
		`{"Status":200.5,"Result":{}}`:       fault.MalformedAnswer,
		`{"Status":1e400,"Result":{}}`:       fault.MalformedAnswer,
		`{"Status":NaN,"Result":{}}`:         fault.MalformedAnswer,
		`{"Status":200}`:                     fault.MalformedAnswer,
		`{"Status":200,"Result":null}`:       fault.MalformedAnswer,
		`{"Status":200,"Result":[]}`:         fault.MalformedAnswer,
		`{"Status":200,"Result":"Pong"}`:     fault.MalformedAnswer,
		`{"Status":200,"Result":{}} more`:    fault.MalformedAnswer,
		`{"Status":200,"Result":{},}`:        fault.MalformedAnswer,
		`{"Status":200,"Result":{"a":01}}`:   fault.MalformedAnswer,
		`{"Status":200,"Result":{"a":nul}}`:  fault.MalformedAnswer,
		`{"Status":200,"Result":{},"x":"`:    fault.MalformedAnswer,
		`{"Status":200,"Result":{}}{}`:       fault.MalformedAnswer,
		deep(jsonscan.MaxDepth):              fault.MalformedAnswer,
		deep(jsonscan.MaxDepth - 2):          {},
		`{"Status":200,"Result":{}}`:         {},
		` {"Status" : 200.0 , "Result":{}} `: {},
		`{"Result":{},"Status":200}`:         {},
		`{"Status":601,"Status":200,"Result":null,"Result":{}}`:   {},
		`{"Status":200,"Status":785,"Result":{}}`:                 fault.FromPlugin(785),
		`{"Status":785,"Error":"Host not connected"}`:             fault.FromPlugin(785),
		`{"St\u0061tus":789}`:                                     fault.FromPlugin(789),
		`{"Status":200,"Result":{"JobStatus":{"State":"error"}}}`: fault.PrinterError,
	} {
		if got, _ := Judge(StatusRequest, attemptOf(200, body)); got != want {
			t.Errorf("%.60s is %s %s, not %s %s", body, got.Layer, got.Reason, want.Layer, want.Reason)
		}
	}
}

// TestPingIsJudgedByItsEnvelope: the Result of a ping says nothing about the printer.
func TestPingIsJudgedByItsEnvelope(t *testing.T) {
	f, r := Judge(PingRequest, attemptOf(200, `{"Status":200,"Result":{"Message":"Pong","JobStatus":{"State":"error"}}}`))
	if !f.None() || r != (Reading{}) {
		t.Errorf("got %+v, %+v", f, r)
	}
}

// values returns all known numbers of a reading.
func values(r Reading) map[Field]float64 {
	m := map[Field]float64{}
	for f := range numberFields {
		if v, ok := r.Value(f); ok {
			m[f] = v
		}
	}
	return m
}
