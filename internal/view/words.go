package view

import (
	"strconv"
	"strings"

	"octoeverywhere_exporter/probe"
)

// Spaced makes words for people of a label value.
func Spaced(label string) string { return strings.ReplaceAll(label, "_", " ") }

// State is what a printer does; the label of one state is two words written as one.
func State(s probe.State) string {
	if s == probe.WarmingUp {
		return "warming up"
	}
	return s.String()
}

// Number is a number from 0 whose thousands are told apart.
func Number(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Count is a number from 0 with its noun.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}
