package cli

import (
	"bytes"
	"strings"
	"testing"

	"octoeverywhere_exporter/test/testkit"
)

// TestAPanicOfACommandShowsNoSecret: not even at the very end.
func TestAPanicOfACommandShowsNoSecret(t *testing.T) {
	secrets := testkit.NewCanaries()
	var said bytes.Buffer
	code := func() (code int) {
		defer func() { code = recoverPanic(recover(), &said) }()
		panic("https://" + testkit.Mark + ".octoeverywhere.com")
	}()
	if code != exitPanic || !strings.Contains(said.String(), "a value of type string") || !strings.Contains(said.String(), "panic_test.go") {
		t.Errorf("%d: %s", code, said.String())
	}
	secrets.Absent(t, "what a command says", said.String())
	if code := recoverPanic(exited(3), &said); code != 3 {
		t.Errorf("kong's %d", code)
	}
}
