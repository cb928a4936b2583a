package store

import (
	"os"
	"syscall"
)

// mmapFlags make the kernel read a file when it is mapped, unless that would take long. A page that is read later, on first
// access, stops everything that runs on the same CPU of the Go scheduler, and with it all probes, until the disk has answered.
func mmapFlags(path string) int {
	if info, err := os.Stat(path); err == nil && info.Size() <= maxPopulated {
		return syscall.MAP_POPULATE
	}
	return 0
}
