package cli

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/internal/console"
)

// narrowHelp is the width of a terminal, in columns, below which the help has one column instead of two.
const narrowHelp = 60

// exitCodeLine matches what precedes the meaning of an exit code.
var exitCodeLine = regexp.MustCompile(`^ +[0-9]+  `)

// printHelp prints the help of the command, or of the program, as wide as the terminal, and at most as wide as kong does.
func printHelp(o kong.HelpOptions, ctx *kong.Context) error {
	columns, ok := terminal(ctx.Stdout)
	switch {
	case ok && columns < narrowHelp && !o.Summary:
		return printNarrowHelp(ctx.Stdout, console.Style{Width: columns}, ctx)
	case ok:
		o.WrapUpperBound = columns
	}
	return kong.DefaultHelpPrinter(o, ctx)
}

// printNarrowHelp prints the help with each explanation below what it explains.
func printNarrowHelp(w io.Writer, s console.Style, ctx *kong.Context) error {
	var b strings.Builder
	entry := func(term, explanation string) { fmt.Fprintf(&b, "  %s\n      %s\n", term, s.Fold(6, explanation)) }
	n, usage := ctx.Model.Node, " <command> [flags]"
	if command := ctx.Selected(); command != nil {
		n, usage = command, " "+command.Summary()
	}
	fmt.Fprintf(&b, "%s\n\n", s.Fold(2, "Usage: "+ctx.Model.Name+usage))
	for line := range strings.Lines(strings.TrimSpace(n.Help+"\n\n"+n.Detail) + "\n\n") {
		line = strings.TrimSuffix(line, "\n")
		indent := len(exitCodeLine.FindString(line))
		if indent > 0 || !strings.HasPrefix(line, " ") { // others are commands
			line = line[:indent] + s.Fold(indent, line[indent:])
		}
		b.WriteString(line + "\n")
	}
	if len(n.Positional) > 0 {
		b.WriteString("Arguments:\n")
		for _, p := range n.Positional {
			entry(p.Summary(), p.Help)
		}
		b.WriteByte('\n')
	}
	for _, g := range commandGroups {
		if n != ctx.Model.Node {
			break
		}
		b.WriteString(g.Title + "\n")
		for _, c := range n.Children {
			if !c.Hidden && c.Group.Key == g.Key {
				entry(c.Name, c.Help)
			}
		}
		b.WriteByte('\n')
	}
	b.WriteString("Flags:\n")
	for _, group := range n.AllFlags(true) {
		for _, f := range group {
			term := f.String()
			if f.Tag.Negatable != "" {
				term = "--[no-]" + f.Name
			}
			entry(term, f.Help)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
