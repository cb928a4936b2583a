//go:build !unix

package simulator

import (
	"fmt"
	"net"
)

// closedPort is a loopback port where nothing listens. There is no portable way to reserve a port without listening, so
// another program may take it.
type closedPort struct{ address string }

func reserveClosedPort() (*closedPort, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a closed port: %w", err)
	}
	return &closedPort{address: listener.Addr().String()}, listener.Close()
}

func (d *closedPort) close() error { return nil }
