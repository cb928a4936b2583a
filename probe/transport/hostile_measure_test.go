package transport

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"testing"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/test/hostile/cases"
)

var (
	measure     = flag.Bool("measure", false, "measure time and memory of each hostile relay, one after the other")
	rewrite     = flag.Bool("rewrite", false, "with -measure: write the figures into docs/internals/hostile.md")
	serveRelays = flag.Bool("hostile.serve", false, "serve the relays that are measured: used by TestHostileMeasure")
)

// Bounds of one request, whatever the relay does.
const (
	maxMemory      = 16 << 20 // bytes on the heap at once
	measureTimeout = time.Second
	maxOverrun     = time.Second // beyond the timeout
)

// relayAt is a relay in another process.
type relayAt struct {
	Name string
	On   cases.Protocol
	URL  string
	CA   []byte
}

// TestHostileProcess serves all cases: in a process of their own, so that their memory is not measured.
func TestHostileProcess(t *testing.T) {
	if !*serveRelays {
		t.Skip("it is started by TestHostileMeasure")
	}
	f, err := cases.ListenAll()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	to := json.NewEncoder(os.Stderr)
	for _, r := range f.Servers() {
		c, on := r.Case()
		if err := to.Encode(relayAt{c.Name, on, r.URL(), r.CAPEM()}); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Encode(relayAt{}); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the other process is done
}

// TestHostileMeasure sends requests to each relay, one after the other, and checks the bounds of time, memory and goroutines.
func TestHostileMeasure(t *testing.T) {
	if !*measure {
		t.Skip("takes a minute: go test ./probe/transport -run HostileMeasure -v -measure")
	}
	relays := startRelays(t)
	byName := map[string]cases.Case{}
	for _, c := range cases.All() {
		byName[c.Name] = c
	}
	worst := map[string]*figures{}
	for _, at := range relays {
		c, ok := byName[at.Name]
		if !ok {
			continue
		}
		for _, dedicated := range dedicatedOrNot(at.On) {
			f := measureOne(t, c, at, dedicated)
			if worst[c.Name] == nil {
				worst[c.Name] = &figures{}
			}
			worst[c.Name].add(f)
		}
	}
	table := map[string]cases.Figures{}
	for _, g := range cases.Groups() {
		var most figures
		for _, c := range g.Cases {
			t.Logf("%-32s %10s %10s", c.Name, milliseconds(worst[c.Name].took), mebibytes(worst[c.Name].memory))
			most.add(*worst[c.Name])
		}
		table[g.Name] = cases.Figures{Time: milliseconds(most.took), Memory: mebibytes(most.memory)}
	}
	if *rewrite {
		writeFigures(t, table)
	}
}

// milliseconds formats a duration.
func milliseconds(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

// mebibytes formats a number of bytes.
func mebibytes(n uint64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

// figures are the longest time and the largest heap.
type figures struct {
	took   time.Duration
	memory uint64
}

func (f *figures) add(o figures) { f.took, f.memory = max(f.took, o.took), max(f.memory, o.memory) }

func startRelays(t *testing.T) (all []relayAt) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=TestHostileProcess", "-hostile.serve")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	for from := json.NewDecoder(bufio.NewReader(out)); ; {
		var at relayAt
		if err := from.Decode(&at); err != nil {
			t.Fatal(err)
		}
		if at.Name == "" {
			return all
		}
		all = append(all, at)
	}
}

// measureOne sends some requests to one printer.
func measureOne(t *testing.T, c cases.Case, at relayAt, dedicated bool) (worst figures) {
	transport, to := behind(t, at.URL, at.CA, at.On, dedicated)
	runtime.GC()
	before, goroutines := heap(), runtime.NumGoroutine()
	peak := watchHeap()
	for n := range min(5, max(1, c.Requests)) {
		var healthy sync.WaitGroup
		if c.Contained { // a printer on the same connection is not late
			healthy.Go(func() {
				if r := to(cases.Healthy, measureTimeout).send(t.Context(), probe.StatusRequest); !r.Fault.None() {
					t.Errorf("%s on %s: a healthy printer has %s after %v", c.Name, at.On, r.Fault.Reason, r.Took)
				}
			})
		}
		begin := time.Now()
		r := to(fmt.Sprint(n), measureTimeout).send(t.Context(), probe.StatusRequest)
		worst.took = max(worst.took, time.Since(begin))
		healthy.Wait()
		if r.Fault.None() && !c.AllowsSuccess(n) {
			t.Errorf("%s on %s: success", c.Name, at.On)
		}
	}
	if most := peak(); most > before {
		worst.memory = most - before
	}
	if worst.memory > maxMemory || worst.took > measureTimeout+maxOverrun {
		t.Errorf("%s on %s: %v, %d bytes", c.Name, at.On, worst.took, worst.memory)
	}
	for deadline := time.Now().Add(patience); runtime.NumGoroutine() > goroutines || transport.Open() > 0; time.Sleep(time.Millisecond) {
		transport.Close() // also connections that were not idle before, since the peer had not confirmed the end of a stream
		if time.Now().After(deadline) {
			t.Errorf("%s on %s: %d goroutines and %d connections are left", c.Name, at.On, runtime.NumGoroutine()-goroutines, transport.Open())
			break
		}
	}
	return worst
}

func heap() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// watchHeap samples the size of the heap. end returns the largest one.
func watchHeap() (end func() uint64) {
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		largest := heap()
		for {
			select {
			case <-stop:
				most <- max(largest, heap())
				return
			case <-time.After(200 * time.Microsecond):
				largest = max(largest, heap())
			}
		}
	}()
	return func() uint64 {
		close(stop)
		return <-most
	}
}

func writeFigures(t *testing.T, figures map[string]cases.Figures) {
	t.Helper()
	const path = "../../docs/internals/hostile.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(old), cases.TableBegin)
	_, after, ok := strings.Cut(rest, cases.TableEnd)
	if !ok {
		t.Fatal(errors.New("the document has no marks for the table"))
	}
	if err := os.WriteFile(path, []byte(before+cases.TableBegin+cases.Markdown(figures)+cases.TableEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
