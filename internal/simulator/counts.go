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
	requestsKept = 8
	commandsKept = 8
	commandShown = 64 // bytes
)

// tally counts. It is safe for concurrent use.
type tally struct {
	mu     sync.Mutex
	counts Counts
	last   [requestsKept]time.Time // a ring, indexed by the number of requests
}

// arrival is one request as it is counted.
type arrival struct {
	question     question
	command      string // of a forbidden question
	method       string
	unauthorized bool
	unknown      bool
	woke         bool
}

func (t *tally) enter(a arrival, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := &t.counts
	t.last[c.Requests%requestsKept] = now
	c.Requests++
	c.InFlight++
	c.MaxConcurrent = max(c.MaxConcurrent, c.InFlight)
	c.OtherMethods += one(a.method != http.MethodGet)
	c.Unauthorized += one(a.unauthorized)
	c.WakeUps += one(a.woke)
	c.Unknown += one(a.unknown)
	switch a.question {
	case status:
		c.Status++
	case ping:
		c.Ping++
	case info:
		c.Info++
	case forbidden:
		c.Forbidden++
		c.forbid(a.command[:min(len(a.command), commandShown)])
	}
}

func (c *Counts) forbid(command string) {
	if len(c.ForbiddenCommands) < commandsKept && !slices.Contains(c.ForbiddenCommands, command) {
		c.ForbiddenCommands = append(c.ForbiddenCommands, command)
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func (t *tally) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.InFlight--
}

// read copies the counts.
func (t *tally) read() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.counts
	c.ForbiddenCommands = slices.Clone(c.ForbiddenCommands)
	c.Last = make([]time.Time, 0, requestsKept)
	for n := max(0, c.Requests-requestsKept); n < c.Requests; n++ {
		c.Last = append(c.Last, t.last[n%requestsKept])
	}
	return c
}

// reset forgets everything but the requests under way.
func (t *tally) reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts = Counts{InFlight: t.counts.InFlight, MaxConcurrent: t.counts.InFlight}
}
