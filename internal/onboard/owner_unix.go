//go:build unix

package onboard

import (
	"os"
	"syscall"
)

// ownAs gives a file the owner and the group of another. Only root can; for others it has them as it is made, or cannot.
func ownAs(path, other string) error {
	info, err := os.Stat(other)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return os.Chown(path, int(s.Uid), int(s.Gid))
	}
	return nil
}
