package view

import (
	"strconv"
	"strings"

	"octoeverywhere_exporter/probe"
)

// Spaced turns a label value into words: plugin_offline becomes "plugin offline".
func Spaced(label string) string { return strings.ReplaceAll(label, "_", " ") }

// State is the printer's state in words. The label value of one state is two words written as one.
func State(s probe.State) string {
	if s == probe.WarmingUp {
		return "warming up"
	}
	return s.String()
}

// YesNo is a boolean in a word.
func YesNo(v bool) string {
	if v {
		return "yes"
	}
	return "no"
}

// Number formats a number from 0 with thousands separators.
func Number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Count is a number from 0 with its noun.
func Count(n int, singular, plural string) string {
	if n == 1 {
		return "1 " + singular
	}
	return Number(n) + " " + plural
}
