package cli

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/config"
)

//go:embed completion
var completionScripts embed.FS

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is shown below the usage of the command.
func (completionCommand) Help() string {
	return `Completes commands, flags, their values and, after probe, the names of the configured printers.

    bash:  source <(octoeverywhere_exporter completion bash)
    zsh:   source <(octoeverywhere_exporter completion zsh)
    fish:  octoeverywhere_exporter completion fish | source

Add the line to ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish to enable it permanently.`
}

// Run prints the script of a shell.
func (c completionCommand) Run(s stdio) error {
	script, err := completionScripts.ReadFile("completion/" + c.Shell + ".sh")
	if err != nil {
		return err
	}
	_, err = s.out.Write(script)
	return err
}

// completeCommand is called by these scripts.
type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:"" help:"The words after the program's name; the last one is completed."`
}

// Run prints the candidates for the last word, one per line, with a tab and their meaning. None: the shell completes files.
func (c completeCommand) Run(s stdio, model *kong.Application) error {
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

// printerNames returns the names in a configuration file; none if it cannot be read.
func printerNames(file string) []string {
	path, err := filepath.Abs(file)
	if err != nil {
		return nil
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil // a pipe is for the command
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

// completions returns the candidates for the last word, each with a tab and its meaning. names returns the printers of a
// configuration file.
func completions(model *kong.Application, words []string, names func(file string) []string) []string {
	if len(words) == 0 {
		words = []string{""}
	}
	before, last := words[:len(words)-1], words[len(words)-1]
	at := parseWords(model, before)
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
			addFlag(f, add)
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
		if at.node.Name == "codes" {
			for _, r := range fault.Rows() {
				add(r.Reason, r.Meaning)
				if !r.Unlisted() {
					add(r.CodeLabel(), r.Meaning)
				}
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

// addFlag adds the forms of a flag.
func addFlag(f *kong.Flag, add func(candidate, meaning string)) {
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

// position is where on a command line a word is completed.
type position struct {
	model  *kong.Application
	node   *kong.Node
	awaits *kong.Flag        // the flag whose value is next; nil: none
	values map[string]string // of flags, by name; nil: none
}

// parseWords parses the words before the last.
func parseWords(model *kong.Application, words []string) position {
	p := position{model: model, node: model.Node}
	for _, w := range words {
		p.next(w)
	}
	return p
}

// next parses the next word.
func (p *position) next(w string) {
	switch {
	case p.awaits != nil:
		p.set(p.awaits, w)
		p.awaits = nil
	case strings.HasPrefix(w, "-"):
		name, value, hasValue := strings.Cut(w, "=")
		if f := p.flag(name); f != nil && hasValue {
			p.set(f, value)
		} else if f != nil && !f.IsBool() {
			p.awaits = f
		}
	default:
		p.enter(w)
	}
}

// set keeps the value of a flag.
func (p *position) set(f *kong.Flag, value string) {
	if p.values == nil {
		p.values = map[string]string{}
	}
	p.values[f.Name] = value
}

// enter selects the command with this name, if there is one.
func (p *position) enter(name string) {
	for _, child := range p.node.Children {
		if child.Name == name {
			p.node = child
			return
		}
	}
}

// flags returns the flags of the command, or of the default one, and those of all commands.
func (p position) flags() []*kong.Flag {
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

// flag returns a flag by its written form; nil if there is none.
func (p position) flag(written string) *kong.Flag {
	for _, f := range p.flags() {
		if written == "--"+f.Name || f.Tag.Negatable != "" && written == "--no-"+f.Name {
			return f
		}
	}
	return nil
}

// configFile returns the configuration file that the command would read.
func (p position) configFile() string {
	f := p.flag("--config.file")
	if f == nil {
		return ""
	}
	if file := p.values[f.Name]; file != "" {
		return file
	}
	for _, name := range f.Envs {
		if file := os.Getenv(name); file != "" {
			return file
		}
	}
	return f.Default
}

// firstSentence returns the first sentence of a help text.
func firstSentence(help string) string {
	sentence, _, _ := strings.Cut(help, ". ")
	return strings.TrimSuffix(sentence, ".")
}
