//go:build linux && !race && !msan && !asan

package probe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ends makes a connection on loopback and gives both ends of it.
func ends(t *testing.T) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	other, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Close()
		_ = other.Close()
	})
	return c.(*net.TCPConn), other.(*net.TCPConn)
}

// A directConn has to do what package net does: each case is done on a connection of either kind.
func TestADirectConnectionIsLikeAnyOther(t *testing.T) {
	one := make([]byte, 1)
	for name, do := range map[string]func(t *testing.T, c net.Conn, other *net.TCPConn) (int, error){
		"what has come is read": func(t *testing.T, c net.Conn, other *net.TCPConn) (int, error) {
			say(t, other, "abc")
			b := make([]byte, 10)
			n, err := c.Read(b)
			if string(b[:n]) != "abc" {
				t.Errorf("%q", b[:n])
			}
			return n, err
		},
		"what comes later is waited for": func(_ *testing.T, c net.Conn, other *net.TCPConn) (int, error) {
			time.AfterFunc(20*time.Millisecond, func() { _, _ = other.Write([]byte("x")) })
			return c.Read(one)
		},
		"nothing is read into nothing": func(t *testing.T, c net.Conn, other *net.TCPConn) (int, error) {
			say(t, other, "abc")
			return c.Read(nil)
		},
		"the end": func(_ *testing.T, c net.Conn, other *net.TCPConn) (int, error) {
			_ = other.CloseWrite()
			return c.Read(one)
		},
		"a reset, when reading": func(_ *testing.T, c net.Conn, other *net.TCPConn) (int, error) {
			_ = other.SetLinger(0)
			_ = other.Close()
			return c.Read(one)
		},
		"a reset, when writing": func(_ *testing.T, c net.Conn, other *net.TCPConn) (int, error) {
			_ = other.SetLinger(0)
			_ = other.Close()
			_, _ = c.Read(one) // it has come
			return c.Write(one)
		},
		"the time is over while it reads": func(_ *testing.T, c net.Conn, _ *net.TCPConn) (int, error) {
			_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			return c.Read(one)
		},
		"the time was over before it wrote": func(_ *testing.T, c net.Conn, _ *net.TCPConn) (int, error) {
			_ = c.SetWriteDeadline(time.Now().Add(-time.Second))
			return c.Write(one)
		},
		"it is closed while it reads": func(_ *testing.T, c net.Conn, _ *net.TCPConn) (int, error) {
			time.AfterFunc(20*time.Millisecond, func() { _ = c.Close() })
			return c.Read(one)
		},
		"it was closed before it wrote": func(_ *testing.T, c net.Conn, _ *net.TCPConn) (int, error) {
			_ = c.Close()
			return c.Write(one)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := ends(t)
			n, err := do(t, ours, theirs)
			usual := masked(ours, err)
			ours, theirs = ends(t)
			m, directErr := do(t, direct(ours), theirs)
			if got := masked(ours, directErr); n != m || got != usual {
				t.Errorf("%d, %s; package net: %d, %s", m, got, n, usual)
			}
			for _, is := range []error{io.EOF, syscall.ECONNRESET, syscall.EPIPE, os.ErrDeadlineExceeded, context.DeadlineExceeded, net.ErrClosed} {
				if errors.Is(err, is) != errors.Is(directErr, is) {
					t.Errorf("%v is %v: %v", directErr, is, errors.Is(directErr, is))
				}
			}
		})
	}
}

func say(t *testing.T, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
}

// masked is an error's text without the ports, which are others for each connection.
func masked(c net.Conn, err error) string {
	if err == nil {
		return "no error"
	}
	return strings.NewReplacer(c.LocalAddr().String(), "us", c.RemoteAddr().String(), "them").Replace(err.Error())
}

// More than the socket takes at once arrives whole, and so does what several write at the same time.
func TestADirectConnectionWritesWhole(t *testing.T) {
	const writers, size = 4, 4 << 20
	ours, theirs := ends(t)
	c := direct(ours)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			if n, err := c.Write(bytes.Repeat([]byte{byte('a' + i)}, size)); n != size || err != nil {
				t.Errorf("%d, %v", n, err)
			}
		})
	}
	got, err := io.ReadAll(io.LimitReader(theirs, writers*size))
	all.Wait()
	if err != nil || len(got) != writers*size {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for begin := 0; begin < len(got); begin += size {
		if b := got[begin]; bytes.Count(got[begin:begin+size], []byte{b}) != size {
			t.Errorf("at %d MiB something else is among the %q", begin>>20, b)
		}
	}
}

// What was written before the time was over is said.
func TestADirectConnectionSaysHowMuchWasWritten(t *testing.T) {
	ours, theirs := ends(t)
	_ = ours.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
	n, err := direct(ours).Write(make([]byte, 64<<20))
	_ = ours.CloseWrite()
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if came, err := io.Copy(io.Discard, theirs); came != int64(n) || n == 0 || err != nil {
		t.Errorf("%d bytes were written, %d came, %v", n, came, err)
	}
}
