package probe

import (
	"net/http"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe/jsonscan"
)

// infoResponse is the body of a response of the App Connection Info API, decoded but not judged. The fields are in the
// object itself, as https://docs.octoeverywhere.com/app-connections/apis/info-api/ shows it, or in an envelope {Status, Error,
// IsUserError, Result}.
type infoResponse struct {
	isObject  bool
	status    int // of the envelope
	hasStatus bool
	fields    Reading
}

// decodeInfo decodes a response of the App Connection Info API.
func decodeInfo(body []byte) infoResponse {
	s := jsonscan.New(body)
	if s.Peek() != jsonscan.Object {
		return infoResponse{}
	}
	var a infoResponse
	var flat, inner decoder
	enveloped := false
	for more := s.Object(); more; more = s.More() {
		key := s.Key()
		field := infoPaths.child(key)
		switch {
		case string(key) == "Status":
			a.status, a.hasStatus = readInteger(&s)
		case string(key) == "Result":
			enveloped = s.Peek() == jsonscan.Object
			inner = decoder{} // of several, the last one counts
			inner.read(&s, infoPaths)
		case field != nil:
			flat.read(&s, field)
		default:
			s.Skip()
		}
	}
	if !s.Done() {
		return infoResponse{}
	}
	a.isObject, a.fields = true, flat.Reading
	if enveloped {
		a.fields = inner.Reading
	}
	return a
}

// judgeInfo judges a response of the App Connection Info API. A status in its envelope means what it means as an HTTP
// status.
func judgeInfo(body []byte) (fault.Fault, Reading) {
	a := decodeInfo(body)
	_, hasOnline := a.fields.Value(ConnectionOnline)
	switch {
	case a.isObject && a.hasStatus && a.status != http.StatusOK:
		return infoFault(a.status), Reading{}
	case !a.isObject || !hasOnline:
		return fault.NotTheAPI, Reading{}
	}
	return fault.Fault{}, a.fields
}

// infoFault returns the fault of a status other than 200 of the App Connection Info API.
func infoFault(status int) fault.Fault {
	if status == http.StatusBadRequest {
		return fault.UnknownAppToken
	}
	return fault.FromHTTP(status)
}

// nextInfo returns the status after an info request. The response says whether the plugin is connected and whether access is
// granted. A failure of the service's own address says nothing about the printer.
func (s Status) nextInfo(r Result) Status {
	s.infoSent, s.infoInFailure = r.Sent, s.serviceOrPluginFails()
	s.infoEnded, s.infoFault = r.Ended(), r.Fault
	s.infoDue = r.Ended().Add(min(r.RetryAfter, longBackoffLimit))
	before := s.accountFault
	switch {
	case r.Fault.None():
		s.Connection, s.ConnectionAt = r.Reading, r.Ended()
		s.accountFault = fault.Fault{}
	case r.Fault.Layer == fault.Access && r.Fault.From == fault.ByService:
		s.Errors = s.Errors.record(r.Fault, r.Ended())
		if !refutesAccountFault(s.endpointFault) {
			s.accountFault = r.Fault
		}
	}
	s.updateVerdict(r.Ended())
	s.updatePrint(&r)
	if !before.None() || !s.accountFault.None() {
		s.markDown(r.Ended())
	}
	return s
}

// overruleInfo forgets that info said offline once the printer's own address, in whose response found was found, shows that
// the plugin is connected.
func (s *Status) overruleInfo(r Result, found fault.Fault) {
	responded := found.From == fault.ByPlugin || found.Layer > fault.Plugin || found.None() && r.Request.Proves() >= fault.Plugin
	if online, known := s.Connection.Value(ConnectionOnline); responded && known && online == 0 {
		s.Connection.forget(setOf(ConnectionOnline))
	}
}

// Info returns the fault of the last info request, none if its response was good; known is false for a printer without an
// app token and before its first one.
func (s *Status) Info() (f fault.Fault, known bool) {
	return s.infoFault, s.asksInfo && !s.infoEnded.IsZero()
}

// Connected returns what the service says about the plugin's connection, false where it is unknown or too old.
func (s *Status) Connected(now time.Time) (*Reading, bool) {
	return &s.Connection, !s.ConnectionAt.IsZero() && now.Sub(s.ConnectionAt) <= evidenceIntervals*max(infoInterval, s.Interval)
}
