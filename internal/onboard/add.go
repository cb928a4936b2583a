package onboard

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/probe"
)

// Place is where a printer is added. The paths are absolute.
type Place struct {
	Config  string // the configuration file; made if it is not there
	List    string // the printer file
	Secrets string // the folder of the files with secrets
}

// NewPlace has the usual list and folder beside the configuration file, where others are not given.
func NewPlace(configFile, list, secrets string) Place {
	folder := filepath.Dir(configFile)
	if list == "" {
		list = filepath.Join(folder, "printers.d", "added.yaml")
	}
	if secrets == "" {
		secrets = filepath.Join(folder, "secrets")
	}
	return Place{configFile, list, secrets}
}

// Configured gives the printers that there are already, and makes sure that one in the list would be read. It changes
// nothing.
func (p Place) Configured() ([]probe.Target, error) {
	if _, err := os.Stat(p.Config); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if p.List == p.Config {
		return nil, errors.New("the printer file is the configuration file; a printer is added to a file of its own, as printers.d/added.yaml")
	}
	c, sources, err := config.Load(p.Config)
	switch {
	case err != nil:
		return nil, fmt.Errorf("nothing can be added while there are mistakes in the configuration:\n%w", err)
	case !sources.Includes(p.List):
		return nil, fmt.Errorf("%s does not read %s. Write this into it (its second line alone where printer_files stands there already), then try again:\n\n%s", p.Config, p.List, p.wish())
	}
	return c.Targets, nil
}

// wish are the lines with which a configuration file reads the list.
func (p Place) wish() string {
	pattern := relative(filepath.Dir(p.Config), p.List)
	if folder := filepath.ToSlash(filepath.Dir(filepath.FromSlash(pattern))); folder != "." && filepath.Ext(pattern) == ".yaml" {
		pattern = folder + "/*.yaml"
	}
	return "printer_files:\n  - " + plainOrQuoted(pattern) + "\n"
}

// plainPath is the form of a path that needs no quotes.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./*-]*$`)

func plainOrQuoted(path string) string {
	if plainPath.MatchString(path) {
		return path
	}
	return quoted(path)
}

// Added is what was done.
type Added struct {
	Name   string
	Files  []string     // with secrets
	Made   []string     // other files that were not there
	Target probe.Target // the printer, as it is configured now
	change
}

// Add writes a connection's secrets and its entry, and reads the whole configuration with it. If anything fails, everything
// is as it was. The error holds no secret.
func (p Place) Add(c Connection, name string, labels map[string]string) (added Added, err error) {
	added.Name = name
	defer func() {
		if err != nil {
			err = errors.Join(err, added.Undo())
		}
	}()
	if err := p.writeSecrets(c, &added, labels); err != nil {
		return added, err
	}
	if _, err := os.Stat(p.Config); errors.Is(err, fs.ErrNotExist) {
		text := "# The configuration of octoeverywhere_exporter. `octoeverywhere_exporter check` finds every mistake.\n" + p.wish()
		if err := added.create(p.Config, []byte(text), 0o640); err != nil {
			return added, because("create", p.Config, err)
		}
		added.Made = append(added.Made, p.Config)
	}
	loaded, sources, err := config.Load(p.Config)
	if err != nil {
		return added, err
	}
	if !sources.Includes(p.List) {
		return added, fmt.Errorf("%s does not read %s", p.Config, p.List)
	}
	for _, t := range loaded.Targets {
		if t.Name == name {
			added.Target = t
		}
	}
	return added, nil
}

// writeSecrets writes the files with secrets and the entry that names them.
func (p Place) writeSecrets(c Connection, added *Added, labels map[string]string) error {
	if err := added.folder(filepath.Dir(p.Config), 0o750); err != nil {
		return because("make", filepath.Dir(p.Config), err)
	}
	if err := added.folder(p.Secrets, 0o700); err != nil {
		return because("make", p.Secrets, err)
	}
	if err := added.folder(filepath.Dir(p.List), 0o750); err != nil {
		return because("make", filepath.Dir(p.List), err)
	}
	begin := freeStem(added.Name, func(file string) bool {
		_, err := os.Lstat(filepath.Join(p.Secrets, file))
		return err == nil
	})
	path := func(ending string) string { return filepath.Join(p.Secrets, begin+ending) }
	for _, f := range c.secrets() {
		if err := added.create(path(f.ending), []byte(f.text.Reveal()+"\n"), 0o600); err != nil {
			return because("write", path(f.ending), err)
		}
		added.Files = append(added.Files, path(f.ending))
	}
	old, err := os.ReadFile(p.List)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return because("read", p.List, err)
	}
	if err != nil {
		added.Made = append(added.Made, p.List)
	}
	folder := filepath.Dir(p.List)
	text, err := appended(old, c.entry(added.Name, labels, func(ending string) string { return relative(folder, path(ending)) }))
	if err != nil {
		return fmt.Errorf("%s %w", p.List, err)
	}
	if err := added.replace(p.List, text); err != nil {
		return because("write", p.List, err)
	}
	return nil
}
