package simulator

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"

	"octoeverywhere_exporter/internal/simulator/certificate"
)

// Server is a relay that listens. It must be closed.
type Server struct {
	relay          *Relay
	listener       net.Listener
	closedPort     *closedPort
	ca             []byte
	http           *http.Server
	cancelRequests context.CancelFunc // ends every request in flight
	serving        sync.WaitGroup     // the accept loop
	conns          sync.WaitGroup
	requests       gate
	close          func() error // runs once
}

// Listen serves HTTPS with HTTP/1.1 and HTTP/2 on a loopback address, "127.0.0.1:0" for any free port, with a new
// certificate. It rejects other addresses: tokens are derived from a seed, and anyone who can connect can set faults.
func (r *Relay) Listen(address string) (*Server, error) {
	if err := checkLoopback(address); err != nil {
		return nil, err
	}
	pair, ca, err := certificate.New(certificate.Options{
		DNSNames: []string{"localhost", r.domain, "*." + r.domain}, IPs: certificate.LoopbackIPs(),
	})
	if err != nil {
		return nil, err
	}
	dead, err := reserveClosedPort()
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, errors.Join(err, dead.close())
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{relay: r, listener: listener, closedPort: dead, ca: ca, cancelRequests: cancel}
	s.http = &http.Server{
		Handler:     s,
		TLSConfig:   &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12},
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnState:   s.trackConnection,
		ErrorLog:    log.New(io.Discard, "", 0), // clients report these errors
	}
	s.close = sync.OnceValue(s.shutdown)
	s.serving.Go(func() { _ = s.http.ServeTLS(listener, "", "") }) // returns ErrServerClosed
	return s, nil
}

// checkLoopback returns an error if address is not a loopback address with a port.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %q: use the form HOST:PORT", address)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("listen on %q: the simulator listens on loopback only, for example 127.0.0.1:8443", address)
	}
	return nil
}

// trackConnection counts open connections. A hijacked connection is closed by its handler.
func (s *Server) trackConnection(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

// ServeHTTP responds as the relay does, unless the server is closing.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !s.requests.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.requests.leave()
	s.relay.ServeHTTP(w, req)
}

// URL returns the service's address, "https://127.0.0.1:PORT". A printer's address is URL/p/<id>.
func (s *Server) URL() string { return "https://" + s.listener.Addr().String() }

// DeadURL returns a loopback address where nothing listens while the server is open.
func (s *Server) DeadURL() string { return "https://" + s.closedPort.address }

// CAPEM returns the certificate of the authority that signed the server's certificate, as PEM.
func (s *Server) CAPEM() []byte { return s.ca }

// Close ends all requests, including those that hang, and waits until the server's goroutines have ended.
func (s *Server) Close() error { return s.close() }

func (s *Server) shutdown() error {
	s.cancelRequests()
	err := s.http.Close()
	s.serving.Wait()
	err = errors.Join(err, s.http.Close()) // connections accepted in the meantime
	s.conns.Wait()
	s.requests.close()
	return errors.Join(err, s.closedPort.close())
}
