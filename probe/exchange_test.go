package probe

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
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/fault"
)

// relay serves h and gives a target whose printer lives there.
func relay(t *testing.T, h http.HandlerFunc, prepare func(*httptest.Server)) (Target, *httptest.Server) {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = quiet()
	if prepare != nil {
		prepare(srv)
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return target(t, srv.URL+"/p/a", Settings{TLS: trust(srv)}), srv
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

func target(t *testing.T, address string, s Settings) Target {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	via := NewTransport(s)
	t.Cleanup(via.Close)
	return Target{Name: "a", Interval: time.Minute, Timeout: 5 * time.Second, Address: NewAddress(u), Service: NewAddress(u), Via: via}
}

const idle = `{"Status":200,"Result":{"JobStatus":{"State":"idle"}}}`

func TestAskOverEveryProtocol(t *testing.T) {
	for name, prepare := range map[string]func(*httptest.Server){"http": nil, "https": secure, "http2": secureHTTP2} {
		t.Run(name, func(t *testing.T) {
			status := 200
			to, _ := relay(t, func(w http.ResponseWriter, r *http.Request) {
				if (r.ProtoMajor == 2) != (name == "http2") {
					t.Errorf("asked by %s", r.Proto)
				}
				w.Header().Set("Content-Type", "text/json")
				w.WriteHeader(status)
				_, _ = io.WriteString(w, idle)
			}, prepare)
			r := to.Ask(t.Context(), StatusRequest)
			if !r.Fault.None() || r.Reading.State != Idle || r.Attempt.Phase != ResponseRead || r.Attempt.Body != nil {
				t.Fatalf("%+v", r)
			}
			if r.Attempt.Reused || r.Took <= 0 || r.Attempt.Durations[Waiting] <= 0 {
				t.Errorf("%+v", r.Attempt)
			}
			for _, status = range []int{601, 789, 999, 302, 429} {
				if r = to.Ask(t.Context(), StatusRequest); r.Fault != fault.FromHTTP(status) {
					t.Errorf("%d: %+v", status, r.Fault)
				}
			}
			if !r.Attempt.Reused {
				t.Error("each question makes a new connection")
			}
		})
	}
}

// TestNothingElseIsEverAsked: three paths, GET, the credentials where they belong, and nowhere else.
func TestNothingElseIsEverAsked(t *testing.T) {
	var seen []string
	to, _ := relay(t, func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		seen = append(seen, fmt.Sprint(r.Method, r.RequestURI, r.Header["Authorization"], r.Header["Apptoken"], r.Header["Cookie"], len(b)))
	}, nil)
	to.Authorization, to.AppToken = NewSecret("Bearer b"), NewSecret("t")
	for _, q := range Requests {
		to.Ask(t.Context(), q)
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
		if r := to.Ask(t.Context(), StatusRequest); r.Fault != fault.FromHTTP(status) {
			t.Errorf("%d: %+v", status, r.Fault)
		}
	}
	if elsewhere.Load() != 0 {
		t.Error("a redirect was followed")
	}
}

// TestFaultsOnTheWire breaks a real connection at each stage.
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
		change  func(*Target)
		want    fault.Fault
		cause   ErrorKind
	}{
		"reset": {
			serve: func(w http.ResponseWriter, _ *http.Request) { drop(w, "") }, want: fault.BrokenAnswer, cause: ConnReset,
		},
		"not HTTP": {
			serve: func(w http.ResponseWriter, _ *http.Request) { drop(w, "\x16\x03 hello\r\n\r\n") }, want: fault.BrokenAnswer, cause: OtherCause,
		},
		"truncated": {
			serve: func(w http.ResponseWriter, _ *http.Request) {
				drop(w, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"+idle)
			},
			want: fault.BrokenAnswer, cause: CutOff,
		},
		"truncated after a fault was told": {
			serve: func(w http.ResponseWriter, _ *http.Request) { drop(w, "HTTP/1.1 601 X\r\nContent-Length: 99\r\n\r\n") },
			want:  fault.FromHTTP(601),
		},
		"a stream that is reset": {
			serve: func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, prepare: secureHTTP2,
			want: fault.BrokenAnswer, cause: OtherCause,
		},
		"no answer": {
			serve:  func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			change: func(t *Target) { t.Timeout = 50 * time.Millisecond }, want: fault.NoAnswer, cause: TimedOut,
		},
		"no answer by HTTP/2": {
			serve: func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, prepare: secureHTTP2,
			change: func(t *Target) { t.Timeout = 300 * time.Millisecond }, want: fault.NoAnswer, cause: TimedOut,
		},
		"the body stalls": {
			serve: func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, idle[:20])
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			},
			change: func(t *Target) { t.Timeout = 100 * time.Millisecond }, want: fault.NoAnswer, cause: TimedOut,
		},
		"a body without end": {
			serve: func(w http.ResponseWriter, _ *http.Request) { endless(w) }, want: fault.BrokenAnswer, cause: TooLarge,
		},
		"a gzip bomb": {
			serve: func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				endless(z)
			},
			want: fault.BrokenAnswer, cause: TooLarge,
		},
		"headers without end": {
			serve: func(w http.ResponseWriter, _ *http.Request) {
				for i := range 2000 {
					w.Header().Set(fmt.Sprintf("X-%d", i), strings.Repeat("x", 100))
				}
			},
			want: fault.BrokenAnswer, cause: OtherCause,
		},
		"a certificate that nobody vouches for": {
			serve: nothing, prepare: secure, change: func(t *Target) { t.Via = NewTransport(Settings{DisableSharing: true}) },
			want: fault.TLSFailed, cause: CertAuthority,
		},
		"no TLS": {
			serve: nothing, change: func(t *Target) { t.Address.url().Scheme = "https" }, want: fault.TLSFailed, cause: NotTLS,
		},
		"a name that is not": {
			serve: nothing, change: func(t *Target) {
				t.Address.url().Host = "canary.invalid"
				t.Via = resolving(&net.DNSError{Name: "canary.invalid", IsNotFound: true})
			},
			want: fault.ResolveFailed, cause: NoSuchName,
		},
		"a name server that fails": {
			serve: nothing, change: func(t *Target) { t.Via = resolving(&net.DNSError{Name: "canary.invalid", IsTemporary: true}) },
			want: fault.ResolveFailed, cause: NameServer,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			to, _ := relay(t, c.serve, c.prepare)
			if c.change != nil {
				c.change(&to)
			}
			r := to.Ask(t.Context(), StatusRequest)
			if r.Fault != c.want || r.Attempt.ErrorKind != c.cause || r.Canceled {
				t.Errorf("%s at %s because %q, not %s because %q", r.Fault.Reason, r.Attempt.Phase, r.Attempt.ErrorKind, c.want.Reason, c.cause)
			}
			if s := fmt.Sprintf("%+v", r); strings.Contains(s, "canary") || strings.Contains(s, "127.0.0.1") {
				t.Errorf("a result shows where the printer lives: %s", s)
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

// resolving is a transport whose names end in an error.
func resolving(err error) http.RoundTripper {
	t := NewTransport(Settings{DisableSharing: true})
	t.alone.DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: err}
	}
	return t
}

func TestNothingListens(t *testing.T) {
	srv := httptest.NewServer(nil)
	to := target(t, srv.URL, Settings{})
	srv.Close()
	if r := to.Ask(t.Context(), StatusRequest); r.Fault != fault.ConnectFailed || r.Attempt.ErrorKind != ConnRefused {
		t.Errorf("%+v", r)
	}
}

// TestAKeptConnectionThatDied: the trace knows that one was there, the error that the new one could not be made.
func TestAKeptConnectionThatDied(t *testing.T) {
	to, srv := relay(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, idle) }, nil)
	if r := to.Ask(t.Context(), StatusRequest); !r.Fault.None() {
		t.Fatalf("%+v", r)
	}
	srv.CloseClientConnections()
	srv.Close()
	if r := to.Ask(t.Context(), StatusRequest); r.Fault != fault.ConnectFailed {
		t.Errorf("%+v", r)
	}
}

func TestABodyThatNobodyAskedToCompress(t *testing.T) {
	to, _ := relay(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, idle)
		_ = z.Close()
	}, nil)
	if r := to.Ask(t.Context(), StatusRequest); !r.Fault.None() || r.Reading.State != Idle {
		t.Errorf("%+v", r)
	}
}

// TestAQuestionThatWeCutShort: the exporter ends, and the printer is not to blame.
func TestAQuestionThatWeCutShort(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	to, _ := relay(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}, nil)
	if r := to.Ask(ctx, StatusRequest); !r.Canceled || !r.Fault.None() {
		t.Errorf("%+v", r)
	}
}

// TestAnExporterThatStoodStillBlamesNobody: it was stopped while it waited, and so was its own deadline.
func TestAnExporterThatStoodStillBlamesNobody(t *testing.T) {
	for stood, cut := range map[time.Duration]bool{0: false, overslept: false, overslept + time.Millisecond: true, time.Hour: true} {
		synctest.Test(t, func(t *testing.T) {
			to := via(func(r *http.Request) (int, string) {
				<-r.Context().Done()
				time.Sleep(stood)
				return 0, ""
			}, "a")[0]
			r := to.Ask(t.Context(), StatusRequest)
			if r.Canceled != cut || cut != r.Fault.None() {
				t.Errorf("%v after its deadline: %s, cut short: %v", stood, r.Fault.Reason, r.Canceled)
			}
		})
	}
}

// TestAProxyIsUsed: also by https, with the headers it is to have.
func TestAProxyIsUsed(t *testing.T) {
	var asked atomic.Value
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.Method + " " + r.Header.Get("X-Key"))
		w.WriteHeader(http.StatusForbidden)
	}))
	defer proxy.Close()
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	to := target(t, "https://canary.invalid", Settings{Proxy: http.ProxyURL(u), ProxyHeader: func() http.Header { return http.Header{"X-Key": {"k"}} }})
	if r := to.Ask(t.Context(), StatusRequest); r.Fault != fault.ConnectFailed {
		t.Errorf("%+v", r)
	}
	if asked.Load() != "CONNECT k" {
		t.Errorf("the proxy was asked %v", asked.Load())
	}
}
