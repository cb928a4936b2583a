package config

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/probe"
)

// maxName is the most that a printer's name may hold, in bytes.
const maxName = 128

// shared is what holds for a printer that does not say otherwise.
type shared struct {
	timing     timing
	labels     map[string]string
	insecure   bool
	connection connection
}

// shared gives what a block says for all, or for itself. What it does not say is as in outer.
func (l *loader) shared(b block, outer shared) shared {
	return shared{
		timing:     outer.timing.own(b),
		labels:     b.labels(outer.labels),
		insecure:   b.truth(keyInsecure, outer.insecure),
		connection: l.connection(b, outer.connection),
	}
}

// printers reads a list of printers.
func (l *loader) printers(d *document, list *yaml.Node, path string) {
	if len(list.Content) > 0 {
		l.lists++
	}
	for i, item := range list.Content {
		l.entries++
		b := d.open(resolve(item), printerKeys, fmt.Sprintf("%s[%d]", path, i))
		if b.fields != nil {
			l.printer(b)
		} else if isNull(b.node) {
			d.mistake(b.node, b.path, "is an empty entry; take away the dash")
		}
	}
}

// printer reads an entry. It is added to the targets whether it has mistakes or not: after a mistake nobody sees them.
func (l *loader) printer(b block) {
	own := l.shared(b, l.defaults)
	t := probe.Target{
		Name:          l.name(b),
		Labels:        own.labels,
		Interval:      own.timing.interval.length,
		Timeout:       own.timing.timeout.length,
		Authorization: l.authorization(b),
		Service:       l.service,
		Settings:      own.connection.settings(),
	}
	if u := l.address(b, own.insecure); u != nil {
		t.Address = probe.NewAddress(u)
		l.noteAddress(t, u)
	}
	if g, ok := l.headerValue(b, "app_token"); ok {
		t.AppToken = probe.NewSecret(g.text)
	}
	if t.Interval < 10*time.Second {
		l.warn(hasty, fmt.Sprintf("%q", t.Name))
	}
	l.targets = append(l.targets, t)
}

// noteAddress warns of an address that is unwise.
func (l *loader) noteAddress(t probe.Target, u *url.URL) {
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		l.warn(plainHTTP, fmt.Sprintf("%q", t.Name))
	}
	if first, ok := l.addresses[t.Address.Secret]; ok {
		l.warn(sameAddress, fmt.Sprintf("%q and %q", first, t.Name))
		return
	}
	l.addresses[t.Address.Secret] = t.Name
}

// name gives a printer's name, "" after a mistake.
func (l *loader) name(b block) string {
	if !b.has("name") {
		b.missing("name", "is missing; every printer needs a name of its own")
	}
	n := b.value("name")
	if n == nil {
		return ""
	}
	switch problem := nameProblem(n.Value); {
	case problem != "":
		b.mistake("name", "%s", problem)
	case l.names[n.Value] != "":
		b.mistake("name", "%s is the name of %s already; every printer needs a name of its own", shown(n.Value), l.names[n.Value])
	default:
		l.names[n.Value] = fmt.Sprintf("%s (%s)", b.path, b.in.at(n))
		return n.Value
	}
	return ""
}

// CheckName says why a printer cannot have this name; nil if it can.
func CheckName(name string) error {
	problem := nameProblem(name)
	switch {
	case name == "":
		problem = "is empty"
	case !utf8.ValidString(name):
		problem = "is not UTF-8"
	}
	if problem != "" {
		return errors.New(problem)
	}
	return nil
}

// nameProblem says why a printer cannot have a name that was read from a file, "" if it can.
func nameProblem(name string) string {
	switch {
	case len(name) > maxName:
		return fmt.Sprintf("is longer than %d bytes", maxName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "holds a line break or another control character"
	case strings.Contains(name, "/") || name == "." || name == "..":
		return "holds a slash or is only dots, and cannot be part of a page's address then"
	}
	return ""
}

// address gives a printer's address, nil after a mistake.
func (l *loader) address(b block, insecure bool) *url.URL {
	b.needs("url")
	g, ok := l.line(b, "url")
	if !ok {
		return nil
	}
	u, problem := parsePrinter(g.text, insecure)
	if problem != "" {
		g.mistake(b, "%s", problem)
		return nil
	}
	return u
}

// fillLabels gives every target all label names that any has.
func fillLabels(targets []probe.Target) map[string]bool {
	union := map[string]bool{}
	for _, t := range targets {
		for name := range t.Labels {
			union[name] = true
		}
	}
	for i, t := range targets {
		if len(t.Labels) == len(union) {
			continue
		}
		all := make(map[string]string, len(union))
		for name := range union {
			all[name] = ""
		}
		maps.Copy(all, t.Labels)
		targets[i].Labels = all
	}
	return union
}
