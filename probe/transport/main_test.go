package transport

import (
	"io"
	"log"
	"testing"

	"go.uber.org/goleak"
)

// TestMain checks that no test leaves a goroutine.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http logs unsolicited responses, of any length
	goleak.VerifyTestMain(m)
}

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
