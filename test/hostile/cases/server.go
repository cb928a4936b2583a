package cases

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"octoeverywhere_exporter/internal/simulator/certificate"
)

// Relay plays one case. Close it.
type Server struct {
	hostileCase    Case
	protocol       Protocol
	listener       net.Listener
	redirectTarget net.Listener // where redirects point to
	redirectConns  atomic.Int64 // connections there
	tlsConfig      *tls.Config
	ca             []byte

	ctx          context.Context // ends when the relay closes
	cancel       context.CancelFunc
	goroutines   sync.WaitGroup
	mu           sync.Mutex
	conns        map[net.Conn]bool
	requests     []string
	requestCount atomic.Int64
	connCount    atomic.Int64
}

// Domain is the domain for whose hosts a relay's certificate is valid, where the case has a sound one.
const Domain = "hostile.test"

// Listen plays a case on a port of its own of 127.0.0.1. on must be one of the case's protocols.
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
		return nil, fmt.Errorf("play %s: %w", c.Name, err)
	}
	redirectTarget, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("play %s: %w", c.Name, err)
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

// URL is the relay's address. Behind /p/well it answers well, behind anything else as its case says; behind /p/N/ as to
// the N-th question.
func (r *Server) URL() string {
	if r.protocol == Proxy {
		return "http://" + r.listener.Addr().String()
	}
	return "https://" + r.listener.Addr().String()
}

// CAPEM is the authority that a client is to trust, as PEM. Not every case's certificate is of it.
func (r *Server) CAPEM() []byte { return r.ca }

// Requests are all requests that came, as "METHOD path".
func (r *Server) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.requests...)
}

// Came is how many connections were made to the relay.
func (r *Server) Connections() int { return int(r.connCount.Load()) }

// Led is how many connections were led elsewhere by a redirect.
func (r *Server) RedirectConnections() int { return int(r.redirectConns.Load()) }

// Close ends all connections and waits until nothing of the relay runs any more.
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

// serve answers on a connection until it ends.
func (r *Server) serve(c net.Conn) {
	if r.hostileCase.beforeTLS != nil {
		r.hostileCase.beforeTLS(&exchange{server: r, responseWriter: newRawConn(r, c)})
		return
	}
	tlsConn := tls.Server(c, r.tlsConfig)
	if tlsConn.HandshakeContext(r.ctx) != nil {
		return
	}
	if r.protocol == HTTP2 {
		newHTTP2Conn(r, tlsConn).serve()
		return
	}
	serveHTTP1(r, tlsConn)
}

// note files a request, and tells which question of its path it is and whether it is to be answered well.
func (r *Server) recordRequest(method, path string) (n int, well bool) {
	r.mu.Lock()
	r.requests = append(r.requests, method+" "+path)
	r.mu.Unlock()
	_, rest, _ := strings.Cut(path, "/p/")
	word, _, _ := strings.Cut(rest, "/")
	if n, err := strconv.Atoi(word); err == nil {
		return n, false
	}
	return int(r.requestCount.Add(1) - 1), word == "well"
}
