package main

import (
	"io"
	"regexp"
)

// addressForm is what a printer's address looks like on a command line, where it stands in the wrong place.
var addressForm = regexp.MustCompile(`(?i)[^\s"'=]*(?:https?://|octoeverywhere\.com)[^\s"']*`)

// hiding writes what a parser of command lines has to say, without the addresses that it repeats. Each Write must be whole.
type hiding struct{ io.Writer }

func (h hiding) Write(text []byte) (int, error) {
	if _, err := h.Writer.Write(addressForm.ReplaceAll(text, []byte("<secret>"))); err != nil {
		return 0, err
	}
	return len(text), nil
}
