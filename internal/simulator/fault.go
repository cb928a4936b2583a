package simulator

import (
	"fmt"
	"strconv"
	"strings"

	"octoeverywhere_exporter/fault"
)

// Fault is a word for what is wrong with a simulated printer. Besides the words below a number is a fault too: "300" to
// "699" are answered as HTTP status, "700" to "999" as `Status` of the plugin's answer to `status`. "" is no fault.
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

// ParseFault reads a word of the vocabulary or a number. The error lists the words.
func ParseFault(text string) (Fault, error) {
	if _, ok := lookupBehavior(Fault(text)); !ok {
		return None, fmt.Errorf("unknown fault %q: want a number from 300 to 999 or one of %s", text, strings.Join(vocabularyWords(), ", "))
	}
	return Fault(text), nil
}

// Faults are all words of the vocabulary, nearest layer first.
func Faults() []Fault {
	all := make([]Fault, len(vocabulary))
	for i, b := range vocabulary {
		all[i] = b.fault
	}
	return all
}

// Story says in plain words what is wrong; "" for no fault and for what is not in the vocabulary.
func (f Fault) Description() string { return f.behavior().description }

// Means is what an exporter that asks for `status` ought to conclude; the zero value where nothing is wrong.
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

// behaviourOf looks a fault up; false when it is neither a word nor a number in range.
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

// numbered is the behaviour behind a bare number.
func numericBehavior(f Fault, code int) *behavior {
	b := &behavior{fault: f, description: "answers " + string(f)}
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
