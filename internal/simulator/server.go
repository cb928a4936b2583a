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

// Server is a relay that listens. Close it.
type Server struct {
	relay          *Relay
	listener       net.Listener
	closedPort     *closedPort
	ca             []byte
	http           *http.Server
	cancelRequests context.CancelFunc // ends every request under way
	serving        sync.WaitGroup     // the accept loop
	conns          sync.WaitGroup
	requests       gate
	close          func() error // once
}

// Listen serves HTTPS with HTTP/1.1 and HTTP/2 on a loopback address, "127.0.0.1:0" for any free port, with a
// certificate made at start. It refuses every other address: tokens come from a seed, and faults can be put on by
// whoever asks.
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
		ErrorLog:    log.New(io.Discard, "", 0), // what goes wrong with a client, the client says
	}
	s.close = sync.OnceValue(s.shutdown)
	s.serving.Go(func() { _ = s.http.ServeTLS(listener, "", "") }) // ends with ErrServerClosed
	return s, nil
}

// checkLoopback refuses what is not an address of this machine for itself.
func checkLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %q: want host:port", address)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("listen on %q: the simulator listens on loopback only, as in 127.0.0.1:8443", address)
	}
	return nil
}

// count waits for connections to end. They end when they are closed, or are given away to a request that closes them.
func (s *Server) trackConnection(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.conns.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.conns.Done()
	}
}

// ServeHTTP answers as the relay does, unless the server is closing.
func (s *Server) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if !s.requests.enter() {
		panic(http.ErrAbortHandler)
	}
	defer s.requests.leave()
	s.relay.ServeHTTP(w, req)
}

// URL is the server's address, "https://127.0.0.1:PORT": the service's, and with /p/<id> behind it a printer's.
func (s *Server) URL() string { return "https://" + s.listener.Addr().String() }

// DeadURL is an address on this machine where nothing listens as long as the server is open.
func (s *Server) DeadURL() string { return "https://" + s.closedPort.address }

// CAPEM is the certificate of the authority that a client has to trust, as PEM.
func (s *Server) CAPEM() []byte { return s.ca }

// Close ends all requests, hanging ones too, and waits until nothing of the server runs any more.
func (s *Server) Close() error { return s.close() }

func (s *Server) shutdown() error {
	s.cancelRequests()
	err := s.http.Close()
	s.serving.Wait()
	err = errors.Join(err, s.http.Close()) // connections that were accepted meanwhile
	s.conns.Wait()
	s.requests.close()
	return errors.Join(err, s.closedPort.close())
}
