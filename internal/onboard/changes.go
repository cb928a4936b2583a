package onboard

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// changes are changes of files that can be undone.
type changes struct{ undo []func() error }

// Undo undoes all changes, the last one first.
func (c *changes) Undo() error {
	var errs []error
	for _, undo := range slices.Backward(c.undo) {
		errs = append(errs, undo())
	}
	c.undo = nil
	return errors.Join(errs...)
}

// createDirectory creates a directory unless it exists. Its parent must exist.
func (c *changes) createDirectory(path string, mode fs.FileMode) error {
	if isDirectory(path) {
		return nil
	}
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	c.undo = append(c.undo, func() error { return os.Remove(path) })
	return copyOwner(path, filepath.Dir(path))
}

// createFile writes a file that must not exist.
func (c *changes) createFile(path string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	c.undo = append(c.undo, func() error { return os.Remove(path) })
	return errors.Join(writeAndClose(f, text), copyOwner(path, filepath.Dir(path)))
}

// replaceFile replaces the content of a file atomically. A file that does not exist is created.
func (c *changes) replaceFile(path string, text []byte) error {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c.createFile(path, text, 0o640)
	}
	if err != nil {
		return err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.Mode().Perm()&0o222 == 0 { // a rename would ignore that
		return errors.New("it is write-protected")
	}
	if err := renameOver(path, text); err != nil {
		return err
	}
	c.undo = append(c.undo, func() error { return renameOver(path, old) })
	return nil
}

// renameOver replaces a file by a new one with the same mode and owner.
func renameOver(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // the exporter skips names with a leading dot
	if err != nil {
		return err
	}
	if err = errors.Join(writeAndClose(f, text), os.Chmod(f.Name(), info.Mode().Perm()), copyOwner(f.Name(), path)); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// writeAndClose writes text to the disk.
func writeAndClose(f *os.File, text []byte) error {
	_, err := f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// wrapPathError says what failed. The path in err is left out: it may be that of a temporary file.
func wrapPathError(action, path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return fmt.Errorf("%s %s: %w", action, path, err)
}
