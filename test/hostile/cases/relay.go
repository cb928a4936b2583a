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
type Relay struct {
	play      Case
	on        Protocol
	listener  net.Listener
	elsewhere net.Listener // where redirects point to
	led       atomic.Int64 // connections there
	tls       *tls.Config
	ca        []byte

	ctx      context.Context // ends when the relay closes
	hangUp   context.CancelFunc
	running  sync.WaitGroup
	mu       sync.Mutex
	conns    map[net.Conn]bool
	requests []string
	visits   atomic.Int64
	came     atomic.Int64
}

// Domain is the domain for whose hosts a relay's certificate is valid, where the case has a sound one.
const Domain = "hostile.test"

// Listen plays a case on a port of its own of 127.0.0.1. on must be one of the case's protocols.
func Listen(c Case, on Protocol) (*Relay, error) {
	sound := loopback()
	if c.wish != nil {
		sound = c.wish()
	}
	pair, ca, err := certificate.New(sound)
	if err == nil && c.alien {
		_, ca, err = certificate.New(certificate.Options{})
	}
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("play %s: %w", c.Name, err)
	}
	elsewhere, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		_ = listener.Close()
		return nil, fmt.Errorf("play %s: %w", c.Name, err)
	}
	r := &Relay{
		play: c, on: on, listener: listener, elsewhere: elsewhere, ca: ca, conns: map[net.Conn]bool{},
		tls: &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{alpn[on]}, MinVersion: tls.VersionTLS12},
	}
	if c.tls != nil {
		c.tls(r.tls)
	}
	r.ctx, r.hangUp = context.WithCancel(context.Background())
	r.running.Go(func() { r.accept(listener, r.serve) })
	r.running.Go(func() { r.accept(elsewhere, func(net.Conn) { r.led.Add(1) }) })
	return r, nil
}

var alpn = map[Protocol]string{HTTP1: "http/1.1", HTTP2: "h2"}

// URL is the relay's address. Behind /p/well it answers well, behind anything else as its case says; behind /p/N/ as to
// the N-th question.
func (r *Relay) URL() string {
	if r.on == Proxy {
		return "http://" + r.listener.Addr().String()
	}
	return "https://" + r.listener.Addr().String()
}

// CAPEM is the authority that a client is to trust, as PEM. Not every case's certificate is of it.
func (r *Relay) CAPEM() []byte { return r.ca }

// Requests are all requests that came, as "METHOD path".
func (r *Relay) Requests() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.requests...)
}

// Came is how many connections were made to the relay.
func (r *Relay) Came() int { return int(r.came.Load()) }

// Led is how many connections were led elsewhere by a redirect.
func (r *Relay) Led() int { return int(r.led.Load()) }

// Close ends all connections and waits until nothing of the relay runs any more.
func (r *Relay) Close() {
	r.hangUp()
	_ = r.listener.Close()
	_ = r.elsewhere.Close()
	r.mu.Lock()
	for c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.running.Wait()
}

func (r *Relay) accept(l net.Listener, serve func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		r.came.Add(1)
		r.mu.Lock()
		r.conns[c] = true
		over := r.ctx.Err() != nil
		r.mu.Unlock()
		if over {
			_ = c.Close()
			continue
		}
		r.running.Go(func() {
			serve(c)
			_ = c.Close()
			r.mu.Lock()
			delete(r.conns, c)
			r.mu.Unlock()
		})
	}
}

// serve answers on a connection until it ends.
func (r *Relay) serve(c net.Conn) {
	if r.play.wire != nil {
		r.play.wire(&visit{relay: r, way: newRaw(r, c)})
		return
	}
	secure := tls.Server(c, r.tls)
	if secure.HandshakeContext(r.ctx) != nil {
		return
	}
	if r.on == HTTP2 {
		newSession(r, secure).serve()
		return
	}
	serveHTTP1(r, secure)
}

// note files a request, and tells which question of its path it is and whether it is to be answered well.
func (r *Relay) note(method, path string) (n int, well bool) {
	r.mu.Lock()
	r.requests = append(r.requests, method+" "+path)
	r.mu.Unlock()
	_, rest, _ := strings.Cut(path, "/p/")
	word, _, _ := strings.Cut(rest, "/")
	if n, err := strconv.Atoi(word); err == nil {
		return n, false
	}
	return int(r.visits.Add(1) - 1), word == "well"
}
