package simulator

import (
	"sync"
	"time"
)

// Printer is what its owner knows of a simulated printer. The same seed gives the same printers.
type Printer struct {
	Name     string
	Platform string // octoprint, moonraker, bambu, prusalink or elegoo
	Site     string // label
	Model    string // label
	Fault    Fault  // what is wrong for good when the relay begins; "" for none, and for what comes and goes
	Story    string // in plain words what is wrong on purpose; "" when the printer is well

	ID       string // the first label of its host: whoever knows it may try
	Bearer   string // the connection's token; "" where Username and Password are asked for
	Username string
	Password string
	AppToken string // for the App Connection Info API; "" where the owner kept none
}

// wakeUpLasts is how long the plugin tries to reach its host after a `status` question woke its reconnect loop. Further
// questions meanwhile do not start another attempt.
const wakeUpLasts = 4 * time.Second

// A plugin looks for a lost host by itself too, within a minute.
const (
	reconnectSoonest = 5 * time.Second
	reconnectSpread  = 55 * time.Second
)

// condition is what was put on a printer, since when, and what it came after.
type condition struct {
	is, was *behaviour
	since   time.Time
}

// printer is a simulated printer with its plugin.
type printer struct {
	Printer
	model  *model
	key    uint64 // everything that looks like chance comes from it
	old    bool   // runs an old plugin
	loose  bool   // its chamber sensor has a loose contact
	script script
	life   life
	born   time.Time // when the script began

	authorization string // the header that lets questions through

	mu         sync.Mutex
	byHand     *condition // takes the place of the script for good
	untilHand  time.Time  // when it first did
	lifeBegan  time.Time
	firstPrint int
	wokenUntil time.Time // the end of the reconnect attempt under way, or of the last one
	lossNumber uint64    // counts answers of a plugin that lost its host
	lostAt     time.Time // when the plugin last left the service by hand, and came back
	backAt     time.Time
	noticed    time.Time // the end of the loss whose reconnection is in the log

	tally tally
}

// condition gives what was put on the printer, by hand or by its script. The caller holds mu.
func (p *printer) condition(now time.Time) condition {
	if p.byHand != nil {
		return *p.byHand
	}
	if len(p.script) == 0 {
		return condition{is: &healthy, was: &healthy, since: p.born}
	}
	is, since, was := p.script.at(now.Sub(p.born))
	return condition{is: is.behaviour(), was: was.behaviour(), since: p.born.Add(since)}
}

// standing gives what is wrong at the moment, seen from the service: a host that is back stays lost until the plugin
// has found it. The caller holds mu.
func (p *printer) standing(now time.Time) *behaviour {
	c := p.condition(now)
	if !c.reconnects() || !now.Before(p.reconnected(c.since)) {
		return c.is
	}
	return c.was
}

// reconnects reports whether a host that was lost is there again.
func (c condition) reconnects() bool {
	return c.was.lostHost && !c.is.lostHost && c.is.answers.status.how == ordinary
}

// reconnected is when the plugin finds a host that is back since a time: by its own slow loop, or at the end of an
// attempt that a question has woken.
func (p *printer) reconnected(since time.Time) time.Time {
	slow := fraction(mix(p.key, forReconnect, uint64(since.UnixNano())))
	at := since.Add(reconnectSoonest + time.Duration(slow*float64(reconnectSpread)))
	if !p.wokenUntil.Before(since) && p.wokenUntil.Before(at) {
		return p.wokenUntil
	}
	return at
}

// notice reports when the plugin found its host again, once for each time. The caller holds mu.
func (p *printer) notice(now time.Time) (time.Time, bool) {
	c := p.condition(now)
	if !c.reconnects() || p.noticed.Equal(c.since) {
		return time.Time{}, false
	}
	at := p.reconnected(c.since)
	if now.Before(at) {
		return time.Time{}, false
	}
	p.noticed = c.since
	return at, true
}

// wake counts a wake-up unless one is under way. The caller holds mu.
func (p *printer) wake(now time.Time) bool {
	if now.Before(p.wokenUntil) {
		return false
	}
	p.wokenUntil = now.Add(wakeUpLasts)
	return true
}

// lossCode is the plugin's code for a lost host. A plugin that is turned away by its host answers 785 while it tries
// again: of three answers the first is always the host's own, each of the others is 785 now and then.
func (p *printer) lossCode(a answer) int {
	n := p.lossNumber
	p.lossNumber++
	if a.alternates && n%3 != 0 && mix(p.key, forAlternation, n)%2 == 0 {
		return 785
	}
	return a.code
}

// put sets what is wrong by hand. The caller holds mu.
func (p *printer) put(b *behaviour, now time.Time) {
	before := p.standing(now)
	switch {
	case b.word == Offline && before.word != Offline:
		p.lostAt = now
	case b.word != Offline && before.word == Offline:
		p.backAt = now
	}
	if before.word == Off && b.word != Off {
		p.losePrint(now)
	}
	if p.byHand == nil {
		p.untilHand = now
	}
	p.byHand = &condition{is: b, was: before, since: now}
}

// losePrint makes a printer idle that had no power. The caller holds mu.
func (p *printer) losePrint(now time.Time) {
	if p.life.print == 0 {
		return
	}
	p.firstPrint = p.job(now).number
	p.lifeBegan = now.Add(p.life.rest/2 - p.life.round())
}

// job gives what the printer does. The caller holds mu.
func (p *printer) job(now time.Time) job {
	return p.life.at(p.key, now.Sub(p.lifeBegan), p.firstPrint)
}

// startPrint begins the next print. The caller holds mu.
func (p *printer) startPrint(now time.Time) {
	p.firstPrint = p.job(now).number + 1
	p.lifeBegan = now
	if p.life.print == 0 {
		p.life = life{warm: 90 * time.Second, print: 20 * time.Minute, rest: 10 * time.Minute}
	}
}

// connections gives when the plugin last connected to the service and when it last left, by its script and by hand; the
// service's own restarts come on top. The caller holds mu.
func (p *printer) connections(now time.Time) (connected, left time.Time) {
	past := fraction(mix(p.key, forPastConnection, 0))
	connected = p.born.Add(-time.Hour - time.Duration(past*float64(72*time.Hour)))
	left = connected.Add(-20*time.Second - time.Duration(past*float64(time.Minute)))
	until := p.scriptEnds(now)
	lost, back, wasLost, cameBack := p.script.spell(until.Sub(p.born))
	if wasLost {
		left = p.born.Add(lost)
	}
	if cameBack {
		connected = p.born.Add(back)
	}
	return later(connected, p.backAt), later(left, p.lostAt)
}

// scriptEnds is until when the script counts. The caller holds mu.
func (p *printer) scriptEnds(now time.Time) time.Time {
	if p.byHand != nil {
		return p.untilHand
	}
	return now
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
