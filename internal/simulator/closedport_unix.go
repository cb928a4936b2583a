//go:build unix

package simulator

import (
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// closedPort is a loopback port where nothing listens. Its socket is bound, so that no other program gets the port, and
// never listens, so that connections are refused.
type closedPort struct {
	address string
	socket  int
}

func reserveClosedPort() (*closedPort, error) {
	syscall.ForkLock.RLock()
	socket, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(socket)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, fmt.Errorf("reserve a closed port: %w", err)
	}
	port, err := bindFreePort(socket)
	if err != nil {
		_ = syscall.Close(socket)
		return nil, fmt.Errorf("reserve a closed port: %w", err)
	}
	return &closedPort{address: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), socket: socket}, nil
}

// bindFreePort binds socket to a free port of 127.0.0.1.
func bindFreePort(socket int) (port int, err error) {
	if err := syscall.Bind(socket, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	name, err := syscall.Getsockname(socket)
	if err != nil {
		return 0, err
	}
	return name.(*syscall.SockaddrInet4).Port, nil
}

func (d *closedPort) close() error { return syscall.Close(d.socket) }
