package cli

import (
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// allFlags returns the flags of the program and of all commands.
func allFlags(model *kong.Application) []*kong.Flag {
	flags := slices.Clone(model.Flags)
	for _, n := range model.Children {
		flags = append(flags, n.Flags...)
	}
	return flags
}

// prepare returns args as they are parsed: help is --help, and a flag with an empty value is left out. An environment
// variable of a flag that is empty is removed. So an empty value counts as unset, whatever the flag.
func prepare(model *kong.Application, args []string) []string {
	for _, f := range allFlags(model) {
		for _, name := range f.Envs {
			if value, set := os.LookupEnv(name); set && value == "" {
				_ = os.Unsetenv(name) // fails for an invalid name only
			}
		}
	}
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help")
	}
	return withoutEmptyFlags(model, args)
}

// withoutEmptyFlags returns args without those flags whose value is empty, as --flag= or as two arguments.
func withoutEmptyFlags(model *kong.Application, args []string) []string {
	var kept []string
	at := position{model: model, node: model.Node}
	for i := 0; i < len(args); i++ {
		if args[i] == "--" || at.node.Passthrough {
			return append(kept, args[i:]...)
		}
		name, value, hasValue := strings.Cut(args[i], "=")
		f := at.flag(name)
		switch {
		case f == nil:
			at.enter(args[i])
		case hasValue && value == "":
			continue
		case !hasValue && !f.IsBool() && i+1 < len(args):
			if i++; args[i] != "" {
				kept = append(kept, args[i-1], args[i])
			}
			continue
		}
		kept = append(kept, args[i])
	}
	return kept
}
