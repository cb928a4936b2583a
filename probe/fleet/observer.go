package fleet

import (
	"time"

	"octoeverywhere_exporter/probe"
)

// Observer is notified of events. Its methods are called by many goroutines at once and must be quick.
type Observer interface {
	// Requested is called for each request that was not canceled.
	Requested(r probe.Request, took time.Duration)
	// Probed is called after each probe with its results.
	Probed(t probe.Target, results []probe.Result)
	// Changed is called when the active fault is another one, or the first probe has ended.
	Changed(before, after *probe.Status)
	// InfoChanged is called when the fault of the last info request is another one than that of the one before.
	InfoChanged(before, after *probe.Status)
	// EdgeChanged is called when the fault of an edge is another one, or the first check has ended.
	EdgeChanged(before, after probe.EdgeStatus)
	// SharingDisabled is called when sharing ends for an edge whose responses differ on dedicated connections.
	SharingDisabled(edge string)
	// Panicked is called when a panic ended a probe or the check of an edge.
	Panicked(c Component, name string, value any, stack []byte)
}

// Component says where a panic was recovered.
type Component string

// The components of the fleet.
const (
	ProbeComponent Component = "probe"
	EdgeComponent  Component = "edge"
)

// Progress is how far a probe has come.
type Progress struct {
	Printer string
	Request probe.Request
	Phase   probe.Phase
	Known   *probe.Status // after the requests before this one; nil: this is the first
}

// NopObserver does nothing. It can be embedded by an observer that is interested in a few events.
type NopObserver struct{}

// Requested implements Observer.
func (NopObserver) Requested(probe.Request, time.Duration) {}

// Probed implements Observer.
func (NopObserver) Probed(probe.Target, []probe.Result) {}

// Changed implements Observer.
func (NopObserver) Changed(_, _ *probe.Status) {}

// InfoChanged implements Observer.
func (NopObserver) InfoChanged(_, _ *probe.Status) {}

// EdgeChanged implements Observer.
func (NopObserver) EdgeChanged(_, _ probe.EdgeStatus) {}

// SharingDisabled implements Observer.
func (NopObserver) SharingDisabled(string) {}

// Panicked implements Observer.
func (NopObserver) Panicked(Component, string, any, []byte) {}
