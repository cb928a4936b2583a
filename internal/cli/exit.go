package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/internal/config/strictyaml"
	"octoeverywhere_exporter/internal/exporter"
)

// Exit codes besides 0 and those of layers.
const (
	exitFailed      = 1
	exitPanic       = 2   // as Go has it
	exitUsage       = 80  // as kong has it
	exitInterrupted = 130 // 128 plus the number of SIGINT, as shells have it
)

// layerExitCode returns the exit code of a failing layer: 10 for the closest.
func layerExitCode(l fault.Layer) int { return 10 + int(l-fault.Layers[0]) }

// exitTable lists the exit codes with their meanings.
func exitTable() [][2]string {
	table := [][2]string{
		{"0", "Success."},
		{fmt.Sprint(exitFailed), "Failed: an invalid configuration, or a file that cannot be written."},
		{fmt.Sprint(exitPanic), "A bug in the program; please report its output."},
	}
	for _, l := range fault.Layers {
		table = append(table, [2]string{fmt.Sprint(layerExitCode(l)), fmt.Sprintf("The closest failing layer of the probed printers is %s.", l)})
	}
	return append(table,
		[2]string{fmt.Sprint(exitUsage), "The command line or one of its environment variables is invalid."},
		[2]string{fmt.Sprint(exitInterrupted), "Interrupted, or ended at once by a second signal."})
}

// exitHelp returns the table for the help of a command.
func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n\n")
	for _, row := range exitTable() {
		fmt.Fprintf(&b, "    %3s  %s\n", row[0], row[1])
	}
	return b.String()
}

// exitStatus is the error of a command that has printed everything itself.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// serverError is the error with which a command that serves ends. Its last record in the log has it.
type serverError struct {
	message string
	error
}

// Unwrap returns the error itself.
func (e serverError) Unwrap() error { return e.error }

// isForLog reports whether the log reports err, which is then of a command that serves. People read errors of the
// configuration as plain text, with source lines.
func isForLog(err error, format string) bool {
	_, serves := errors.AsType[serverError](err)
	_, isConfig := errors.AsType[strictyaml.Errors](err)
	return serves && (format != formatTint || !isConfig)
}

// logServerError logs a serverError.
func logServerError(log *slog.Logger, err error) {
	if e, ok := errors.AsType[serverError](err); ok {
		exporter.LogError(log, e.message, e.error)
	}
}

// bug is the error of a command that ended in a panic: what is to be printed.
type bug string

func (b bug) Error() string { return string(b) }

// exitCode returns the exit code for the error of a command, and whether the error is to be printed.
func exitCode(err error) (code int, report bool) {
	if e, ok := errors.AsType[exitStatus](err); ok {
		return int(e), false
	}
	if _, ok := errors.AsType[bug](err); ok {
		return exitPanic, true
	}
	if err != nil {
		return exitFailed, true
	}
	return 0, false
}
