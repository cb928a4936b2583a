package simulator

import "time"

// SetFault sets the printer's fault from now on. It replaces the active fault and the printer's script. It returns an
// error if the printer does not exist or the fault is not in the vocabulary.
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

// ClearFault makes a printer healthy permanently. A plugin that lost its host reconnects within a minute, or a few
// seconds after the next status request.
func (r *Relay) ClearFault(name string) error { return r.SetFault(name, None) }

// SwitchOff switches a printer off. Its print is lost.
func (r *Relay) SwitchOff(name string) error { return r.SetFault(name, Off) }

// SwitchOn switches a printer on. It is the same as ClearFault.
func (r *Relay) SwitchOn(name string) error { return r.ClearFault(name) }

// StartPrint starts a print, beginning with the warm-up.
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

// ServiceDown starts an outage of the service: every response is 600 or 503.
func (r *Relay) ServiceDown() { r.setDown(true, EventServiceDown) }

// ServiceUp ends an outage of the service.
func (r *Relay) ServiceUp() { r.setDown(false, EventServiceUp) }

func (r *Relay) setDown(down bool, what string) {
	r.mu.Lock()
	r.down = down
	r.mu.Unlock()
	r.record(Event{time.Now(), "", what})
}

// RestartService disconnects all plugins. Each reconnects 11 to 31 s later.
func (r *Relay) RestartService() {
	now := time.Now()
	r.mu.Lock()
	r.restarted = now
	r.mu.Unlock()
	r.record(Event{now, "", EventServiceRestart})
}
