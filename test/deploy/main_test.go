package deploy

import (
	"fmt"
	"os"
	"testing"
)

// TestMain runs the tests in the folder deploy/, so that relative paths are the same as in its files.
func TestMain(m *testing.M) {
	if err := os.Chdir("../../deploy"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
