package cases

import (
	"bytes"
	"io"
	"net"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// session is an HTTP/2 connection. What it writes may be against every rule.
type session struct {
	relay *Relay
	conn  net.Conn
	in    *http2.Framer
	mu    sync.Mutex // of what follows
	out   *http2.Framer
	err   error
	gone  map[uint32]chan struct{} // by stream: closed when nobody waits for it any more
	over  chan struct{}

	change  sync.Cond      // of what follows and of gone
	windows map[uint32]int // by stream, 0 is the connection: how much the other side takes
	initial int            // of a new stream
}

// windowAtFirst is how much is taken when nothing is said (RFC 9113 §6.9.2).
const windowAtFirst = 65535

func newSession(r *Relay, c net.Conn) *session {
	s := &session{
		relay: r, conn: c, in: http2.NewFramer(io.Discard, c), out: http2.NewFramer(c, nil),
		gone: map[uint32]chan struct{}{}, over: make(chan struct{}),
		windows: map[uint32]int{0: windowAtFirst}, initial: windowAtFirst,
	}
	s.change.L = &s.mu
	s.in.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	s.out.AllowIllegalWrites = true
	return s
}

// serve answers all streams until the connection ends.
func (s *session) serve() {
	var streams sync.WaitGroup
	defer streams.Wait()
	defer s.end()
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(s.conn, preface); err != nil {
		return
	}
	if s.relay.play.greet != nil {
		streams.Go(func() { s.relay.play.greet(s) })
	} else {
		s.settings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 64})
	}
	for {
		f, err := s.in.ReadFrame()
		if err != nil {
			_ = s.conn.Close()
			return
		}
		switch f := f.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				s.learn(f)
				s.write(func(w *http2.Framer) error { return w.WriteSettingsAck() })
			}
		case *http2.WindowUpdateFrame:
			s.widen(f.StreamID, int(f.Increment))
		case *http2.PingFrame:
			if !f.IsAck() {
				data := f.Data
				s.write(func(w *http2.Framer) error { return w.WritePing(true, data) })
			}
		case *http2.RSTStreamFrame:
			s.forget(f.StreamID)
		case *http2.MetaHeadersFrame:
			w := s.open(f.StreamID)
			v := &visit{way: w, relay: s.relay, path: f.PseudoValue("path")}
			n, well := s.relay.note(f.PseudoValue("method"), v.path)
			v.n = n
			streams.Go(func() { w.answer(v, well) })
		}
	}
}

// end says that the connection is over to all who wait for something.
func (s *session) end() {
	close(s.over)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = net.ErrClosed
	s.change.Broadcast()
}

// learn reads the size of the window of new streams. (Go's client says it before it opens any.)
func (s *session) learn(f *http2.SettingsFrame) {
	if size, ok := f.Value(http2.SettingInitialWindowSize); ok {
		s.mu.Lock()
		s.initial = int(size)
		s.mu.Unlock()
	}
}

func (s *session) widen(id uint32, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.windows[id]; ok {
		s.windows[id] += by
		s.change.Broadcast()
	}
}

func (s *session) settings(all ...http2.Setting) {
	s.write(func(w *http2.Framer) error { return w.WriteSettings(all...) })
}

// write writes frames. After a failure it does nothing.
func (s *session) write(frames func(*http2.Framer) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = frames(s.out)
	}
}

// say writes bytes in place of frames.
func (s *session) say(b []byte) {
	s.write(func(*http2.Framer) error {
		_, err := s.conn.Write(b)
		return err
	})
}

// frame writes one frame of any form.
func (s *session) frame(kind http2.FrameType, flags http2.Flags, stream uint32, payload []byte) {
	s.write(func(w *http2.Framer) error { return w.WriteRawFrame(kind, flags, stream, payload) })
}

// frames makes the bytes of frames, to be said again and again.
func frames(write func(*http2.Framer)) []byte {
	var b bytes.Buffer
	w := http2.NewFramer(&b, nil)
	w.AllowIllegalWrites = true
	write(w)
	return fill(b.String())
}

// repeat says b again and again until the connection ends.
func (s *session) repeat(b []byte) {
	for s.alive() {
		s.say(b)
	}
}

func (s *session) alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err == nil && s.relay.ctx.Err() == nil
}

func (s *session) open(id uint32) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := make(chan struct{})
	s.gone[id], s.windows[id] = gone, s.initial
	return &stream{session: s, id: id, gone: gone}
}

func (s *session) forget(id uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if gone, ok := s.gone[id]; ok {
		delete(s.gone, id)
		delete(s.windows, id)
		close(gone)
		s.change.Broadcast()
	}
}

// stream is the way of one answer on an HTTP/2 connection.
type stream struct {
	*session
	id    uint32
	gone  chan struct{}
	ended bool
}

// answer answers, and ends the stream in order where the case has not ended it.
func (w *stream) answer(v *visit, well bool) {
	if well || w.relay.play.act == nil {
		v.well()
	} else {
		w.relay.play.act(v)
	}
	if !w.ended {
		w.frame(http2.FrameData, http2.FlagDataEndStream, w.id, nil)
	}
	w.forget(w.id)
}

func (w *stream) head(status string, fields ...string) {
	packed := block(append([]string{":status", status}, fields...)...)
	w.write(func(f *http2.Framer) error { return writeBlock(f, w.id, packed, false) })
}

// block packs header fields, names and values in turn. Nothing of it is to be remembered (RFC 7541 §6.2.3), so that a
// block that is lost does not disturb those after it.
func block(fields ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1], Sensitive: true})
	}
	return b.Bytes()
}

// writeBlock writes a header block in as many frames as it takes.
func writeBlock(f *http2.Framer, id uint32, block []byte, end bool) error {
	first := block[:min(chunk, len(block))]
	rest := block[len(first):]
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: first, EndHeaders: len(rest) == 0, EndStream: end})
	for len(rest) > 0 && err == nil {
		next := rest[:min(chunk, len(rest))]
		rest = rest[len(next):]
		err = f.WriteContinuation(id, len(rest) == 0, next)
	}
	return err
}

// body sends no more than the other side takes.
func (w *stream) body(b []byte) {
	for len(b) > 0 {
		n := w.take(min(chunk, len(b)))
		if n == 0 {
			return
		}
		w.frame(http2.FrameData, 0, w.id, b[:n])
		b = b[n:]
	}
}

// take waits until the other side takes something, and gives how much of it; 0: it never will.
func (w *stream) take(most int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch n := min(most, w.windows[w.id], w.windows[0]); {
		case w.err != nil || w.session.gone[w.id] == nil || w.ended:
			return 0
		case n > 0:
			w.windows[w.id] -= n
			w.windows[0] -= n
			return n
		}
		w.change.Wait()
	}
}

func (w *stream) reset() { w.resetWith(http2.ErrCodeInternal) }

func (w *stream) resetWith(code http2.ErrCode) {
	w.ended = true
	w.write(func(f *http2.Framer) error { return f.WriteRSTStream(w.id, code) })
}

func (w *stream) alive() bool {
	select {
	case <-w.gone:
		return false
	case <-w.over:
		return false
	default:
		return w.session.alive()
	}
}

func (w *stream) hold() {
	w.ended = true
	select {
	case <-w.gone:
	case <-w.over:
	case <-w.relay.ctx.Done():
	}
}
