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

// ConfigOptions say how an exporter is to reach the fleet.
type ConfigOptions struct {
	BaseURL string // the service's address, as Server.URL gives it
	DeadURL string // where nothing listens, for printers that are unreachable; BaseURL when empty
	CA      []byte // PEM, written into the file
	CAFile  string // path to PEM, in place of CA
	ByHost  bool   // printers' addresses are https://<id>.<domain>:PORT in place of BaseURL/p/<id>

	Interval time.Duration // 0: a minute
	Timeout  time.Duration // 0: 20 s, or the interval when that is shorter
}

// WriteConfig writes the exporter's configuration file for the fleet, with all secrets in it. BaseURL may be missing:
// [Relay.Transport] answers whatever the address.
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

// WriteConfig writes the exporter's configuration file for the fleet behind this server. What the options leave open of
// addresses and trust comes from the server.
func (s *Server) WriteConfig(w io.Writer, o ConfigOptions) error {
	o.BaseURL = cmp.Or(o.BaseURL, s.URL())
	o.DeadURL = cmp.Or(o.DeadURL, s.DeadURL())
	if o.CAFile == "" && o.CA == nil {
		o.CA = s.ca
	}
	return s.relay.WriteConfig(w, o)
}

// address is where the exporter is told to look for a printer.
func (r *Relay) printerURL(p *printer, base *url.URL, o ConfigOptions) string {
	switch {
	case p.Fault == Unreachable:
		return o.DeadURL + "/p/" + p.ID
	case o.ByHost:
		return r.hostURL(base, p.ID+"."+r.domain)
	}
	return o.BaseURL + "/p/" + p.ID
}

// hostURL is the base URL with another host.
func (r *Relay) hostURL(base *url.URL, host string) string {
	if port := base.Port(); port != "" {
		host += ":" + port
	}
	return base.Scheme + "://" + host
}

// duration writes a duration as Prometheus reads it: in whole seconds or milliseconds.
func formatDuration(d time.Duration) string {
	if d%time.Second == 0 {
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

// configWriter writes YAML line by line. Errors come with Flush.
type configWriter struct{ *bufio.Writer }

func (c *configWriter) writeLine(words ...string) {
	for _, word := range words {
		_, _ = c.WriteString(word)
	}
	_ = c.WriteByte('\n')
}

// trust writes whose certificates are believed.
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

// printer writes an entry. Names, ids and tokens are letters, digits and dashes: they need no escapes.
func (c *configWriter) writePrinter(p *printer, address string) {
	c.writeLine("  - name: ", p.Name)
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
