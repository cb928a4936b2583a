package fault

import (
	"slices"
	"strconv"
)

// The faults that the exporter detects by itself.
var (
	ResolveFailed    = byReason(ByExporter, "resolve_failed")
	ConnectFailed    = byReason(ByExporter, "connect_failed")
	TLSFailed        = byReason(ByExporter, "tls_failed")
	NoAnswer         = byReason(ByExporter, "no_answer")
	BrokenAnswer     = byReason(ByExporter, "broken_answer")
	NotTheAPI        = byReason(ByExporter, "not_the_api")
	MalformedAnswer  = byReason(ByExporter, "malformed_answer")
	HostUnresponsive = byReason(ByExporter, "host_unresponsive")
	PrinterError     = byReason(ByExporter, "printer_error")
)

// UnknownAppToken is the fault of HTTP status 400 in response to info, in that request's own words: it is sent for a header
// AppToken that is missing or that the service does not know.
var UnknownAppToken = inWords(FromHTTP(400),
	"The service does not know the app token, or none was sent.",
	"Check the app token in the printer's entry. Create a new connection in the App Connection Portal if it is lost.")

func inWords(f Fault, meaning, remedy string) Fault {
	f.Meaning, f.Remedy = meaning, remedy
	return f
}

var blockedByEdge = byReason(ByHTTP, "blocked_by_edge")

// byReason returns the fault with a reason; the zero value if the table has none, which a test checks.
func byReason(from Source, reason string) Fault {
	for _, r := range table {
		if r.From == from && r.Reason == reason {
			return r.Fault
		}
	}
	return Fault{}
}

// BlockedByEdge returns the fault of a response with any HTTP status by which the edge blocks this machine.
func BlockedByEdge(status int) Fault {
	f := blockedByEdge
	f.Code = status
	return f
}

// HonorsRetryAfter reports whether Retry-After of a response with this HTTP status is honored. It then takes precedence over
// the fault's backoff.
func HonorsRetryAfter(status int) bool { return status == 429 || status >= 500 && status <= 599 }

// FromHTTP returns the fault of an HTTP status other than 200, where nothing but the number is known. It is never the zero
// value.
func FromHTTP(status int) Fault {
	if status >= 600 && status <= 699 {
		return find(table, ByService, status)
	}
	return find(table, ByHTTP, status)
}

// FromPlugin returns the fault of a `Status` other than 200 in a plugin's response. It is never the zero value.
func FromPlugin(status int) Fault { return find(table, ByPlugin, status) }

// Recall returns a fault that was stored as its source, its number and its reason; false where the table has no such fault.
func Recall(from string, code int, reason string) (Fault, bool) {
	for i := range table {
		r := &table[i]
		// What the exporter concludes keeps the number that led to it.
		if r.From.String() == from && r.Reason == reason && (r.Unlisted() || r.Code == code || r.From == ByExporter) {
			f := r.Fault
			f.Code = code
			return f, true
		}
	}
	return Fault{}, false
}

// find returns the fault of the row for exactly this number, or else of the first row whose range has it.
func find(rows []Row, from Source, code int) Fault {
	var inRange Fault
	for i := range rows {
		r := &rows[i]
		if r.From != from || code < r.Low || code > r.High {
			continue
		}
		if !r.Unlisted() {
			return r.Fault
		}
		if inRange.None() {
			inRange = r.Fault
			inRange.Code = code
		}
	}
	return inRange
}

// Find returns the rows that a reason or a number means; none for 200, which is no fault. A number can be one of several
// sources. Rows for numbers that are not documented are left out where another row has the number.
func Find(text string) []Row {
	code, err := strconv.Atoi(text)
	if err != nil {
		return rowsOf(func(r Row) bool { return r.Reason == text })
	}
	if code == 200 {
		return nil
	}
	isService := code >= 600 && code <= 699
	hasCode := func(r Row) bool {
		return r.From != ByExporter && r.Low <= code && code <= r.High && (!isService || r.From != ByHTTP)
	}
	if rows := rowsOf(func(r Row) bool { return hasCode(r) && !r.isFallback() }); len(rows) > 0 {
		return rows
	}
	return rowsOf(hasCode)
}

func rowsOf(holds func(Row) bool) []Row {
	return slices.DeleteFunc(Rows(), func(r Row) bool { return !holds(r) })
}
