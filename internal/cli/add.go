package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/term"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/onboard"
	"octoeverywhere_exporter/probe"
)

type addCommand struct {
	URL          []string          `arg:"" optional:"" name:"url" help:"The URL. Better leave it out, or write -: then it is read from standard input, and is in no history of a shell."`
	Shared       bool              `help:"The URL is that of a Shared Connection. Needs --name."`
	Name         string            `help:"The printer's name, in place of the one in the URL."`
	Label        map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"A label for the printer's series; can be repeated."`
	PrintersFile string            `name:"printers-file" type:"path" placeholder:"FILE" help:"The file with a list of printers that the entry goes to (default: printers.d/added.yaml beside the configuration file)."`
	SecretsDir   string            `name:"secrets-dir" type:"path" placeholder:"FOLDER" help:"Where the files with secrets go (default: secrets beside the configuration file)."`
	ConfigPath   string            `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"The configuration file; made if it is not there (default: ${default})."`
}

// Help is shown below the usage of the command.
func (addCommand) Help() string {
	return `At the end of the App Connection Portal your browser is at https://octoeverywhere.com/appportal/v1/complete?success=true&…: copy that URL. Its credentials are shown only this once. They are written to files that only you may read, and the printer's entry to a file that the configuration reads; then the printer is probed once. If anything is wrong, nothing is changed. Run it as the user who runs the exporter.

The exit code is 1 if the printer was not added, else as of probe.`
}

// Validate is asked by kong. It shows nothing of the arguments: one of them is a credential.
func (c addCommand) Validate() error {
	switch {
	case len(c.URL) > 1:
		return errors.New("there is more than one URL; was it written without quotes?")
	case c.Shared && c.Name == "":
		return errors.New("a Shared Connection does not tell the printer's name; give one with --name")
	}
	return nil
}

// Run adds the printer, then probes it.
func (c addCommand) Run(s streams) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	paths := onboard.NewPaths(c.ConfigPath, c.PrintersFile, c.SecretsDir)
	configured, err := paths.Configured()
	if err != nil {
		return err
	}
	connection, err := c.connection(ctx, s)
	if err != nil {
		return err
	}
	name, err := c.check(connection, configured)
	if err != nil {
		return err
	}
	added, err := paths.Add(connection, name, c.Label)
	if err != nil {
		return fmt.Errorf("nothing is added: %w", err)
	}
	explainAdded(s.out, paths, added)
	context.AfterFunc(ctx, stop) // a second interrupt is not waited for
	return probeOnce(ctx, s, []probe.Target{added.Target}, 1, false)
}

// connection reads the URL from where it is.
func (c addCommand) connection(ctx context.Context, s streams) (onboard.Connection, error) {
	var text string
	if len(c.URL) == 1 && c.URL[0] != "-" {
		text = c.URL[0]
		if _, ok := terminal(s.err); ok {
			fmt.Fprintln(s.err, "note: the URL is a credential, and now in your shell's history; leave it out to paste it")
		}
	} else {
		var err error
		if text, err = c.ask(ctx, s); err != nil {
			return onboard.Connection{}, err
		}
	}
	if c.Shared {
		return onboard.ParseSharedURL(text)
	}
	return onboard.ParseCompletionURL(text)
}

// maxURL is the most that is read of a URL, in bytes.
const maxURL = 64 << 10

// ask reads a line: from a terminal without showing it.
func (c addCommand) ask(ctx context.Context, s streams) (string, error) {
	fd := int(s.in.Fd())
	state, err := term.GetState(fd)
	if err != nil { // no terminal
		line, err := bufio.NewReader(io.LimitReader(s.in, maxURL)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the URL from standard input: %w", err)
		}
		return line, nil
	}
	what := "completion URL of the App Connection Portal"
	if c.Shared {
		what = "URL of the Shared Connection"
	}
	fmt.Fprintf(s.err, "Paste the %s (it is not shown), then press Enter: ", what)
	type answer struct {
		line []byte
		err  error
	}
	answers := make(chan answer, 1)
	go func() { // ends with the answer, or with the process
		line, err := term.ReadPassword(fd)
		answers <- answer{line, err}
	}()
	select {
	case a := <-answers:
		fmt.Fprintln(s.err)
		if a.err != nil && !errors.Is(a.err, io.EOF) {
			return "", fmt.Errorf("read the URL from the terminal: %w", a.err)
		}
		return string(a.line), nil
	case <-ctx.Done():
		_ = term.Restore(fd, state)
		fmt.Fprintln(s.err)
		return "", ended(exitInterrupted)
	}
}

// check gives the name under which the printer is added, or says why it cannot be.
func (c addCommand) check(connection onboard.Connection, configured []probe.Target) (string, error) {
	name := cmp.Or(c.Name, connection.Name)
	if name == "" {
		return "", errors.New("the URL does not tell the printer's name; give one with --name")
	}
	if err := config.CheckName(name); err != nil {
		return "", fmt.Errorf("the name %s %w; give another with --name", config.Quote(name), err)
	}
	for label := range c.Label {
		if err := config.CheckLabel(label); err != nil {
			return "", fmt.Errorf("--label: %w", err)
		}
	}
	for _, t := range configured {
		if t.Address.Secret == connection.Address {
			return "", fmt.Errorf("this printer is configured already, as %q: the address is the same", t.Name)
		}
	}
	for _, t := range configured {
		if t.Name == name {
			return "", fmt.Errorf("a printer named %q is configured already; give this one another name with --name", name)
		}
	}
	return name, nil
}

// explainAdded says what was written.
func explainAdded(w io.Writer, paths onboard.Paths, added onboard.Added) {
	names := make([]string, len(added.SecretFiles))
	for i, f := range added.SecretFiles {
		names[i] = filepath.Base(f)
	}
	fmt.Fprintf(w, "added %q\n  entry    in %s\n  secrets  %s in %s\n", added.Name, short(paths.PrinterFile), strings.Join(names, ", "), short(paths.Secrets))
	if len(added.NewFiles) > 0 {
		made := make([]string, len(added.NewFiles))
		for i, f := range added.NewFiles {
			made[i] = short(f)
		}
		fmt.Fprintf(w, "  new      %s\n", strings.Join(made, ", "))
	}
	fmt.Fprint(w, "A running exporter takes it over within 15 seconds.\n\n")
}

// short is a path as people call it: relative to where they are, if it is below that.
func short(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if r, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(r) {
		return r
	}
	return path
}
