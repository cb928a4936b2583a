package simulator

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func onePrinter(s spec) *Relay {
	s.name, s.model, s.site = "mk4-01", modelByPrefix("mk4"), "lab"
	return newRelay(1, "", Latency{}, []spec{s})
}

func wakeUpCount(t *testing.T, r *Relay) int {
	t.Helper()
	c, err := r.Counts("mk4-01")
	if err != nil {
		t.Fatal(err)
	}
	return c.WakeUps
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestOnlyStatusWakesTheReconnectLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, onePrinter(spec{hasAppToken: true}))
		for range 3 {
			c.sendCommand(0, "status")
			time.Sleep(10 * time.Second)
		}
		if n := wakeUpCount(t, c.relay); n != 0 {
			t.Errorf("a connected plugin was woken %d times", n)
		}
		noError(t, c.relay.SwitchOff("mk4-01"))
		for range 3 {
			c.sendCommand(0, "ping")
			c.info(0)
			time.Sleep(10 * time.Second)
		}
		if n := wakeUpCount(t, c.relay); n != 0 {
			t.Errorf("ping and info woke the loop %d times", n)
		}
		for range 8 { // at 0, 1, 2, 3 | 4, 5, 6, 7 s
			c.sendCommand(0, "status")
			time.Sleep(time.Second)
		}
		if n := wakeUpCount(t, c.relay); n != 2 {
			t.Errorf("8 requests in 8 s woke the loop %d times, want 2", n)
		}
	})
}

func TestRequestsThatDoNotReachThePluginWakeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, onePrinter(spec{script: permanentFault(Off)}))
		c.get(c.base+"/p/"+c.relay.Printers()[0].ID+"/octoeverywhere-command-api/status", nil)
		c.relay.ServiceDown()
		c.sendCommand(0, "status")
		c.relay.ServiceUp()
		c.relay.RestartService()
		c.sendCommand(0, "status")
		if n := wakeUpCount(t, c.relay); n != 0 {
			t.Errorf("woken %d times", n)
		}
	})
}

func TestPluginReconnectsWithinAMinute(t *testing.T) {
	for seed := range uint64(50) {
		synctest.Test(t, func(t *testing.T) {
			p := newRelay(seed, "", Latency{}, []spec{{name: "mk4-01", model: modelByPrefix("mk4")}})
			noError(t, p.SwitchOff("mk4-01"))
			time.Sleep(time.Hour)
			noError(t, p.SwitchOn("mk4-01"))
			time.Sleep(minReconnectDelay - time.Millisecond)
			if f, _ := p.ActiveFault("mk4-01"); f != Off {
				t.Errorf("seed %d: reconnected immediately", seed)
			}
			time.Sleep(time.Minute - minReconnectDelay + time.Millisecond)
			if f, _ := p.ActiveFault("mk4-01"); f != None {
				t.Errorf("seed %d: still %s after a minute", seed, f)
			}
		})
	}
}

func TestStatusRequestReconnectsSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, onePrinter(spec{}))
		noError(t, c.relay.SwitchOff("mk4-01"))
		time.Sleep(time.Hour)
		noError(t, c.relay.SwitchOn("mk4-01"))
		first := c.sendCommand(0, "status")
		time.Sleep(wakeUpDuration)
		got := []result{first, simplified(c.sendCommand(0, "status"))}
		if diff := cmp.Diff([]result{hostLostResult, normalStatus}, got); diff != "" {
			t.Error(diff)
		}
		if n := wakeUpCount(t, c.relay); n != 1 {
			t.Errorf("woken %d times, want 1", n)
		}
	})
}

// TestRejectedPluginAlternatesWith785: never three times in a row, because then a prober may report 785.
func TestRejectedPluginAlternatesWith785(t *testing.T) {
	for f, own := range map[Fault]result{AuthInvalid: pluginResult(789, failedStatusText), TooManyClients: pluginResult(787, failedStatusText)} {
		synctest.Test(t, func(t *testing.T) {
			c := newClient(t, onePrinter(spec{script: permanentFault(f)}))
			lost, inARow, longest := 0, 0, 0
			for n := range 90 {
				switch got := c.sendCommand(0, "status"); got {
				case hostLostResult:
					lost++
					inARow++
				case own:
					inARow = 0
				default:
					t.Fatalf("response %d: %+v", n, got)
				}
				if n == 0 && inARow > 0 {
					t.Error("the first response does not have the host's own code")
				}
				longest = max(longest, inARow)
				time.Sleep(time.Minute)
			}
			if lost < 10 || lost > 50 || longest > 2 {
				t.Errorf("%s: %d of 90 are 785, up to %d in a row", f, lost, longest)
			}
		})
	}
}

func TestScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := onePrinter(spec{script: script{{None, 40 * time.Second}, {Offline, 20 * time.Second}, {Timeout, 30 * time.Second}}})
		var got []string
		for range 10 {
			f, _ := relay.ActiveFault("mk4-01")
			got = append(got, string(f))
			time.Sleep(15 * time.Second)
		}
		if diff := cmp.Diff(",,,offline,timeout,timeout,,,,offline", strings.Join(got, ",")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestManualFaultEndsTheScript(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := onePrinter(spec{script: permanentFault(Offline)})
		noError(t, relay.ClearFault("mk4-01"))
		time.Sleep(time.Hour)
		if f, _ := relay.ActiveFault("mk4-01"); f != None {
			t.Errorf("still %s", f)
		}
	})
}

func TestDemoIntermittentFaults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relay := Demo(1)
		var flapping, switched, dying []string
		for range 21 {
			for name, list := range map[string]*[]string{"ender-06": &flapping, "p1s-05": &switched, "voron-04": &dying} {
				f, err := relay.ActiveFault(name)
				noError(t, err)
				*list = append(*list, string(f))
			}
			time.Sleep(15 * time.Second)
		}
		for name, x := range map[string]struct {
			got  []string
			want string
		}{
			"flapping": {flapping, ",,,offline,offline,,,,,,,offline,offline,timeout,timeout,timeout,offline,offline,,,"},
			"failing":  {dying, ",,,," + strings.Repeat(",off", 17)[1:]},
		} {
			if diff := cmp.Diff(x.want, strings.Join(x.got, ",")); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		// It is switched on at 180 s; its plugin reconnects within a minute.
		found := slices.Concat(switched[:12], switched[16:])
		if diff := cmp.Diff(",,,,off,off,off,off,off,off,off,off,,,,,off", strings.Join(found, ",")); diff != "" {
			t.Errorf("switched off and on: %s", diff)
		}
	})
}
