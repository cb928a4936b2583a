package probe

import (
	"context"
	"time"
)

// breath is how long a question waits after one to the same printer that was given up, or whose connection ended under it:
// whoever had that one must hear of it first, or would have two questions of ours at a time.
const breath = 100 * time.Millisecond

// takeBreath waits, at most until ctx ends.
func takeBreath(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
