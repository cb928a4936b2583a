package simulator

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestPluginsReturnAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, New(Options{Printers: 200, Seed: 4}))
		time.Sleep(time.Minute)
		c.relay.RestartService()
		online := map[time.Duration]int{}
		for second := range 35 {
			at := time.Duration(second) * time.Second
			for i := range c.relay.printers {
				switch got := c.sendCommand(i, "ping"); got {
				case normalPing:
					online[at]++
				case statusResult(601):
				default:
					t.Fatalf("%+v", got)
				}
			}
			time.Sleep(time.Second)
		}
		if online[11*time.Second] != 0 || online[31*time.Second] != 200 {
			t.Errorf("%d back after 11 s, %d after 31 s; want 0 and 200", online[11*time.Second], online[31*time.Second])
		}
		if n := online[21*time.Second]; n < 60 || n > 140 {
			t.Errorf("%d of 200 back halfway", n)
		}
	})
}

func TestRestartHidesFaultsFromThePluginOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay, words := allFaults(1)
		relay.RestartService()
		for i, f := range words {
			want := Offline
			if layer := f.Expected().Layer; layer > 0 && layer < 4 {
				want = f
			}
			if got, _ := relay.ActiveFault(relay.printers[i].Name); got != want {
				t.Errorf("%q: %s, want %s", f, got, want)
			}
		}
	})
}

func TestOutageOfTheService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, New(Options{Printers: 50, Seed: 4}))
		c.relay.ServiceDown()
		got := map[result]int{}
		for i := range c.relay.printers {
			status := c.sendCommand(i, "status")
			got[status]++
			if c.relay.printers[i].AppToken != "" && c.info(i) != status {
				t.Errorf("printer %d: status and info differ", i)
			}
		}
		if got[statusResult(600)] == 0 || got[statusResult(503)] == 0 || got[statusResult(600)]+got[statusResult(503)] != 50 {
			t.Errorf("statuses %v, want 600 and 503 only", got)
		}
		if diff := cmp.Diff(statusResult(503), c.get(c.base+"/p/nobody/octoeverywhere-command-api/ping", nil)); diff != "" {
			t.Error(diff)
		}
		c.relay.ServiceUp()
		if diff := cmp.Diff(normalPing, c.sendCommand(0, "ping")); diff != "" {
			t.Error(diff)
		}
	})
}

// presence is the part of the App Connection Info response that changes.
type presence struct {
	IsOnline              bool
	LastConnectionTimeUtc time.Time
	LastDisconnectTimeUtc time.Time
}

func TestInfoConnectionTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, onePrinter(spec{hasAppToken: true, script: script{{None, 40 * time.Second}, {Offline, 20 * time.Second}}}))
		createdAt := time.Now()
		request := func() presence {
			var a presence
			noError(t, json.Unmarshal([]byte(c.info(0).Body), &a))
			return a
		}
		first := request()
		if !first.IsOnline || !first.LastDisconnectTimeUtc.Before(first.LastConnectionTimeUtc) || !first.LastConnectionTimeUtc.Before(createdAt) {
			t.Errorf("at first %+v", first)
		}
		at := func(seconds int) time.Time { return createdAt.Add(time.Duration(seconds) * time.Second).UTC() }
		var got []presence
		time.Sleep(50 * time.Second) // 50 s: offline since 40
		got = append(got, request())
		time.Sleep(25 * time.Second) // 75 s: online since 60
		got = append(got, request())
		noError(t, c.relay.SetFault("mk4-01", Offline))
		time.Sleep(25 * time.Second) // 100 s: offline since 75
		got = append(got, request())
		noError(t, c.relay.ClearFault("mk4-01"))
		got = append(got, request())
		time.Sleep(100 * time.Second) // 200 s
		c.relay.RestartService()
		got = append(got, request())
		want := []presence{
			{false, first.LastConnectionTimeUtc, at(40)},
			{true, at(60), at(40)},
			{false, at(60), at(75)},
			{true, at(100), at(75)},
			{false, at(100), at(200)},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		time.Sleep(time.Minute)
		if last := request(); !last.IsOnline || !last.LastConnectionTimeUtc.After(at(210)) || last.LastConnectionTimeUtc.After(at(231)) {
			t.Errorf("after the restart %+v", last)
		}
	})
}

func TestInfoHasTheDocumentedFields(t *testing.T) {
	c := newClient(t, onePrinter(spec{hasAppToken: true}))
	want := []string{
		".IsOnline bool", ".LastConnectionTimeUtc string", ".LastDisconnectTimeUtc string", ".PrinterLimits.MaxDownloadFileSizeBytes int",
		".PrinterLimits.MaxSingleWebcamStreamLengthSeconds int", ".PrinterLimits.MaxUploadFileSizeBytes int",
		".PrinterLocalIp string", ".PrinterName string", ".UserFacingPrinterUrl string",
	}
	if diff := cmp.Diff(want, fieldTypes("", decoded(t, c.info(0).Body))); diff != "" {
		t.Error(diff)
	}
}
