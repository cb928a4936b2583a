// Package console shows on a terminal what package probe knows: the ladder of one printer as it is climbed and when it was,
// a line for each of many, and what is wrong with a fleet, grouped by cause. It makes text of values and decides nothing;
// nothing secret reaches it.
package console
