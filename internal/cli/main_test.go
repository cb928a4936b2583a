package cli

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts and terminals start the test binary as the program.
func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // tests wait far more than they work
	testscript.Main(atTop{m}, map[string]func(){
		"octoeverywhere_exporter": func() { os.Exit(Main(os.Args[1:], "", os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// atTop runs tests at the top of the repository, so that paths in them are those that users see.
type atTop struct{ *testing.M }

func (t atTop) Run() int {
	if err := os.Chdir("../.."); err != nil {
		panic(err)
	}
	return t.M.Run()
}
