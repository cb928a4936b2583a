//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package store

import (
	"errors"
	"os"
	"syscall"

	"go.etcd.io/bbolt"
)

// tryLock locks a file for this process. locked is false where another process has it. The lock belongs to the open file, so that
// bbolt can take it once more.
func tryLock(f *os.File) (locked bool, err error) {
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// replaceFile gives a database the path of another one, which is closed. Both are locked until then, so that a process that waits
// for the lock does not get the old one.
func replaceFile(path, newPath string, old, db *bbolt.DB) (*bbolt.DB, error) {
	if err := os.Rename(newPath, path); err != nil {
		return old, errors.Join(err, guard(db.Close), os.Remove(newPath))
	}
	return db, guard(old.Close)
}
