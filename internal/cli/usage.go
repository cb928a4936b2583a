package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/internal/config"
	"octoeverywhere_exporter/internal/config/strictyaml"
)

// usageError is an error of the command line or of an environment variable.
type usageError struct {
	text  string
	cause error // of the parser, which knows the command
}

func (e usageError) Error() string { return e.text }

// Unwrap returns the error of the parser.
func (e usageError) Unwrap() error { return e.cause }

// ExitCode is what the program ends with. The parser's own code is another one for variables.
func (usageError) ExitCode() int { return exitUsage }

// fromVariable matches what the parser adds to an error about a variable. It quotes the value once more.
var fromVariable = regexp.MustCompile(`(?s) \(from envar ([A-Z0-9_]+)=".*"\)$`)

// parserErrors are texts of the parser and what is shown instead.
var parserErrors = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{fromVariable, "; it is set by the environment variable $1"},
	{regexp.MustCompile(`expected \S+ value but got "EOL" \(<EOL>\)$`), "is not followed by a value"},
	{regexp.MustCompile(`missing value, expecting ".*"$`), "is not followed by a value"},
	{regexp.MustCompile(`expected a valid 64 bit u?int but got `), "expected a whole number but got "},
	{regexp.MustCompile(`^flag (--\S+) applies to the default command "serve", not "(\S+)"$`), "$1 before a command is a flag of serve; flags of $2 come after the word $2"},
	{regexp.MustCompile(`^expected "<shell>"$`), "the shell is missing; use bash, zsh or fish"},
}

// configArgument matches an error about an argument that is probably the configuration file.
var configArgument = regexp.MustCompile(`^unexpected argument (\S+\.ya?ml)$`)

// explainUsage returns err with the text that is shown.
func explainUsage(model *kong.Application, args []string, err error) error {
	text := err.Error()
	for _, e := range parserErrors {
		text = e.pattern.ReplaceAllString(text, e.text)
	}
	if takesConfig(model, args) {
		text = configArgument.ReplaceAllString(text, "$0; did you mean --config.file=$1?")
	}
	if word := unknownCommand(model, args); word != "" {
		names := commandNames(model)
		text = fmt.Sprintf("unknown command %s; the commands are %s", config.Quote(word), strings.Join(names, ", "))
		if meant := strictyaml.Nearest(word, names); meant != "" {
			text = fmt.Sprintf("unknown command %s; did you mean %q?", config.Quote(word), meant)
		}
	}
	return usageError{withVariable(model, args, text), err}
}

// flagName matches the flags that an error names.
var flagName = regexp.MustCompile(`--([a-z][a-z.-]*)`)

// withVariable returns an error's text with the environment variable that has set the flag in it: nobody looks for the error of a flag
// that is not on the command line.
func withVariable(model *kong.Application, args []string, text string) string {
	if strings.Contains(text, "environment variable") {
		return text
	}
	for _, m := range flagName.FindAllStringSubmatch(text, -1) {
		for _, f := range allFlags(model) {
			given := slices.ContainsFunc(args, func(a string) bool { name, _, _ := strings.Cut(a, "="); return name == m[0] })
			if f.Name != m[1] || given {
				continue
			}
			for _, name := range f.Envs {
				if os.Getenv(name) != "" {
					return text + "; it is set by the environment variable " + name
				}
			}
		}
	}
	return text
}

// takesConfig reports whether the command has the flag --config.file.
func takesConfig(model *kong.Application, args []string) bool {
	at := position{model: model, node: model.Node}
	for _, w := range args {
		at.next(w)
	}
	return slices.ContainsFunc(at.node.Flags, func(f *kong.Flag) bool { return f.Name == "config.file" })
}

// unknownCommand returns the first word that is neither a flag nor its value, if it is not a command; otherwise "".
func unknownCommand(model *kong.Application, args []string) string {
	at := position{model: model, node: model.Node}
	for _, w := range args {
		isWord := at.awaits == nil && !strings.HasPrefix(w, "-")
		at.next(w)
		switch {
		case w == "--":
			return ""
		case isWord && at.node == model.Node:
			return w
		case isWord:
			return ""
		}
	}
	return ""
}

// commandNames returns the names of the commands that are not hidden.
func commandNames(model *kong.Application) []string {
	var names []string
	for _, n := range model.Children {
		if !n.Hidden {
			names = append(names, n.Name)
		}
	}
	return names
}

// logLevel is the minimum level of log messages.
type logLevel slog.Level

// UnmarshalText reads a level as log/slog writes it.
func (l *logLevel) UnmarshalText(text []byte) error {
	if (*slog.Level)(l).UnmarshalText(text) != nil {
		return fmt.Errorf("%s is not a level; use debug, info, warn or error", config.Quote(string(text)))
	}
	return nil
}

// labelFlags are the labels of a printer, each given by a flag NAME=VALUE.
type labelFlags map[string]string

// Decode adds a label.
func (l *labelFlags) Decode(ctx *kong.DecodeContext) error {
	const form = "use the form NAME=VALUE, such as --label=site=lab"
	var text string
	if err := ctx.Scan.PopValueInto("label", &text); err != nil {
		return errors.New("is not followed by a label; " + form)
	}
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" || value == "" {
		return fmt.Errorf("%s is not a label; %s", config.Quote(text), form)
	}
	if *l == nil {
		*l = labelFlags{}
	}
	(*l)[name] = value
	return nil
}
