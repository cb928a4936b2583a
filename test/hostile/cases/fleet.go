package cases

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fleet is a relay for each case on each of its protocols, and one that is well. Close it.
type Fleet struct{ servers []*Server }

// Token is the credential of every printer in the fleet's configuration.
const Token = "the-token-that-hostile-relays-see"

// healthy is the case of a relay that means no harm.
var healthyCase = Case{Name: "well", Description: "answers well", Protocols: HTTP2, Contained: true, expected: success}

// ListenAll plays all cases, each on a port of its own.
func ListenAll() (*Fleet, error) {
	f := &Fleet{}
	for _, c := range append([]Case{healthyCase}, All()...) {
		for _, protocol := range c.Protocols.Split() {
			r, err := Listen(c, protocol)
			if err != nil {
				f.Close()
				return nil, err
			}
			f.servers = append(f.servers, r)
		}
	}
	return f, nil
}

// Relays are all relays; the first is well.
func (f *Fleet) Servers() []*Server { return f.servers }

// Close closes all relays.
func (f *Fleet) Close() {
	for _, r := range f.servers {
		r.Close()
	}
}

// Play is the case that is played, and on which protocol.
func (r *Server) Case() (Case, Protocol) { return r.hostileCase, r.protocol }

// Reasons are the reasons of all verdicts that are right for a case, "" for a good answer.
func (c Case) Reasons() (words []string) {
	for n := range max(1, c.Requests) {
		for _, f := range c.expected(n) {
			if !slices.Contains(words, f.Reason) {
				words = append(words, f.Reason)
			}
		}
	}
	return words
}

// WriteConfig writes the exporter's configuration for the fleet: a printer behind each relay. The label `expected` has
// the reasons that are right for it, "none" for a good answer.
func (f *Fleet) WriteConfig(w io.Writer, interval, timeout time.Duration) error {
	b := bufio.NewWriter(w)
	well := f.servers[0]
	fmt.Fprintf(b, "defaults:\n  interval: %s\n  timeout: %s\n  tls_config:\n", milliseconds(interval), milliseconds(timeout))
	writeCA(b, well)
	fmt.Fprintf(b, "service:\n  url: %q\nprinters:\n", well.URL())
	for _, r := range f.servers {
		fmt.Fprintf(b, "  - name: %s-%s\n", r.hostileCase.Name, protocolSuffixes[r.protocol])
		if r.protocol == Proxy {
			fmt.Fprintf(b, "    url: %q\n    proxy_url: %q\n", well.URL()+"/p/"+r.hostileCase.Name, r.URL())
		} else {
			fmt.Fprintf(b, "    url: %q\n    tls_config:\n", r.URL()+"/p/x")
			writeCA(b, r)
		}
		fmt.Fprintf(b, "    authorization: {credentials: %s}\n", Token)
		fmt.Fprintf(b, "    labels: {case: %q, expected: %q}\n", r.hostileCase.Description, reasonsText(r.hostileCase.Reasons()))
	}
	return b.Flush()
}

var protocolSuffixes = map[Protocol]string{HTTP1: "http1", HTTP2: "http2", Proxy: "proxy"}

func reasonsText(reasons []string) string {
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = r
		if r == "" {
			words[i] = "none"
		}
	}
	return strings.Join(words, " or ")
}

func writeCA(w io.Writer, r *Server) {
	fmt.Fprintln(w, "      ca: |")
	for line := range strings.Lines(string(r.ca)) {
		fmt.Fprint(w, "        ", line)
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) + "ms" }
