package cli

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/internal/config"
)

//go:embed completion
var completionScripts embed.FS

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is shown below the usage of the command.
func (completionCommand) Help() string {
	return `Commands, flags, their values and, behind probe, the names of the configured printers are completed.

    bash:  source <(octoeverywhere_exporter completion bash)
    zsh:   source <(octoeverywhere_exporter completion zsh)
    fish:  octoeverywhere_exporter completion fish | source

Write the line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish to have it always.`
}

// Run prints the script of a shell.
func (c completionCommand) Run(s streams) error {
	script, err := completionScripts.ReadFile("completion/" + c.Shell + ".sh")
	if err != nil {
		return err
	}
	_, err = s.out.Write(script)
	return err
}

// completeCommand is what those scripts ask.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The words behind the program's name, the last of which is to be completed."`
}

// Run prints what the last word can become, a line each, with a tab and what it means. Nothing: it may be a file.
func (c completeCommand) Run(s streams, model *kong.Application) error {
	if len(c.Words) > 0 && c.Words[0] == "--" {
		c.Words = c.Words[1:]
	}
	for _, candidate := range completions(model, c.Words, printerNames) {
		if _, err := fmt.Fprintln(s.out, candidate); err != nil {
			return err
		}
	}
	return nil
}

// printerNames are the names in a configuration file; none if it cannot be read.
func printerNames(file string) []string {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil
	}
	loaded, _, err := config.Load(path)
	if err != nil {
		return nil
	}
	names := make([]string, len(loaded.Targets))
	for i, t := range loaded.Targets {
		names[i] = t.Name
	}
	return names
}

// completions are what the last of the words can become, each with a tab and what it means. names gives the printers of a
// configuration file.
func completions(model *kong.Application, words []string, names func(file string) []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	before, last := words[:len(words)-1], words[len(words)-1]
	at := walk(model, before)
	var found []string
	add := func(candidate, meaning string) {
		if strings.HasPrefix(candidate, last) && candidate != last {
			found = append(found, candidate+"\t"+firstSentence(meaning))
		}
	}
	flag, value := at.awaits, ""
	if name, _, ok := strings.Cut(last, "="); ok && flag == nil {
		flag, value = at.flag(name), name+"="
	}
	switch {
	case flag != nil:
		for _, v := range flag.EnumSlice() {
			add(value+v, "")
		}
	case strings.HasPrefix(last, "-"):
		for _, f := range at.flags() {
			offer(f, add)
		}
	default:
		for _, child := range at.node.Children {
			if !child.Hidden && child.Type == kong.CommandNode {
				add(child.Name, child.Help)
			}
		}
		for _, p := range at.node.Positional {
			for _, v := range p.EnumSlice() {
				add(v, "")
			}
		}
		if at.node.Name == "probe" {
			for _, name := range names(at.configFile()) {
				add(name, "printer")
			}
		}
	}
	return found
}

// offer gives the forms in which a flag can be written.
func offer(f *kong.Flag, add func(candidate, meaning string)) {
	switch {
	case f.Hidden:
	case f.Tag.Negatable != "":
		add("--"+f.Name, f.Help)
		add("--no-"+f.Name, f.Help)
	case f.IsBool():
		add("--"+f.Name, f.Help)
	default:
		add("--"+f.Name+"=", f.Help)
	}
}

// place is where on a command line something is to be completed.
type place struct {
	model  *kong.Application
	node   *kong.Node
	awaits *kong.Flag        // whose value comes next; nil: none's
	given  map[string]string // values of flags, by name
}

// walk goes over the words before the last.
func walk(model *kong.Application, words []string) place {
	p := place{model: model, node: model.Node, given: map[string]string{}}
	for _, w := range words {
		switch {
		case p.awaits != nil:
			p.given[p.awaits.Name], p.awaits = w, nil
		case strings.HasPrefix(w, "-"):
			name, value, hasValue := strings.Cut(w, "=")
			f := p.flag(name)
			if f == nil || f.IsBool() {
				continue
			}
			if p.given[f.Name] = value; !hasValue {
				p.awaits = f
			}
		default:
			for _, child := range p.node.Children {
				if child.Name == w && !child.Hidden {
					p.node = child
					break
				}
			}
		}
	}
	return p
}

// flags are those that can stand here: those of the command, or of the default one, and those of all.
func (p place) flags() []*kong.Flag {
	var flags []*kong.Flag
	command := p.node
	if command == p.model.Node && p.model.DefaultCmd != nil {
		command = p.model.DefaultCmd
	}
	for _, group := range command.AllFlags(true) {
		flags = append(flags, group...)
	}
	return flags
}

// flag gives a flag by how it is written, nil where there is none.
func (p place) flag(written string) *kong.Flag {
	for _, f := range p.flags() {
		if "--"+f.Name == written {
			return f
		}
	}
	return nil
}

// configFile is the configuration file that the command would read.
func (p place) configFile() string {
	f := p.flag("--config.file")
	if f == nil {
		return ""
	}
	if file := p.given[f.Name]; file != "" {
		return file
	}
	for _, name := range f.Envs {
		if file := os.Getenv(name); file != "" {
			return file
		}
	}
	return f.Default
}

// firstSentence is what fits beside a candidate.
func firstSentence(help string) string {
	sentence, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(sentence, ".")
}
