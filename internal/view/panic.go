package view

import (
	"fmt"
	"runtime"
)

// PanicText describes the value of a panic. Only errors of the Go runtime are known to contain no address and no
// credential; of any other value only the type is named.
func PanicText(v any) string {
	if err, ok := v.(runtime.Error); ok {
		return err.Error()
	}
	return fmt.Sprintf("a value of type %T, not shown because it may contain a secret", v)
}
