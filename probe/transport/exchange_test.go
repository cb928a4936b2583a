package transport

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"octoeverywhere_exporter/fault"
	"octoeverywhere_exporter/probe"
)

// relay serves h and returns a printer behind it.
func relay(t *testing.T, h http.HandlerFunc, prepare func(*httptest.Server)) (printer, *httptest.Server) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = quiet()
	if prepare != nil {
		prepare(srv)
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return target(t, srv.URL+"/p/a", probe.Settings{TLS: trust(srv)}), srv
}

func secure(srv *httptest.Server) { srv.StartTLS() }

func secureHTTP2(srv *httptest.Server) {
	srv.EnableHTTP2 = true
	srv.StartTLS()
}

func trust(srv *httptest.Server) *tls.Config {
	if srv.Certificate() == nil {
		return nil
	}
	pool := x509.NewCertPool()
	pool.AddCert(srv.Certificate())
	return &tls.Config{RootCAs: pool}
}

func target(t *testing.T, address string, s probe.Settings) printer {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return printer{probe.Target{Name: "a", Interval: time.Minute, Timeout: 5 * time.Second, Address: probe.NewAddress(u), Service: probe.NewAddress(u)}, newTransport(t, s, false)}
}

const idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`

func TestEveryProtocol(t *testing.T) {
	for name, prepare := range map[string]func(*httptest.Server){"http": nil, "https": secure, "http2": secureHTTP2} {
		t.Run(name, func(t *testing.T) {
			status := 200
			to, _ := relay(t, func(w http.ResponseWriter, r *http.Request) {
				if (r.ProtoMajor == 2) != (name == "http2") {
					t.Errorf("requested by %s", r.Proto)
				}
				w.Header().Set("Content-Type", "text/json")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, idle)
			}, prepare)
			r := to.send(t.Context(), probe.StatusRequest)
			if !r.Fault.None() || r.Reading.State != probe.Idle || r.Attempt.Phase != probe.ResponseRead || r.Attempt.Body != nil {
				t.Fatalf("%+v", r)
			}
			if r.Attempt.Reused || r.Took <= 0 || r.Attempt.Durations[probe.Waiting] <= 0 {
				t.Errorf("%+v", r.Attempt)
			}
			for _, status = range []int{601, 789, 999, 302, 429} {
				if r = to.send(t.Context(), probe.StatusRequest); r.Fault != fault.FromHTTP(status) {
					t.Errorf("%d: %+v", status, r.Fault)
				}
			}
			if !r.Attempt.Reused {
				t.Error("each request makes a connection")
			}
		})
	}
}

// TestOnlyThreeRequestsAreSent: three paths by GET, with the credentials that belong to each and no body.
func TestOnlyThreeRequestsAreSent(t *testing.T) {
	var seen []string
	to, _ := relay(t, func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		seen = append(seen, fmt.Sprint(r.Method, r.RequestURI, r.Header["Authorization"], r.Header["Apptoken"], r.Header["Cookie"], len(b)))
	}, nil)
	to.Authorization, to.AppToken = probe.NewSecret("Bearer b"), probe.NewSecret("t")
	for _, q := range probe.Requests {
		to.send(t.Context(), q)
	}
	want := []string{
		"GET/p/a/api/appconnection/info[][t][]0",
		"GET/p/a/octoeverywhere-command-api/ping[Bearer b][][]0",
		"GET/p/a/octoeverywhere-command-api/status[Bearer b][][]0",
	}
	for i := range want {
		if strings.ReplaceAll(seen[i], " ", "") != strings.ReplaceAll(want[i], " ", "") {
			t.Errorf("%s, not %s", seen[i], want[i])
		}
	}
}

func TestRedirectsAreNeverFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for status := 300; status <= 308; status++ {
		to, _ := relay(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) }, nil)
		if r := to.send(t.Context(), probe.StatusRequest); r.Fault != fault.FromHTTP(status) {
			t.Errorf("%d: %+v", status, r.Fault)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// TestFaultsOnTheWire breaks a real connection in each phase.
func TestFaultsOnTheWire(t *testing.T) {
	drop := func(w http.ResponseWriter, say string) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(c, say)
		if tcp, ok := c.(*net.TCPConn); ok && say == "" {
			_ = tcp.SetLinger(0)
		}
		_ = c.Close()
	}
	for name, c := range map[string]struct {
		serve   http.HandlerFunc
		prepare func(*httptest.Server)
		change  func(*printer)
		want    fault.Fault
		kind    probe.ErrorKind
	}{
		"reset": {
			serve: func(w http.ResponseWriter, _ *http.Request) { drop(w, "") }, want: fault.BrokenAnswer, kind: probe.ConnReset,
		},
		"not HTTP": {
			serve: func(w http.ResponseWriter, _ *http.Request) { drop(w, "\x16\x03 hello\r\n\r\n") }, want: fault.BrokenAnswer, kind: probe.OtherError,
		},
		"truncated": {
			serve: func(w http.ResponseWriter, _ *http.Request) {
				drop(w, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"+idle)
			},
			want: fault.BrokenAnswer, kind: probe.CutOff,
		},
		"truncated after a 601": {
			serve: func(w http.ResponseWriter, _ *http.Request) { drop(w, "HTTP/1.1 601 X\r\nContent-Length: 99\r\n\r\n") },
			want:  fault.FromHTTP(601),
		},
		"a stream that is reset": {
			serve: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, prepare: secureHTTP2,
			want: fault.BrokenAnswer, kind: probe.OtherError,
		},
		"no response": {
			serve:  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			change: func(p *printer) { p.Timeout = 50 * time.Millisecond }, want: fault.NoAnswer, kind: probe.TimedOut,
		},
		"no response by HTTP/2": {
			serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, prepare: secureHTTP2,
			change: func(p *printer) { p.Timeout = 300 * time.Millisecond }, want: fault.NoAnswer, kind: probe.TimedOut,
		},
		"the body stalls": {
			serve: func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, idle[:20])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			},
			change: func(p *printer) { p.Timeout = 100 * time.Millisecond }, want: fault.NoAnswer, kind: probe.TimedOut,
		},
		"a body without end": {
			serve: func(w http.ResponseWriter, _ *http.Request) { endless(w) }, want: fault.BrokenAnswer, kind: probe.TooLarge,
		},
		"a gzip bomb": {
			serve: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				endless(z)
			},
			want: fault.BrokenAnswer, kind: probe.TooLarge,
		},
		"headers without end": {
			serve: func(w http.ResponseWriter, _ *http.Request) {
				for i := range 2000 {
					w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 100))
				}
			},
			want: fault.BrokenAnswer, kind: probe.OtherError,
		},
		"a certificate of an unknown authority": {
			serve: nothing, prepare: secure, change: func(p *printer) { p.transport = New(probe.Settings{}, Options{DisableSharing: true}) },
			want: fault.TLSFailed, kind: probe.CertAuthority,
		},
		"no TLS": {
			serve: nothing, change: func(p *printer) { p.moveTo(func(u *url.URL) { u.Scheme = "https" }) }, want: fault.TLSFailed, kind: probe.NotTLS,
		},
		"a name that does not exist": {
			serve: nothing, change: func(p *printer) {
				p.moveTo(func(u *url.URL) { u.Host = "canary.invalid" })
				p.transport = failingDial(&net.DNSError{Name: "canary.invalid", IsNotFound: true})
			},
			want: fault.ResolveFailed, kind: probe.NoSuchName,
		},
		"a name server that fails": {
			serve: nothing, change: func(p *printer) { p.transport = failingDial(&net.DNSError{Name: "canary.invalid", IsTemporary: true}) },
			want: fault.ResolveFailed, kind: probe.NameServer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, _ := relay(t, c.serve, c.prepare)
			if c.change != nil {
				c.change(&to)
			}
			r := to.send(t.Context(), probe.StatusRequest)
			if r.Fault != c.want || r.Attempt.ErrorKind != c.kind || r.Canceled {
				t.Errorf("%s at %s (%q), want %s (%q)", r.Fault.Reason, r.Attempt.Phase, r.Attempt.ErrorKind, c.want.Reason, c.kind)
			}
			if s := fmt.Sprintf("%+v", r); strings.Contains(s, "canary") || strings.Contains(s, "127.0.0.1") {
				t.Errorf("a result shows the address: %s", s)
			}
		})
	}
}

func nothing(http.ResponseWriter, *http.Request) {}

func endless(w io.Writer) {
	for line := bytes.Repeat([]byte(" "), 1<<16); ; {
		if _, err := w.Write(line); err != nil {
			return
		}
	}
}

// failingDial returns a transport whose dials fail.
func failingDial(err error) *Transport {
	t := New(probe.Settings{}, Options{DisableSharing: true})
	t.base.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	return t
}

// moveTo changes the address of the printer.
func (p *printer) moveTo(change func(*url.URL)) {
	u := *p.NewRequest(probe.StatusRequest).URL
	u.Path = "/p/a"
	change(&u)
	p.Address = probe.NewAddress(&u)
}

func TestConnectionRefused(t *testing.T) {
	srv := httptest.NewServer(nil)
	to := target(t, srv.URL, probe.Settings{})
	srv.Close()
	if r := to.send(t.Context(), probe.StatusRequest); r.Fault != fault.ConnectFailed || r.Attempt.ErrorKind != probe.ConnRefused {
		t.Errorf("%+v", r)
	}
}

// TestIdleConnectionThatDied: the trace says that a connection was reused, but the error is about the new one.
func TestIdleConnectionThatDied(t *testing.T) {
	to, srv := relay(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, idle) }, nil)
	if r := to.send(t.Context(), probe.StatusRequest); !r.Fault.None() {
		t.Fatalf("%+v", r)
	}
	srv.CloseClientConnections()
	srv.Close()
	if r := to.send(t.Context(), probe.StatusRequest); r.Fault != fault.ConnectFailed {
		t.Errorf("%+v", r)
	}
}

// TestUnsolicitedCompression: a body is compressed although the request does not accept it.
func TestUnsolicitedCompression(t *testing.T) {
	to, _ := relay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, idle)
		_ = z.Close()
	}, nil)
	if r := to.send(t.Context(), probe.StatusRequest); !r.Fault.None() || r.Reading.State != probe.Idle {
		t.Errorf("%+v", r)
	}
}

// TestCanceledRequest: the kind of the error tells a request that was canceled from one that failed.
func TestCanceledRequest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	to, _ := relay(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, nil)
	if r := to.send(ctx, probe.StatusRequest); r.Attempt.ErrorKind != probe.Canceled || r.Attempt.Phase != probe.Waiting {
		t.Errorf("%+v", r)
	}
}
