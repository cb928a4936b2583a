package simulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func doRequest(h http.Handler, method, target string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, target, nil))
	return w
}

func TestDrillByScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := onePrinter(spec{})
		activeFault := func() Fault { f, _ := relay.ActiveFault("mk4-01"); return f }
		for _, step := range []struct {
			path string
			code int
			want Fault
		}{
			{"/faults?printer=mk4-01&set=hang", 204, Hang},
			{"/faults?printer=mk4-01&set=hung", 400, Hang},
			{"/faults?printer=mk4-02&set=hang", 400, Hang},
			{"/faults?printer=mk4-01", 400, Hang},
			{"/faults?printer=mk4-01&clear=1", 204, None},
			{"/print?printer=mk4-01", 204, None},
			{"/restart", 204, Offline},
			{"/down", 204, ServiceError},
			{"/up", 204, Offline},
		} {
			if w := doRequest(relay, "POST", "/-/sim"+step.path); w.Code != step.code {
				t.Errorf("%s: %d %s", step.path, w.Code, w.Body)
			}
			got := activeFault()
			if step.want == ServiceError && got == Unavailable {
				got = ServiceError // the response differs per printer
			}
			if got != step.want {
				t.Errorf("%s: active fault %q, want %q", step.path, got, step.want)
			}
			time.Sleep(time.Second)
		}
		want := "2000-01-01T00:00:00Z mk4-01 fault hang\n" +
			"2000-01-01T00:00:04Z mk4-01 healthy\n" +
			"2000-01-01T00:00:05Z mk4-01 print started\n" +
			"2000-01-01T00:00:06Z - service restart\n" +
			"2000-01-01T00:00:07Z - service down\n" +
			"2000-01-01T00:00:08Z - service up\n"
		if diff := cmp.Diff(want, doRequest(relay.Admin(), "GET", "/log").Body.String()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestCountsAsJSON(t *testing.T) {
	relay := onePrinter(spec{})
	newClient(t, relay).sendCommand(0, "ping")
	var got countsPage
	noError(t, json.Unmarshal(doRequest(relay, "GET", "/-/sim/hits").Body.Bytes(), &got))
	want, err := relay.Counts("mk4-01")
	noError(t, err)
	if diff := cmp.Diff(countsPage{Total: relay.Total(), Printers: map[string]Counts{"mk4-01": want}}, got); diff != "" {
		t.Error(diff)
	}
	var one Counts
	noError(t, json.Unmarshal(doRequest(relay, "GET", "/-/sim/hits?printer=mk4-01").Body.Bytes(), &one))
	if diff := cmp.Diff(want, one); diff != "" {
		t.Error(diff)
	}
	if w := doRequest(relay, "GET", "/-/sim/hits?printer=x"); w.Code != 404 {
		t.Errorf("unknown printer: %d", w.Code)
	}
	doRequest(relay, "POST", "/-/sim/hits")
	if n := relay.Total().Requests; n != 0 {
		t.Errorf("%d requests after a reset", n)
	}
}

func TestFaultsPageHasNoSecrets(t *testing.T) {
	relay := onePrinter(spec{script: permanentFault(Off), description: "switched off"})
	var got faultsPage
	noError(t, json.Unmarshal(doRequest(relay, "GET", "/-/sim/faults").Body.Bytes(), &got))
	want := []printerState{{"mk4-01", prusalink, "lab", "mk4s", Off, "idle", "switched off"}}
	if diff := cmp.Diff(want, got.Printers); diff != "" {
		t.Error(diff)
	}
	if len(got.Vocabulary) != len(Faults()) {
		t.Errorf("%d faults, want %d", len(got.Vocabulary), len(Faults()))
	}
}

func TestAdminPagesAreNotOnPrinterHosts(t *testing.T) {
	relay := onePrinter(spec{})
	c := newClient(t, relay)
	host := "https://" + relay.Printers()[0].ID + "." + DefaultDomain
	if w := doRequest(relay, "POST", host+"/-/sim/down"); w.Code != 606 {
		t.Errorf("a printer's host responds %d to an admin path", w.Code)
	}
	if diff := cmp.Diff(normalPing, c.sendCommand(0, "ping")); diff != "" {
		t.Error(diff)
	}
}

func TestScriptedAndManualEventsAreMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		born := time.Now()
		c := newClient(t, onePrinter(spec{script: script{{None, 30 * time.Second}, {Off, 30 * time.Second}}}))
		time.Sleep(40 * time.Second)
		noError(t, c.relay.SwitchOn("mk4-01"))
		c.sendCommand(0, "status")
		time.Sleep(2 * time.Minute)
		c.sendCommand(0, "status")
		at := func(s int) time.Time { return born.Add(time.Duration(s) * time.Second) }
		want := []Event{
			{at(30), "mk4-01", "fault off"},
			{at(40), "mk4-01", "healthy"},
			{at(44), "mk4-01", "reconnected"},
		}
		if diff := cmp.Diff(want, c.relay.Events()); diff != "" {
			t.Error(diff)
		}
	})
}

func TestEventsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := onePrinter(spec{script: script{{None, time.Second}, {Offline, time.Second}}})
		for range 3 * maxEvents {
			relay.ServiceDown()
		}
		time.Sleep(24 * time.Hour)
		events := relay.Events()
		if len(events) != maxEvents || !events[len(events)-1].Time.Equal(time.Now()) {
			t.Errorf("%d events up to %v", len(events), events[len(events)-1].Time)
		}
	})
}
