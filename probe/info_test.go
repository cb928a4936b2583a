package probe

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"octoeverywhere_exporter/fault"
)

func TestInfoDescribesTheConnection(t *testing.T) {
	const ended = `"LastConnectionTimeUtc":"2026-06-15T01:25:30.5Z"}`
	both := map[Field]float64{ConnectionOnline: 1, LastConnection: 1781486730.5}
	for name, c := range map[string]struct {
		body string
		want map[Field]float64
	}{
		"flat":                        {`{"PrinterName":"x","IsOnline":true,"PrinterLimits":{"a":1},` + ended, both},
		"in the envelope":             {`{"Status":200,"Error":"","IsUserError":false,"Result":{"IsOnline":true,` + ended + `}`, both},
		"in the envelope, Error null": {`{"Result":{"IsOnline":true,` + ended + `,"Error":null,"Status":200.0}`, both},
		"a Result without a Status":   {`{"Result":{"IsOnline":true,` + ended + `}`, both},
		"flat, with a Status":         {`{"Status":200,"Result":null,"IsOnline":true,` + ended, both},
		"flat, with another Status":   {`{"Status":"Online","IsOnline":true,` + ended, both},
		"the Result counts":           {`{"IsOnline":false,"Status":200,"Result":{"IsOnline":true,` + ended + `}`, both},
		"the last Result counts":      {`{"Result":{"IsOnline":false,"LastDisconnectTimeUtc":"2026-06-15T01:25:30Z"},"Result":{"IsOnline":true,` + ended + `}`, both},
		"offline":                     {`{"IsOnline":false}`, map[Field]float64{ConnectionOnline: 0}},
	} {
		f, r := Judge(InfoRequest, attemptOf(200, c.body))
		if d := cmp.Diff(c.want, values(r)); d != "" || !f.None() {
			t.Errorf("%s: %s %s", name, f.Reason, d)
		}
	}
}

func TestTimesOfInfo(t *testing.T) {
	const second = 1781486730
	for text, want := range map[string]float64{
		"2026-06-15T01:25:30Z":                second,
		"2026-06-15T01:25:30":                 second,
		"2026-06-15T01:25:30.5":               second + 0.5,
		"2026-06-15T01:25:30.1234567":         second + 0.123456,
		"2026-06-15T01:25:30.1234567Z":        second + 0.123456,
		"2026-06-15T03:25:30.000+02:00":       second,
		"2026-06-14T17:25:30-08:00":           second,
		"1971-06-01T00:00:00Z":                44582400,
		"0001-01-01T00:00:00":                 0,
		"0001-01-01T00:00:00Z":                0,
		"0001-01-01T00:00:00+14:00":           0,
		"1970-01-01T00:00:00Z":                0,
		"9999-12-31T23:59:59.9999999":         0,
		"9999-12-31T23:59:59.9999999-14:00":   0,
		"2100-01-02T00:00:00Z":                0,
		"":                                    0,
		"never":                               0,
		"2026-06-15":                          0,
		"2026-13-15T01:25:30Z":                0,
		"2026-06-15T01:25:30 Europe/Helsinki": 0,
	} {
		_, r := Judge(InfoRequest, attemptOf(200, fmt.Sprintf(`{"IsOnline":true,"LastDisconnectTimeUtc":%q}`, text)))
		got, known := r.Value(LastDisconnection)
		if known != (want != 0) || got != want {
			t.Errorf("%q is %v, %t", text, got, known)
		}
		if online, _ := r.Value(ConnectionOnline); online != 1 {
			t.Errorf("%q displaces IsOnline", text)
		}
	}
}

// TestAStatusInTheEnvelopeOfInfo means what it means as an HTTP status.
func TestAStatusInTheEnvelopeOfInfo(t *testing.T) {
	for _, status := range []int{-1, 0, 201, 300, 400, 401, 404, 429, 500, 600, 601, 603, 604, 605, 606, 611, 699, 785} {
		want := infoFault(status)
		for _, body := range []string{
			fmt.Sprintf(`{"Status":%d,"Error":"x","IsUserError":true,"Result":null}`, status),
			fmt.Sprintf(`{"Status":%d,"Result":{"IsOnline":true}}`, status),
			fmt.Sprintf(`{"IsOnline":true,"Status":%d}`, status),
		} {
			if f, r := Judge(InfoRequest, attemptOf(200, body)); f != want || r != (Reading{}) {
				t.Errorf("%s is %+v", body, f)
			}
		}
		if status == 0 {
			continue // no header was read
		}
		if f, _ := Judge(InfoRequest, attemptOf(status, "")); f != want {
			t.Errorf("HTTP %d is %+v", status, f)
		}
	}
	if f, _ := Judge(InfoRequest, attemptOf(400, "")); !f.Same(fault.FromHTTP(400)) || f.Meaning == fault.FromHTTP(400).Meaning {
		t.Errorf("HTTP 400 is %+v", f)
	}
	if f, _ := Judge(StatusRequest, attemptOf(400, "")); f != fault.FromHTTP(400) {
		t.Errorf("HTTP 400 of status is %+v", f)
	}
}

func TestWhatIsNoInfo(t *testing.T) {
	for _, body := range []string{
		``, `<html>`, `{}`, `[]`, `null`, `"x"`, `{"IsOnline":null}`, `{"IsOnline":"yes"}`, `{"IsOnline":1}`, `{"IsOnline":true`, `{"IsOnline":true}}`,
		`{"isonline":true}`, `{"Status":200}`, `{"Status":200,"Result":null}`, `{"Status":200,"Result":{}}`, `{"Status":200,"Result":{},"IsOnline":true}`,
		`{"Status":200,"Result":{"IsOnline":null}}`, `{"Result":{"Result":{"IsOnline":true}}}`,
	} {
		if f, r := Judge(InfoRequest, attemptOf(200, body)); f != fault.NotTheAPI || r != (Reading{}) {
			t.Errorf("%s is %s", body, f.Reason)
		}
	}
}

func TestInfoSuccess(t *testing.T) {
	online, offline := readingOf(t, `{"IsOnline":true}`), readingOf(t, `{"IsOnline":false}`)
	renewed := withInfo().status(200).info(400)
	renewed.Status = renewed.Reconfigured(Target{Name: "a", Interval: time.Minute, AppToken: NewSecret("u")}, true)
	removed := withInfo().status(200).foldReading(InfoRequest, fault.Fault{}, online)
	removed.Status = removed.Reconfigured(Target{Name: "a", Interval: time.Minute}, false)
	canceled := withInfo().status(200)
	canceled.Status = canceled.Next(Result{Request: InfoRequest, Canceled: true, Fault: fault.NoAnswer})
	for name, c := range map[string]struct {
		after *life
		want  string
	}{
		"without an app token":         {begin().status(200), "unknown"},
		"before the first info":        {withInfo().status(200), "unknown"},
		"online":                       {withInfo().foldReading(InfoRequest, fault.Fault{}, online), "good"},
		"offline":                      {withInfo().foldReading(InfoRequest, fault.Fault{}, offline), "good"},
		"no connection":                {withInfo().fold(InfoRequest, fault.ConnectFailed), "connect_failed"},
		"a page":                       {withInfo().fold(InfoRequest, fault.NotTheAPI), "not_the_api"},
		"revoked":                      {withInfo().info(604), "connection_revoked"},
		"good, then not":               {withInfo().info(200).info(500), "upstream_error"},
		"not, then good":               {withInfo().info(500).info(200), "good"},
		"status says nothing about it": {withInfo().info(500).status(200), "upstream_error"},
		"canceled":                     {canceled, "unknown"},
		"another app token":            {renewed, "unknown"},
		"the app token was removed":    {removed, "unknown"},
	} {
		f, known := c.after.Info()
		got := f.Reason
		switch {
		case !known:
			got = "unknown"
		case f.None():
			got = "good"
		}
		if got != c.want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if l := withInfo().status(200).info(400).info(429).info(500); l.layers() != "++++++" || len(l.Errors) != 0 {
		t.Errorf("a failing info changes the verdict: %s %v", l.layers(), l.Errors)
	}
}

// TestAResponseOfThePluginOverrulesAnOlderInfo that said offline, and only that.
func TestAResponseOfThePluginOverrulesAnOlderInfo(t *testing.T) {
	online := readingOf(t, `{"IsOnline":true,"LastDisconnectTimeUtc":"2026-06-15T01:20:30Z"}`)
	offline := readingOf(t, `{"IsOnline":false,"LastDisconnectTimeUtc":"2026-06-15T01:20:30Z"}`)
	after := func(r Reading) *life { return withInfo().status(601).foldReading(InfoRequest, fault.Fault{}, r) }
	for name, c := range map[string]struct {
		after *life
		want  string
	}{
		"offline":                              {after(offline), "0"},
		"online":                               {after(online), "1"},
		"offline, then a good status":          {after(offline).status(200), ""},
		"offline, then a good ping":            {after(offline).ping(200), ""},
		"offline, then a lost host":            {after(offline).status(785), ""},
		"offline, then an error of the plugin": {after(offline).status(752), ""},
		"offline, then a printer in error":     {after(offline).fold(StatusRequest, fault.PrinterError), ""},
		"offline, then a host that hangs":      {after(offline).fold(StatusRequest, fault.HostUnresponsive), ""},
		"offline, then still offline":          {after(offline).status(601), "0"},
		"offline, then a fault of the network": {after(offline).fold(StatusRequest, fault.ConnectFailed), "0"},
		"offline, then 612":                    {after(offline).status(612), "0"},
		"offline, good, offline again":         {after(offline).status(200).status(601), ""},
		"a newer info counts again":            {after(offline).status(200).foldReading(InfoRequest, fault.Fault{}, offline), "0"},
		"online, then a good status":           {after(online).status(200), "1"},
		"online, then 601":                     {after(online).status(601), "1"},
	} {
		got := ""
		if v, known := c.after.Number(ConnectionOnline, c.after.now); known {
			got = fmt.Sprint(v)
		}
		if got != c.want {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
		if _, known := c.after.Number(LastDisconnection, c.after.now); !known {
			t.Errorf("%s: the time of the last disconnection is unknown", name)
		}
	}
}

// TestAnotherAppTokenIsAnotherConnection: what the service said about the last one is unknown, also while it does not respond.
func TestAnotherAppTokenIsAnotherConnection(t *testing.T) {
	another := Target{Name: "a", Interval: time.Minute, AppToken: NewSecret("another")}
	l := withInfo().status(601).info(604)
	if !l.Fault.Same(fault.FromHTTP(604)) {
		t.Fatal(l.Fault.Reason)
	}
	l.Status = l.Reconfigured(another, true)
	if l.status(601).info(502); !l.Fault.Same(pluginOffline) {
		t.Errorf("the fault is %s", l.Fault.Reason)
	}
	l = withInfo().status(601).foldReading(InfoRequest, fault.Fault{}, readingOf(t, `{"IsOnline":false,"LastConnectionTimeUtc":"2026-06-15T01:25:30Z"}`))
	l.Status = l.Reconfigured(another, true)
	l.status(601).info(502)
	for _, f := range connectionFields {
		if v, known := l.Number(f, l.now); known {
			t.Errorf("field %d is %v", f, v)
		}
	}
}
