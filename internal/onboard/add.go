package onboard

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/probe"
)

// Paths are the files and directories that adding a printer changes. They are absolute.
type Paths struct {
	Config      string // the configuration file; created if it does not exist
	PrinterFile string // the entry is appended to it
	Secrets     string // the directory of the files with secrets
}

// NewPaths returns the paths, with defaults next to the configuration file for those that are "".
func NewPaths(configFile, printerFile, secrets string) Paths {
	directory := filepath.Dir(configFile)
	if printerFile == "" {
		printerFile = filepath.Join(directory, "printers.d", "added.yaml")
	}
	if secrets == "" {
		secrets = filepath.Join(directory, "secrets")
	}
	return Paths{configFile, printerFile, secrets}
}

// Lock keeps other processes from adding printers until unlock is called or this process ends. It waits for one that does so
// until ctx is done. The other methods must be called with the lock: files are not complete while another process writes them.
func (p Paths) Lock(ctx context.Context) (unlock func(), err error) {
	return lockDirectory(ctx, filepath.Dir(p.Config))
}

// Configured returns the configured printers, and checks that the printer can be added: that the configuration file reads the
// printer file, and that nothing else is in the place of a file or a directory. It changes nothing.
func (p Paths) Configured() ([]probe.Target, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	if _, err := os.Stat(p.Config); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if p.PrinterFile == p.Config {
		return nil, errors.New("the printer file must not be the configuration file; use a separate file such as printers.d/added.yaml")
	}
	c, sources, err := config.Load(p.Config)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the configuration has errors; fix them first:\n%w", err)
	case !sources.Includes(p.PrinterFile):
		return nil, fmt.Errorf("%s does not read %s; add these lines to it (only the second if it has printer_files already) and try again:\n\n%s",
			p.Config, p.PrinterFile, p.configSnippet())
	}
	return c.Targets, nil
}

// check refuses paths at which no file can be written. Nothing is opened: a pipe would block.
func (p Paths) check() error {
	directory := filepath.Dir(p.Config)
	if !isDirectory(directory) {
		return fmt.Errorf("there is no directory %s for the configuration file; create it with mkdir -p, or choose another file with --config.file", directory)
	}
	for _, f := range []struct{ path, flag string }{{p.Config, "--config.file"}, {p.PrinterFile, "--printers-file"}} {
		if info, err := os.Stat(f.path); err == nil && !info.Mode().IsRegular() {
			return fmt.Errorf("%s is not a regular file; choose another with %s", f.path, f.flag)
		}
	}
	for _, d := range []struct{ path, flag string }{{p.Secrets, "--secrets-dir"}, {filepath.Dir(p.PrinterFile), "--printers-file"}} {
		if info, err := os.Stat(d.path); err == nil && !info.IsDir() {
			return fmt.Errorf("%s is not a directory; remove it, or choose another with %s", d.path, d.flag)
		}
		if parent := filepath.Dir(d.path); !isDirectory(parent) {
			return fmt.Errorf("there is no directory %s; create it with mkdir -p, or choose another with %s", parent, d.flag)
		}
	}
	return nil
}

func isDirectory(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// configSnippet returns the lines with which a configuration file reads the printer file.
func (p Paths) configSnippet() string {
	pattern := relativePath(filepath.Dir(p.Config), p.PrinterFile)
	if directory := filepath.ToSlash(filepath.Dir(filepath.FromSlash(pattern))); directory != "." && filepath.Ext(pattern) == ".yaml" {
		pattern = directory + "/*.yaml"
	}
	return "printer_files:\n  - " + quotePath(pattern) + "\n"
}

// plainPath matches paths that need no quotes in YAML.
var plainPath = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./*-]*$`)

func quotePath(path string) string {
	if plainPath.MatchString(path) {
		return path
	}
	return quote(path)
}

// Printer is a printer to add.
type Printer struct {
	Name       string
	Connection Connection
	Labels     map[string]string
}

// Added is the result of adding printers.
type Added struct {
	SecretFiles []string
	NewFiles    []string       // other files that did not exist
	Targets     []probe.Target // the printers as they are configured now, in the order in which they were added
	changes
}

// Add writes the secrets and the entries of printers, and loads the configuration once. If anything fails, or ctx is done before the
// entries are written, all changes are undone. The error contains no secret.
func (p Paths) Add(ctx context.Context, printers ...Printer) (added Added, err error) {
	defer func() {
		if err != nil {
			err = errors.Join(err, added.Undo())
		}
	}()
	if err := p.createDirectories(&added); err != nil {
		return added, err
	}
	var entries [][]string
	for _, printer := range printers {
		if ctx.Err() != nil {
			return added, ctx.Err()
		}
		secretPath, err := p.writeSecrets(printer, &added)
		if err != nil {
			return added, err
		}
		entries = append(entries, printer.entry(secretPath))
	}
	if err := p.writeEntries(entries, &added); err != nil {
		return added, err
	}
	if _, err := os.Stat(p.Config); errors.Is(err, fs.ErrNotExist) {
		text := "# Configuration of octoeverywhere_exporter. Check it with `octoeverywhere_exporter check`.\n" + p.configSnippet()
		if err := added.createFile(p.Config, []byte(text), 0o640); err != nil {
			return added, wrapPathError("create", p.Config, err)
		}
		added.NewFiles = append(added.NewFiles, p.Config)
	}
	loaded, sources, err := config.Load(p.Config)
	if err != nil {
		return added, err
	}
	if !sources.Includes(p.PrinterFile) {
		return added, fmt.Errorf("%s does not read %s", p.Config, p.PrinterFile)
	}
	byName := make(map[string]probe.Target, len(loaded.Targets))
	for _, t := range loaded.Targets {
		byName[t.Name] = t
	}
	for _, printer := range printers {
		target, ok := byName[printer.Name]
		if !ok {
			return added, fmt.Errorf("%s has been changed at the same time; try again", p.PrinterFile)
		}
		added.Targets = append(added.Targets, target)
	}
	return added, nil
}

// createDirectories creates the directories of the secrets and of the printer file.
func (p Paths) createDirectories(added *Added) error {
	for _, directory := range []struct {
		path string
		mode fs.FileMode
	}{{p.Secrets, 0o700}, {filepath.Dir(p.PrinterFile), 0o750}} {
		if err := added.createDirectory(directory.path, directory.mode); err != nil {
			return wrapPathError("create", directory.path, err)
		}
	}
	return nil
}

// writeSecrets creates the files with secrets of a printer. It returns the path of a secret's file, relative to the printer file.
func (p Paths) writeSecrets(printer Printer, added *Added) (secretPath func(suffix string) string, err error) {
	prefix := uniquePrefix(printer.Name, func(file string) bool {
		_, err := os.Lstat(filepath.Join(p.Secrets, file))
		return err == nil
	})
	for _, f := range printer.Connection.secretFiles() {
		path := filepath.Join(p.Secrets, prefix+f.suffix)
		if err := added.createFile(path, []byte(f.text.Reveal()+"\n"), 0o600); err != nil {
			return nil, wrapPathError("write", path, err)
		}
		added.SecretFiles = append(added.SecretFiles, path)
	}
	return func(suffix string) string {
		return relativePath(filepath.Dir(p.PrinterFile), filepath.Join(p.Secrets, prefix+suffix))
	}, nil
}

// writeEntries appends entries to the printer file.
func (p Paths) writeEntries(entries [][]string, added *Added) error {
	old, err := os.ReadFile(p.PrinterFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		added.NewFiles = append(added.NewFiles, p.PrinterFile)
	case err != nil:
		return wrapPathError("read", p.PrinterFile, err)
	}
	text, err := appendEntries(old, entries)
	if err != nil {
		return fmt.Errorf("%s %w", p.PrinterFile, err)
	}
	if err := added.replaceFile(p.PrinterFile, text); err != nil {
		return wrapPathError("write", p.PrinterFile, err)
	}
	return nil
}
