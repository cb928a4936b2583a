package onboard

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// change is a number of changes of files, all of which can be taken back.
type change struct{ undo []func() error }

// Undo takes all back, the last change first.
func (c *change) Undo() error {
	var errs []error
	for _, undo := range slices.Backward(c.undo) {
		errs = append(errs, undo())
	}
	c.undo = nil
	return errors.Join(errs...)
}

// folder makes a folder, and those above it that are not there.
func (c *change) folder(path string, mode fs.FileMode) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(path); parent != path {
		if err := c.folder(parent, mode); err != nil {
			return err
		}
	}
	if err := os.Mkdir(path, mode); err != nil {
		return err
	}
	c.undo = append(c.undo, func() error { return os.Remove(path) })
	return ownAs(path, filepath.Dir(path))
}

// create writes a file that must not be there.
func (c *change) create(path string, text []byte, mode fs.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	c.undo = append(c.undo, func() error { return os.Remove(path) })
	return errors.Join(fill(f, text), ownAs(path, filepath.Dir(path)))
}

// replace gives a file another content, in one step: whoever reads it meanwhile gets the old one or the new one. A file that
// is not there is created.
func (c *change) replace(path string, text []byte) error {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c.create(path, text, 0o640)
	}
	if err != nil {
		return err
	}
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.Mode().Perm()&0o222 == 0 { // renaming would pass over that
		return errors.New("it is write-protected")
	}
	if err := swap(path, text); err != nil {
		return err
	}
	c.undo = append(c.undo, func() error { return swap(path, old) })
	return nil
}

// swap puts another file with the same mode and owner in a file's place.
func swap(path string, text []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // a dot: the exporter passes it over
	if err != nil {
		return err
	}
	if err = errors.Join(fill(f, text), os.Chmod(f.Name(), info.Mode().Perm()), ownAs(f.Name(), path)); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// fill writes a file to the disk and closes it.
func fill(f *os.File, text []byte) error {
	_, err := f.Write(text)
	return errors.Join(err, f.Sync(), f.Close())
}

// because says what could not be done, and why; the path is one that this program made up, or a flag.
func because(what, path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		err = e.Err
	}
	return fmt.Errorf("%s %s: %w", what, path, err)
}
