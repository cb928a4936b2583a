package store

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/test/testkit"
)

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

// truncate cuts a file to a size or, if that is negative, by so many bytes more than bbolt has allocated and not used.
func truncate(t *testing.T, path string, size int64) {
	t.Helper()
	if size < 0 {
		db, err := bbolt.Open(path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		_ = db.View(func(tx *bbolt.Tx) error { size += tx.Size(); return nil })
		_ = db.Close()
	}
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, path string, at int64, with []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(with, at); err != nil {
		t.Fatal(err)
	}
}

// change changes a database in a transaction.
func changeDatabase(t *testing.T, path string, f func(*bbolt.Tx) error) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Update(f); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func otherDatabase(t *testing.T, path string) {
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	changeDatabase(t, path, func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("blobs"))
		return err
	})
}

func newerFormat(t *testing.T, path string) {
	changeDatabase(t, path, func(tx *bbolt.Tx) error { return tx.Bucket(metaBucket).Put(formatKey, []byte("2")) })
}

// TestDamageAnywhere: whatever bytes are wrong, the exporter starts, and writes and reads again.
func TestDamageAnywhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, _ := open(t, dir)
	f := newFarm(s, 200)
	for range 5 {
		f.probe(printing(), 1, 2, 3).probe(fails(785), 2, 3, 4)
	}
	s.Close(f.now, f.all(), nil)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, damages := rand.New(rand.NewPCG(1, 2)), 40
	if testkit.Long() {
		damages = 2000
	}
	for range damages {
		bad := append([]byte(nil), good...)
		for range 1 + r.IntN(4) {
			at, n := r.IntN(len(bad)), 1+r.IntN(300)
			for i := at; i < min(at+n, len(bad)); i++ {
				bad[i] = byte(r.IntN(256))
			}
		}
		writeFile(t, path, bad)
		s, err := Open(dir, discard)
		if err != nil {
			t.Fatal(err)
		}
		s.Load(f.now)
		s.Past(3, f.now)
		g := newFarm(s, 200)
		g.probe(fails(785), 5)
		s.Sync(g.now, g.all())
		s.Close(g.now, g.all(), nil)
		for _, suffix := range []string{damaged, foreign, newer} {
			_ = os.RemoveAll(path + "." + suffix)
		}
	}
}
