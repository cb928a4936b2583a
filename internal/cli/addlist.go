package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/term"

	"octoeverywhere_exporter/internal/onboard"
	"octoeverywhere_exporter/internal/view"
)

// maxList is the maximum size of a list of printers, in bytes.
const maxList = 64 << 20

// addList adds the printers of --from in one go.
func (c addCommand) addList(ctx context.Context, s stdio, paths onboard.Paths) error {
	name := short(c.From)
	if c.From == "-" {
		name = "standard input"
	}
	text, err := orInterrupt(ctx, func() ([]byte, error) { return c.readList(s.in) })
	if _, interrupted := errors.AsType[exitStatus](err); interrupted {
		return err
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	lines, err := onboard.ParseList(text)
	if err != nil {
		return fmt.Errorf("no printer was added: %s: %w", name, err)
	}
	choice, added, err := c.addLines(ctx, paths, lines)
	if err != nil {
		return err
	}
	explainList(s.out, paths, choice, added)
	if c.From != "-" {
		fmt.Fprintf(s.err, "note: %s contains credentials; delete it when you no longer need it\n", name)
	}
	return wrongLines(name, choice.Wrong)
}

// readList reads the whole list.
func (c addCommand) readList(in *os.File) ([]byte, error) {
	if c.From == "-" {
		if term.IsTerminal(int(in.Fd())) {
			return nil, errors.New("it is a terminal, which would show the URLs; use a pipe or a file, or add one printer at a time without --from")
		}
	} else {
		f, err := os.Open(c.From)
		if err != nil {
			return nil, reason(err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxList+1))
	if err != nil {
		return nil, reason(err)
	}
	if len(text) > maxList {
		return nil, fmt.Errorf("it is larger than %d MiB", maxList>>20)
	}
	return text, nil
}

// reason returns err without the path, which the message has already.
func reason(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

// addLines adds the printers of lines while no other process adds one.
func (c addCommand) addLines(ctx context.Context, paths onboard.Paths, lines []onboard.Line) (onboard.Choice, onboard.Added, error) {
	unlock, err := paths.Lock(ctx)
	if err != nil {
		return onboard.Choice{}, onboard.Added{}, exitStatus(exitInterrupted)
	}
	defer unlock()
	configured, err := paths.Configured()
	if err != nil {
		return onboard.Choice{}, onboard.Added{}, err
	}
	choice := onboard.Choose(lines, c.Label, configured)
	if len(choice.New) == 0 {
		return choice, onboard.Added{}, nil
	}
	printers := make([]onboard.Printer, len(choice.New))
	for i, p := range choice.New {
		printers[i] = p.Printer
	}
	added, err := addPrinters(ctx, paths, printers...)
	return choice, added, err
}

// explainList prints how many printers were added and skipped, and of which lines the result may surprise.
func explainList(w io.Writer, paths onboard.Paths, choice onboard.Choice, added onboard.Added) {
	fmt.Fprintf(w, "added %s, skipped %s already configured, %s wrong\n",
		view.Count(len(choice.New), "printer", "printers"), view.Number(len(choice.Known)), view.Count(len(choice.Wrong), "line", "lines"))
	if len(choice.New) > 0 {
		fmt.Fprintf(w, "  entries  in %s\n  secrets  %s in %s\n",
			short(paths.PrinterFile), view.Count(len(added.SecretFiles), "file", "files"), short(paths.Secrets))
		explainNewFiles(w, added)
	}
	for _, p := range choice.New {
		if p.IsNamed {
			why := "its URL has no name"
			if p.Connection.Name != "" {
				why = "the name in its URL is taken"
			}
			fmt.Fprintf(w, "  line %d was added as %q: %s\n", p.Line, p.Name, why)
		}
	}
	for _, k := range choice.Known {
		switch {
		case k.Earlier > 0:
			fmt.Fprintf(w, "  line %d has the same address as line %d\n", k.Line, k.Earlier)
		case cmp.Or(k.Wanted, k.Name) != k.Name:
			fmt.Fprintf(w, "  line %d is already configured as %q\n", k.Line, k.Name)
		}
	}
	if len(choice.New) > 0 {
		fmt.Fprintln(w, "A running exporter loads them within 15 seconds. To probe them: octoeverywhere_exporter probe --all")
	}
}

// wrongLines returns the error about lines that were left out, nil if there is none.
func wrongLines(name string, wrong []onboard.WrongLine) error {
	if len(wrong) == 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "not added: %s of %s; correct them and run the command again, which skips printers that are already configured:",
		view.Count(len(wrong), "line", "lines"), name)
	for _, l := range wrong {
		fmt.Fprintf(&b, "\n  line %d: %v", l.Line, l.Err)
	}
	return errors.New(b.String())
}
