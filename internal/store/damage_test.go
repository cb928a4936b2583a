package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"octoeverywhere_exporter/test/testkit"
)

// content is that of a file which a test damages.
type content struct {
	now, old []byte // old is what it was some writes before
	*rand.Rand
}

const testPageSize = 4096

// page returns a random page.
func (c *content) page() int { return c.IntN(len(c.now) / testPageSize) }

// pageOf returns the beginning of a random page of a kind.
func (c *content) pageOf(kind uint16) int {
	for {
		if at := c.page() * testPageSize; binary.NativeEndian.Uint16(c.now[at+8:]) == kind && c.now[at+10] > 0 {
			return at
		}
	}
}

// swap swaps two pages from a byte on.
func (c *content) swap(from int) {
	a, b := c.page()*testPageSize, c.page()*testPageSize
	first := bytes.Clone(c.now[a+from : a+testPageSize])
	copy(c.now[a+from:], c.now[b+from:b+testPageSize])
	copy(c.now[b+from:b+testPageSize], first)
}

// damages are ways to damage a file.
var damages = map[string]func(c *content){
	"random bytes": func(c *content) {
		for range 1 + c.IntN(4) {
			for at, n := c.IntN(len(c.now)), 1+c.IntN(300); n > 0 && at < len(c.now); at, n = at+1, n-1 {
				c.now[at] = byte(c.IntN(256))
			}
		}
	},
	"single bits": func(c *content) {
		for range 1 + c.IntN(30) {
			c.now[c.IntN(len(c.now))] ^= 1 << c.IntN(8)
		}
	},
	"truncated":                    func(c *content) { c.now = c.now[:c.IntN(len(c.now))] },
	"pages swapped":                func(c *content) { c.swap(0) },
	"pages swapped, numbers right": func(c *content) { c.swap(8) },
	"pages from before": func(c *content) {
		for range 1 + c.IntN(5) {
			if at := c.page() * testPageSize; at+testPageSize <= len(c.old) {
				copy(c.now[at:], c.old[at:at+testPageSize])
			}
		}
	},
	"another page below": func(c *content) { // of a branch page
		at := c.pageOf(branchPage)
		element := c.IntN(int(c.now[at+10]))
		binary.NativeEndian.PutUint64(c.now[at+pageHeader+elementSize*element+8:], uint64(c.page()))
	},
	"the header of a page": func(c *content) { c.now[c.page()*testPageSize+c.IntN(pageHeader)] = byte(c.IntN(8)) },
	"an element of a page": func(c *content) {
		at := c.pageOf(leafPage)
		c.now[at+pageHeader+c.IntN(elementSize*int(c.now[at+10]))] = byte(c.IntN(256))
	},
}

// TestDamageAnywhere: whatever is wrong with a file, the exporter starts, and writes and reads again.
func TestDamageAnywhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, _ := open(t, dir)
	f := newFarm(s, 600)
	var old []byte
	for i := range 5 {
		f.probe(printing(), 1, 2, 3).probe(fails(785), 2, 3, 4)
		s.Sync(f.now, f.all())
		if i == 2 {
			old = readFile(t, path)
		}
	}
	s.Close(f.now, f.all(), nil)
	good := readFile(t, path)
	times := 3
	if testkit.Long() {
		times = 300
	}
	for name, damage := range damages {
		for i := range times {
			c := &content{bytes.Clone(good), old, rand.New(rand.NewPCG(uint64(i), 2))}
			damage(c)
			writeFile(t, path, c.now)
			if got := useDamaged(t, dir); got < 600 {
				t.Errorf("%s, seed %d: %d printers after the next restart", name, i, got)
			}
			for _, suffix := range []string{damaged, foreign, newer} {
				_ = os.Remove(path + "." + suffix)
			}
		}
	}
}

// useDamaged reads and writes a damaged file, and returns how many printers are known after the next restart.
func useDamaged(t *testing.T, dir string) int {
	s, err := Open(dir, discard)
	if err != nil {
		t.Fatal(err)
	}
	f := newFarm(s, 600)
	s.Load(f.now)
	s.LoadHours()
	s.Past(3, f.now)
	for range 2 {
		f.probe(fails(785), 5).probe(printing(), 3)
		s.Sync(f.now, f.all())
	}
	f.now = f.now.Add(fullInterval)
	s.Close(f.now, f.all(), nil)
	if s, err = Open(dir, discard); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.close() }()
	return len(s.Load(f.now))
}

func readFile(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPagesInACircle, in which bbolt would read for ever, or until the stack overflows.
func TestPagesInACircle(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, _ := open(t, dir)
	f := newFarm(s, batchSize) // in one transaction: pages that a second one frees are not read
	s.Close(f.now, f.all(), nil)
	good := readFile(t, path)
	circles := 0
	for at := 0; at < len(good); at += testPageSize {
		if kind, count := binary.NativeEndian.Uint16(good[at+8:]), int(good[at+10]); kind == branchPage {
			for i := range count {
				bad := slices.Clone(good)
				binary.NativeEndian.PutUint64(bad[at+pageHeader+elementSize*i+8:], uint64(at/testPageSize))
				writeFile(t, path, bad)
				s, log := open(t, dir)
				if !strings.Contains(log.String(), "is damaged") {
					t.Errorf("page %d, element %d: %q", at/testPageSize, i, log)
				}
				if err := s.close(); err != nil {
					t.Fatal(err)
				}
				circles++
			}
		}
	}
	if circles == 0 {
		t.Error("there is no branch page")
	}
}

// TestPagesThatAreTooLarge are not read: a damaged number could be that of nearly all pages of a large file.
func TestPagesThatAreTooLarge(t *testing.T) {
	const pages = 100_000
	file := make([]byte, 3*testPageSize)
	binary.NativeEndian.PutUint64(file[2*testPageSize:], 2)
	binary.NativeEndian.PutUint16(file[2*testPageSize+8:], leafPage)
	binary.NativeEndian.PutUint32(file[2*testPageSize+12:], pages-3)
	c := checker{file: bytes.NewReader(file), metaPage: metaPage{pageSize: testPageSize, root: 2, freelist: noFreelist, pages: pages}, used: make([]bool, pages)}
	if err := c.check(); !errors.Is(err, errDamagedPage(2)) || cap(c.page) > maxPageSize {
		t.Errorf("%v, %d bytes", err, cap(c.page))
	}
}

// TestLargeFilesAreNotReadAsAWhole at the start, and pages in a circle are found nevertheless.
func TestLargeFilesAreNotReadAsAWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	s, _ := open(t, dir)
	f := newFarm(s, 5)
	f.probe(printing(), 0)
	s.Close(f.now, f.all(), nil)
	changeDatabase(t, path, func(tx *bbolt.Tx) error {
		for n := range uint64(20_000) {
			if err := tx.Bucket(pastBucket).Put(dayKey(begin, n), bytes.Repeat([]byte("1 ok\n"), 20)); err != nil {
				return err
			}
		}
		return nil
	})
	good := readFile(t, path)
	check := func(content []byte) (read int, err error) {
		file := &countingReader{bytes.NewReader(content), 0}
		meta, err := readMetaPages(file)
		if err != nil {
			t.Fatal(err)
		}
		c := checker{file: file, metaPage: meta, isLarge: true, used: make([]bool, meta.pages)}
		err = c.check()
		return file.read, err
	}
	if read, err := check(good); err != nil || read > len(good)/10 {
		t.Errorf("%d bytes of %d are read: %v", read, len(good), err)
	}
	for at := 0; at < len(good); at += testPageSize {
		if binary.NativeEndian.Uint16(good[at+8:]) == branchPage {
			bad := bytes.Clone(good)
			binary.NativeEndian.PutUint64(bad[at+pageHeader+elementSize+8:], uint64(at/testPageSize))
			if _, err := check(bad); err == nil {
				t.Errorf("page %d", at/testPageSize)
			}
		}
	}
}

// countingReader counts the bytes that are read.
type countingReader struct {
	*bytes.Reader
	read int
}

func (r *countingReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := r.Reader.ReadAt(b, at)
	r.read += n
	return n, err
}
