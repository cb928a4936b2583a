package cases

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Fleet has a server per case and protocol, and a healthy one. It must be closed.
type Fleet struct{ servers []*Server }

// Token is the credential of every printer in the configuration.
const Token = "the-token-that-hostile-servers-see"

var healthyCase = Case{Name: "healthy", Description: "a healthy server", Protocols: HTTP2, Contained: true, expected: success}

// ListenAll runs all cases, each on its own port.
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

// Servers returns all servers. The first one is healthy.
func (f *Fleet) Servers() []*Server { return f.servers }

// Close closes all servers.
func (f *Fleet) Close() {
	for _, r := range f.servers {
		r.Close()
	}
}

// WriteConfig writes the exporter's configuration, with one printer per server. The label "expected" has the printer's
// correct reasons, "none" for a success.
func (f *Fleet) WriteConfig(w io.Writer, interval, timeout time.Duration) error {
	b := bufio.NewWriter(w)
	healthy := f.servers[0]
	fmt.Fprintf(b, "defaults:\n  interval: %s\n  timeout: %s\n  tls_config:\n", milliseconds(interval), milliseconds(timeout))
	writeCA(b, healthy)
	fmt.Fprintf(b, "service:\n  url: %q\nprinters:\n", healthy.URL())
	for _, r := range f.servers {
		fmt.Fprintf(b, "  - name: %s-%s\n", r.hostileCase.Name, protocolSuffixes[r.protocol])
		if r.protocol == Proxy {
			fmt.Fprintf(b, "    url: %q\n    proxy_url: %q\n", healthy.URL()+"/p/"+r.hostileCase.Name, r.URL())
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
