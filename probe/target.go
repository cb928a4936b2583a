package probe

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"octoeverywhere_exporter/fault"
)

var (
	// ErrNoSuchPrinter says that no printer of that name is configured.
	ErrNoSuchPrinter = errors.New("no such printer is configured")
	// ErrDisabled says that the printer is configured not to be probed.
	ErrDisabled = errors.New("the printer is disabled")
	// ErrPanicked says that a probe ended in a panic, which was recovered and reported.
	ErrPanicked = errors.New("the probe ended in a panic")
)

// Target is a printer as it is configured: where requests go, with what credentials, and how often. It prints as its name.
type Target struct {
	Name     string            // unique; the label `printer`, and the only name that is shown anywhere
	ID       string            // unique unless empty; keeps what is known of the printer when its address changes
	Labels   map[string]string // configured labels, exported with every series of the printer
	Interval time.Duration     // between two probes, at least a second
	Timeout  time.Duration     // of a request; fits in Interval
	Disabled bool              // known by name, but never probed

	PluginSharesPower bool // the plugin's computer is switched off together with the printer

	Address       Address // https://<id>.octoeverywhere.com, possibly with a path prefix
	Authorization Secret  // the value of the header Authorization; empty: none is sent
	AppToken      Secret  // enables `info`; sent to Service only
	Service       Address // the service's own address, for the App APIs
	Settings      Settings
}

// Settings say how connections are made. Targets with the same Key share connections.
type Settings struct {
	Key         string                                // identifies the settings; two settings with one key are equal
	TLS         *tls.Config                           // nil: the defaults
	Proxy       func(*http.Request) (*url.URL, error) // nil: no proxy
	ProxyHeader func() http.Header                    // sent to the proxy with CONNECT; a function, as in Address
	IP          IPPreference                          // of the printer's host, or of the proxy
}

// The protocols of an IPPreference, as blackbox_exporter writes them.
const (
	IP4 = "ip4"
	IP6 = "ip6"
)

// IPPreference says which addresses of a host are dialed. The zero value dials all, in the order of RFC 6724.
type IPPreference struct {
	Protocol   string // IP4 or IP6: its addresses are dialed first; "": none is preferred
	NoFallback bool   // addresses of the other protocol are not dialed
}

// LogValue shows a target by its name only.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.Name) }

// Format shows a target by its name only.
func (t Target) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, t.Name) }

// Format shows nothing: where a verb does not fit, fmt would follow the pointer to what TLS knows.
func (Settings) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, redacted) }

// LogValue shows nothing.
func (Settings) LogValue() slog.Value { return slog.StringValue(redacted) }

// SameEntry reports whether a reload from t to o keeps the printer's backoff: everything is equal that decides how it is
// probed. A field counts unless entry clears it.
func (t Target) SameEntry(o Target) bool { return reflect.DeepEqual(t.entry(), o.entry()) }

// entry is t without its names and labels and what only interprets a fault, and with settings and addresses reduced to what
// identifies them.
func (t Target) entry() Target {
	t.Name, t.ID, t.Labels, t.PluginSharesPower = "", "", nil, false
	t.Address, t.Service = Address{Secret: t.Address.Secret}, Address{Secret: t.Service.Secret}
	t.Settings = Settings{Key: t.Settings.Key}
	return t
}

// Same reports whether o is in no way different from t.
func (t Target) Same(o Target) bool {
	return t.SameEntry(o) && t.Name == o.Name && maps.Equal(t.Labels, o.Labels) && t.PluginSharesPower == o.PluginSharesPower
}

// UserAgent is sent with every request.
const UserAgent = "octoeverywhere_exporter"

// NewRequest returns a request to the target. The AppToken goes to the service's own address and nowhere else.
func (t Target) NewRequest(r Request) *http.Request {
	h := http.Header{"User-Agent": {UserAgent}}
	address := t.Address
	if r == InfoRequest {
		address = t.Service
		h["Apptoken"] = []string{t.AppToken.Reveal()}
	} else if !t.Authorization.Empty() {
		h["Authorization"] = []string{t.Authorization.Reveal()}
	}
	u := address.join(r.row().path)
	return &http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: h,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}

// Result judges an attempt to send a request to the target that began at sent and took so long.
func (t Target) Result(r Request, sent time.Time, took time.Duration, a Attempt) Result {
	f, reading := Judge(r, a)
	t.dropReflected(&reading)
	result := Result{Request: r, Sent: sent, Took: took, Fault: f, Reading: reading, Attempt: a}
	if fault.HonorsRetryAfter(a.HTTPStatus) {
		result.RetryAfter = parseRetryAfter(a.Headers.RetryAfter, result.Ended())
	}
	result.Attempt.Body, result.Attempt.Headers = nil, Headers{} // texts of whatever responded: a result is shown
	return result
}

// FromAPI reports whether a result's response is the API's: a status 6xx, or the envelope. So is one that asks the exporter
// to wait: no other request may follow it at once.
func (r Result) FromAPI() bool {
	switch {
	case r.Attempt.Phase != ResponseRead:
		return false
	case r.RetryAfter > 0:
		return true
	case r.Fault.Layer == fault.Network, r.Fault.Same(fault.NotTheAPI), r.Fault.Same(fault.MalformedAnswer):
		return false
	}
	return r.Attempt.HTTPStatus == http.StatusOK || r.Fault.From != fault.ByHTTP || r.Fault.Same(rateLimited)
}

var rateLimited = fault.FromHTTP(http.StatusTooManyRequests)
