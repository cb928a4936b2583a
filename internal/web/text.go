package web

import "strings"

// title begins a word with a capital; only for words of ours, which are ASCII.
func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// cut is a text of at most n characters; a longer one ends with an ellipsis.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
