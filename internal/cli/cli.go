// Package cli is the command line: one file per command, exit codes, what is written to a terminal.
package cli

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/alecthomas/kong"
)

const description = `Probes 3D printers behind OctoEverywhere's relay, finds the layer that fails (network, service, access, plugin, host, printer), and exports the result to Prometheus.

Every flag can also be given as an environment variable, e.g. --config.file as OE_EXPORTER_CONFIG_FILE. Secrets are read from files only.`

// commands is the command line. The Run method of a command gets the stdio it may use.
type commands struct {
	Serve serveCommand `cmd:"" group:"run" default:"withargs" help:"Probe the printers and serve their metrics (the default)."`
	Check checkCommand `cmd:"" group:"run" help:"Check the configuration; exit code 1 if it is invalid."`

	Add        addCommand        `cmd:"" group:"set-up" help:"Add printers to the configuration by their URLs."`
	Export     exportCommand     `cmd:"" group:"set-up" help:"Print targets for Prometheus' file_sd_configs."`
	Completion completionCommand `cmd:"" group:"set-up" help:"Print a shell completion script."`

	Probe   probeCommand   `cmd:"" group:"look" help:"Probe printers once; show the failing layer and the remedy."`
	Codes   codesCommand   `cmd:"" group:"look" help:"Explain codes and reasons: meaning, remedy, owner."`
	Version versionCommand `cmd:"" group:"look" help:"Print the version."`

	Demo     demoCommand     `cmd:"" group:"play" help:"Run the exporter with a simulated fleet; needs no setup."`
	Simulate simulateCommand `cmd:"" group:"play" help:"Run a simulated relay for drills and load tests."`

	Complete completeCommand `cmd:"" hidden:"" passthrough:""`

	LogLevel  logLevel `name:"log.level" default:"info" help:"Minimum level of log messages: debug, info, warn or error."`
	LogFormat string   `name:"log.format" enum:"auto,tint,json,logfmt" default:"auto" help:"tint: for people; json, logfmt: for machines; auto: tint on a terminal, json otherwise."`

	VersionFlag kong.VersionFlag `name:"version" env:"-" help:"Print the version and exit."`
}

// commandGroups are the groups of commands in the help.
var commandGroups = []kong.Group{
	{Key: "run", Title: "Run:"},
	{Key: "set-up", Title: "Set up:"},
	{Key: "look", Title: "Look:"},
	{Key: "play", Title: "Play:"},
}

// stdio is standard input, output and error.
type stdio struct {
	in       *os.File
	out, err io.Writer
}

// build describes the program.
type build struct{ version, revision, goVersion, tags string }

func (b build) String() string {
	s := "octoeverywhere_exporter " + b.version
	if b.revision != "" {
		s += " (" + b.revision + ")"
	}
	return fmt.Sprintf("%s %s %s/%s", s, b.goVersion, runtime.GOOS, runtime.GOARCH)
}

// thisBuild returns what the linker and the Go toolchain wrote into the program.
func thisBuild(version string) build {
	b := build{version: version, goVersion: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		if b.version == "" {
			b.version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.revision = s.Value[:min(12, len(s.Value))]
			case "-tags":
				b.tags = s.Value
			}
		}
	}
	if b.version == "" || b.version == "(devel)" {
		b.version = "devel"
	}
	return b
}

// Main runs the program with arguments (without its name) and returns the exit code. version is that of a release build, ""
// otherwise.
func Main(args []string, version string, in *os.File, out, err io.Writer) (code int) {
	discardStandardLog()
	return run(args, thisBuild(version), stdio{in, out, err})
}

// newParser returns the parser of command lines. It ends the program after --help and --version, and after an error, by a
// panic with exited.
func newParser(c *commands, b build, out, err io.Writer) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("octoeverywhere_exporter"),
		kong.Description(description),
		kong.DefaultEnvars("OE_EXPORTER"),
		kong.ExplicitGroups(commandGroups),
		kong.Help(printHelp),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.ValueFormatter(func(v *kong.Value) string { return v.Help }), // without the variable, whose name follows a rule
		kong.ShortUsageOnError(),
		kong.Writers(out, err),
		kong.Vars{"version": b.String()},
		kong.Exit(func(status int) { panic(exited(status)) }),
	)
}

// run is the program, without the process around it.
func run(args []string, b build, s stdio) (code int) {
	out := &output{Writer: s.out}
	s.out = out
	var c commands
	parser, err := newParser(&c, b, out, s.err)
	if err != nil {
		fmt.Fprintln(s.err, err)
		return exitPanic
	}
	secrets := newRedactor(parser.Model, args)
	defer func() {
		if e := recover(); e != nil {
			code = recoverPanic(e, s.err)
		}
		if problem := out.problem(); problem != nil {
			code = exitFailed
			printError(s.err, problem.Error())
		}
	}()
	args = prepare(parser.Model, args)
	ctx, err := parser.Parse(args)
	if err != nil {
		if out.problem() != nil { // of --help
			return exitFailed
		}
		parser.Stderr = redactingWriter{s.err, secrets}
		parser.Stdout = parser.Stderr // the usage is not output
		parser.FatalIfErrorf(explainUsage(parser.Model, args, err))
	}
	log, queue := newLogger(s.err, slog.Level(c.LogLevel), c.LogFormat)
	log = withRedaction(log, secrets)
	flush := func() {
		if !queue.close() {
			s.err = io.Discard // nobody reads it
		}
	}
	defer flush()
	err = ctx.Run(s, log, queue, b, parser.Model)
	code, report := exitCode(err)
	if !report || out.problem() != nil {
		return code
	}
	err = secrets.err(err)
	isLogged := isForLog(err, formatFor(s.err, c.LogFormat))
	if isLogged {
		logServerError(log, err)
	}
	flush() // what follows is the last that is written
	if !isLogged {
		printError(s.err, err.Error())
	}
	return code
}

// printError prints why the program ends.
func printError(w io.Writer, text string) {
	if isJournal(w) {
		text = withPriority("<3>", text)
	}
	fmt.Fprintln(w, text)
}

// exited is the exit status that kong asked for.
type exited int

// recoverPanic returns the exit code for the value of a panic. It prints the stack of a bug, but not the value, which Go
// itself would print.
func recoverPanic(e any, err io.Writer) int {
	if status, ok := e.(exited); ok {
		return int(status)
	}
	fmt.Fprint(err, panicText(e))
	return exitPanic
}

type versionCommand struct{}

func (versionCommand) Run(s stdio, b build) error {
	_, err := fmt.Fprintln(s.out, b)
	return err
}
