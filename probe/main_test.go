package probe

import (
	"io"
	"log"
	"testing"

	"go.uber.org/goleak"
)

// TestMain sees to it that no test leaves a goroutine behind.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard) // net/http writes there what an edge sends without being asked, however much it is
	goleak.VerifyTestMain(m)
}
