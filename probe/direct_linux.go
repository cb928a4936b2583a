//go:build linux && !race && !msan && !asan

package probe

import (
	"net"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// directConn is a connection whose socket is read and written without telling Go's scheduler of the system calls. It is
// told of each because a call may take long; ours cannot, since the socket never blocks: where there is nothing to do,
// the scheduler waits for it as it always does. What this saves is the runtime's monitor, which the first call after
// each silence wakes, and which then looks at what goes on every 20 µs: where answers come one by one, that was a sixth
// of all that a probe cost. The other builds lack it, since their detectors follow the calls of package net.
type directConn struct {
	net.Conn
	in, out direction
}

// direct makes a connection a direct one, where it is that of a socket.
func direct(c net.Conn) net.Conn {
	socket, ok := c.(syscall.Conn)
	if !ok {
		return c
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return c
	}
	d := &directConn{Conn: c}
	d.in = direction{call: syscall.SYS_READ, when: raw.Read}
	d.in.try = d.in.once
	d.out = direction{call: syscall.SYS_WRITE, when: raw.Write, whole: true}
	d.out.try = d.out.once
	return d
}

// direction is one of the two in which bytes go.
type direction struct {
	call  uintptr
	whole bool                                     // it is over when all of b was passed, not some
	when  func(func(fd uintptr) (over bool)) error // calls again whenever the socket is ready, until it is over
	try   func(fd uintptr) (over bool)             // once, made only once

	mu    sync.Mutex // of what follows, which is about the call under way
	b     []byte
	n     int // bytes of b that were passed
	errno syscall.Errno
}

// pass passes b, and says how many bytes of it. They are fewer than wanted where errno says why, at the end of what
// comes, and where the connection is closed or its time is over.
func (d *direction) pass(b []byte) (n int, errno syscall.Errno) {
	if len(b) == 0 {
		return 0, 0
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.b, d.n, d.errno = b, 0, 0
	_ = d.when(d.try) // package net says it better
	d.b = nil
	return d.n, d.errno
}

// once passes what the socket takes or has.
func (d *direction) once(fd uintptr) (over bool) {
	for {
		left := d.b[d.n:]
		n, _, errno := syscall.RawSyscall(d.call, fd, uintptr(unsafe.Pointer(&left[0])), uintptr(len(left)))
		switch errno {
		case 0:
			d.n += int(n)
			if n == 0 || !d.whole || d.n == len(d.b) {
				return true
			}
		case syscall.EINTR:
		case syscall.EAGAIN:
			return false
		default:
			d.errno = errno
			return true
		}
	}
}

// Read reads as package net does, and has its errors.
func (c *directConn) Read(b []byte) (int, error) {
	switch n, errno := c.in.pass(b); {
	case n > 0:
		return n, nil
	case errno != 0:
		return 0, c.failed("read", errno)
	}
	return c.Conn.Read(b)
}

// Write writes as package net does, and has its errors.
func (c *directConn) Write(b []byte) (int, error) {
	n, errno := c.out.pass(b)
	switch {
	case errno != 0:
		return n, c.failed("write", errno)
	case n == len(b) && n > 0:
		return n, nil
	}
	rest, err := c.Conn.Write(b[n:])
	return n + rest, err
}

func (c *directConn) failed(call string, errno syscall.Errno) error {
	local, remote := c.LocalAddr(), c.RemoteAddr()
	return &net.OpError{Op: call, Net: remote.Network(), Source: local, Addr: remote, Err: os.NewSyscallError(call, errno)}
}
