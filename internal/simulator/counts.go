package simulator

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Counts is what was asked, of one printer or of all.
type Counts struct {
	Printer           string      `json:"printer,omitempty"`
	Requests          int         `json:"requests"`
	Status            int         `json:"status"`
	Ping              int         `json:"ping"`
	Info              int         `json:"info"`
	Forbidden         int         `json:"forbidden"`                    // any other command
	ForbiddenCommands []string    `json:"forbidden_commands,omitempty"` // the first few different ones
	OtherMethods      int         `json:"other_methods"`                // not GET
	Unauthorized      int         `json:"unauthorized"`                 // credentials missing or wrong
	Unknown           int         `json:"unknown"`                      // nobody lives at that address; only in total
	WakeUps           int         `json:"wake_ups"`                     // of reconnect loops
	InFlight          int         `json:"in_flight"`
	MaxConcurrent     int         `json:"max_concurrent"`
	Last              []time.Time `json:"last"` // the last few requests, newest last
}

const (
	maxLastRequests      = 8
	maxForbiddenCommands = 8
	maxCommandLength     = 64 // bytes
)

// tally counts. It is safe for concurrent use.
type requestCounter struct {
	mu     sync.Mutex
	counts Counts
	last   [maxLastRequests]time.Time // a ring, indexed by the number of requests
}

// arrival is one request as it is counted.
type requestRecord struct {
	kind         requestKind
	command      string // of a forbidden question
	method       string
	unauthorized bool
	unknown      bool
	wokeLoop     bool
}

func (t *requestCounter) begin(a requestRecord, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &t.counts
	t.last[c.Requests%maxLastRequests] = now
	c.Requests++
	c.InFlight++
	c.MaxConcurrent = max(c.MaxConcurrent, c.InFlight)
	c.OtherMethods += boolToInt(a.method != http.MethodGet)
	c.Unauthorized += boolToInt(a.unauthorized)
	c.WakeUps += boolToInt(a.wokeLoop)
	c.Unknown += boolToInt(a.unknown)
	switch a.kind {
	case statusRequest:
		c.Status++
	case pingRequest:
		c.Ping++
	case infoRequest:
		c.Info++
	case forbiddenRequest:
		c.Forbidden++
		c.addForbidden(a.command[:min(len(a.command), maxCommandLength)])
	}
}

func (c *Counts) addForbidden(command string) {
	if len(c.ForbiddenCommands) < maxForbiddenCommands && !slices.Contains(c.ForbiddenCommands, command) {
		c.ForbiddenCommands = append(c.ForbiddenCommands, command)
	}
}

func boolToInt(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (t *requestCounter) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.InFlight--
}

// read copies the counts.
func (t *requestCounter) snapshot() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.ForbiddenCommands = slices.Clone(c.ForbiddenCommands)
	c.Last = make([]time.Time, 0, maxLastRequests)
	for n := max(0, c.Requests-maxLastRequests); n < c.Requests; n++ {
		c.Last = append(c.Last, t.last[n%maxLastRequests])
	}
	return c
}

// reset forgets everything but the requests under way.
func (t *requestCounter) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts = Counts{InFlight: t.counts.InFlight, MaxConcurrent: t.counts.InFlight}
}
