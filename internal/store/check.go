package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// What a file of bbolt looks like, version 2: pages of one size, the first two of which are meta pages. A page has a header of
// pageHeader bytes, followed by elements of elementSize bytes in pages of a tree.
const (
	pageHeader  = 16
	elementSize = 16
	metaSize    = 64
	magic       = 0xED0CDAED
	firstPage   = 2 // the first two pages are meta pages

	branchPage   = 0x01
	leafPage     = 0x02
	freelistPage = 0x10

	maxPageSize = 16 << 20 // with the pages that it overflows into, except for a free list; what is stored is much smaller

	noFreelist    = 1<<64 - 1 // the number of the page of a free list that is not stored
	bucketElement = 0x01      // the flag of an element that holds a bucket
	bucketHeader  = 16        // the size of a bucket's header; a bucket without pages of its own follows it
)

// errDamagedPage says that a page is not what bbolt would have written there.
type errDamagedPage uint64

func (e errDamagedPage) Error() string { return fmt.Sprintf("page %d is damaged", uint64(e)) }

// checkFile checks what bbolt trusts: that the file is a database, that it is as long as the database is, that each page is used
// once, and that keys are sorted. Otherwise bbolt reads in circles, until the stack overflows or for ever, or writes over what
// is in use. Values are not checked. Of the past in a large file, most pages are not read, because that would take long.
func checkFile(f *os.File, size int64) error {
	if size == 0 {
		return nil // it is new
	}
	meta, err := readMetaPages(f)
	if err != nil {
		return err
	}
	if end := meta.pages * meta.pageSize; end > uint64(size) {
		return &unusableError{reason: damaged, text: fmt.Sprintf("it has %d bytes of %d", size, end)}
	}
	c := checker{file: f, metaPage: meta, isLarge: size > maxPopulated, used: make([]bool, meta.pages)}
	if err := c.check(); err != nil {
		return &unusableError{reason: damaged, text: err.Error()}
	}
	return nil
}

// metaPage is what the newest valid meta page says.
type metaPage struct{ pageSize, root, freelist, pages, tx uint64 }

// readMetaPages returns the newer one of the two.
func readMetaPages(f io.ReaderAt) (newest metaPage, err error) {
	first := make([]byte, pageHeader+metaSize)
	if _, err := io.ReadFull(io.NewSectionReader(f, 0, 1<<20), first); err != nil {
		return metaPage{}, &unusableError{reason: foreign, text: "it is too short for a database"}
	}
	size := int64(binary.NativeEndian.Uint32(first[pageHeader+8:]))
	if size < 1<<9 || size > 1<<16 {
		size = int64(os.Getpagesize())
	}
	second := make([]byte, pageHeader+metaSize)
	_, _ = f.ReadAt(second, size)
	for _, page := range [...][]byte{first, second} {
		m := page[pageHeader:]
		sum := fnv.New64a()
		_, _ = sum.Write(m[:56])
		if binary.NativeEndian.Uint32(m) != magic || binary.NativeEndian.Uint64(m[56:]) != sum.Sum64() {
			continue
		}
		read := metaPage{
			uint64(size), binary.NativeEndian.Uint64(m[16:]), binary.NativeEndian.Uint64(m[32:]),
			binary.NativeEndian.Uint64(m[40:]), binary.NativeEndian.Uint64(m[48:]),
		}
		if read.pages < 1<<40 && (newest.pageSize == 0 || read.tx > newest.tx) {
			newest = read
		}
	}
	switch {
	case newest.pageSize != 0:
		return newest, nil
	case binary.NativeEndian.Uint32(first[pageHeader:]) != magic:
		return metaPage{}, &unusableError{reason: foreign, text: "it is not a database"}
	}
	return metaPage{}, &unusableError{reason: damaged, text: "its first pages are damaged"}
}

// checker walks over all pages that are in use.
type checker struct {
	file io.ReaderAt
	metaPage
	isLarge bool
	used    []bool
	todo    []subtree
	page    []byte
}

// subtree is a page whose first key is low, and whose keys are before high; nil: any are.
type subtree struct {
	page      uint64
	low, high []byte
	isSparse  bool // of neighboring leaf pages only one is read
}

func (c *checker) check() error {
	if c.freelist != noFreelist {
		if err := c.checkFreelist(); err != nil {
			return err
		}
	}
	c.todo = append(c.todo, subtree{page: c.root})
	for len(c.todo) > 0 {
		next := c.todo[len(c.todo)-1]
		c.todo = c.todo[:len(c.todo)-1]
		if err := c.read(next.page); err != nil {
			return err
		}
		above := len(c.todo)
		if !c.checkPage(c.page, next) {
			return errDamagedPage(next.page)
		}
		if next.isSparse && len(c.todo) > above && c.isLeaf(c.todo[above].page) {
			if err := c.skip(above + 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// isLeaf reports whether a page is a leaf page. All pages below the same page are, or none.
func (c *checker) isLeaf(number uint64) bool {
	var header [pageHeader]byte
	_, err := c.file.ReadAt(header[:], int64(number*c.pageSize))
	return err == nil && binary.NativeEndian.Uint16(header[8:]) == leafPage
}

// skip marks the pages of subtrees from an index on as used, without reading them.
func (c *checker) skip(from int) error {
	for _, t := range c.todo[from:] {
		if !c.use(t.page) {
			return errDamagedPage(t.page)
		}
	}
	c.todo = c.todo[:from]
	return nil
}

// read reads a page, with those that it overflows into, and marks them as used.
func (c *checker) read(number uint64) error {
	if number < firstPage || number >= c.pages {
		return errDamagedPage(number)
	}
	var header [pageHeader]byte
	at := int64(number * c.pageSize)
	if _, err := c.file.ReadAt(header[:], at); err != nil {
		return err
	}
	count := uint64(binary.NativeEndian.Uint32(header[12:])) + 1
	if binary.NativeEndian.Uint64(header[:]) != number || count > c.pages-number || count*c.pageSize > maxPageSize+8*c.pages {
		return errDamagedPage(number)
	}
	for i := number; i < number+count; i++ {
		if !c.use(i) {
			return errDamagedPage(i)
		}
	}
	size := int(count * c.pageSize)
	c.page = append(c.page[:0], make([]byte, size)...)
	_, err := c.file.ReadAt(c.page, at)
	return err
}

// use marks a page as used, and returns false if it is already.
func (c *checker) use(number uint64) bool {
	if number < firstPage || number >= c.pages || c.used[number] {
		return false
	}
	c.used[number] = true
	return true
}

// checkFreelist marks the pages of the free list, which are in no tree.
func (c *checker) checkFreelist() error {
	if err := c.read(c.freelist); err != nil {
		return err
	}
	count, ids := uint64(binary.NativeEndian.Uint16(c.page[10:])), c.page[pageHeader:]
	if count == 1<<16-1 { // it does not fit, and precedes the list
		count, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if binary.NativeEndian.Uint16(c.page[8:]) != freelistPage || count > uint64(len(ids)/8) {
		return errDamagedPage(c.freelist)
	}
	for i := range count {
		if id := binary.NativeEndian.Uint64(ids[8*i:]); !c.use(id) {
			return errDamagedPage(id)
		}
	}
	return nil
}

// checkPage checks the elements of a page of a tree, and adds the pages that they refer to.
func (c *checker) checkPage(page []byte, t subtree) bool {
	kind, count := binary.NativeEndian.Uint16(page[8:]), int(binary.NativeEndian.Uint16(page[10:]))
	isBranch := kind == branchPage
	if !isBranch && kind != leafPage || pageHeader+count*elementSize > len(page) || count == 0 && (isBranch || t.low != nil) {
		return false
	}
	var last []byte
	for i := range count {
		e, ok := parseElement(page[pageHeader+i*elementSize:], isBranch)
		if !ok || i > 0 && bytes.Compare(last, e.key) >= 0 || t.high != nil && bytes.Compare(e.key, t.high) >= 0 {
			return false
		}
		if i == 0 && t.low != nil && !bytes.Equal(e.key, t.low) {
			return false
		}
		last = e.key
		switch {
		case isBranch:
			if i > 0 {
				c.todo[len(c.todo)-1].high = bytes.Clone(e.key)
			}
			c.todo = append(c.todo, subtree{e.child, bytes.Clone(e.key), t.high, t.isSparse})
		case e.flags == bucketElement && !c.checkBucket(e), e.flags > bucketElement:
			return false
		}
	}
	return true
}

// element is an element of a page of a tree.
type element struct {
	key   []byte
	child uint64 // of a branch page
	flags uint32 // of a leaf page
	value []byte // of a leaf page
}

// parseElement returns the element at the beginning of the rest of a page; ok is false where it ends outside.
func parseElement(rest []byte, isBranch bool) (e element, ok bool) {
	word := func(i int) uint64 { return uint64(binary.NativeEndian.Uint32(rest[4*i:])) }
	if isBranch {
		position, keySize := word(0), word(1)
		if position < elementSize || position+keySize > uint64(len(rest)) {
			return element{}, false
		}
		return element{key: rest[position:][:keySize], child: binary.NativeEndian.Uint64(rest[8:])}, true
	}
	position, keySize, valueSize := word(1), word(2), word(3)
	if position < elementSize || position+keySize+valueSize > uint64(len(rest)) {
		return element{}, false
	}
	key, value := rest[position:][:keySize], rest[position+keySize:][:valueSize]
	return element{key: key, flags: uint32(word(0)), value: value}, true
}

// checkBucket checks an element that holds a bucket.
func (c *checker) checkBucket(e element) bool {
	if len(e.value) < bucketHeader {
		return false
	}
	if root := binary.NativeEndian.Uint64(e.value); root != 0 {
		c.todo = append(c.todo, subtree{page: root, isSparse: c.isLarge && bytes.Equal(e.key, pastBucket)})
		return true
	}
	inline := e.value[bucketHeader:]
	return len(inline) >= pageHeader && binary.NativeEndian.Uint16(inline[8:]) == leafPage && c.checkPage(inline, subtree{})
}
