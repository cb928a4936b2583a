package main

import (
	"strings"
	"testing"
)

func TestTail(t *testing.T) {
	var short, long tail
	for range 3 {
		if n, err := short.Write([]byte("line\n")); n != 5 || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := short.String(); got != "line\nline\nline" {
		t.Errorf("%q", got)
	}
	for _, text := range []string{strings.Repeat("a", maxTail) + "\n", "the last one\n", strings.Repeat("b", 2*maxTail) + "\nwhole\n"} {
		if n, err := long.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	if got := long.String(); got != "whole" {
		t.Errorf("%q", got)
	}
}
