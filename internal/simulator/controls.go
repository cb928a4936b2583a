package simulator

import "time"

// SetFault makes a fault stand from now on, in place of whatever stood or was to come by itself. It names the printer
// when there is none of that name, and the vocabulary when the fault is not in it.
func (r *Relay) SetFault(name string, f Fault) error {
	if _, err := ParseFault(string(f)); err != nil {
		return err
	}
	p, err := r.printerByName(name)
	if err != nil {
		return err
	}
	now := time.Now()
	p.mu.Lock()
	p.setFault(f.behavior(), now)
	p.mu.Unlock()
	r.record(Event{now, name, eventText(f)})
	return nil
}

// ClearFault makes a printer well for good. A host that was lost is found by its plugin within a minute, or a few
// seconds after the next `status` question.
func (r *Relay) ClearFault(name string) error { return r.SetFault(name, None) }

// SwitchOff takes a printer's power; its print is lost.
func (r *Relay) SwitchOff(name string) error { return r.SetFault(name, Off) }

// SwitchOn gives a printer its power back, as ClearFault does.
func (r *Relay) SwitchOn(name string) error { return r.ClearFault(name) }

// StartPrint begins a print now, from warming up on.
func (r *Relay) StartPrint(name string) error {
	p, err := r.printerByName(name)
	if err != nil {
		return err
	}
	now := time.Now()
	p.mu.Lock()
	p.startPrint(now)
	p.mu.Unlock()
	r.record(Event{now, name, EventPrintStarted})
	return nil
}

// ServiceDown begins an outage of the service: everything is answered with 600 or 503.
func (r *Relay) ServiceDown() { r.setDown(true, EventServiceDown) }

// ServiceUp ends an outage.
func (r *Relay) ServiceUp() { r.setDown(false, EventServiceUp) }

func (r *Relay) setDown(down bool, what string) {
	r.mu.Lock()
	r.down = down
	r.mu.Unlock()
	r.record(Event{time.Now(), "", what})
}

// RestartService cuts all plugins off; they come back one after the other, 11 to 31 s from now.
func (r *Relay) RestartService() {
	now := time.Now()
	r.mu.Lock()
	r.restarted = now
	r.mu.Unlock()
	r.record(Event{now, "", EventServiceRestart})
}
