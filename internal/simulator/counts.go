package simulator

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Counts are the requests to one printer, or to all.
type Counts struct {
	Printer           string      `json:"printer,omitempty"`
	Requests          int         `json:"requests"`
	Status            int         `json:"status"`
	Ping              int         `json:"ping"`
	Info              int         `json:"info"`
	Forbidden         int         `json:"forbidden"`                    // any other command
	ForbiddenCommands []string    `json:"forbidden_commands,omitempty"` // the first few distinct ones
	OtherMethods      int         `json:"other_methods"`                // not GET
	Unauthorized      int         `json:"unauthorized"`                 // missing or wrong credentials
	Unknown           int         `json:"unknown"`                      // addresses and tokens of no printer; in the total only
	WakeUps           int         `json:"wake_ups"`                     // of reconnect loops
	InFlight          int         `json:"in_flight"`
	MaxConcurrent     int         `json:"max_concurrent"`
	Last              []time.Time `json:"last"` // times of the last few requests, newest last
}

const (
	maxLastRequests      = 8
	maxForbiddenCommands = 8
	maxCommandLength     = 64 // bytes
)

// requestCounter counts requests. It is safe for concurrent use.
type requestCounter struct {
	mu     sync.Mutex
	counts Counts
	last   [maxLastRequests]time.Time // ring buffer, indexed by the number of requests
}

// requestRecord is one request as it is counted.
type requestRecord struct {
	kind         requestKind
	command      string // set for forbidden requests
	method       string
	unauthorized bool
	unknown      bool
	wokeLoop     bool
}

func (t *requestCounter) begin(record requestRecord, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &t.counts
	t.last[c.Requests%maxLastRequests] = now
	c.Requests++
	c.InFlight++
	c.MaxConcurrent = max(c.MaxConcurrent, c.InFlight)
	c.OtherMethods += boolToInt(record.method != http.MethodGet)
	c.Unauthorized += boolToInt(record.unauthorized)
	c.WakeUps += boolToInt(record.wokeLoop)
	c.Unknown += boolToInt(record.unknown)
	switch record.kind {
	case statusRequest:
		c.Status++
	case pingRequest:
		c.Ping++
	case infoRequest:
		c.Info++
	case forbiddenRequest:
		c.Forbidden++
		c.addForbidden(record.command[:min(len(record.command), maxCommandLength)])
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

// snapshot returns a copy of the counts.
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

// reset clears everything except the number of requests in flight.
func (t *requestCounter) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts = Counts{InFlight: t.counts.InFlight, MaxConcurrent: t.counts.InFlight}
}
