package main

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestStepsAreDocumented: every name of the JSON stands in docs/probe.md.
func TestStepsAreDocumented(t *testing.T) {
	document, err := os.ReadFile("docs/probe.md")
	if err != nil {
		t.Fatal(err)
	}
	for f := range reflect.TypeFor[stepObject]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !strings.Contains(string(document), "`"+name+"`") {
			t.Errorf("%s is not documented", name)
		}
	}
}
