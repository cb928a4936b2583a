package strictyaml

import (
	"regexp"
	"strings"
)

// keyLike is the form of a misspelled key. A string with a space or punctuation may be a key and a secret value.
var keyLike = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,40}$`)

// suggest returns the key that name is probably a misspelling of, "" if none is close.
func suggest(keys []Key, name string) string {
	if !keyLike.MatchString(name) {
		return ""
	}
	candidates := make([]string, len(keys))
	for i, k := range keys {
		candidates[i] = k.Name
	}
	return Nearest(name, candidates)
}

// Nearest returns the candidate with the smallest edit distance to name, "" if none is within a third of its length, at
// most 3. Case, dashes and underscores are ignored.
func Nearest(name string, candidates []string) string {
	folded, best := fold(name), ""
	nearest := min(max(1, len(folded)/3), 3) + 1
	for _, c := range candidates {
		if d := editDistance(folded, fold(c)); d < nearest {
			best, nearest = c, d
		}
	}
	return best
}

func fold(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(name), "-", ""), "_", "")
}

// editDistance is the optimal string alignment distance of a and b in bytes: the number of insertions, deletions,
// replacements and swaps of neighbors.
func editDistance(a, b string) int {
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
