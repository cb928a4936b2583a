// Package fleet probes many printers and checks their edges. It holds the status of each, and sends a printer one request at a
// time.
package fleet

import (
	"context"
	"iter"
	"net/http"
	"slices"
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
	Key            []byte            // of the keyed hashes in identities; nil: a random one
	RoundTripper   http.RoundTripper // is used instead of the network
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
	removed    []*printer // for a day
	lastNumber uint64
	transports map[string]*transport.Transport
	slots      map[slotKey]*slot
}

// printer is a printer of the fleet.
type printer struct {
	entry   atomic.Pointer[entry]
	status  atomic.Pointer[probe.Status]
	results atomic.Pointer[[]probe.Result] // of the last probe, without readings

	// What follows is guarded by the fleet's mu.
	number    uint64 // unique, and kept when the printer gets another name or address
	identity  probe.Identity
	removedAt time.Time // zero: it is configured
	slot      *slot
	version   uint64 // changes when the printer is to be probed at once
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
	if f.options.Key == nil {
		f.options.Key = randomKey()
	}
	if f.options.Observer == nil {
		f.options.Observer = NopObserver{}
	}
	return f
}

// Replace makes targets the printers of the fleet. What is known of printers that stay is kept, and of those that are removed
// for a day; see match for what it means to stay. One whose entry has changed is to be probed at once. A disabled printer is
// listed and never probed.
func (f *Fleet) Replace(targets []probe.Target) {
	identities := make([]probe.Identity, len(targets))
	for i, t := range targets {
		identities[i] = t.Identity(f.options.Key)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	f.removed = slices.DeleteFunc(f.removed, func(p *printer) bool { return p.isForgotten(now) })
	known := slices.Concat(f.order, f.removed)
	slices.SortStableFunc(known, (*printer).compareRemoval)
	matched := match(identities, known)
	printers := make(map[string]*printer, len(targets))
	order := make([]*printer, 0, len(targets))
	transports, slots := map[string]*transport.Transport{}, make(map[slotKey]*slot, len(targets))
	for i, t := range targets {
		p := matched[i]
		if p == nil {
			p = f.newPrinter(probe.NewStatus(t))
			p.identity = identities[i]
		}
		p.configure(newEntry(t, f.transport(transports, t.Settings)), identities[i])
		p.removedAt = time.Time{}
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
	f.removed = remember(slices.Concat(f.removed, f.order), order, now)
	f.printers, f.order, f.transports, f.slots = printers, order, transports, slots
}

// newPrinter returns a printer with a new number. f.mu must be held.
func (f *Fleet) newPrinter(s probe.Status) *printer {
	f.lastNumber++
	p := &printer{number: f.lastNumber}
	p.status.Store(&s)
	return p
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

// configure gives the printer its entry. A probe in flight ends with the old one. A printer that was restored has no old one.
func (p *printer) configure(e *entry, identity probe.Identity) {
	old := p.entry.Swap(e)
	changed := p.identity.Entry != identity.Entry
	p.identity = identity
	if old != nil && old.Same(e.Target) {
		return
	}
	if changed {
		p.version++
	}
	now := time.Now()
	p.update(func(s probe.Status) probe.Status { return s.Reconfigured(e.Target, changed).CountingFrom(now) })
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
	Version uint64    // a different one: the printer is to be probed at once
	Due     time.Time // the next request is due at the printer's first tick after this; zero: at once
}

// Entries returns the printers to be probed, in the order of the configuration.
func (f *Fleet) Entries() []Entry {
	f.mu.RLock()
	defer f.mu.RUnlock()
	entries, now := make([]Entry, 0, len(f.order)), time.Now()
	for _, p := range f.order {
		if t := p.entry.Load().Target; !t.Disabled {
			entries = append(entries, Entry{t, p.version, p.due(now)})
		}
	}
	return entries
}

// due returns when the printer's next request is due, zero if at once.
func (p *printer) due(now time.Time) time.Time {
	_, due := p.status.Load().Plan(now)
	return due
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
