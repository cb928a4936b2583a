package view

import (
	"strings"
	"time"
	"unicode"

	"octoeverywhere_exporter/probe"
)

// Explained returns what the plugin adds to the printer's state, in the words of the printer's software: why it is paused, or
// what its error is. Both are "" where they are unknown, and while the host is not up.
func Explained(s *probe.Status, now time.Time) (subState, errorText string) {
	if !s.ReadingHolds(now) {
		return "", ""
	}
	return s.Reading.SubState(), s.Reading.ErrorText()
}

// Explanation is both texts of Explained in one, each fact once. It has no control characters.
func Explanation(s *probe.Status, now time.Time) string {
	subState, errorText := Explained(s, now)
	switch a, b := lettersOf(subState), lettersOf(errorText); {
	case strings.Contains(b, a):
		return errorText
	case strings.Contains(a, b):
		return subState
	}
	return subState + ": " + errorText
}

// lettersOf is a text without what differs between two spellings of it.
func lettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
