package cli

import (
	"cmp"
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/test/testkit"
)

const manPage = "docs/octoeverywhere_exporter.1"

// TestManualIsOfTheCommandLine: docs/command-line.md and the man page.
func TestManualIsOfTheCommandLine(t *testing.T) {
	m := commandLine(t)
	for path, text := range map[string]string{"docs/command-line.md": markdownManual(m), manPage: roffManual(m)} {
		testkit.Same(t, path, text)
	}
}

// TestManPageIsSound, as mandoc judges.
func TestManPageIsSound(t *testing.T) {
	out, _ := exec.Command(testkit.Tool(t, "mandoc"), "-Tlint", "-Wwarning", manPage).Output()
	for line := range strings.Lines(string(out)) {
		if !strings.Contains(line, "missing date") { // one would make a page of another day another page
			t.Error(line)
		}
	}
}

// seen are the commands that are not hidden.
func seen(m *kong.Application) []*kong.Node {
	var nodes []*kong.Node
	for _, n := range m.Children {
		if !n.Hidden {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// detail is what the help of a command says below its usage, without the exit codes, which have a section of their own.
func detail(n *kong.Node) string {
	return strings.TrimSpace(strings.Replace(n.Detail, strings.TrimSpace(exitHelp()), "", 1))
}

// written is how a flag is written, with what takes the place of its value.
func written(f *kong.Flag) string {
	switch {
	case f.Tag.Negatable != "":
		return "--[no-]" + f.Name
	case f.IsBool():
		return "--" + f.Name
	case f.Tag.PlaceHolder != "":
		return "--" + f.Name + "=" + f.Tag.PlaceHolder
	}
	if f.Enum != "" {
		return "--" + f.Name + "=" + strings.ReplaceAll(f.Enum, ",", "|")
	}
	value := placeholders[f.Target.Type().String()]
	return "--" + f.Name + "=" + cmp.Or(value, strings.ToUpper(f.Name[strings.LastIndex(f.Name, ".")+1:]))
}

// placeholders are what stands for a value of a type; for others it is what the flag's name ends in.
var placeholders = map[string]string{"int": "NUMBER", "uint64": "NUMBER", "float64": "NUMBER", "time.Duration": "DURATION", "[]string": "TEXT", "string": "TEXT"}

// env are the variables that stand in for a flag.
func env(f *kong.Flag) []string {
	var names []string
	for _, name := range f.Envs {
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// flagHelp is the help of a flag without its default, which has a place of its own.
func flagHelp(f *kong.Flag) string {
	return strings.TrimSpace(regexp.MustCompile(` \(default: [^)]*\)`).ReplaceAllStringFunc(f.Help, func(s string) string {
		if f.HasDefault {
			return ""
		}
		return s
	}))
}

func markdownManual(m *kong.Application) string {
	var b strings.Builder
	b.WriteString("# Command line\n\n<!-- Generated from the command line by \"go test ./internal/cli -run Manual -update\". -->\n\n" + description + "\n")
	for _, g := range commandGroups {
		fmt.Fprintf(&b, "\n%s\n\n", g.Title)
		for _, n := range seen(m) {
			if n.Group.Key == g.Key {
				fmt.Fprintf(&b, "- [`%s`](#%s): %s\n", n.Name, n.Name, n.Help)
			}
		}
	}
	b.WriteString("\n`octoeverywhere_exporter COMMAND --help` and `man octoeverywhere_exporter` have the same. Defaults are in parentheses.\n")
	described := map[string]string{} // flags by their description, with the command that has it
	for _, n := range seen(m) {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n```sh\n%s\n```\n", n.Name, n.Help, usage(n))
		if d := detail(n); d != "" {
			b.WriteString("\n" + d + "\n")
		}
		if len(n.Positional)+len(n.Flags) > 0 {
			b.WriteString("\n")
		}
		for _, p := range n.Positional {
			fmt.Fprintf(&b, "- `%s`: %s\n", strings.ToUpper(p.Name), p.Help)
		}
		markdownFlags(&b, n, described)
	}
	b.WriteString("\n## Flags of every command\n\n")
	markdownFlags(&b, m.Node, described)
	b.WriteString("\n## Environment\n\nA flag takes precedence over its environment variable. A flag or variable that is empty counts as unset. A non-empty `NO_COLOR` disables colors.\n")
	b.WriteString("\n## Exit codes\n\n| code | meaning |\n| --- | --- |\n")
	for _, row := range exitTable() {
		fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
	}
	return b.String()
}

// usage is a command with its arguments.
func usage(n *kong.Node) string {
	text := "octoeverywhere_exporter " + n.Name
	for _, p := range n.Positional {
		argument := strings.ToUpper(p.Name)
		if p.IsCumulative() && p.Name != "url" {
			argument += "…"
		}
		if !p.Required {
			argument = "[" + argument + "]"
		}
		text += " " + argument
	}
	return text + " [FLAGS]"
}

// markdownFlags lists the flags of a command. A flag that is the same as in an earlier command is only named.
func markdownFlags(b *strings.Builder, n *kong.Node, described map[string]string) {
	same := map[string][]string{} // flags by the earlier command
	var order []string
	for _, f := range n.Flags {
		text := "`" + written(f) + "`"
		if f.HasDefault && f.Default != "" {
			text += " (`" + f.Default + "`)"
		}
		text += ": " + strings.ReplaceAll(flagHelp(f), "*", `\*`)
		if earlier, ok := described[text]; ok {
			if same[earlier] == nil {
				order = append(order, earlier)
			}
			same[earlier] = append(same[earlier], "`--"+f.Name+"`")
			continue
		}
		described[text] = n.Name
		fmt.Fprintf(b, "- %s\n", text)
	}
	for _, earlier := range order {
		fmt.Fprintf(b, "- As in [`%s`](#%s): %s.\n", earlier, earlier, strings.Join(same[earlier], ", "))
	}
}

func roffManual(m *kong.Application) string {
	var b strings.Builder
	b.WriteString(".\\\" Generated from the command line by \"go test ./internal/cli -run Manual -update\".\n")
	b.WriteString(".TH OCTOEVERYWHERE_EXPORTER 1\n.SH NAME\noctoeverywhere_exporter \\- health of 3D printers behind OctoEverywhere, for Prometheus\n.SH SYNOPSIS\n")
	for i, n := range seen(m) {
		if i > 0 {
			b.WriteString(".br\n")
		}
		b.WriteString(roff(usage(n)) + "\n")
	}
	b.WriteString(".SH DESCRIPTION\n" + roffText(description) + ".SH COMMANDS\n")
	for _, n := range seen(m) {
		b.WriteString(".SS " + roff(usage(n)) + "\n" + roff(n.Help) + "\n")
		if d := detail(n); d != "" {
			b.WriteString(".PP\n" + roffText(d))
		}
		for _, p := range n.Positional {
			fmt.Fprintf(&b, ".TP\n\\fI%s\\fR\n%s\n", roff(strings.ToUpper(p.Name)), roff(p.Help))
		}
		roffFlags(&b, n.Flags)
	}
	b.WriteString(".SH OPTIONS\nOf every command:\n")
	roffFlags(&b, m.Flags)
	b.WriteString(".SH ENVIRONMENT\nOptions take precedence over their environment variables. An option or variable that is empty counts as unset.\n.TP\nNO_COLOR\nIf it is not empty, colors are disabled.\n.SH EXIT STATUS\n")
	for _, row := range exitTable() {
		fmt.Fprintf(&b, ".TP\n%s\n%s\n", row[0], roff(row[1]))
	}
	b.WriteString(".SH FILES\n.TP\nconfig.yaml\nThe default configuration file; see docs/configuration.md.\n")
	return b.String()
}

func roffFlags(b *strings.Builder, flags []*kong.Flag) {
	for _, f := range flags {
		help := strings.TrimSuffix(flagHelp(f), " Variable: "+strings.Join(env(f), ", ")+".")
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roff(written(f)), roff(help))
		if f.HasDefault && f.Default != "" {
			b.WriteString("Default: " + roff(f.Default) + ".\n")
		}
		if names := env(f); len(names) > 0 {
			b.WriteString("Variable: " + roff(strings.Join(names, ", ")) + ".\n")
		}
	}
}

// roff is a text of one line for man.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...", "'", `\(aq`, "`", `\(ga`, "~", `\(ti`).Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}

// roffText is a text of paragraphs, of which the indented ones are kept as they are.
func roffText(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString(".PP\n")
		}
		if !strings.HasPrefix(paragraph, "    ") {
			b.WriteString(roff(strings.ReplaceAll(paragraph, "\n", " ")) + "\n")
			continue
		}
		b.WriteString(".RS 4\n.nf\n")
		for line := range strings.Lines(paragraph) {
			b.WriteString(roff(strings.TrimSpace(line)) + "\n")
		}
		b.WriteString(".fi\n.RE\n")
	}
	return b.String()
}
