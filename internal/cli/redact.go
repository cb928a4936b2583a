package cli

import (
	"io"
	"regexp"
	"strings"
)

// addressForm is what a printer's address looks like on a command line, where it stands in the wrong place.
var addressForm = regexp.MustCompile(`(?i)[^\s"'=]*(?:[a-z]+://|octoeverywhere\.com)[^\s"']*`)

// hiding writes what a parser of command lines has to say, without the addresses that it repeats. Each Write must be whole.
type hiding struct{ io.Writer }

func (h hiding) Write(text []byte) (int, error) {
	if _, err := h.Writer.Write(addressForm.ReplaceAll(text, []byte("<secret>"))); err != nil {
		return 0, err
	}
	return len(text), nil
}

// withoutAddresses is a text without the addresses that stand among the arguments, where they are in the wrong place.
func withoutAddresses(text string, args []string) string {
	for _, arg := range args {
		for _, address := range addressForm.FindAllString(arg, -1) {
			_, host, _ := strings.Cut(address, "://") // a path that was made of it has no double slash
			for _, part := range []string{address, host} {
				if part != "" {
					text = strings.ReplaceAll(text, part, "<secret>")
				}
			}
		}
	}
	return text
}
