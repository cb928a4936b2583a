package cli

import (
	"errors"
	"fmt"
	"strings"

	"octoeverywhere_exporter/fault"
)

// Exit codes besides 0: of what went wrong while running, of a mistake of the program itself (the code that Go gives a panic), and
// of a probe that was interrupted. What is wrong with the command line is 80, as is usual with kong.
const (
	exitFailed      = 1
	exitMistake     = 2
	exitUsage       = 80
	exitInterrupted = 130 // 128 and the number of SIGINT, as shells have it
)

// exitOf is the exit code that says that a layer fails: 10 for the nearest.
func exitOf(l fault.Layer) int { return 10 + int(l-fault.Layers[0]) }

// exitTable lists the exit codes for people.
func exitTable() [][2]string {
	table := [][2]string{
		{"0", "All is well."},
		{fmt.Sprint(exitFailed), "The command failed: a mistake in the configuration, a file that cannot be written."},
		{fmt.Sprint(exitMistake), "A mistake of the program itself; please report what it printed."},
	}
	for _, l := range fault.Layers {
		table = append(table, [2]string{fmt.Sprint(exitOf(l)), fmt.Sprintf("A printer was probed and fails at the layer %s; of several, this is the nearest.", l)})
	}
	return append(table,
		[2]string{fmt.Sprint(exitUsage), "The command line is wrong."},
		[2]string{fmt.Sprint(exitInterrupted), "The probing was interrupted."})
}

// exitHelp is the table as the help of a command has it.
func exitHelp() string {
	var b strings.Builder
	b.WriteString("Exit codes:\n\n")
	for _, row := range exitTable() {
		fmt.Fprintf(&b, "    %3s  %s\n", row[0], row[1])
	}
	return b.String()
}

// ended is how a command ends that has said all that there is to say.
type ended int

func (e ended) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// exitCode is the exit code of what a command returned; tell says whether the error is news.
func exitCode(err error) (code int, tell bool) {
	if e, ok := errors.AsType[ended](err); ok {
		return int(e), false
	}
	if err != nil {
		return exitFailed, true
	}
	return 0, false
}
