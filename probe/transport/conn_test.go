package transport

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"octoeverywhere_exporter/probe"
)

// memoryConn is a connection whose peer is the test: what it writes can be read. Reads are counted.
type memoryConn struct {
	net.Conn
	mu      sync.Mutex
	changed sync.Cond
	unread  bytes.Buffer
	ended   error // of reads when nothing is unread
	reads   int
}

func (*memoryConn) RemoteAddr() net.Addr { return &net.TCPAddr{} }

func newMemoryConn() *memoryConn {
	m := new(memoryConn)
	m.changed.L = &m.mu
	return m
}

func (m *memoryConn) Read(b []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.unread.Len() == 0 && m.ended == nil {
		m.changed.Wait()
	}
	if m.unread.Len() == 0 {
		return 0, m.ended
	}
	m.reads++
	return m.unread.Read(b)
}

// receive makes b come from the peer.
func (m *memoryConn) receive(b []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unread.Write(b)
	m.changed.Broadcast()
}

// end ends reads with an error after what is unread.
func (m *memoryConn) end(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = err
	m.changed.Broadcast()
}

func (m *memoryConn) Close() error { m.end(net.ErrClosed); return nil }

// connTest is a conn over a memoryConn. made counts the buffers of its pool.
type connTest struct {
	*conn
	peer *memoryConn
	open atomic.Int64
	made atomic.Int64
	pool sync.Pool
}

// newConnTest returns a connection with requests in flight, whose reads are batched above batchAbove.
func newConnTest(requests int) *connTest {
	c := &connTest{peer: newMemoryConn()}
	c.pool.New = func() any { c.made.Add(1); return newReadBuffer() }
	c.conn = newConn(c.peer, &c.open, &c.pool)
	c.batches.Store(true)
	for range requests {
		c.requestSent()
	}
	return c
}

// TestReadsAreBatched: a thousand responses, one per millisecond, are read in one read per tick where many requests are in
// flight and the handshake is over, and otherwise as they come.
func TestReadsAreBatched(t *testing.T) {
	const responses, size = 1000, 900
	for name, c := range map[string]struct {
		requests int
		batches  bool
		maxReads int
		late     time.Duration
	}{
		"many requests":           {batchAbove + 1, true, responses/10 + 2, readTick},
		"few requests":            {batchAbove, true, responses, 0},
		"during the handshake":    {batchAbove + 1, false, responses, 0},
		"no request is in flight": {0, true, responses, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				to := newConnTest(c.requests)
				to.batches.Store(c.batches)
				go func() {
					for range responses {
						time.Sleep(time.Millisecond)
						to.peer.receive(make([]byte, size))
					}
				}()
				begin := time.Now()
				if n, err := io.ReadFull(to, make([]byte, responses*size)); err != nil {
					t.Error(n, err)
				}
				if late := time.Since(begin) - responses*time.Millisecond; late > c.late {
					t.Errorf("the last response is read %v late", late)
				}
				if to.peer.reads > c.maxReads || c.late == 0 && to.peer.reads != responses {
					t.Errorf("%d reads", to.peer.reads)
				}
			})
		})
	}
}

// TestBatchedReadsKeepContent: some MB through a conn, in random sizes, while reads begin and cease to be batched.
func TestBatchedReadsKeepContent(t *testing.T) {
	for seed := range uint64(4) {
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			to := newConnTest(batchAbove)
			sent := make([]byte, 4<<20)
			for i := range sent {
				sent[i] = byte(r.Uint32())
			}
			go func() {
				w := rand.New(rand.NewPCG(seed, 2))
				for rest := sent; len(rest) > 0; {
					n := min(len(rest), 1+w.IntN(100_000))
					to.peer.receive(rest[:n])
					rest = rest[n:]
					time.Sleep(time.Duration(w.IntN(3000)) * time.Microsecond)
				}
				to.peer.end(io.EOF)
			}()
			var got bytes.Buffer
			var err error
			for b := make([]byte, 40_000); err == nil; {
				switch r.IntN(20) {
				case 0:
					to.requestSent()
				case 1:
					if to.inFlight.Load() > batchAbove {
						to.responseRead()
					}
				}
				var n int
				n, err = to.Read(b[:1+r.IntN(len(b))])
				got.Write(b[:n])
			}
			if !errors.Is(err, io.EOF) || !bytes.Equal(got.Bytes(), sent) {
				t.Errorf("seed %d: %d of %d bytes, %v", seed, got.Len(), len(sent), err)
			}
			if to.buffer != nil {
				t.Error("the buffer is not given back")
			}
		})
	}
}

// TestBudgetOfBatchedReads: a peer that sends more than was requested is cut off, also where reads are batched.
func TestBudgetOfBatchedReads(t *testing.T) {
	for name, requests := range map[string]int{"batched": batchAbove + 1, "not batched": batchAbove} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				to := newConnTest(requests)
				to.peer.receive(make([]byte, 16<<20))
				read, err := io.Copy(io.Discard, to)
				if limit := int64(budgetReserve + requests*budgetPerRequest); !errors.Is(err, errFlood) || read > limit || read < limit-64<<10 {
					t.Errorf("%d of %d bytes, %v", read, limit, err)
				}
				if to.buffer != nil {
					t.Error("the buffer is not given back")
				}
			})
		})
	}
}

// TestBudgetIsTakenBack: a response that was smaller than usual does not let the next one be larger.
func TestBudgetIsTakenBack(t *testing.T) {
	to := newConnTest(0)
	for range 1000 {
		to.requestSent()
		to.responseRead()
	}
	if left := to.budget.Load(); left != budgetReserve {
		t.Errorf("%d bytes", left)
	}
}

// TestCloseEndsAPausedRead: within one tick.
func TestCloseEndsAPausedRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := newConnTest(batchAbove + 1)
		time.Sleep(time.Millisecond) // within a tick
		ended := make(chan error)
		begin := time.Now()
		go func() {
			_, err := to.Read(make([]byte, 10))
			ended <- err
		}()
		synctest.Wait()
		_ = to.Close()
		if err := <-ended; !errors.Is(err, net.ErrClosed) || time.Since(begin) > readTick || to.buffer != nil || to.open.Load() != 0 {
			t.Errorf("%v after %v", err, time.Since(begin))
		}
	})
}

// TestReadBuffersAreReused: they go back to the pool when their content has been read.
func TestReadBuffersAreReused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		to := newConnTest(batchAbove + 1)
		const reads = 1000
		b := make([]byte, 100)
		for range reads {
			to.peer.receive(b)
			for _, part := range [][]byte{b[:60], b[60:]} {
				if _, err := io.ReadFull(to, part); err != nil {
					t.Fatal(err)
				}
			}
			if to.buffer != nil {
				t.Fatal("the buffer is not given back")
			}
		}
		if n := to.made.Load(); n > reads/2 { // the pool of the race detector drops some
			t.Errorf("%d buffers for %d reads", n, reads)
		}
	})
}

// TestAttemptDescribesItsConnection: the HTTP version and the IP protocol are those of the connection that carried the request.
func TestAttemptDescribesItsConnection(t *testing.T) {
	for _, address := range []string{"127.0.0.1", "::1"} {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", net.JoinHostPort(address, "0"))
		if err != nil {
			continue // this machine has no IPv6
		}
		e := serveEdge(t, []string{"*.test"}, requireCredentials, func(s *httptest.Server) { _ = s.Listener.Close(); s.Listener = l })
		hosts := names{"a.test": {address}}
		for _, dedicated := range []bool{false, true} {
			transport := newTransport(t, probe.Settings{TLS: &tls.Config{RootCAs: e.roots}}, dedicated)
			hosts.use(transport)
			for range 2 {
				a := printersAt(e, hosts, transport)["a.test"].send(t.Context(), probe.StatusRequest).Attempt
				if a.HTTPVersion != [2]uint8{2, 0} || a.IPProtocol != map[string]uint8{"127.0.0.1": 4, "::1": 6}[address] {
					t.Errorf("%s: %+v", address, a)
				}
			}
		}
	}
}
