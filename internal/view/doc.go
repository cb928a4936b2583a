// Package words says for people what pages and the terminal both show: what is known of a layer, states, durations and
// numbers. It makes text of values and decides nothing.
package view
