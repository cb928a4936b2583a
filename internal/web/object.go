package web

import (
	"time"

	"octoeverywhere_exporter/probe"
)

// Object is a printer as the JSON API gives one that is asked for by name, for what shows the same facts elsewhere.
type Object struct{ apiOnePrinter }

// ObjectOf makes the object of a printer whose next probe is not known, with the steps of its last one.
func ObjectOf(status *probe.Status, steps []probe.Result, now time.Time) Object {
	s := site{Options: Options{Schedule: noSchedule{}}}
	return Object{apiOnePrinter{s.apiPrinterOf(status, now), apiHistoryOf(status), apiStepsOf(steps)}}
}

// noSchedule is the schedule of probes that are made once.
type noSchedule struct{}

func (noSchedule) NextProbe(*probe.Status) time.Time { return time.Time{} }
