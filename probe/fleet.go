package probe

import (
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// Fleet is the set of printers that are probed, and what is known of each. A printer is asked one question at a time.
type Fleet struct {
	hooks Hooks

	mu         sync.RWMutex // guards what follows; never held while a question is under way
	printers   map[string]*printer
	order      []*printer // as configured
	transports map[string]*Transport
	turns      map[place]turn

	underWay atomic.Int64
}

// Hooks are told what happens. They are called by many goroutines at once and must be quick. Any of them may be nil.
type Hooks struct {
	Asked   func(q Request, took time.Duration)
	Probed  func(t Target, steps []Result)
	Changed func(before, after *Status) // the standing fault is another one
	// An edge does not bear that printers share its connections; each has its own from now on.
	SharingEnded func(edge string)
}

type printer struct {
	target  atomic.Pointer[Target]
	status  atomic.Pointer[Status]
	turn    turn   // guarded by the fleet's mu
	version uint64 // rises when the printer is to be asked at once
	steps   atomic.Pointer[[]Result]
}

// NewFleet makes a fleet without printers.
func NewFleet(h Hooks) *Fleet {
	return &Fleet{hooks: h, printers: map[string]*printer{}, transports: map[string]*Transport{}, turns: map[place]turn{}}
}

// Replace makes targets the printers of the fleet. What is known of printers that stay is kept; one whose entry has
// changed is to be asked at once.
func (f *Fleet) Replace(targets []Target) {
	f.mu.Lock()
	defer f.mu.Unlock()
	printers := make(map[string]*printer, len(targets))
	order := make([]*printer, 0, len(targets))
	transports, turns := map[string]*Transport{}, make(map[place]turn, len(targets))
	for _, t := range targets {
		if t.Via == nil {
			t.Via = f.transport(transports, t.Settings)
		}
		p, stays := f.printers[t.Name]
		if !stays {
			p = &printer{}
			fresh := NewStatus(t)
			p.status.Store(&fresh)
		}
		p.take(t)
		p.turn = f.turn(turns, t)
		printers[t.Name] = p
		order = append(order, p)
	}
	for key, t := range f.transports {
		if transports[key] != t {
			t.Close()
		}
	}
	for at, t := range f.turns {
		if _, stays := turns[at]; !stays && t.taken() {
			turns[at] = t // for who comes to that address by the next reload
		}
	}
	f.printers, f.order, f.transports, f.turns = printers, order, transports, turns
}

// transport gives the transport of a setting, the one that is in use already where there is one.
func (f *Fleet) transport(next map[string]*Transport, s Settings) *Transport {
	if t, ok := next[s.Key]; ok {
		return t
	}
	t, ok := f.transports[s.Key]
	if !ok {
		t = NewTransport(s)
		t.ended = f.hooks.SharingEnded
	}
	next[s.Key] = t
	return t
}

// take gives the printer its target. A probe that is under way ends with the old one.
func (p *printer) take(t Target) {
	t = t.prepared()
	old := p.target.Swap(&t)
	if old == nil || old.same(t) {
		return
	}
	changed := !old.SameEntry(t)
	if changed {
		p.version++
	}
	p.update(func(s Status) Status {
		if changed {
			s = s.renewed()
		}
		return s.configured(t)
	})
}

// update replaces what is known by a function of it, whatever else is replaced at the same time.
func (p *printer) update(change func(Status) Status) (before, after *Status) {
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
	Target  Target
	Version uint64 // another one: the printer is to be asked at once
}

// Entries are the printers, in the order of the configuration.
func (f *Fleet) Entries() []Entry {
	f.mu.RLock()
	defer f.mu.RUnlock()
	entries := make([]Entry, len(f.order))
	for i, p := range f.order {
		entries[i] = Entry{*p.target.Load(), p.version}
	}
	return entries
}

// All gives what is known of each printer, in the order of the configuration.
func (f *Fleet) All() iter.Seq[*Status] {
	f.mu.RLock()
	order := f.order // replaced, never changed
	f.mu.RUnlock()
	return func(yield func(*Status) bool) {
		for _, p := range order {
			if !yield(p.status.Load()) {
				return
			}
		}
	}
}

// Len is the number of printers.
func (f *Fleet) Len() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return len(f.order)
}

// Status gives what is known of a printer, false where there is none of that name.
func (f *Fleet) Status(name string) (*Status, bool) {
	p, _, ok := f.find(name)
	if !ok {
		return nil, false
	}
	return p.status.Load(), true
}

// Steps are the results of a printer's last probe, without what they read; none where it was not probed yet.
func (f *Fleet) Steps(name string) []Result {
	p, _, ok := f.find(name)
	if !ok {
		return nil
	}
	return p.lastSteps()
}

// Connections is the number of connections that are open, and tells of each edge whether printers share them.
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

// Close ends the connections. Nothing may be asked any more.
func (f *Fleet) Close() {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, t := range f.transports {
		t.Close()
		t.wait()
	}
}

// GiveWay ends the connections of single hosts that carry nothing: somebody else needs their descriptors.
func (f *Fleet) GiveWay() {
	f.mu.RLock()
	defer f.mu.RUnlock()
	for _, t := range f.transports {
		t.closeIdle()
	}
}

// IsPrinting is the number of probes that are being made.
func (f *Fleet) InFlight() int { return int(f.underWay.Load()) }

func (f *Fleet) find(name string) (p *printer, t turn, ok bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	if p, ok = f.printers[name]; ok {
		t = p.turn
	}
	return p, t, ok
}
