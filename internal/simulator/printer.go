package simulator

import (
	"sync"
	"time"
)

// Printer is what its owner knows about a simulated printer. The same seed gives the same printers.
type Printer struct {
	Name        string
	Platform    string // octoprint, moonraker, bambu, prusalink or elegoo
	Site        string // label
	Model       string // label
	Fault       Fault  // permanent fault from the start; "" if there is none or it is intermittent
	Description string // what is wrong on purpose, in plain words; "" for a healthy printer
	Disabled    bool   // in the exporter's configuration

	ID       string // the first label of its host name
	Bearer   string // the connection's token; "" if Username and Password are used
	Username string
	Password string
	AppToken string // for the App Connection Info API; "" if the owner kept none
}

// wakeUpDuration is how long the plugin tries to reach its host after a status request woke its reconnect loop. Requests
// in that time do not start another attempt.
const wakeUpDuration = 4 * time.Second

// A plugin reconnects to a lost host by itself within a minute.
const (
	minReconnectDelay = 5 * time.Second
	reconnectSpread   = 55 * time.Second
)

// faultChange is the current fault of a printer, since when, and the one before it.
type faultChange struct {
	current, previous *behavior
	since             time.Time
}

// printer is a simulated printer with its plugin.
type printer struct {
	Printer
	model       *model
	key         uint64 // seed of everything that looks random
	oldPlugin   bool
	looseSensor bool // its chamber sensor has a loose contact
	script      script
	cycle       printCycle
	createdAt   time.Time // the script's start

	authorization string // the value of the header that authorizes requests

	mu                sync.Mutex
	manual            *faultChange // replaces the script permanently
	manualSince       time.Time    // when the script was first replaced
	cycleStart        time.Time
	firstPrint        int
	wokenUntil        time.Time // end of the current or last reconnect attempt
	hostLostResponses uint64    // number of responses while the host was lost
	offlineAt         time.Time // when the plugin last left the service by SetFault
	onlineAt          time.Time
	loggedReconnect   time.Time // start of the recovery whose reconnection was logged

	counter requestCounter
}

// faultChange returns the current fault, set manually or by the script. The caller holds mu.
func (p *printer) faultChange(now time.Time) faultChange {
	if p.manual != nil {
		return *p.manual
	}
	if len(p.script) == 0 {
		return faultChange{current: &healthy, previous: &healthy, since: p.createdAt}
	}
	current, since, previous := p.script.at(now.Sub(p.createdAt))
	return faultChange{current: current.behavior(), previous: previous.behavior(), since: p.createdAt.Add(since)}
}

// activeBehavior returns the behavior at now: a host that has returned stays lost until the plugin has reconnected. The
// caller holds mu.
func (p *printer) activeBehavior(now time.Time) *behavior {
	c := p.faultChange(now)
	if !c.hostReturned() || !now.Before(p.reconnectTime(c.since)) {
		return c.current
	}
	return c.previous
}

// hostReturned reports whether a lost host has returned.
func (c faultChange) hostReturned() bool {
	return c.previous.hostLost && !c.current.hostLost && c.current.responses.status.kind == normalResponse
}

// reconnectTime returns when the plugin reconnects to a host that returned at since: by its own slow loop, or at the end
// of an attempt woken by a status request.
func (p *printer) reconnectTime(since time.Time) time.Time {
	random := fraction(hashOf(p.key, purposeReconnect, uint64(since.UnixNano())))
	at := since.Add(minReconnectDelay + time.Duration(random*float64(reconnectSpread)))
	if !p.wokenUntil.Before(since) && p.wokenUntil.Before(at) {
		return p.wokenUntil
	}
	return at
}

// takeReconnect returns when the plugin reconnected to its host, once per recovery. The caller holds mu.
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

// wake starts a reconnect attempt, and returns false if one is in progress. The caller holds mu.
func (p *printer) wake(now time.Time) bool {
	if now.Before(p.wokenUntil) {
		return false
	}
	p.wokenUntil = now.Add(wakeUpDuration)
	return true
}

// hostLostCode returns the plugin's code for a lost host. A plugin that its host rejects returns 785 while it retries:
// of three responses the first always has the host's own code, and each of the others is 785 half of the time.
func (p *printer) hostLostCode(a response) int {
	n := p.hostLostResponses
	p.hostLostResponses++
	if a.alternatesWith785 && n%3 != 0 && hashOf(p.key, purposeAlternation, n)%2 == 0 {
		return 785
	}
	return a.code
}

// setFault sets the fault manually. The caller holds mu.
func (p *printer) setFault(b *behavior, now time.Time) {
	previous := p.activeBehavior(now)
	switch {
	case b.fault == Offline && previous.fault != Offline:
		p.offlineAt = now
	case b.fault != Offline && previous.fault == Offline:
		p.onlineAt = now
	}
	if previous.fault == Off && b.fault != Off {
		p.dropPrint(now)
	}
	if p.manual == nil {
		p.manualSince = now
	}
	p.manual = &faultChange{current: b, previous: previous, since: now}
}

// dropPrint makes a printer that had no power idle. The caller holds mu.
func (p *printer) dropPrint(now time.Time) {
	if p.cycle.printing == 0 {
		return
	}
	p.firstPrint = p.job(now).printNumber
	p.cycleStart = now.Add(p.cycle.idle/2 - p.cycle.length())
}

// job returns what the printer does at now. The caller holds mu.
func (p *printer) job(now time.Time) job {
	return p.cycle.at(p.key, now.Sub(p.cycleStart), p.firstPrint)
}

// startPrint starts the next print. The caller holds mu.
func (p *printer) startPrint(now time.Time) {
	p.firstPrint = p.job(now).printNumber + 1
	p.cycleStart = now
	if p.cycle.printing == 0 {
		p.cycle = printCycle{warmup: 90 * time.Second, printing: 20 * time.Minute, idle: 10 * time.Minute}
	}
}

// connectionTimes returns when the plugin last connected to the service and last disconnected, by its script or manually.
// Restarts of the service are not included. The caller holds mu.
func (p *printer) connectionTimes(now time.Time) (connected, disconnected time.Time) {
	random := fraction(hashOf(p.key, purposePastConnection, 0))
	connected = p.createdAt.Add(-time.Hour - time.Duration(random*float64(72*time.Hour)))
	disconnected = connected.Add(-20*time.Second - time.Duration(random*float64(time.Minute)))
	until := p.scriptEnd(now)
	offlineAt, onlineAt, wentOffline, cameBack := p.script.lastOffline(until.Sub(p.createdAt))
	if wentOffline {
		disconnected = p.createdAt.Add(offlineAt)
	}
	if cameBack {
		connected = p.createdAt.Add(onlineAt)
	}
	return laterOf(connected, p.onlineAt), laterOf(disconnected, p.offlineAt)
}

// scriptEnd returns until when the script is in effect. The caller holds mu.
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
