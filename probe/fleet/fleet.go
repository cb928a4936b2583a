// Package fleet probes many printers and checks their edges. It holds the status of each, and sends a printer one request at a
// time.
package fleet

import (
	"context"
	"iter"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/probe"
	"octoeverywhere_exporter/probe/transport"
)

// Options are the same for all printers. The zero value is the default.
type Options struct {
	Observer       Observer          // may be nil
	Progress       func(Progress)    // is called when a phase of a request begins; may be nil
	DisableSharing bool              // each host has dedicated connections
	RoundTripper   http.RoundTripper // is used instead of the network
}

// Observer is notified of events. Its methods are called by many goroutines at once and must be quick.
type Observer interface {
	// Requested is called for each request that was not canceled.
	Requested(r probe.Request, took time.Duration)
	// Probed is called after each probe with its results.
	Probed(t probe.Target, results []probe.Result)
	// Changed is called when the active fault is another one, or the first probe has ended.
	Changed(before, after *probe.Status)
	// InfoChanged is called when the fault of the last info request is another one than that of the one before.
	InfoChanged(before, after *probe.Status)
	// EdgeChanged is called when the fault of an edge is another one, or the first check has ended.
	EdgeChanged(before, after probe.EdgeStatus)
	// SharingDisabled is called when sharing ends for an edge whose responses differ on dedicated connections.
	SharingDisabled(edge string)
	// Panicked is called when a panic ended a probe or the check of an edge.
	Panicked(c Component, name string, value any, stack []byte)
}

// Component says where a panic was recovered.
type Component string

// The components of the fleet.
const (
	ProbeComponent Component = "probe"
	EdgeComponent  Component = "edge"
)

// Progress is how far a probe has come.
type Progress struct {
	Printer string
	Request probe.Request
	Phase   probe.Phase
	Known   *probe.Status // after the requests before this one; nil: this is the first
}

// Fleet is the set of printers that are probed, and what is known of each. Probes belong to it: they go on when the client
// that wanted one gives up, and end with Cancel or Close.
type Fleet struct {
	options  Options
	lifetime context.Context
	cancel   context.CancelFunc
	probes   sync.WaitGroup // that clients have started
	inFlight atomic.Int64

	mu         sync.RWMutex // guards what follows; not held during a probe
	printers   map[string]*printer
	order      []*printer // as configured
	transports map[string]*transport.Transport
	slots      map[slotKey]*slot
}

// printer is a printer of the fleet.
type printer struct {
	entry   atomic.Pointer[entry]
	status  atomic.Pointer[probe.Status]
	results atomic.Pointer[[]probe.Result] // of the last probe, without readings
	slot    *slot                          // guarded by the fleet's mu
	version uint64                         // changes when the printer is to be probed at once; guarded by the fleet's mu
}

// entry is a target with its transport and its requests, which are the same for each probe.
type entry struct {
	probe.Target
	sender   probe.Sender
	requests [len(probe.Requests) + 1]*http.Request
}

func newEntry(t probe.Target, sender probe.Sender) *entry {
	e := &entry{Target: t, sender: sender}
	e.requests[probe.StatusRequest] = t.NewRequest(probe.StatusRequest) // the others are rare
	return e
}

func (e *entry) request(r probe.Request) *http.Request {
	if req := e.requests[r]; req != nil {
		return req
	}
	return e.NewRequest(r)
}

// New returns a fleet without printers.
func New(o Options) *Fleet {
	f := &Fleet{
		options: o, printers: map[string]*printer{}, transports: map[string]*transport.Transport{}, slots: map[slotKey]*slot{},
	}
	f.lifetime, f.cancel = context.WithCancel(context.Background())
	if f.options.Observer == nil {
		f.options.Observer = NopObserver{}
	}
	return f
}

// Replace makes targets the printers of the fleet. What is known of printers that stay is kept; one whose entry has changed
// is to be probed at once. A disabled printer is listed and never probed.
func (f *Fleet) Replace(targets []probe.Target) {
	f.mu.Lock()
	defer f.mu.Unlock()
	printers := make(map[string]*printer, len(targets))
	order := make([]*printer, 0, len(targets))
	transports, slots := map[string]*transport.Transport{}, make(map[slotKey]*slot, len(targets))
	for _, t := range targets {
		p, stays := f.printers[t.Name]
		if !stays {
			p = &printer{}
			fresh := probe.NewStatus(t)
			p.status.Store(&fresh)
		}
		p.configure(newEntry(t, f.transport(transports, t.Settings)))
		p.slot = f.slot(slots, t)
		printers[t.Name] = p
		order = append(order, p)
	}
	for key, t := range f.transports {
		if transports[key] != t {
			f.probes.Go(t.Close)
		}
	}
	for key, s := range f.slots {
		if _, stays := slots[key]; !stays && s.busy() {
			slots[key] = s // the address may come back with the next reload
		}
	}
	f.printers, f.order, f.transports, f.slots = printers, order, transports, slots
}

// transport returns the transport of a setting, the one in use where there is one.
func (f *Fleet) transport(next map[string]*transport.Transport, s probe.Settings) *transport.Transport {
	if t, ok := next[s.Key]; ok {
		return t
	}
	t, ok := f.transports[s.Key]
	if !ok {
		t = transport.New(s, transport.Options{
			DisableSharing: f.options.DisableSharing, RoundTripper: f.options.RoundTripper,
			SharingDisabled: f.options.Observer.SharingDisabled,
		})
	}
	next[s.Key] = t
	return t
}

// configure gives the printer its entry. A probe in flight ends with the old one.
func (p *printer) configure(e *entry) {
	old := p.entry.Swap(e)
	if old == nil || old.Same(e.Target) {
		return
	}
	changed := !old.SameEntry(e.Target)
	if changed {
		p.version++
	}
	p.update(func(s probe.Status) probe.Status { return s.Reconfigured(e.Target, changed) })
	if e.Disabled {
		p.results.Store(nil)
	}
}

// update atomically replaces the status by change of it.
func (p *printer) update(change func(probe.Status) probe.Status) (before, after *probe.Status) {
	for {
		before = p.status.Load()
		next := change(*before)
		if p.status.CompareAndSwap(before, &next) {
			return before, &next
		}
	}
}

// Entry is what a schedule needs to know of a printer.
type Entry struct {
	Target  probe.Target
	Version uint64 // a different one: the printer is to be probed at once
}

// Entries returns the printers to be probed, in the order of the configuration.
func (f *Fleet) Entries() []Entry {
	f.mu.RLock()
	defer f.mu.RUnlock()
	entries := make([]Entry, 0, len(f.order))
	for _, p := range f.order {
		if t := p.entry.Load().Target; !t.Disabled {
			entries = append(entries, Entry{t, p.version})
		}
	}
	return entries
}

// All returns the status of each printer, disabled ones included, in the order of the configuration.
func (f *Fleet) All() iter.Seq[*probe.Status] {
	f.mu.RLock()
	order := f.order // replaced, never changed
	f.mu.RUnlock()
	return func(yield func(*probe.Status) bool) {
		for _, p := range order {
			if !yield(p.status.Load()) {
				return
			}
		}
	}
}

// Len is the number of printers that are probed.
func (f *Fleet) Len() int {
	n := 0
	for s := range f.All() {
		if !s.Disabled {
			n++
		}
	}
	return n
}

// Status returns what is known of a printer, false where there is none of that name.
func (f *Fleet) Status(name string) (*probe.Status, bool) {
	p, _, ok := f.find(name)
	if !ok {
		return nil, false
	}
	return p.status.Load(), true
}

// Acknowledge ends the lost print of a printer. It fails with probe.ErrNoSuchPrinter or probe.ErrNotLost.
func (f *Fleet) Acknowledge(name string) error {
	p, _, ok := f.find(name)
	if !ok {
		return probe.ErrNoSuchPrinter
	}
	var err error
	p.update(func(s probe.Status) (next probe.Status) {
		next, err = s.Acknowledged(time.Now())
		return next
	})
	return err
}

// Steps returns the results of a printer's last probe, without readings; none before the first one.
func (f *Fleet) Steps(name string) []probe.Result {
	p, _, ok := f.find(name)
	if !ok {
		return nil
	}
	return p.lastResults()
}

func (p *printer) lastResults() []probe.Result {
	if r := p.results.Load(); r != nil {
		return *r
	}
	return nil
}

// Connections returns the number of open connections, and of each edge whether its connections are shared.
func (f *Fleet) Connections() (open int, sharing map[string]bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	sharing = map[string]bool{}
	for _, t := range f.transports {
		open += t.Open()
		for edge, shares := range t.Sharing() {
			had, known := sharing[edge]
			sharing[edge] = shares && (had || !known)
		}
	}
	return open, sharing
}

// InFlight is the number of probes in flight.
func (f *Fleet) InFlight() int { return int(f.inFlight.Load()) }

// CloseIdle closes idle dedicated connections, to free their descriptors.
func (f *Fleet) CloseIdle() {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, t := range f.transports {
		t.CloseIdle()
	}
}

// Cancel cancels the probes that clients have started. Probes that they want later fail.
func (f *Fleet) Cancel() { f.cancel() }

// Close does what Cancel does, waits for the probes, and closes the connections. No probe may be started any more.
func (f *Fleet) Close() {
	f.Cancel()
	f.probes.Wait()
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, t := range f.transports {
		t.Close()
	}
}

func (f *Fleet) find(name string) (p *printer, s *slot, ok bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if p, ok = f.printers[name]; ok {
		s = p.slot
	}
	return p, s, ok
}

// NopObserver does nothing. It can be embedded by an observer that is interested in a few events.
type NopObserver struct{}

// Requested implements Observer.
func (NopObserver) Requested(probe.Request, time.Duration) {}

// Probed implements Observer.
func (NopObserver) Probed(probe.Target, []probe.Result) {}

// Changed implements Observer.
func (NopObserver) Changed(_, _ *probe.Status) {}

// InfoChanged implements Observer.
func (NopObserver) InfoChanged(_, _ *probe.Status) {}

// EdgeChanged implements Observer.
func (NopObserver) EdgeChanged(_, _ probe.EdgeStatus) {}

// SharingDisabled implements Observer.
func (NopObserver) SharingDisabled(string) {}

// Panicked implements Observer.
func (NopObserver) Panicked(Component, string, any, []byte) {}
