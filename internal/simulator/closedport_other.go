//go:build !unix

package simulator

import (
	"fmt"
	"net"
)

// deadEnd is a port on loopback where nothing listens. Without a portable way to keep a port without listening it is one
// that was free a moment ago: another program may take it.
type deadEnd struct{ address string }

func reserveDeadEnd() (*deadEnd, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a dead port: %w", err)
	}
	return &deadEnd{address: listener.Addr().String()}, listener.Close()
}

func (d *deadEnd) close() error { return nil }
