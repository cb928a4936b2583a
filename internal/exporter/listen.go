package exporter

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"
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
			listeners[i] = reclaimingListener{l, e.fleet.CloseIdle}
		}
	}
	return err
}

// listenOn opens all addresses of a flag or none.
func listenOn(flag string, addresses ...string) (listeners []net.Listener, err error) {
	for _, address := range addresses {
		var l net.Listener
		problems := listenProblems
		if path, ok := strings.CutPrefix(address, unixPrefix); ok {
			problems = unixProblems
			l, err = listenUnix(path)
		} else {
			l, err = net.Listen("tcp", address)
		}
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("cannot listen on %s: %s", address, explainListen(flag, err, problems))
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

// listenProblem says what to do about an error of listen. The flag's name is written for %s.
type listenProblem struct {
	is   error
	text string
}

// listenProblems are those of TCP addresses.
var listenProblems = []listenProblem{
	{syscall.EADDRINUSE, "another process uses this port; stop it, or choose another port with --%s"},
	{syscall.EACCES, "permission denied; ports below 1024 are reserved: choose a higher port with --%s, or grant CAP_NET_BIND_SERVICE"},
	{syscall.EADDRNOTAVAIL, "this machine has no such address; choose one of its own with --%s, or leave out the host to listen on all"},
	{syscall.EAFNOSUPPORT, "this machine does not support this kind of address; choose another with --%s"},
}

// ExplainListen returns why a TCP address cannot be listened on, and what to do.
func ExplainListen(flag string, err error) string { return explainListen(flag, err, listenProblems) }

// explainListen returns why an address cannot be listened on, and what to do.
func explainListen(flag string, err error, problems []listenProblem) string {
	for _, p := range problems {
		if errors.Is(err, p.is) {
			return fmt.Sprintf(p.text, flag)
		}
	}
	reason := "invalid address"
	if e, ok := errors.AsType[*net.DNSError](err); ok {
		reason = e.Err // without the name
	} else if e, ok := errors.AsType[*net.AddrError](err); ok {
		reason = e.Err
	}
	return fmt.Sprintf("%s; use the form HOST:PORT or :PORT for --%s", reason, flag)
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
