package exporter

import (
	"errors"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/net/netutil"
)

// listen opens all listeners or none.
func (e *Exporter) listen() (err error) {
	defer func() {
		if err != nil {
			closeAll(e.listeners)
			closeAll(e.healthListeners)
		}
	}()
	if e.options.SystemdSocket {
		e.listeners, err = systemdListeners()
	} else {
		e.listeners, err = listenOn("web.listen-address", e.options.ListenAddresses...)
	}
	if err == nil && e.options.HealthAddress != "" {
		e.healthListeners, err = listenOn("web.health-listen-address", e.options.HealthAddress)
	}
	for _, listeners := range [][]net.Listener{e.listeners, e.healthListeners} {
		for i, l := range listeners {
			listeners[i] = reclaimingListener{l, e.fleet.GiveWay}
		}
	}
	return err
}

// listenOn opens all addresses of a flag or none.
func listenOn(flag string, addresses ...string) (listeners []net.Listener, err error) {
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("%s %s: %w", flag, address, err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		if l != nil {
			_ = l.Close()
		}
	}
}

// reclaimingListener frees file descriptors when there is none left for a new connection: idle connections to printers
// would keep theirs for minutes. net/http calls Accept again after such an error.
type reclaimingListener struct {
	net.Listener
	reclaim func()
}

// Accept waits for the next connection.
func (l reclaimingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		l.reclaim()
	}
	return c, err
}

// limitConnections bounds the connections that are open at a time; 0: no limit. Each takes a file descriptor, and so does
// each connection to a printer.
func limitConnections(l net.Listener, limit int) net.Listener {
	if limit <= 0 {
		return l
	}
	return netutil.LimitListener(l, limit)
}
