package probe

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"time"
)

// Target is a printer as it is configured: what to ask, how, and how often. Its address and its tokens hide themselves.
type Target struct {
	Name     string            // unique; the label `printer`, and the only name that is shown anywhere
	Labels   map[string]string // configured labels, exported with every series of the printer
	Interval time.Duration     // between two probes, at least a second
	Timeout  time.Duration     // for one question; fits in Interval

	Address       Address // https://<id>.octoeverywhere.com, possibly with a path prefix
	Authorization Secret  // the value of the header Authorization; empty: none is sent
	AppToken      Secret  // enables `info`; sent to Service only
	Service       Address // the service's own address, for the App APIs
	Settings      Settings
	Via           http.RoundTripper // how questions travel; targets with the same Settings share it

	status func() *http.Request // made once; a function, so that fmt cannot look into it
}

// Settings say how connections are made. Targets with the same Key share connections.
type Settings struct {
	Key            string                                // identifies the setting; two settings with one key are equal
	TLS            *tls.Config                           // nil: the defaults
	Proxy          func(*http.Request) (*url.URL, error) // nil: no proxy
	ProxyHeader    func() http.Header                    // sent to the proxy with CONNECT; a function, as in Address
	DisableSharing bool                                  // each host has connections of its own
}

// LogValue shows a target by its name only.
func (t Target) LogValue() slog.Value { return slog.StringValue(t.Name) }

// Format shows a target by its name only.
func (t Target) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, t.Name) }

// Format shows nothing: where a verb does not fit, fmt would follow the pointer to what TLS knows.
func (Settings) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, hidden) }

// LogValue shows nothing.
func (Settings) LogValue() slog.Value { return slog.StringValue(hidden) }

// SameEntry reports whether a reload from t to o keeps the printer's backoff: everything is equal that decides how it is
// probed. A field counts unless entry clears it.
func (t Target) SameEntry(o Target) bool { return reflect.DeepEqual(t.entry(), o.entry()) }

// entry is t without its labels and with settings and addresses reduced to what identifies them.
func (t Target) entry() Target {
	t.Labels, t.Via, t.status = nil, nil, nil
	t.Address, t.Service = Address{Secret: t.Address.Secret}, Address{Secret: t.Service.Secret}
	t.Settings = Settings{Key: t.Settings.Key}
	return t
}

// same reports whether o is in no way different from t.
func (t Target) same(o Target) bool { return t.SameEntry(o) && maps.Equal(t.Labels, o.Labels) }
