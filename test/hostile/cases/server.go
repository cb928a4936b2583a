package cases

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"octoeverywhere_exporter/internal/simulator/certificate"
)

// Server runs one case. It must be closed.
type Server struct {
	hostileCase    Case
	protocol       Protocol
	listener       net.Listener
	redirectTarget net.Listener // the target of redirects
	redirectConns  atomic.Int64 // connections to redirectTarget
	tlsConfig      *tls.Config
	ca             []byte

	ctx          context.Context // ends when the server closes
	cancel       context.CancelFunc
	goroutines   sync.WaitGroup
	mu           sync.Mutex
	conns        map[net.Conn]bool
	requests     []string
	requestCount atomic.Int64
	connCount    atomic.Int64
}

// Domain is the domain of the hosts for which a valid certificate is valid.
const Domain = "hostile.test"

// Healthy is the name below /p/ for which every server responds as a healthy printer does.
const Healthy = "healthy"

// Listen runs a case on a free port of 127.0.0.1. protocol must be one of the case's protocols.
func Listen(c Case, protocol Protocol) (*Server, error) {
	certOptions := validCertificate()
	if c.certOptions != nil {
		certOptions = c.certOptions()
	}
	pair, ca, err := certificate.New(certOptions)
	if err == nil && c.unknownAuthority {
		_, ca, err = certificate.New(certificate.Options{})
	}
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for case %s: %w", c.Name, err)
	}
	redirectTarget, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("listen for case %s: %w", c.Name, err)
	}
	r := &Server{
		hostileCase: c, protocol: protocol, listener: listener, redirectTarget: redirectTarget, ca: ca, conns: map[net.Conn]bool{},
		tlsConfig: &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{alpn[protocol]}, MinVersion: tls.VersionTLS12},
	}
	if c.configureTLS != nil {
		c.configureTLS(r.tlsConfig)
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.goroutines.Go(func() { r.accept(listener, r.serve) })
	r.goroutines.Go(func() { r.accept(redirectTarget, func(net.Conn) { r.redirectConns.Add(1) }) })
	return r, nil
}

var alpn = map[Protocol]string{HTTP1: "http/1.1", HTTP2: "h2"}

// Case returns the case and the protocol that the server runs.
func (r *Server) Case() (Case, Protocol) { return r.hostileCase, r.protocol }

// URL returns the server's address. Requests below /p/N are request N of the case, requests below /p/[Healthy] get a
// healthy response, and all others are counted.
func (r *Server) URL() string {
	if r.protocol == Proxy {
		return "http://" + r.listener.Addr().String()
	}
	return "https://" + r.listener.Addr().String()
}

// CAPEM returns the certificate of the authority that clients should trust, as PEM. Some cases use another authority.
func (r *Server) CAPEM() []byte { return r.ca }

// Requests returns all received requests, as "METHOD path".
func (r *Server) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.requests)
}

// Connections returns the number of connections that were accepted.
func (r *Server) Connections() int { return int(r.connCount.Load()) }

// RedirectConnections returns the number of connections to the target of redirects.
func (r *Server) RedirectConnections() int { return int(r.redirectConns.Load()) }

// Close closes all connections and waits until the server's goroutines have ended.
func (r *Server) Close() {
	r.cancel()
	_ = r.listener.Close()
	_ = r.redirectTarget.Close()
	r.mu.Lock()
	for c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.goroutines.Wait()
}

// accept serves the connections of a listener until it is closed.
func (r *Server) accept(l net.Listener, serve func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		r.connCount.Add(1)
		r.mu.Lock()
		r.conns[c] = true
		closed := r.ctx.Err() != nil
		r.mu.Unlock()
		if closed {
			_ = c.Close()
			continue
		}
		r.goroutines.Go(func() {
			serve(c)
			_ = c.Close()
			r.mu.Lock()
			delete(r.conns, c)
			r.mu.Unlock()
		})
	}
}

// serve serves a connection until it ends.
func (r *Server) serve(c net.Conn) {
	if r.hostileCase.beforeTLS != nil {
		r.hostileCase.beforeTLS(&exchange{server: r, responseWriter: newRawConn(r, c)})
		return
	}
	tlsConn := tls.Server(c, r.tlsConfig)
	if tlsConn.HandshakeContext(r.ctx) != nil {
		return
	}
	if tlsConn.ConnectionState().NegotiatedProtocol == alpn[HTTP2] {
		newHTTP2Conn(r, tlsConn).serve()
		return
	}
	serveHTTP1(r, tlsConn)
}

// recordRequest records a request. It returns the request's number, and whether its path asks for a healthy response.
func (r *Server) recordRequest(method, path string) (n int, healthy bool) {
	r.mu.Lock()
	r.requests = append(r.requests, method+" "+path)
	r.mu.Unlock()
	_, rest, _ := strings.Cut(path, "/p/")
	name, _, _ := strings.Cut(rest, "/")
	if n, err := strconv.Atoi(name); err == nil {
		return n, false
	}
	return int(r.requestCount.Add(1) - 1), name == Healthy
}
