package transport

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/hostile/cases"
)

// patience is a time that is never reached, however busy the machine is.
const patience = 20 * time.Second

// TestHostileRelays plays every case on every protocol, on shared and on dedicated connections. Whatever the relay does, the
// verdict is one that the case allows, and other printers keep theirs.
func TestHostileRelays(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of relays take some seconds")
	}
	other := newHealthyRelay(t)
	slots := make(chan struct{}, 24)
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range cases.All() {
		for _, on := range c.Protocols.Split() {
			for _, dedicated := range dedicatedOrNot(on) {
				all.Go(func() {
					slots <- struct{}{}
					defer func() { <-slots }()
					t.Run(fmt.Sprintf("%s/%s/%s", c.Name, on, kindOf(dedicated)), func(t *testing.T) {
						newVictim(t, c, on, dedicated, other).play()
					})
				})
			}
		}
	}
}

// dedicatedOrNot returns the kinds of connections that a protocol allows: only those of HTTP/2 can be shared.
func dedicatedOrNot(on cases.Protocol) []bool {
	if on == cases.HTTP2 {
		return []bool{false, true}
	}
	return []bool{true}
}

func kindOf(dedicated bool) string {
	return map[bool]string{true: "dedicated", false: "shared"}[dedicated]
}

// TestManyLargeResponsesAtOnce: 200 relays that slowly send as much as is allowed do not take 200 times the memory.
func TestManyLargeResponsesAtOnce(t *testing.T) {
	const printers = 200
	all := cases.All()
	c := all[slices.IndexFunc(all, func(c cases.Case) bool { return c.Name == "large-and-slow" })]
	for _, on := range c.Protocols.Split() {
		for _, dedicated := range dedicatedOrNot(on) {
			t.Run(fmt.Sprintf("%s/%s", on, kindOf(dedicated)), func(t *testing.T) {
				v := newVictim(t, c, on, dedicated, newHealthyRelay(t))
				runtime.GC()
				before := heap()
				peak := watchHeap()
				var requests sync.WaitGroup
				for n := range printers {
					requests.Go(func() {
						if r := v.at(fmt.Sprint(n), 2*time.Second).send(t.Context(), probe.StatusRequest); r.Fault.None() {
							t.Error("success")
						}
					})
				}
				requests.Wait()
				if grown := int64(peak()) - int64(before); grown > 256<<20 {
					t.Errorf("the heap grew by %d MiB", grown>>20)
				}
			})
		}
	}
}

// TestFloodsEndTheConnection, also when no request waits for a response any more.
func TestFloodsEndTheConnection(t *testing.T) {
	for _, c := range cases.All() {
		if !slices.Contains([]string{"ping-flood", "settings-flood", "empty-continuation-flood"}, c.Name) {
			continue
		}
		for _, dedicated := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%s", c.Name, kindOf(dedicated)), func(t *testing.T) {
				v := newVictim(t, c, cases.HTTP2, dedicated, newHealthyRelay(t))
				v.at("0", patience).send(t.Context(), probe.StatusRequest)
				for end := time.Now().Add(patience); v.transport.Open() > 0; time.Sleep(5 * time.Millisecond) {
					if time.Now().After(end) {
						t.Fatal("the connection stays open")
					}
				}
			})
		}
	}
}

// TestRefusedRequestsMakeFewConnections: net/http makes another connection whenever the peer says that it has not processed
// a request, hundreds per second if it says so immediately.
func TestRefusedRequestsMakeFewConnections(t *testing.T) {
	refusing := []string{
		"reset-protocol-error", "reset-refused", "goaway-unprocessed", "goaway-as-greeting", "no-streams", "greeting-against-the-rules",
		"connection-closes",
	}
	for _, c := range cases.All() {
		if !slices.Contains(refusing, c.Name) {
			continue
		}
		for _, dedicated := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%s", c.Name, kindOf(dedicated)), func(t *testing.T) {
				t.Parallel()
				v := newVictim(t, c, cases.HTTP2, dedicated, newHealthyRelay(t))
				if r := v.at("0", time.Second).send(t.Context(), probe.StatusRequest); r.Fault.None() {
					t.Error("success")
				}
				if n := v.relay.Connections(); n > 8 {
					t.Errorf("%d connections for one request", n)
				}
			})
		}
	}
}
