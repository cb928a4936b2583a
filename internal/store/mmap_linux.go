package store

import (
	"os"
	"syscall"
)

// maxPopulated is the size up to which a file is read as a whole when it is mapped: 1,000 busy printers need 90 days to fill it.
const maxPopulated = 64 << 20

// mmapFlags make the kernel read a file when it is mapped, unless that would take long. A page that is read later, on first
// access, stops everything that runs on the same CPU of the Go scheduler, and with it all probes, until the disk has answered.
func mmapFlags(path string) int {
	if info, err := os.Stat(path); err == nil && info.Size() <= maxPopulated {
		return syscall.MAP_POPULATE
	}
	return 0
}
