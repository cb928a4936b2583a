package cli

import (
	"io"
	"regexp"
	"strings"
)

// addressPattern matches printer addresses on a command line, where they are in the wrong place.
var addressPattern = regexp.MustCompile(`(?i)[^\s"'=]*(?:[a-z]+://|octoeverywhere\.com)[^\s"']*`)

// redactingWriter redacts printer addresses from the output of the command-line parser. Each Write must contain complete
// lines.
type redactingWriter struct{ io.Writer }

func (w redactingWriter) Write(text []byte) (int, error) {
	if _, err := w.Writer.Write(addressPattern.ReplaceAll(text, []byte("<secret>"))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// redactArguments redacts addresses among the arguments from a text.
func redactArguments(text string, args []string) string {
	for _, arg := range args {
		for _, address := range addressPattern.FindAllString(arg, -1) {
			_, host, _ := strings.Cut(address, "://") // filepath.Clean removes the double slash
			for _, part := range []string{address, host} {
				if part != "" {
					text = strings.ReplaceAll(text, part, "<secret>")
				}
			}
		}
	}
	return text
}
