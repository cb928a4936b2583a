// Package view holds the words that page, terminal, log and JSON share: what is known of a layer, causes, states, request
// traces, durations and numbers. It turns values into text and decides nothing.
package view
