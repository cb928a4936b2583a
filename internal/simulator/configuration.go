package simulator

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"
)

// ConfigOptions control how the exporter's configuration addresses the fleet.
type ConfigOptions struct {
	BaseURL string // the service's address, see Server.URL
	DeadURL string // where nothing listens, for unreachable printers; default BaseURL
	CA      []byte // PEM, written into the file
	CAFile  string // path of a PEM file, used instead of CA
	ByHost  bool   // printers are at https://<id>.<domain>:PORT instead of BaseURL/p/<id>

	Interval time.Duration // default 1m
	Timeout  time.Duration // default 20s, or the interval if that is shorter
}

// WriteConfig writes the exporter's configuration for the fleet, including all secrets. BaseURL may be empty for
// [Relay.Transport], which ignores the address.
func (r *Relay) WriteConfig(w io.Writer, o ConfigOptions) error {
	base, err := url.Parse(cmp.Or(o.BaseURL, "https://"+r.domain))
	if err != nil {
		return fmt.Errorf("write configuration: base URL: %w", err)
	}
	o.BaseURL = base.String()
	o.DeadURL = cmp.Or(o.DeadURL, o.BaseURL)
	interval := cmp.Or(o.Interval, time.Minute)
	c := &configWriter{Writer: bufio.NewWriterSize(w, 64<<10)}
	c.writeLine("defaults:")
	c.writeLine("  interval: ", formatDuration(interval))
	c.writeLine("  timeout: ", formatDuration(cmp.Or(o.Timeout, min(interval, 20*time.Second))))
	c.writeTLSConfig(o)
	c.writeLine("service:")
	if o.ByHost {
		c.writeLine("  url: ", strconv.Quote(r.hostURL(base, r.domain)))
	} else {
		c.writeLine("  url: ", strconv.Quote(o.BaseURL))
	}
	c.writeLine("printers:")
	for _, p := range r.printers {
		c.writePrinter(p, r.printerURL(p, base, o))
	}
	if err := c.Flush(); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// WriteConfig writes the exporter's configuration for the fleet behind this server. Addresses and the CA default to the
// server's own.
func (s *Server) WriteConfig(w io.Writer, o ConfigOptions) error {
	o.BaseURL = cmp.Or(o.BaseURL, s.URL())
	o.DeadURL = cmp.Or(o.DeadURL, s.DeadURL())
	if o.CAFile == "" && o.CA == nil {
		o.CA = s.ca
	}
	return s.relay.WriteConfig(w, o)
}

// printerURL returns the URL that the exporter is configured with for p.
func (r *Relay) printerURL(p *printer, base *url.URL, o ConfigOptions) string {
	switch {
	case p.Fault == Unreachable:
		return o.DeadURL + "/p/" + p.ID
	case o.ByHost:
		return r.hostURL(base, p.ID+"."+r.domain)
	}
	return o.BaseURL + "/p/" + p.ID
}

// hostURL returns base with another host and the same port.
func (r *Relay) hostURL(base *url.URL, host string) string {
	if port := base.Port(); port != "" {
		host += ":" + port
	}
	return base.Scheme + "://" + host
}

// formatDuration formats d as Prometheus does, in whole seconds or milliseconds.
func formatDuration(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

// configWriter writes YAML line by line. Flush returns the first error.
type configWriter struct{ *bufio.Writer }

func (c *configWriter) writeLine(words ...string) {
	for _, word := range words {
		_, _ = c.WriteString(word)
	}
	_ = c.WriteByte('\n')
}

// writeTLSConfig writes the CA that the exporter trusts.
func (c *configWriter) writeTLSConfig(o ConfigOptions) {
	switch {
	case o.CAFile != "":
		c.writeLine("  tls_config: {ca_file: ", strconv.Quote(o.CAFile), "}")
	case len(o.CA) > 0:
		c.writeLine("  tls_config:")
		c.writeLine("    ca: |")
		for line := range bytes.Lines(bytes.TrimSpace(o.CA)) {
			c.writeLine("      ", string(bytes.TrimSpace(line)))
		}
	}
}

// writePrinter writes one printer. Names, IDs and tokens are letters, digits and dashes, so nothing is escaped.
func (c *configWriter) writePrinter(p *printer, address string) {
	c.writeLine("  - name: ", p.Name)
	if p.Disabled {
		c.writeLine("    enabled: false")
	}
	c.writeLine(`    url: "`, address, `"`)
	if p.Bearer != "" {
		c.writeLine(`    authorization: {credentials: "`, p.Bearer, `"}`)
	} else {
		c.writeLine(`    basic_auth: {username: "`, p.Username, `", password: "`, p.Password, `"}`)
	}
	if p.AppToken != "" {
		c.writeLine(`    app_token: "`, p.AppToken, `"`)
	}
	c.writeLine("    labels: {site: ", p.Site, ", model: ", p.Model, "}")
}
