package simulator

import (
	"fmt"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
)

// Fault is the name of a simulated fault. Besides the names below, a number is a fault: "300" to "699" is the HTTP status
// of every response, "700" to "999" is `Status` in the plugin's response to `status`. "" is no fault.
type Fault string

// The vocabulary, nearest layer first.
const (
	None Fault = ""

	Unreachable Fault = "unreachable"

	ServiceError    Fault = "service_error"
	Unavailable     Fault = "unavailable"
	RateLimited     Fault = "rate_limited"
	RateLimitedDate Fault = "rate_limited_date"
	NoAnswer        Fault = "no_answer"
	Reset           Fault = "reset"
	Truncate        Fault = "truncate"
	Garbage         Fault = "garbage"
	HTML            Fault = "html"

	NotFound    Fault = "not_found"
	Revoked     Fault = "revoked"
	Lapsed      Fault = "lapsed"
	Credentials Fault = "credentials"
	Refused     Fault = "refused"
	Redirect    Fault = "redirect"

	Offline        Fault = "offline"
	Timeout        Fault = "timeout"
	UpdateRequired Fault = "update_required"
	Malformed      Fault = "malformed"

	Off            Fault = "off"
	AuthInvalid    Fault = "auth_invalid"
	TooManyClients Fault = "too_many_clients"
	Hang           Fault = "hang"
	HostTimeout    Fault = "host_timeout"

	PrinterError Fault = "printer_error"

	NaN       Fault = "nan"
	OldPlugin Fault = "old_plugin"
)

// ParseFault parses a name or a number. The error lists the names.
func ParseFault(text string) (Fault, error) {
	if _, ok := lookupBehavior(Fault(text)); !ok {
		return None, fmt.Errorf("unknown fault %q: use a number from 300 to 999 or one of %s", text, strings.Join(vocabularyWords(), ", "))
	}
	return Fault(text), nil
}

// Faults returns all names, nearest layer first.
func Faults() []Fault {
	all := make([]Fault, len(vocabulary))
	for i, b := range vocabulary {
		all[i] = b.fault
	}
	return all
}

// Description says in plain words what is wrong. It is "" for no fault and for unknown names.
func (f Fault) Description() string { return f.behavior().description }

// Expected is the fault that an exporter that requests `status` should report; the zero value for a healthy printer.
func (f Fault) Expected() fault.Fault { return f.behavior().expected }

func (f Fault) behavior() *behavior {
	if b, ok := lookupBehavior(f); ok {
		return b
	}
	return &healthy
}

func vocabularyWords() []string {
	all := make([]string, len(vocabulary))
	for i, b := range vocabulary {
		all[i] = string(b.fault)
	}
	return all
}

// lookupBehavior returns the behavior of f, and false if f is neither a name nor a number in range.
func lookupBehavior(f Fault) (*behavior, bool) {
	if f == None {
		return &healthy, true
	}
	for i := range vocabulary {
		if vocabulary[i].fault == f {
			return &vocabulary[i], true
		}
	}
	code, err := strconv.Atoi(string(f))
	if err != nil || code < 300 || code > 999 || strconv.Itoa(code) != string(f) {
		return nil, false
	}
	return numericBehavior(f, code), true
}

// numericBehavior returns the behavior of a fault that is a number.
func numericBehavior(f Fault, code int) *behavior {
	b := &behavior{fault: f, description: "responds " + string(f)}
	if code >= 700 {
		b.expected, b.responses = fault.FromPlugin(code), statusRequestOnly(pluginStatus(code))
		b.hostLost = b.expected.Layer == fault.Host
		return b
	}
	b.expected, b.responses = fault.FromHTTP(code), allRequests(httpStatus(code))
	if b.expected.Layer >= fault.Plugin {
		b.responses = pluginRequests(httpStatus(code))
	}
	return b
}
