package exporter

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"runtime"
	"syscall"
)

// unixPrefix begins a listen address that is the path of a Unix socket.
const unixPrefix = "unix:"

// socketMode is the mode of a Unix socket: the exporter's user and group may connect.
const socketMode = 0o660

// listenUnix listens on a Unix socket. Its file is removed when the listener is closed. One on which nobody listens, left by a
// process that was killed, is replaced.
func listenUnix(path string) (net.Listener, error) {
	l, err := net.Listen("unix", path)
	if errors.Is(err, syscall.EADDRINUSE) && isStaleSocket(path) {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
		l, err = net.Listen("unix", path)
	}
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" {
		if err := os.Chmod(path, socketMode); err != nil {
			_ = l.Close()
			return nil, err
		}
	}
	return l, nil
}

// isStaleSocket reports whether a file is a socket on which nobody listens.
func isStaleSocket(path string) bool {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&fs.ModeSocket == 0 {
		return false
	}
	c, err := net.Dial("unix", path)
	if err == nil {
		_ = c.Close()
	}
	return errors.Is(err, syscall.ECONNREFUSED)
}

// unixProblems are listenProblems of Unix sockets.
var unixProblems = []listenProblem{
	{syscall.EADDRINUSE, "another process listens on this socket, or the file is none; stop the process or remove the file, or choose another path with --%s"},
	{syscall.EACCES, "permission denied; choose a directory with --%s to which the exporter may write, such as that of RuntimeDirectory= in a systemd unit"},
	{syscall.ENOENT, "its directory does not exist; create it, or choose another one with --%s"},
	{syscall.EINVAL, "the path is longer than about 100 bytes; choose a shorter one with --%s"},
}
