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

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// maxName is the maximum length of a printer's name in bytes.
const maxName = 128

// settings are the keys that a printer and defaults have in common.
type settings struct {
	timing     timing
	labels     map[string]string
	insecure   bool
	connection connection

	pluginSharesPower bool
}

// settings returns defaults with what m sets.
func (l *loader) settings(m strictyaml.Mapping, defaults settings) settings {
	return settings{
		timing:     defaults.timing.override(m),
		labels:     l.labels(m, defaults.labels),
		insecure:   m.Bool(keyInsecure, defaults.insecure),
		connection: l.connection(m, defaults.connection),

		pluginSharesPower: m.Bool(keyPluginSharesPower, defaults.pluginSharesPower),
	}
}

// printers reads a list of printers.
func (l *loader) printers(d *strictyaml.Document, list *yaml.Node, path string) {
	if len(list.Content) > 0 {
		l.printerLists++
	}
	for i, item := range list.Content {
		l.entries++
		m := d.Open(strictyaml.Resolve(item), printerKeys, fmt.Sprintf("%s[%d]", path, i))
		if m.Node.Kind == yaml.MappingNode {
			l.printer(m)
		} else if strictyaml.IsNull(m.Node) {
			d.Errorf(m.Node, m.Path, "is empty; remove the dash")
		}
	}
}

// printer reads an entry. The target is added even if the entry has errors: then Load returns no targets.
func (l *loader) printer(m strictyaml.Mapping) {
	s := l.settings(m, l.defaults)
	t := probe.Target{
		Name:          l.name(m),
		ID:            l.id(m),
		Labels:        s.labels,
		Interval:      s.timing.interval.value,
		Timeout:       s.timing.timeout.value,
		Disabled:      !m.Bool(keyEnabled, true),
		Authorization: l.authorization(m),
		Service:       l.service,
		Settings:      s.connection.settings(),

		PluginSharesPower: s.pluginSharesPower,
	}
	if u := l.address(m, s.insecure); u != nil {
		t.Address = probe.NewAddress(u)
		l.warnOfAddress(m, t, u)
	}
	if v, ok := l.headerValue(m, "app_token"); ok {
		t.AppToken = probe.NewSecret(v.text)
	}
	if t.Interval < 10*time.Second && !t.Disabled {
		l.warn(shortInterval, fmt.Sprintf("%q", t.Name))
	}
	l.targets = append(l.targets, t)
}

// warnOfAddress warns of an address with plain http, of one that another printer has too, and of slips. Nobody sends requests
// to a disabled printer.
func (l *loader) warnOfAddress(m strictyaml.Mapping, t probe.Target, u *url.URL) {
	if t.Disabled {
		return
	}
	l.warnOfAddressSlips(m, t, u)
	if u.Scheme == "http" && !isLoopback(u.Hostname()) {
		l.warn(plainHTTP, fmt.Sprintf("%q", t.Name))
	}
	if first, ok := l.addresses[t.Address.Secret]; ok {
		l.warn(duplicateAddress, fmt.Sprintf("%q and %q", first, t.Name))
		return
	}
	l.addresses[t.Address.Secret] = t.Name
}

// name reads a printer's name. It returns "" after an error.
func (l *loader) name(m strictyaml.Mapping) string {
	if !m.Has("name") {
		m.Missing("name", "is missing; every printer needs a unique name")
	}
	n := m.Value("name")
	if n == nil {
		return ""
	}
	switch problem := nameProblem(n.Value); {
	case problem != "":
		m.Errorf("name", "%s", problem)
	case l.names[n.Value] != "":
		m.Errorf("name", "%s is already used by %s; every printer needs a unique name", Quote(n.Value), l.names[n.Value])
	default:
		l.names[n.Value] = fmt.Sprintf("%s (%s)", m.Path, m.Doc.Position(n))
		l.warnOfVariable(m.Doc, n, m.PathOf("name"))
		return n.Value
	}
	return ""
}

// id reads the text that identifies a printer when its address changes. It returns "" after an error, and where there is none.
func (l *loader) id(m strictyaml.Mapping) string {
	n := m.Value("id")
	if n == nil {
		return ""
	}
	switch {
	case len(n.Value) > maxName:
		m.Errorf("id", "is longer than %d bytes", maxName)
	case l.ids[n.Value] != "":
		m.Errorf("id", "is already used by %s; an id belongs to one printer", l.ids[n.Value])
	default:
		l.ids[n.Value] = fmt.Sprintf("%s (%s)", m.Path, m.Doc.Position(n))
		l.warnOfVariable(m.Doc, n, m.PathOf("id"))
		return n.Value
	}
	return ""
}

// CheckName returns why a printer cannot have this name, nil if it can.
func CheckName(name string) error {
	problem := nameProblem(name)
	switch {
	case name == "":
		problem = "is empty"
	case !utf8.ValidString(name):
		problem = "is not valid UTF-8"
	}
	if problem != "" {
		return errors.New(problem)
	}
	return nil
}

// nameProblem returns why a printer cannot have a name that was read from YAML, "" if it can.
func nameProblem(name string) string {
	switch {
	case len(name) > maxName:
		return fmt.Sprintf("is longer than %d bytes", maxName)
	case strings.ContainsFunc(name, unicode.IsControl):
		return "contains a line break or another control character"
	case strings.Contains(name, "/"):
		return "contains a slash, which cannot be part of the URL of the printer's page"
	case name == "." || name == "..":
		return "consists of dots, which cannot be part of the URL of the printer's page"
	}
	return ""
}

// address reads a printer's address. It returns nil after an error.
func (l *loader) address(m strictyaml.Mapping, insecure bool) *url.URL {
	requireKeyOrFile(m, "url")
	v, ok := l.singleLine(m, "url")
	if !ok {
		return nil
	}
	u, problem := parsePrinterAddress(v.text, insecure)
	if problem != "" {
		v.errorf(m, "%s", problem)
		return nil
	}
	return u
}

// fillLabels gives every target all label names that any target has, and returns them.
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
