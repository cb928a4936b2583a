// Package console writes the results of probes to a terminal: the layers of one printer during and after a probe, one line
// per printer of several, and the causes of what is wrong in a fleet. It takes its words from package view. Its output
// contains no secrets.
package console
