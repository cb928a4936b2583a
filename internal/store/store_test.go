package store

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/probe"
)

// TestARestart: verdict, print, backoff and history are those from before, and what was removed stays so.
func TestARestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	s, _ := open(t, dir)
	f := newFarm(s, 3)
	f.probe(printing(), 0, 1).probe(complete(), 1).probe(fails(785), 0, 2).probe(fails(785), 0)
	f.records[2].RemovedAt = f.now
	if !s.Sync(f.now, f.all()) {
		t.Fatal("nothing is written")
	}
	key := s.Key()
	s = reopen(t, s, dir)
	if !bytes.Equal(s.Key(), key) {
		t.Error("another key")
	}
	loaded := s.Load(f.now)
	if len(loaded) != 3 || s.Stats().Restored != 3 {
		t.Fatalf("%d records", len(loaded))
	}
	for i, r := range loaded {
		was := f.records[i]
		if r.Number != was.Number || r.Identity != was.Identity || !r.RemovedAt.Equal(was.RemovedAt) {
			t.Errorf("%+v, not %+v", r, was)
		}
		if d := cmp.Diff(describe(was.Status), describe(r.Status)); d != "" {
			t.Errorf("printer %d:\n%s", i, d)
		}
	}
	if lost := loaded[0].Status; !lost.LostDuringPrint() || !lost.Print.LostSince.Equal(f.records[0].Status.Print.LostSince) {
		t.Errorf("%+v", lost.Print)
	}
	info, err := os.Stat(filepath.Join(dir, fileName))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

// describe shows what survives of a status.
func describe(s *probe.Status) string {
	text := fmt.Sprintf("%s since %d, %v, print %d to %d %v, %v\n", s.Fault.Reason, s.Since.UnixMilli(), s.StatusInterval() >= 0,
		s.Print.Start.UnixMilli(), s.Print.End.UnixMilli(), s.Print.Outcome, s.Print.Ended)
	for _, v := range s.Verdicts() {
		text += fmt.Sprintf("%d %q %t\n", v.Since.UnixMilli(), v.Fault.Reason, v.Unknown)
	}
	for _, p := range s.Prints {
		text += fmt.Sprintf("%d to %d %v\n", p.Start.UnixMilli(), p.End.UnixMilli(), p.Outcome)
	}
	return text
}

// TestNothingSecretIsWritten: neither addresses nor credentials, in any form that can be read.
func TestNothingSecretIsWritten(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 2)
	f.probe(printing(), 0, 1)
	s.Close(f.now, f.all(), nil)
	content, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	s, _ = open(t, dir)
	if err := s.view(func(tx *bbolt.Tx) error {
		return tx.Bucket(printersBucket).ForEach(func(_, v []byte) error {
			record, err := newUnpacker().unpack(v)
			text, _ := json.Marshal(record)
			content = append(content, text...)
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content, []byte("p00001")) {
		t.Error("the printer is not there")
	}
	for _, secret := range []string{"app-1", "octoeverywhere.test", "canary"} {
		if bytes.Contains(content, []byte(secret)) {
			t.Errorf("the file contains %s", secret)
		}
	}
}

// TestOneProcessAtATime: a second one is told so.
func TestOneProcessAtATime(t *testing.T) {
	t.Parallel() // it waits
	dir := t.TempDir()
	open(t, dir)
	if s, err := Open(dir, discard); !errors.Is(err, ErrLocked) || s != nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
}

// TestUnusableFiles are set aside, and the exporter starts.
func TestUnusableFiles(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(t *testing.T, path string)
		aside string // the suffix of the file's new name
	}{
		"text":               {func(t *testing.T, path string) { writeFile(t, path, []byte(strings.Repeat("hello ", 10_000))) }, foreign},
		"short":              {func(t *testing.T, path string) { writeFile(t, path, []byte("x")) }, foreign},
		"a folder":           {func(t *testing.T, path string) { mkdir(t, path) }, foreign},
		"another database":   {otherDatabase, foreign},
		"a newer format":     {newerFormat, newer},
		"truncated":          {func(t *testing.T, path string) { truncate(t, path, 3*4096) }, damaged},
		"truncated by one":   {func(t *testing.T, path string) { truncate(t, path, -1) }, damaged},
		"zeros at the start": {func(t *testing.T, path string) { overwrite(t, path, 0, make([]byte, 8192)) }, foreign},
		"meta pages damaged": {func(t *testing.T, path string) {
			overwrite(t, path, 40, []byte{255})
			overwrite(t, path, 4096+40, []byte{255})
		}, damaged},
		"pages of nonsense": {func(t *testing.T, path string) { overwrite(t, path, 8192, bytes.Repeat([]byte{0xa5}, 60_000)) }, damaged},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, fileName)
			s, _ := open(t, dir)
			f := newFarm(s, 300)
			f.probe(printing(), 0)
			s.Close(f.now, f.all(), nil)
			c.spoil(t, path)

			s, log := open(t, dir)
			records := s.Load(f.now)
			if len(records) != 0 || !strings.Contains(log.String(), "unusable") || s.Stats().Errors == 0 {
				t.Errorf("%d records, log %q", len(records), log)
			}
			if _, err := os.Stat(path + "." + c.aside); err != nil {
				t.Error(err)
			}
			if !s.Sync(f.now, f.all()) {
				t.Errorf("nothing is written: %s", log)
			}
			if got := len(reopen(t, s, dir).Load(f.now)); got != 300 {
				t.Errorf("%d records after the next restart", got)
			}
		})
	}
}

// TestNoUsableFolder: everything goes on, in memory.
func TestNoUsableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	writeFile(t, file, nil)
	for _, dir := range []string{file, filepath.Join(file, "below"), filepath.Join(t.TempDir(), "missing", "folder")} {
		s, log := open(t, dir)
		if !strings.Contains(log.String(), "in memory only") || s.Stats().Errors == 0 || s.Stats().Size != 0 {
			t.Errorf("%s: %q %+v", dir, log, s.Stats())
		}
		f := newFarm(s, 1)
		if s.Load(f.now) != nil || s.Sync(f.now, f.all()) {
			t.Error("something is stored")
		}
		if periods, prints := s.Past(1, f.now); periods != nil || prints != nil {
			t.Error("there is a past")
		}
		s.Close(f.now, f.all(), nil)
	}
}

// TestAFullDisk: writing is tried again, one record is logged at the beginning and one at the end, and nothing is lost.
func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	s, log := open(t, dir)
	f := newFarm(s, 500)
	all := make([]int, 500)
	for i := range all {
		all[i] = i
	}
	s.db.Load().MaxSize = int(s.Stats().Size)
	for range 10 {
		f.probe(fails(785), all...).probe(printing(), all...)
		s.Sync(f.now, f.all())
	}
	if n := strings.Count(log.String(), "level=ERROR"); n != 1 || s.Stats().Errors < 2 {
		t.Errorf("%d errors are logged of %d:\n%s", n, s.Stats().Errors, log)
	}
	s.db.Load().MaxSize = 0
	f.now = f.now.Add(2 * retryInterval)
	if !s.Sync(f.now, f.all()) || !strings.Contains(log.String(), "succeeded again") {
		t.Errorf("not written again: %s", log)
	}
	loaded := reopen(t, s, dir).Load(f.now)
	if len(loaded) != 500 {
		t.Fatalf("%d records", len(loaded))
	}
	if d := cmp.Diff(describe(f.records[7].Status), describe(loaded[7].Status)); d != "" {
		t.Error(d)
	}
}

// TestTheClockWasSetBack between two runs: nothing is in the future, and new periods are kept.
func TestTheClockWasSetBack(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 1)
	f.probe(printing(), 0).probe(fails(785), 0).probe(complete(), 0)
	s.Close(f.now, f.all(), nil)

	s, _ = open(t, dir)
	f.now = begin.Add(-48 * time.Hour)
	f.restart(s)
	f.probe(fails(601), 0).probe(fails(787), 0)
	s.Close(f.now, f.all(), nil)

	s, _ = open(t, dir)
	f.now = f.now.Add(time.Second)
	loaded := s.Load(f.now)[0].Status
	if d := cmp.Diff(describe(f.records[0].Status), describe(loaded)); d != "" {
		t.Error(d)
	}
	for _, v := range loaded.Verdicts() {
		if v.Since.After(f.now) {
			t.Errorf("%v is in the future", v)
		}
	}
	if periods, _ := s.Past(1, f.now); len(periods) > 6 {
		t.Errorf("%d periods", len(periods))
	}
}

// TestTheClockIsNotSetYet: an exporter that runs before the computer knows the time deletes no history.
func TestTheClockIsNotSetYet(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 2)
	for range 40 {
		f.probe(printing(), 0, 1).probe(fails(785), 0, 1).probe(complete(), 0, 1)
		s.Sync(f.now, f.all())
		f.now = f.now.Add(12 * time.Hour)
	}
	s.Close(f.now, f.all(), nil)
	s = reopen(t, s, dir)
	periods, prints := s.Past(1, f.now)
	late := f.now

	f.now = time.Unix(60, 0)
	f.restart(s)
	f.probe(fails(601), 0).probe(printing(), 0)
	s.Close(f.now, f.all(), nil)

	s, _ = open(t, dir)
	s.Load(late)
	after, ended := s.Past(1, late)
	if d := cmp.Diff(periods, after); d != "" {
		t.Errorf("periods: %s", d)
	}
	if d := cmp.Diff(prints, ended); d != "" || len(ended) != 40 {
		t.Errorf("prints: %s", d)
	}
}

// TestTheLastDayIsKnownAfterARestart, though the period at its beginning began days before.
func TestTheLastDayIsKnownAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s, _ := open(t, dir)
	f := newFarm(s, 3).probe(complete(), 0, 1, 2)
	s.Sync(f.now, f.all())
	for range 5 * 24 * 60 {
		f.probe(complete(), 0, 1, 2)
	}
	for _, r := range []probe.Result{fails(785), complete()} {
		for range 60 {
			f.probe(r, 0).probe(complete(), 1, 2)
		}
	}
	want := f.records[0].Status.Verdicts()
	s.Sync(f.now, f.all())
	f.restart(reopen(t, s, dir))
	if got := f.records[0].Status.Verdicts(); len(want) != 3 || !slices.EqualFunc(got, want, sameVerdict) {
		t.Errorf("%v after the restart, %v before it", got, want)
	}
	for _, i := range []int{1, 2} {
		if got := f.records[i].Status.Verdicts(); len(got) != 1 {
			t.Errorf("a printer without changes has the periods %v", got)
		}
	}
}

func sameVerdict(a, b probe.Verdict) bool {
	return a.Fault == b.Fault && a.Since.UnixMilli() == b.Since.UnixMilli() && a.Unknown == b.Unknown
}
