package config

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	common "github.com/prometheus/common/config"
	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/probe"
)

// Config is a valid configuration. Printing it shows no secrets.
type Config struct {
	Targets    []probe.Target // in the order of the files, with disabled ones; each has all of LabelNames, with the value "" if not set
	LabelNames []string       // the names of all configured labels, sorted
	Service    probe.Address  // the address of the service itself
	Files      int            // the number of files with printers
	Interval   time.Duration  // of printers without an interval of their own
	Warnings   []string       // settings that are valid but risky; they contain no secrets

	documents []*strictyaml.Document
}

// Redacted returns the files as YAML documents in the order in which they were read, without comments and secrets.
func (c *Config) Redacted() string {
	var b strings.Builder
	for i, d := range c.documents {
		if i > 0 {
			b.WriteString("---\n")
		}
		fmt.Fprintf(&b, "# %q\n%s", d.File, d.Redacted())
	}
	return b.String()
}

// Format writes the number of printers. fmt would otherwise print proxy headers, which are secrets.
func (c Config) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.summary()) }

// LogValue returns the number of printers.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.summary()) }

func (c Config) summary() string { return fmt.Sprintf("configuration of %d printers", len(c.Targets)) }

// Load reads a configuration file and all files that it names. The file can be StandardInput or a pipe: then relative paths in
// it are relative to the working directory, and it cannot be loaded again. An invalid configuration returns strictyaml.Errors with all
// errors of all files. The Sources are valid in either case.
func Load(path string) (*Config, Sources, error) {
	c, sources, _, err := loadAll(path, true)
	return c, sources, err
}

// Reload is Load for a configuration file that is not a stream: one that has become a pipe is an error, because reading it would
// wait for its writer.
func Reload(path string) (*Config, Sources, error) {
	c, sources, _, err := loadAll(path, false)
	return c, sources, err
}

// Check is Load for a person who corrects the configuration: it returns the warnings of an invalid one, too.
func Check(path string) (c *Config, warnings []string, err error) {
	c, _, warnings, err = loadAll(path, true)
	return c, warnings, err
}

func loadAll(path string, mayBeStream bool) (*Config, Sources, []string, error) {
	l := &loader{
		files:      files{read: map[string]content{}, matched: map[string][]string{}},
		warnings:   warnings{map[warning]*occurrences{}},
		secretFile: map[*strictyaml.Document]bool{},
		tlsConfigs: map[common.TLSConfig]*tls.Config{},
		names:      map[string]string{},
		ids:        map[string]string{},
		addresses:  map[probe.Secret]string{},
		defaults:   settings{timing: builtInTiming()},
	}
	path = filepath.Clean(path)
	if mayBeStream {
		l.files.open(path)
	}
	l.load(path)
	var errs strictyaml.Errors
	for _, d := range l.documents {
		errs = append(errs, d.Errors()...)
	}
	l.warnOfPublicFiles()
	if len(errs) > 0 {
		return nil, l.files.sources(), l.texts(), errs
	}
	labelNames := fillLabels(l.targets)
	return &Config{
		Targets:    l.targets,
		LabelNames: slices.Sorted(maps.Keys(labelNames)),
		Service:    l.service,
		Files:      l.printerLists,
		Interval:   l.defaults.timing.interval.value,
		Warnings:   l.texts(),
		documents:  l.documents,
	}, l.files.sources(), l.texts(), nil
}

// loader holds the state of Load.
type loader struct {
	files files
	warnings
	documents    []*strictyaml.Document           // in the order in which they were read
	secretFile   map[*strictyaml.Document]bool    // documents that contain a secret themselves
	tlsConfigs   map[common.TLSConfig]*tls.Config // equal settings share one
	names        map[string]string                // of printers, with their positions
	ids          map[string]string                // as names
	addresses    map[probe.Secret]string          // of printers, with the name of the first printer
	entries      int                              // the number of printers, valid or not
	printerLists int                              // the number of lists that are not empty

	defaults settings
	service  probe.Address
	targets  []probe.Target
}

func (l *loader) document(path string, schema *strictyaml.Schema) *strictyaml.Document {
	var d *strictyaml.Document
	c := l.files.content(path)
	switch {
	case c.problem == notFound && schema == mainFile:
		d = strictyaml.Unreadable(path, notFound+"; set --config.file, or create it with: octoeverywhere_exporter add")
	case c.problem != "":
		d = strictyaml.Unreadable(path, c.problem)
	default:
		d = strictyaml.Parse(path, c.data, schema)
	}
	l.documents = append(l.documents, d)
	return d
}

func (l *loader) load(path string) {
	d := l.document(path, mainFile)
	if l.files.once {
		d.Directory = "." // that of a pipe means nothing
	}
	if d.Root == nil && d.HasErrors() {
		return
	}
	root := d.Root
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	}
	top := d.Open(root, topKeys, "")
	if defaults, ok := top.Inner("defaults"); ok {
		l.defaults = l.settings(defaults, l.defaults)
	}
	l.service = l.serviceAddress(top)
	if list := top.Value("printers"); list != nil {
		l.printers(d, list, "printers")
	}
	hasPatterns := l.printerFiles(top)
	switch {
	case l.entries > 0:
		if !slices.ContainsFunc(l.targets, func(t probe.Target) bool { return !t.Disabled }) {
			l.warn(allDisabled, "")
		}
	case hasPatterns:
		l.warn(noPrinters, "")
	case !d.HasErrors():
		d.FileError("printers", "no printers are configured; add them here, or name files under printer_files")
	}
}

func (l *loader) serviceAddress(top strictyaml.Mapping) probe.Address {
	text := defaultService
	service, _ := top.Inner("service")
	if n := service.Value("url"); n != nil {
		text = n.Value
	}
	u, problem := parseAddress(text, l.defaults.insecure)
	if problem != "" {
		service.Errorf("url", "%s", problem)
		return probe.Address{}
	}
	return probe.NewAddress(u)
}

// printerFiles reads all files that match the patterns, each once. It reports whether there are any patterns.
func (l *loader) printerFiles(top strictyaml.Mapping) bool {
	list := top.Value("printer_files")
	if list == nil {
		return false
	}
	seen := map[string]bool{}
	for i, item := range list.Content {
		path := fmt.Sprintf("printer_files[%d]", i)
		item = strictyaml.Resolve(item)
		if !top.Doc.CheckString(item, path) {
			continue
		}
		if strings.Contains(item.Value, "**") {
			top.Doc.Errorf(item, path, "contains **, which does not match directories at any depth; name each level, such as printers.d/*/*.yaml")
			continue
		}
		l.warnOfVariable(top.Doc, item, path)
		pattern := top.Doc.Join(item.Value)
		matches, err := l.files.match(pattern)
		switch {
		case err != nil:
			top.Doc.Errorf(item, path, "is not a valid pattern; check that every [ has a ]")
		case unreadableDirectory(pattern) != "":
			top.Doc.Errorf(item, path, "a directory in this path %s", unreadableDirectory(pattern))
		case len(matches) == 0:
			l.warn(noMatch, top.Doc.Position(item)+": "+path)
		case slices.Contains(matches, top.Doc.File):
			top.Doc.Errorf(item, path, "matches this file itself; keep printer files in a separate directory, such as printers.d/*.yaml")
			continue
		}
		for _, file := range matches {
			if !seen[file] {
				seen[file] = true
				l.printerFile(file)
			}
		}
	}
	return len(list.Content) > 0
}

func (l *loader) printerFile(file string) {
	d := l.document(file, printerFile)
	if c := l.files.content(file); c.problem == "" && len(bytes.TrimSpace(c.data)) == 0 {
		l.warn(emptyFile, file) // as it is while it is being written, or when the disk was full
	}
	switch {
	case d.Root == nil || strictyaml.IsNull(d.Root):
	case d.Root.Kind != yaml.SequenceNode:
		d.Errorf(d.Root, "", "a printer file must be %s, not %s", printersForm, strictyaml.Describe(d.Root))
	default:
		l.printers(d, d.Root, "")
	}
}

// warnOfPublicFiles warns of files that contain a secret and that every user can read.
func (l *loader) warnOfPublicFiles() {
	for _, d := range l.documents {
		if l.secretFile[d] && l.files.content(d.File).isPublic {
			l.warn(publicFile, d.File)
		}
	}
}
