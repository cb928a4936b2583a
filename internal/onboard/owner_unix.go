//go:build unix

package onboard

import (
	"os"
	"syscall"
)

// copyOwner gives a file the owner and the group of another file if the process runs as root.
func copyOwner(path, from string) error {
	info, err := os.Stat(from)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return os.Chown(path, int(s.Uid), int(s.Gid))
	}
	return nil
}
