package simulator

import (
	"sync"
	"time"
)

// Printer is what its owner knows of a simulated printer. The same seed gives the same printers.
type Printer struct {
	Name        string
	Platform    string // octoprint, moonraker, bambu, prusalink or elegoo
	Site        string // label
	Model       string // label
	Fault       Fault  // what is wrong for good when the relay begins; "" for none, and for what comes and goes
	Description string // in plain words what is wrong on purpose; "" when the printer is well

	ID       string // the first label of its host: whoever knows it may try
	Bearer   string // the connection's token; "" where Username and Password are asked for
	Username string
	Password string
	AppToken string // for the App Connection Info API; "" where the owner kept none
}

// wakeUpLasts is how long the plugin tries to reach its host after a `status` question woke its reconnect loop. Further
// questions meanwhile do not start another attempt.
const wakeUpDuration = 4 * time.Second

// A plugin looks for a lost host by itself too, within a minute.
const (
	minReconnectDelay = 5 * time.Second
	reconnectSpread   = 55 * time.Second
)

// condition is what was put on a printer, since when, and what it came after.
type faultChange struct {
	current, previous *behavior
	since             time.Time
}

// printer is a simulated printer with its plugin.
type printer struct {
	Printer
	model       *model
	key         uint64 // everything that looks like chance comes from it
	oldPlugin   bool   // runs an old plugin
	looseSensor bool   // its chamber sensor has a loose contact
	script      script
	cycle       printCycle
	createdAt   time.Time // when the script began

	authorization string // the header that lets questions through

	mu                sync.Mutex
	manual            *faultChange // takes the place of the script for good
	manualSince       time.Time    // when it first did
	cycleStart        time.Time
	firstPrint        int
	wokenUntil        time.Time // the end of the reconnect attempt under way, or of the last one
	hostLostResponses uint64    // counts answers of a plugin that lost its host
	offlineAt         time.Time // when the plugin last left the service by hand, and came back
	onlineAt          time.Time
	loggedReconnect   time.Time // the end of the loss whose reconnection is in the log

	counter requestCounter
}

// condition gives what was put on the printer, by hand or by its script. The caller holds mu.
func (p *printer) faultChange(now time.Time) faultChange {
	if p.manual != nil {
		return *p.manual
	}
	if len(p.script) == 0 {
		return faultChange{current: &healthy, previous: &healthy, since: p.createdAt}
	}
	is, since, was := p.script.at(now.Sub(p.createdAt))
	return faultChange{current: is.behavior(), previous: was.behavior(), since: p.createdAt.Add(since)}
}

// standing gives what is wrong at the moment, seen from the service: a host that is back stays lost until the plugin
// has found it. The caller holds mu.
func (p *printer) activeBehavior(now time.Time) *behavior {
	c := p.faultChange(now)
	if !c.hostReturned() || !now.Before(p.reconnectTime(c.since)) {
		return c.current
	}
	return c.previous
}

// reconnects reports whether a host that was lost is there again.
func (c faultChange) hostReturned() bool {
	return c.previous.hostLost && !c.current.hostLost && c.current.responses.status.kind == normalResponse
}

// reconnected is when the plugin finds a host that is back since a time: by its own slow loop, or at the end of an
// attempt that a question has woken.
func (p *printer) reconnectTime(since time.Time) time.Time {
	slow := fraction(hashOf(p.key, purposeReconnect, uint64(since.UnixNano())))
	at := since.Add(minReconnectDelay + time.Duration(slow*float64(reconnectSpread)))
	if !p.wokenUntil.Before(since) && p.wokenUntil.Before(at) {
		return p.wokenUntil
	}
	return at
}

// notice reports when the plugin found its host again, once for each time. The caller holds mu.
func (p *printer) takeReconnect(now time.Time) (time.Time, bool) {
	c := p.faultChange(now)
	if !c.hostReturned() || p.loggedReconnect.Equal(c.since) {
		return time.Time{}, false
	}
	at := p.reconnectTime(c.since)
	if now.Before(at) {
		return time.Time{}, false
	}
	p.loggedReconnect = c.since
	return at, true
}

// wake counts a wake-up unless one is under way. The caller holds mu.
func (p *printer) wake(now time.Time) bool {
	if now.Before(p.wokenUntil) {
		return false
	}
	p.wokenUntil = now.Add(wakeUpDuration)
	return true
}

// lossCode is the plugin's code for a lost host. A plugin that is turned away by its host answers 785 while it tries
// again: of three answers the first is always the host's own, each of the others is 785 now and then.
func (p *printer) hostLostCode(a response) int {
	n := p.hostLostResponses
	p.hostLostResponses++
	if a.alternatesWith785 && n%3 != 0 && hashOf(p.key, purposeAlternation, n)%2 == 0 {
		return 785
	}
	return a.code
}

// put sets what is wrong by hand. The caller holds mu.
func (p *printer) setFault(b *behavior, now time.Time) {
	before := p.activeBehavior(now)
	switch {
	case b.fault == Offline && before.fault != Offline:
		p.offlineAt = now
	case b.fault != Offline && before.fault == Offline:
		p.onlineAt = now
	}
	if before.fault == Off && b.fault != Off {
		p.dropPrint(now)
	}
	if p.manual == nil {
		p.manualSince = now
	}
	p.manual = &faultChange{current: b, previous: before, since: now}
}

// losePrint makes a printer idle that had no power. The caller holds mu.
func (p *printer) dropPrint(now time.Time) {
	if p.cycle.printing == 0 {
		return
	}
	p.firstPrint = p.job(now).printNumber
	p.cycleStart = now.Add(p.cycle.idle/2 - p.cycle.length())
}

// job gives what the printer does. The caller holds mu.
func (p *printer) job(now time.Time) job {
	return p.cycle.at(p.key, now.Sub(p.cycleStart), p.firstPrint)
}

// startPrint begins the next print. The caller holds mu.
func (p *printer) startPrint(now time.Time) {
	p.firstPrint = p.job(now).printNumber + 1
	p.cycleStart = now
	if p.cycle.printing == 0 {
		p.cycle = printCycle{warmup: 90 * time.Second, printing: 20 * time.Minute, idle: 10 * time.Minute}
	}
}

// connections gives when the plugin last connected to the service and when it last left, by its script and by hand; the
// service's own restarts come on top. The caller holds mu.
func (p *printer) connectionTimes(now time.Time) (connected, left time.Time) {
	past := fraction(hashOf(p.key, purposePastConnection, 0))
	connected = p.createdAt.Add(-time.Hour - time.Duration(past*float64(72*time.Hour)))
	left = connected.Add(-20*time.Second - time.Duration(past*float64(time.Minute)))
	until := p.scriptEnd(now)
	lost, back, wasLost, cameBack := p.script.lastOffline(until.Sub(p.createdAt))
	if wasLost {
		left = p.createdAt.Add(lost)
	}
	if cameBack {
		connected = p.createdAt.Add(back)
	}
	return laterOf(connected, p.onlineAt), laterOf(left, p.offlineAt)
}

// scriptEnds is until when the script counts. The caller holds mu.
func (p *printer) scriptEnd(now time.Time) time.Time {
	if p.manual != nil {
		return p.manualSince
	}
	return now
}

func laterOf(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
