package web

import (
	"strings"
	"testing"
	"time"
)

// TestABlockedMachineIsNotThePrinters: both pages say how many printers are affected, and do not send anybody to the owner of
// a connection.
func TestABlockedMachineIsNotThePrinters(t *testing.T) {
	f := &fleet{}
	f.add("a", nil, statusResult(time.Second, 407, ""))
	f.add("b", nil, statusResult(time.Second, 407, ""))
	f.add("c", nil, statusResult(time.Second, 200, idle))
	o := f.options()
	for _, path := range []string{"/", "/printers/a"} {
		page := get(o, path)
		if !strings.Contains(page, "Affects 2 of 3 printers. The way from this machine to OctoEverywhere is blocked") || strings.Contains(page, "connection&#39;s owner") {
			t.Errorf("%s: %s", path, page)
		}
	}
	for _, path := range []string{"/printers/b", "/printers/c"} {
		if page := get(o, path); strings.Contains(page, "Affects") != (path == "/printers/b") {
			t.Errorf("%s: %s", path, page)
		}
	}
}
