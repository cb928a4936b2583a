package store

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// TestReadingWritesNothing: a file can be read at the start while the disk is full.
func TestReadingWritesNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, _ := open(t, dir)
	f := newFarm(s, 50)
	f.probe(printing(), 0, 1).probe(fails(785), 0)
	s.Close(f.now, f.all(), nil)
	before := readFile(t, path)
	s, _ = open(t, dir)
	if got := s.Load(f.now.Add(time.Second)); len(got) != 50 || !bytes.Equal(before, readFile(t, path)) {
		t.Errorf("%d records, or the file has changed", len(got))
	}
}

// TestTheFileIsDeletedDuringARun, with its folder or without: a new one has everything that is in memory, with the same key.
func TestTheFileIsDeletedDuringARun(t *testing.T) {
	for name, remove := range map[string]func(dir string) error{
		"file":   func(dir string) error { return os.Remove(filepath.Join(dir, fileName)) },
		"folder": os.RemoveAll,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "state")
			s, log := open(t, dir)
			f := newFarm(s, 20)
			f.probe(printing(), 0)
			s.Sync(f.now, f.all())
			key := s.Key()
			if err := remove(dir); err != nil {
				t.Fatal(err)
			}
			if !s.Sync(f.now, f.all()) || strings.Count(log.String(), "was deleted") != 1 || s.Stats().Errors != 1 {
				t.Errorf("%+v\n%s", s.Stats(), log)
			}
			s = reopen(t, s, dir)
			if got := s.Load(f.now); len(got) != 20 || got[0].Status.Print.Start.IsZero() || !bytes.Equal(s.Key(), key) {
				t.Errorf("%d records after the restart", len(got))
			}
		})
	}
}

// TestTheFolderIsGoneForAWhile: writing is tried again every minute.
func TestTheFolderIsGoneForAWhile(t *testing.T) {
	parent := filepath.Join(t.TempDir(), "parent")
	if err := os.Mkdir(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	s, log := open(t, filepath.Join(parent, "state"))
	f := newFarm(s, 20)
	s.Sync(f.now, f.all())
	key := s.Key()
	if err := os.RemoveAll(parent); err != nil {
		t.Fatal(err)
	}
	for range 90 {
		if s.Sync(f.now, f.all()); s.nextTry.IsZero() {
			t.Fatal("something is written")
		}
		f.now = f.now.Add(time.Second)
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 2 {
		t.Errorf("%d errors are logged:\n%s", n, log)
	}
	if err := os.Mkdir(parent, 0o700); err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(retryInterval)
	if !s.Sync(f.now, f.all()) || !strings.Contains(log.String(), "succeeded again") {
		t.Errorf("not written again: %s", log)
	}
	s = reopen(t, s, filepath.Join(parent, "state"))
	if got := s.Load(f.now); len(got) != 20 || !bytes.Equal(s.Key(), key) {
		t.Errorf("%d records after the restart", len(got))
	}
}

// TestTheFileIsReplacedDuringARun: the other file, which may be a backup, is left as it is for the next start.
func TestTheFileIsReplacedDuringARun(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, log := open(t, dir)
	f := newFarm(s, 20)
	s.Sync(f.now, f.all())
	backup := readFile(t, path)
	writeFile(t, path+".backup", backup)
	if err := os.Rename(path+".backup", path); err != nil {
		t.Fatal(err)
	}
	f.probe(printing(), 0)
	for range 3 {
		if s.Sync(f.now, f.all()) {
			t.Error("something is written")
		}
		f.now = f.now.Add(2 * retryInterval)
	}
	s.Close(f.now, f.all(), nil)
	if size := s.Stats().Size; size != 0 {
		t.Errorf("the size is %d, and the alert needs 0", size)
	}
	if n := strings.Count(log.String(), "was replaced"); n != 1 || !bytes.Equal(backup, readFile(t, path)) {
		t.Errorf("logged %d times, or the file is not as before", n)
	}
}

// TestANewPrinterHasNoPastOfOneThatCannotBeRead, though it can get the same number.
func TestANewPrinterHasNoPastOfOneThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, _ := open(t, dir)
	f := newFarm(s, 3)
	f.probe(printing(), 2).probe(complete(), 2).probe(fails(785), 2)
	s.Close(f.now, f.all(), nil)
	changeDatabase(t, path, func(tx *bbolt.Tx) error { return tx.Bucket(printersBucket).Put(numberKey(3), []byte("{")) })
	s, _ = open(t, dir)
	if got := s.Load(f.now); len(got) != 2 || s.Stats().Errors != 1 {
		t.Errorf("%d records, %d errors", len(got), s.Stats().Errors)
	}
	if periods, prints := s.Past(3, f.now.Add(time.Hour)); len(periods)+len(prints) > 0 {
		t.Errorf("%v %v", periods, prints)
	}
	if s = reopen(t, s, dir); s.Load(f.now) == nil || s.Stats().Errors != 0 {
		t.Errorf("the record is reported once more: %+v", s.Stats())
	}
}

// TestTwoPeriodsAtTheSameTime, which began before the clock was set back: the newer one is stored.
func TestTwoPeriodsAtTheSameTime(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 1)
	f.probe(printing(), 0).probe(fails(785), 0).probe(fails(789), 0)
	s.Close(f.now, f.all(), nil)
	s, _ = open(t, dir)
	f.now = begin.Add(-time.Hour)
	f.restart(s)
	s.Close(f.now, f.all(), nil)
	s, _ = open(t, dir)
	if periods, _ := s.Past(1, f.now.Add(time.Hour)); len(periods) != 1 || periods[0].Fault.Reason != "auth_invalid" {
		t.Errorf("%+v", periods)
	}
}

// TestTheFileIsEmptiedDuringARun: reading history fails and does not wait, and the file is made again.
func TestTheFileIsEmptiedDuringARun(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 300)
	f.probe(printing(), 0)
	s.Sync(f.now, f.all())
	key := s.Key()
	if err := os.Truncate(filepath.Join(dir, fileName), 0); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if periods, _ := s.Past(1, f.now); periods != nil {
			t.Errorf("%v is read", periods)
		}
	}
	if !s.Sync(f.now, f.all()) {
		t.Error("nothing is written")
	}
	if periods, _ := s.Past(1, f.now); len(periods) != 1 {
		t.Errorf("%v is read afterwards", periods)
	}
	s = reopen(t, s, dir)
	if got := s.Load(f.now); len(got) != 300 || !bytes.Equal(s.Key(), key) {
		t.Errorf("%d records after the restart", len(got))
	}
}

// TestAFileThatIsReplacedWhileAnotherProcessWaits for its lock, as when it is compacted: that one gets the new file.
func TestAFileThatIsReplacedWhileAnotherProcessWaits(t *testing.T) {
	t.Parallel() // it waits
	path := filepath.Join(t.TempDir(), fileName)
	first, err := lockFile(path)
	if err != nil {
		t.Fatal(err)
	}
	opened, second := make(chan struct{}), make(chan *os.File)
	go func() {
		close(opened)
		f, err := lockFile(path)
		if err != nil {
			t.Error(err)
		}
		second <- f
	}()
	<-opened
	time.Sleep(2 * lockRetryInterval) // so that it has opened the old file; the test passes without
	writeFile(t, path+".compact", []byte("new"))
	if err := os.Rename(path+".compact", path); err != nil {
		t.Fatal(err)
	}
	_ = first.Close()
	f := <-second
	defer f.Close()
	if got, err := io.ReadAll(f); string(got) != "new" {
		t.Errorf("%q %v", got, err)
	}
}
