package config

import (
	"regexp"
	"strings"
)

// almostKey is the form of a key that is written wrong. With a blank or a sign in it, it can be a key and a secret value.
var almostKey = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,40}$`)

// suggest gives the key that name was meant to be, "" where none is close: at most one letter in three, and three in all, is
// wrong, missing, too much or in its neighbour's place. Capitals, dashes and underscores do not count.
func suggest(keys []key, name string) string {
	if !almostKey.MatchString(name) {
		return ""
	}
	candidates := make([]string, len(keys))
	for i, k := range keys {
		candidates[i] = k.name
	}
	return Nearest(name, candidates)
}

// Nearest gives the candidate that name was meant to be, "" where none is close: see suggest.
func Nearest(name string, candidates []string) string {
	folded, best := fold(name), ""
	nearest := min(max(1, len(folded)/3), 3) + 1
	for _, c := range candidates {
		if d := distance(folded, fold(c)); d < nearest {
			best, nearest = c, d
		}
	}
	return best
}

func fold(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "-", ""), "_", "")
}

// distance is the number of edits that make b of a, byte by byte: to insert, delete, replace one, or to swap two neighbours
// (optimal string alignment).
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replaced := last[j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			row[j] = min(replaced, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
