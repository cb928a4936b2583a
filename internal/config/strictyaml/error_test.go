package strictyaml

import (
	"fmt"
	"strings"
	"testing"
)

// TestManyErrorsAreCounted: thousands of errors are shown as the first ones and a number.
func TestManyErrorsAreCounted(t *testing.T) {
	for n, last := range map[int]string{
		1: "c.yaml:1:1: a: wrong", maxShown: fmt.Sprintf("c.yaml:%d:1: a: wrong", maxShown),
		maxShown + 1: "and 1 more error", 20000: "and 19000 more errors",
	} {
		var e Errors
		for i := range n {
			e = append(e, Error{File: "c.yaml", Line: i + 1, Column: 1, Path: "a", Message: "wrong"})
		}
		lines := strings.Split(e.Error(), "\n")
		if got := lines[len(lines)-1]; got != last || len(lines) != min(n, maxShown+1) {
			t.Errorf("%d errors: %d lines, the last is %q", n, len(lines), got)
		}
	}
}
