package cli

import (
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/console"
)

// TestHelpListsCommandsByUse: each command is in one group, on one line.
func TestHelpListsCommandsByUse(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	help, _ := runCommand("--help")
	for _, n := range seen(commandLine(t)) {
		if n.Group == nil || !slices.ContainsFunc(commandGroups, func(g kong.Group) bool { return g.Key == n.Group.Key }) {
			t.Errorf("%s is in no group", n.Name)
		}
		if line := regexp.MustCompile(`(?m)^  ` + n.Name + ` +` + regexp.QuoteMeta(n.Help) + `$`); !line.MatchString(help) {
			t.Errorf("%s is not on one line:\n%s", n.Name, help)
		}
	}
	if got := regexp.MustCompile(`(?m)^[A-Z][a-z ]+:$`).FindAllString(help, -1); !slices.Equal(got, []string{"Run:", "Set up:", "Look:", "Play:", "Flags:"}) {
		t.Errorf("groups %q", got)
	}
}

// TestHelpFitsTheTerminal: no line is wider than 80 columns, except words that cannot be wrapped and what the parser writes.
func TestHelpFitsTheTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "80")
	lines := 0
	for _, n := range seen(commandLine(t)) {
		help, _ := runCommand(n.Name, "--help")
		for line := range strings.Lines(help) {
			lines++
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 80 {
				t.Errorf("%s: %s", n.Name, line)
			}
		}
	}
	if lines < 100 {
		t.Errorf("only %d lines", lines)
	}
}

// TestHelpOfANarrowTerminal has each flag, argument and command, and no line is wider, except words that cannot be wrapped.
func TestHelpOfANarrowTerminal(t *testing.T) {
	parser, err := newParser(&commands{}, build{}, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range append(seen(parser.Model), parser.Model.Node) {
		args := []string{n.Name}
		if n == parser.Model.Node {
			args = []string{"--help"}
		}
		ctx, err := kong.Trace(parser, args)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		if err := printNarrowHelp(&b, console.Style{Width: 40}, ctx); err != nil {
			t.Fatal(err)
		}
		help := b.String()
		words := strings.Join(strings.Fields(help), " ")
		want := []string{"--log.level=info Minimum level of log messages"}
		for _, f := range n.Flags {
			want = append(want, f.Name, f.Help)
		}
		for _, p := range n.Positional {
			want = append(want, p.Summary()+" "+p.Help)
		}
		if n == parser.Model.Node {
			for _, c := range seen(parser.Model) {
				want = append(want, c.Name+" "+c.Help)
			}
		}
		for _, w := range want {
			if !strings.Contains(words, w) {
				t.Errorf("%s: %q is missing", n.Name, w)
			}
		}
		for line := range strings.Lines(help) {
			line = strings.TrimSuffix(line, "\n")
			isCommand := strings.HasPrefix(line, "    ") && strings.Contains(line, "octoeverywhere_exporter ")
			if utf8.RuneCountInString(line) > 40 && strings.Contains(strings.TrimSpace(line), " ") && !isCommand {
				t.Errorf("%s: %s", n.Name, line)
			}
		}
	}
}

// TestHelpIsAsWideAsTheTerminal, of which the program is told nothing else.
func TestHelpIsAsWideAsTheTerminal(t *testing.T) {
	for columns, want := range map[string]string{"40": "  --version\r\n      Print the version and exit.", "70": "finds the layer that\r\nfails"} {
		p := onTerminal(t, t.TempDir(), "stty cols "+columns+"; unset COLUMNS; octoeverywhere_exporter --help")
		p.end()
		if !strings.Contains(p.screen(), want) {
			t.Errorf("%s columns: %q is not in\n%s", columns, want, p.screen())
		}
	}
}

// TestCodesFitAPage: each row of the table is there with its remedy, and no line is wider than 100 columns.
func TestCodesFitAPage(t *testing.T) {
	out, code := runCommand("codes")
	if code != 0 {
		t.Fatal(out)
	}
	words := strings.Join(strings.Fields(out), " ")
	for _, r := range fault.Rows() {
		if !strings.Contains(words, r.Meaning+" Remedy: "+r.Remedy) {
			t.Errorf("%s is not there", r.Reason)
		}
	}
	for _, l := range fault.Layers {
		if !strings.Contains(out, "Owner: "+l.Owner()+".") {
			t.Errorf("the owner of %s is not there", l)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > codeWidth+1 {
			t.Error(line)
		}
	}
}

// TestAlertsOfCodesExist: the rules have each alert, and it has a runbook.
func TestAlertsOfCodesExist(t *testing.T) {
	rules, err := os.ReadFile("deploy/prometheus/alerts.rules.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range fault.Rows() {
		if !strings.Contains(string(rules), "- alert: "+r.Alert()+"\n") {
			t.Errorf("%s: no alert %s", r.Reason, r.Alert())
		}
		if _, err := os.Stat("docs/runbooks/" + r.Alert() + ".md"); err != nil {
			t.Error(err)
		}
	}
}
