package config

import (
	"crypto/tls"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"octoeverywhere_exporter/probe"
)

// Config is a configuration without mistakes. It shows itself without its secrets.
type Config struct {
	Targets    []probe.Target // in the order of the files; each has all of LabelNames, "" where a printer has no such label
	LabelNames []string       // the names of all configured labels, sorted
	Service    probe.Address  // the service's own address
	Files      int            // in which printers stand
	Interval   time.Duration  // of printers that have none of their own
	Warnings   []string       // what is allowed and unwise, for people; no secrets
}

// Format shows the number of printers. The headers for a proxy are secrets that do not hide themselves.
func (c Config) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, c.summary()) }

// LogValue shows the number of printers.
func (c Config) LogValue() slog.Value { return slog.StringValue(c.summary()) }

func (c Config) summary() string { return fmt.Sprintf("configuration of %d printers", len(c.Targets)) }

// Load reads a configuration file and all files that it names. The error is an *Errors with every mistake of every file.
// Sources are what has to be watched, with and without mistakes.
func Load(path string) (*Config, Sources, error) {
	l := &loader{
		files:      files{map[string]content{}, map[string][]string{}},
		warnings:   warnings{map[caution]*occurrences{}},
		tlsConfigs: map[string]*tls.Config{},
		names:      map[string]string{},
		addresses:  map[probe.Secret]string{},
		defaults:   shared{timing: builtInTiming()},
	}
	l.load(filepath.Clean(path))
	if mistakes := l.mistakes(); len(mistakes) > 0 {
		return nil, l.files.sources(), &Errors{mistakes}
	}
	names := fillLabels(l.targets)
	l.warnOfFiles()
	return &Config{
		Targets:    l.targets,
		LabelNames: slices.Sorted(maps.Keys(names)),
		Service:    l.service,
		Files:      l.lists,
		Interval:   l.defaults.timing.interval.length,
		Warnings:   l.texts(),
	}, l.files.sources(), nil
}

// loader is a configuration that is being read.
type loader struct {
	files files
	warnings
	documents  []*document // in the order in which they were read
	tlsConfigs map[string]*tls.Config
	names      map[string]string       // of printers, with their places
	addresses  map[probe.Secret]string // of printers, with the first name
	entries    int                     // printers that were read, right or wrong
	lists      int                     // in which there were any

	defaults shared
	service  probe.Address
	targets  []probe.Target
}

func (l *loader) document(path string, form *key) *document {
	d := parse(path, form, l.files.content(path))
	l.documents = append(l.documents, d)
	return d
}

func (l *loader) load(path string) {
	d := l.document(path, &mainFile)
	if d.root == nil && len(d.mistakes) > 0 {
		return
	}
	root := d.root
	if root == nil {
		root = &yaml.Node{Kind: yaml.MappingNode, Line: 1, Column: 1}
	}
	top := d.open(root, topKeys, "")
	if defaults, ok := top.inner("defaults"); ok {
		l.defaults = l.shared(defaults, l.defaults)
	}
	l.service = l.serviceAddress(top)
	if list := top.value("printers"); list != nil {
		l.printers(d, list, "printers")
	}
	wanted := l.printerFiles(top)
	if l.entries > 0 {
		return
	}
	if wanted {
		l.warn(noPrinters, "")
	} else if len(d.mistakes) == 0 {
		d.record(0, 0, "printers", "there are none; write some, or name files with them under printer_files")
	}
}

func (l *loader) serviceAddress(top block) probe.Address {
	text := defaultService
	service, _ := top.inner("service")
	if n := service.value("url"); n != nil {
		text = n.Value
	}
	u, problem := parseAddress(text, l.defaults.insecure)
	if problem != "" {
		service.mistake("url", "%s", problem)
		return probe.Address{}
	}
	return probe.NewAddress(u)
}

// printerFiles reads all files that the patterns name, each once. It reports whether there are any patterns.
func (l *loader) printerFiles(top block) bool {
	list := top.value("printer_files")
	if list == nil {
		return false
	}
	seen := map[string]bool{}
	for i, item := range list.Content {
		path := fmt.Sprintf("printer_files[%d]", i)
		item = resolve(item)
		if !top.in.isText(item, path) {
			continue
		}
		pattern := top.in.join(item.Value)
		files, err := l.files.match(pattern)
		switch {
		case err != nil:
			top.in.mistake(item, path, "is no pattern that can be read; is there a [ without its ]?")
		case blocked(pattern) != "":
			top.in.mistake(item, path, "a folder on its way %s", blocked(pattern))
		case len(files) == 0:
			l.warn(noMatch, top.in.at(item)+": "+path)
		case slices.Contains(files, top.in.file):
			top.in.mistake(item, path, "matches this file itself; keep printer files in a directory of their own, as printers.d/*.yaml")
			continue
		}
		for _, file := range files {
			if !seen[file] {
				seen[file] = true
				l.printerFile(file)
			}
		}
	}
	return len(list.Content) > 0
}

func (l *loader) printerFile(file string) {
	d := l.document(file, &printerFile)
	switch {
	case d.root == nil || isNull(d.root):
	case d.root.Kind != yaml.SequenceNode:
		d.mistake(d.root, "", "a printer file is a list of printers, each beginning with a dash (- name: …), not %s", describe(d.root))
	default:
		l.printers(d, d.root, "")
	}
}

func (l *loader) mistakes() []Mistake {
	var all []Mistake
	for _, d := range l.documents {
		all = append(all, d.finish()...)
	}
	return all
}

// warnOfFiles warns of files with secrets in them that everyone may read.
func (l *loader) warnOfFiles() {
	for _, d := range l.documents {
		if d.private && l.files.content(d.file).public {
			l.warn(publicFile, d.file)
		}
	}
}
