package web

import (
	"time"

	"octoeverywhere_exporter/probe"
)

// Object is a printer as the JSON API gives it, for what shows the same facts elsewhere.
type Object struct{ apiPrinter }

// ObjectOf makes the object of a printer whose next probe is not known.
func ObjectOf(status *probe.Status, now time.Time) Object {
	s := site{Options: Options{NextProbe: func(*probe.Status) time.Time { return time.Time{} }}}
	return Object{s.apiPrinterOf(status, now)}
}
