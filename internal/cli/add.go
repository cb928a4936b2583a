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
	"time"

	"golang.org/x/term"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/onboard"
	"octoeverywhere_exporter/probe"
)

type addCommand struct {
	URL          []string   `arg:"" optional:"" name:"url" help:"URL; without it, or with -, it is read from standard input, which keeps it out of the shell's history."`
	From         string     `type:"path" placeholder:"FILE" help:"Add all printers of a file, or of standard input (-): a URL per line, or CSV with a header: url, optionally name, and a column per label."`
	Shared       bool       `help:"The URL is that of a Shared Connection; requires --name."`
	Name         string     `help:"Name of the printer, instead of the one in the URL."`
	Label        labelFlags `placeholder:"NAME=VALUE" help:"Label of the printer, or of all printers of --from without this column; can be repeated."`
	PrintersFile string     `name:"printers-file" type:"path" placeholder:"FILE" help:"File to which the entry is added (default: printers.d/added.yaml next to the configuration file)."`
	SecretsDir   string     `name:"secrets-dir" type:"path" placeholder:"FOLDER" help:"Folder for files with secrets (default: secrets next to the configuration file)."`
	ConfigPath   string     `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"Configuration file; created if it does not exist (default: ${default})."`
}

// Help is shown below the usage of the command.
func (addCommand) Help() string {
	return `The App Connection Portal ends at https://octoeverywhere.com/appportal/v1/complete?success=true&…: copy that URL from the browser. Its credentials are shown only once. They are written to files that only you can read, and an entry to a file that the configuration includes; then the printer is probed once. After an error, nothing is changed. Run it as the user of the exporter.

--from adds many printers and probes none. Printers that are already configured are skipped, so it can be repeated. Invalid lines are listed and skipped. A printer whose URL has no name is called printer-1, printer-2, …; a name that is taken gets a number.

The exit code is 1 if a printer was not added, otherwise that of probe, or 0 with --from.`
}

// Validate is called by kong. Its errors quote no argument: one of them is a credential.
func (c addCommand) Validate() error {
	switch {
	case len(c.URL) > 1:
		return errors.New("more than one URL; put it in quotes")
	case c.ConfigPath == config.StandardInput:
		return errors.New("--config.file must be a file: the printer is added to it")
	case c.From != "" && (len(c.URL) > 0 || c.Name != "" || c.Shared):
		return errors.New("--from excludes a URL, --name and --shared; names are in a column name, and both kinds of URL are recognized")
	case c.Shared && c.Name == "":
		return errors.New("the URL of a Shared Connection contains no name; add --name")
	}
	return nil
}

// Run adds the printer, then probes it. With --from, it adds printers and probes none.
func (c addCommand) Run(s stdio) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	paths := onboard.NewPaths(c.ConfigPath, c.PrintersFile, c.SecretsDir)
	unlock, err := paths.Lock(ctx)
	if err != nil {
		return exitStatus(exitInterrupted)
	}
	_, err = paths.Configured()
	unlock()
	if err != nil {
		return err // before the URL is asked for, which is shown only once
	}
	for label := range c.Label {
		if err := config.CheckLabel(label); err != nil {
			return fmt.Errorf("--label: %w", err)
		}
	}
	if c.From != "" {
		return c.addList(ctx, s, paths)
	}
	connection, err := c.connection(ctx, s)
	if err != nil {
		return err
	}
	added, err := c.add(ctx, paths, connection)
	if err != nil {
		return err
	}
	explainAdded(s.out, paths, added)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process
	return probeOnce(ctx, s, added.Targets, 1, false)
}

// add adds the printer while no other process adds one.
func (c addCommand) add(ctx context.Context, paths onboard.Paths, connection onboard.Connection) (onboard.Added, error) {
	unlock, err := paths.Lock(ctx)
	if err != nil {
		return onboard.Added{}, exitStatus(exitInterrupted)
	}
	defer unlock()
	configured, err := paths.Configured() // with printers that were added while the URL was read
	if err != nil {
		return onboard.Added{}, err
	}
	name, err := c.check(connection, configured)
	if err != nil {
		return onboard.Added{}, err
	}
	return addPrinters(ctx, paths, onboard.Printer{Name: name, Connection: connection, Labels: c.Label})
}

// addPrinters adds printers with the lock. Its error says what was not added.
func addPrinters(ctx context.Context, paths onboard.Paths, printers ...onboard.Printer) (onboard.Added, error) {
	added, err := paths.Add(ctx, printers...)
	switch {
	case err != nil && ctx.Err() != nil:
		return onboard.Added{}, exitStatus(exitInterrupted)
	case err != nil && len(printers) > 1:
		return onboard.Added{}, fmt.Errorf("no printer was added: %w", err)
	case err != nil:
		return onboard.Added{}, fmt.Errorf("printer not added: %w", err)
	}
	return added, nil
}

// connection reads the URL from the arguments or standard input.
func (c addCommand) connection(ctx context.Context, s stdio) (onboard.Connection, error) {
	var text string
	if len(c.URL) == 1 && c.URL[0] != "-" {
		text = c.URL[0]
		if _, ok := terminal(s.err); ok {
			fmt.Fprintln(s.err, "note: the URL is a credential and is now in your shell's history; leave it out to paste it instead")
		}
	} else {
		var err error
		if text, err = c.readURL(ctx, s); err != nil {
			return onboard.Connection{}, err
		}
	}
	if c.Shared {
		return onboard.ParseSharedURL(text)
	}
	return onboard.ParseCompletionURL(text)
}

// maxURL is the maximum length of a URL, in bytes.
const maxURL = 64 << 10

// readURL reads a line from standard input, on a terminal without echo.
func (c addCommand) readURL(ctx context.Context, s stdio) (string, error) {
	fd := int(s.in.Fd())
	state, err := term.GetState(fd)
	if err != nil { // no terminal
		return orInterrupt(ctx, func() (string, error) {
			line, err := bufio.NewReader(io.LimitReader(s.in, maxURL)).ReadString('\n')
			if err != nil && !errors.Is(err, io.EOF) {
				return "", fmt.Errorf("read the URL from standard input: %w", err)
			}
			return line, nil
		})
	}
	what := "completion URL of the App Connection Portal"
	if c.Shared {
		what = "URL of the Shared Connection"
	}
	line, err := orInterrupt(ctx, func() (string, error) {
		prompted := make(chan struct{})
		go func() {
			awaitChange(fd, state) // what is pasted earlier would be shown
			fmt.Fprintf(s.err, "Paste the %s (it is not shown), then press Enter: ", what)
			close(prompted)
		}()
		line, err := term.ReadPassword(fd)
		<-prompted
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the URL from the terminal: %w", err)
		}
		return string(line), nil
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, state)
	}
	fmt.Fprintln(s.err)
	return line, err
}

// awaitChange waits until the state of a terminal is another one, or for a short time.
func awaitChange(fd int, state *term.State) {
	for range 50 {
		if now, err := term.GetState(fd); err != nil || *now != *state {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// orInterrupt returns what read returns, or the exit status of an interrupted command as soon as ctx is done. Then read goes on until
// it returns or the process ends.
func orInterrupt[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	results := make(chan result, 1)
	go func() {
		value, err := read()
		results <- result{value, err}
	}()
	select {
	case r := <-results:
		return r.value, r.err
	case <-ctx.Done():
		var none T
		return none, exitStatus(exitInterrupted)
	}
}

// check returns the name of the new printer, or an error if it cannot be added.
func (c addCommand) check(connection onboard.Connection, configured []probe.Target) (string, error) {
	name := cmp.Or(c.Name, connection.Name)
	if name == "" {
		return "", errors.New("the URL contains no printer name; add --name")
	}
	if err := config.CheckName(name); err != nil {
		return "", fmt.Errorf("the name %s %w; choose another with --name", config.Quote(name), err)
	}
	for _, t := range configured {
		if t.Address.Secret == connection.Address {
			return "", fmt.Errorf("this printer is already configured as %q: the address is the same", t.Name)
		}
	}
	for _, t := range configured {
		if t.Name == name {
			return "", fmt.Errorf("a printer named %q is already configured; choose another name with --name", name)
		}
	}
	return name, nil
}

// explainAdded prints what was written for a printer.
func explainAdded(w io.Writer, paths onboard.Paths, added onboard.Added) {
	names := make([]string, len(added.SecretFiles))
	for i, f := range added.SecretFiles {
		names[i] = filepath.Base(f)
	}
	fmt.Fprintf(w, "added %q\n  entry    in %s\n  secrets  %s in %s\n", added.Targets[0].Name, short(paths.PrinterFile), strings.Join(names, ", "), short(paths.Secrets))
	explainNewFiles(w, added)
	fmt.Fprint(w, "A running exporter loads it within 15 seconds.\n\n")
}

// explainNewFiles prints which files besides those of secrets are new.
func explainNewFiles(w io.Writer, added onboard.Added) {
	if len(added.NewFiles) == 0 {
		return
	}
	made := make([]string, len(added.NewFiles))
	for i, f := range added.NewFiles {
		made[i] = short(f)
	}
	fmt.Fprintf(w, "  new      %s\n", strings.Join(made, ", "))
}

// short returns a path relative to the working directory, if it is below that.
func short(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if r, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(r) {
		return r
	}
	return path
}
