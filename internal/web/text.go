package web

import "strings"

// capitalize makes the first letter of an ASCII word a capital.
func capitalize(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// truncate is a text of at most n characters; a longer one ends with an ellipsis.
func truncate(text string, n int) string {
	if len(text) <= n {
		return text
	}
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
