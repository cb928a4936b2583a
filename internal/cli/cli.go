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

	"octoeverywhere_exporter/internal/view"
)

const description = `Probes 3D printers that are reached through OctoEverywhere, decides which layer failed (network, service, access, plugin, host, printer), and exports that to Prometheus.

Every flag can also be given as an environment variable, e.g. --config.file as OE_EXPORTER_CONFIG_FILE. Secrets are read from files only.`

// commands is the command line. Each command has a Run method that gets the streams it may write to.
type commands struct {
	Serve    serveCommand    `cmd:"" default:"withargs" help:"Probe the configured printers and serve their metrics (the default)."`
	Check    checkCommand    `cmd:"" help:"Check the configuration; exit with 1 if there is a mistake in it."`
	Probe    probeCommand    `cmd:"" help:"Probe printers once and show which layer fails, why, and what to do."`
	Add      addCommand      `cmd:"" help:"Add a printer from the URL that the App Connection Portal, or a Shared Connection, gives."`
	Codes    codesCommand    `cmd:"" help:"Print the table of codes: what each means, whose job it is, what to do."`
	Demo     demoCommand     `cmd:"" help:"Probe and export an embedded, simulated fleet with faults at every layer; nothing to configure."`
	Simulate simulateCommand `cmd:"" help:"Run that simulated relay alone, for drills and load, and write the configuration that fits it."`
	Version  versionCommand  `cmd:"" help:"Print the version."`

	Completion completionCommand `cmd:"" help:"Print the script with which a shell completes command lines of this program."`
	Complete   completeCommand   `cmd:"" hidden:"" passthrough:""`

	LogLevel  slog.Level `name:"log.level" default:"info" help:"Log messages of this level and above: debug, info, warn or error."`
	LogFormat string     `name:"log.format" enum:"auto,tint,json" default:"auto" help:"tint: for people; json: for machines; auto: tint on a terminal, json else."`

	VersionFlag kong.VersionFlag `name:"version" env:"-" help:"Print the version and exit."`
}

// streams are what a command reads and where it writes, and build is what it says of itself.
type streams struct {
	in       *os.File
	out, err io.Writer
}

type build struct{ version, revision, goVersion string }

func (b build) String() string {
	s := "octoeverywhere_exporter " + b.version
	if b.revision != "" {
		s += " (" + b.revision + ")"
	}
	return fmt.Sprintf("%s %s %s/%s", s, b.goVersion, runtime.GOOS, runtime.GOARCH)
}

// thisBuild is what the linker and the Go toolchain wrote into the program.
func thisBuild(version string) build {
	b := build{version: version, goVersion: runtime.Version()}
	if info, ok := debug.ReadBuildInfo(); ok {
		if b.version == "" {
			b.version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				b.revision = s.Value[:min(12, len(s.Value))]
			}
		}
	}
	if b.version == "" || b.version == "(devel)" {
		b.version = "devel"
	}
	return b
}

// Main runs the program with the arguments args (without the program's name) and returns its exit code. version is that
// of a release build, "" otherwise.
func Main(args []string, version string, in *os.File, out, err io.Writer) (code int) {
	discardStandardLog()
	return run(args, thisBuild(version), streams{in, out, err})
}

// newParser makes the reader of command lines. --help and --version end the program from inside, as exited.
func newParser(c *commands, b build, out, err io.Writer) (*kong.Kong, error) {
	return kong.New(c,
		kong.Name("octoeverywhere_exporter"),
		kong.Description(description),
		kong.DefaultEnvars("OE_EXPORTER"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true, WrapUpperBound: 100}),
		kong.ShortUsageOnError(),
		kong.Writers(out, hiding{err}),
		kong.Vars{"version": b.String()},
		kong.Exit(func(status int) { panic(exited(status)) }),
	)
}

// run is the program, without the process around it.
func run(args []string, b build, s streams) (code int) {
	var c commands
	out, err := s.out, s.err
	parser, perr := newParser(&c, b, out, err)
	if perr != nil {
		fmt.Fprintln(err, perr)
		return exitMistake
	}
	defer func() {
		if e := recover(); e != nil {
			code = endBy(e, err)
		}
	}()
	ctx, perr := parser.Parse(args)
	parser.FatalIfErrorf(perr) // with a short usage, and exit status 80
	log := newLogger(err, c.LogLevel, c.LogFormat)
	rerr := ctx.Run(s, log, b, parser.Model)
	code, tell := exitCode(rerr)
	if tell {
		text := withoutAddresses(rerr.Error(), args)
		if isJournal(err) {
			text = marked("<3>", text)
		}
		fmt.Fprintln(err, text)
	}
	return code
}

// exited carries the status with which kong would have ended the process.
type exited int

// endBy gives the exit code of what a command panicked with. A mistake is told of with its place, but without its value,
// which Go itself would print.
func endBy(e any, err io.Writer) int {
	if status, ok := e.(exited); ok {
		return int(status)
	}
	fmt.Fprintf(err, "a mistake of the program: %s\n%s", view.PanicText(e), debug.Stack())
	return exitMistake
}

type versionCommand struct{}

func (versionCommand) Run(s streams, b build) error {
	_, err := fmt.Fprintln(s.out, b)
	return err
}
