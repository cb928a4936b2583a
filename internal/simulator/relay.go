package simulator

import (
	"cmp"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// DefaultDomain is the domain of the printers' host names if Options.Domain is empty.
const DefaultDomain = "octoeverywhere.test"

// Options define a fleet. The zero value has no printers.
type Options struct {
	Printers int
	Seed     uint64      // the same seed gives the same fleet
	Faults   FaultRatios // ratio of printers per permanent fault
	Latency  Latency     // of every response
	Domain   string      // default DefaultDomain
}

// Relay is the service with all plugins and printers behind it. It is an http.Handler, safe for concurrent use, and
// starts no goroutine.
type Relay struct {
	seed         uint64
	domain       string
	latency      Latency
	createdAt    time.Time
	printers     []*printer
	byName       map[string]*printer
	byID         map[string]*printer
	byToken      map[string]*printer
	admin        http.Handler
	buffers      sync.Pool
	totalCounter requestCounter

	mu        sync.RWMutex
	down      bool
	restarted time.Time
	log       []Event
}

// New creates a fleet. It panics if Options.Faults has a fault that is not in the vocabulary; [ParseFaultRatios] rejects
// those.
func New(o Options) *Relay {
	for f := range o.Faults {
		if _, err := ParseFault(string(f)); err != nil {
			panic("simulator: " + err.Error())
		}
	}
	return newRelay(o.Seed, o.Domain, o.Latency, generateFleet(o.Seed, o.Printers, o.Faults))
}

func newRelay(seed uint64, domain string, latency Latency, specs []spec) *Relay {
	return newRelayAt(time.Now(), seed, domain, latency, specs)
}

func newRelayAt(createdAt time.Time, seed uint64, domain string, latency Latency, specs []spec) *Relay {
	r := &Relay{
		seed: seed, domain: cmp.Or(domain, DefaultDomain), latency: latency, createdAt: createdAt,
		printers: make([]*printer, len(specs)),
		byName:   make(map[string]*printer, len(specs)),
		byID:     make(map[string]*printer, len(specs)),
		byToken:  make(map[string]*printer, len(specs)),
		buffers:  sync.Pool{New: func() any { return new([]byte) }},
	}
	for i, s := range specs {
		p := newPrinter(seed, i, s, r.createdAt)
		r.printers[i], r.byName[p.Name], r.byID[p.ID] = p, p, p
		if p.AppToken != "" {
			r.byToken[p.AppToken] = p
		}
	}
	r.admin = r.adminHandler()
	return r
}

// Domain returns the domain of the printers' host names.
func (r *Relay) Domain() string { return r.domain }

// Printers returns all printers in order.
func (r *Relay) Printers() []Printer {
	all := make([]Printer, len(r.printers))
	for i, p := range r.printers {
		all[i] = p.Printer
	}
	return all
}

// ActiveFault returns the printer's fault as the service sees it, including outages of the service and hosts that the
// plugin has not reconnected to.
func (r *Relay) ActiveFault(name string) (Fault, error) {
	p, err := r.printerByName(name)
	if err != nil {
		return None, err
	}
	now := time.Now()
	p.mu.Lock()
	b := p.activeBehavior(now)
	p.mu.Unlock()
	return r.throughService(p, b, now).fault, nil
}

// Counts returns the request counts of a printer.
func (r *Relay) Counts(name string) (Counts, error) {
	p, err := r.printerByName(name)
	if err != nil {
		return Counts{}, err
	}
	return p.counts(), nil
}

// Total returns the request counts of all printers, of unknown addresses, and of the service.
func (r *Relay) Total() Counts { return r.totalCounter.snapshot() }

// ResetCounts resets all request counts.
func (r *Relay) ResetCounts() {
	r.totalCounter.reset()
	for _, p := range r.printers {
		p.counter.reset()
	}
}

func (p *printer) counts() Counts {
	c := p.counter.snapshot()
	c.Printer = p.Name
	return c
}

func (r *Relay) printerByName(name string) (*printer, error) {
	if p, ok := r.byName[name]; ok {
		return p, nil
	}
	return nil, fmt.Errorf("unknown printer %q", name)
}
