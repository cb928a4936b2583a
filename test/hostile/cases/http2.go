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
type http2Conn struct {
	server      *Server
	conn        net.Conn
	in          *http2.Framer
	mu          sync.Mutex // of what follows
	out         *http2.Framer
	err         error
	streamsDone map[uint32]chan struct{} // by stream: closed when nobody waits for it any more
	connDone    chan struct{}

	cond          sync.Cond      // of what follows and of gone
	sendWindows   map[uint32]int // by stream, 0 is the connection: how much the other side takes
	initialWindow int            // of a new stream
}

// windowAtFirst is how much is taken when nothing is said (RFC 9113 §6.9.2).
const defaultWindow = 65535

func newHTTP2Conn(r *Server, c net.Conn) *http2Conn {
	s := &http2Conn{
		server: r, conn: c, in: http2.NewFramer(io.Discard, c), out: http2.NewFramer(c, nil),
		streamsDone: map[uint32]chan struct{}{}, connDone: make(chan struct{}),
		sendWindows: map[uint32]int{0: defaultWindow}, initialWindow: defaultWindow,
	}
	s.cond.L = &s.mu
	s.in.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	s.out.AllowIllegalWrites = true
	return s
}

// serve answers all streams until the connection ends.
func (s *http2Conn) serve() {
	var streams sync.WaitGroup
	defer streams.Wait()
	defer s.markClosed()
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(s.conn, preface); err != nil {
		return
	}
	if s.server.hostileCase.startHTTP2 != nil {
		streams.Go(func() { s.server.hostileCase.startHTTP2(s) })
	} else {
		s.writeSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: 64})
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
				s.applySettings(f)
				s.write(func(w *http2.Framer) error { return w.WriteSettingsAck() })
			}
		case *http2.WindowUpdateFrame:
			s.growWindow(f.StreamID, int(f.Increment))
		case *http2.PingFrame:
			if !f.IsAck() {
				data := f.Data
				s.write(func(w *http2.Framer) error { return w.WritePing(true, data) })
			}
		case *http2.RSTStreamFrame:
			s.closeStream(f.StreamID)
		case *http2.MetaHeadersFrame:
			w := s.openStream(f.StreamID)
			v := &exchange{responseWriter: w, server: s.server, path: f.PseudoValue("path")}
			n, well := s.server.recordRequest(f.PseudoValue("method"), v.path)
			v.number = n
			streams.Go(func() { w.respond(v, well) })
		}
	}
}

// end says that the connection is over to all who wait for something.
func (s *http2Conn) markClosed() {
	close(s.connDone)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = net.ErrClosed
	s.cond.Broadcast()
}

// learn reads the size of the window of new streams. (Go's client says it before it opens any.)
func (s *http2Conn) applySettings(f *http2.SettingsFrame) {
	if size, ok := f.Value(http2.SettingInitialWindowSize); ok {
		s.mu.Lock()
		s.initialWindow = int(size)
		s.mu.Unlock()
	}
}

func (s *http2Conn) growWindow(id uint32, by int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.sendWindows[id]; ok {
		s.sendWindows[id] += by
		s.cond.Broadcast()
	}
}

func (s *http2Conn) writeSettings(all ...http2.Setting) {
	s.write(func(w *http2.Framer) error { return w.WriteSettings(all...) })
}

// write writes frames. After a failure it does nothing.
func (s *http2Conn) write(frames func(*http2.Framer) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = frames(s.out)
	}
}

// say writes bytes in place of frames.
func (s *http2Conn) writeBytes(b []byte) {
	s.write(func(*http2.Framer) error {
		_, err := s.conn.Write(b)
		return err
	})
}

// frame writes one frame of any form.
func (s *http2Conn) writeRawFrame(kind http2.FrameType, flags http2.Flags, stream uint32, payload []byte) {
	s.write(func(w *http2.Framer) error { return w.WriteRawFrame(kind, flags, stream, payload) })
}

// frames makes the bytes of frames, to be said again and again.
func encodeFrames(write func(*http2.Framer)) []byte {
	var b bytes.Buffer
	w := http2.NewFramer(&b, nil)
	w.AllowIllegalWrites = true
	write(w)
	return repeatToChunk(b.String())
}

// repeat says b again and again until the connection ends.
func (s *http2Conn) repeatBytes(b []byte) {
	for s.isConnected() {
		s.writeBytes(b)
	}
}

func (s *http2Conn) isConnected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err == nil && s.server.ctx.Err() == nil
}

func (s *http2Conn) openStream(id uint32) *stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := make(chan struct{})
	s.streamsDone[id], s.sendWindows[id] = gone, s.initialWindow
	return &stream{http2Conn: s, id: id, streamDone: gone}
}

func (s *http2Conn) closeStream(id uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if gone, ok := s.streamsDone[id]; ok {
		delete(s.streamsDone, id)
		delete(s.sendWindows, id)
		close(gone)
		s.cond.Broadcast()
	}
}

// stream is the way of one answer on an HTTP/2 connection.
type stream struct {
	*http2Conn
	id         uint32
	streamDone chan struct{}
	ended      bool
}

// answer answers, and ends the stream in order where the case has not ended it.
func (w *stream) respond(v *exchange, well bool) {
	if well || w.server.hostileCase.respond == nil {
		v.respondHealthy()
	} else {
		w.server.hostileCase.respond(v)
	}
	if !w.ended {
		w.writeRawFrame(http2.FrameData, http2.FlagDataEndStream, w.id, nil)
	}
	w.closeStream(w.id)
}

func (w *stream) writeHead(status string, fields ...string) {
	packed := encodeHeaders(append([]string{":status", status}, fields...)...)
	w.write(func(f *http2.Framer) error { return writeHeaderBlock(f, w.id, packed, false) })
}

// block packs header fields, names and values in turn. Nothing of it is to be remembered (RFC 7541 §6.2.3), so that a
// block that is lost does not disturb those after it.
func encodeHeaders(fields ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1], Sensitive: true})
	}
	return b.Bytes()
}

// writeBlock writes a header block in as many frames as it takes.
func writeHeaderBlock(f *http2.Framer, id uint32, block []byte, end bool) error {
	first := block[:min(chunkSize, len(block))]
	rest := block[len(first):]
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: first, EndHeaders: len(rest) == 0, EndStream: end})
	for len(rest) > 0 && err == nil {
		next := rest[:min(chunkSize, len(rest))]
		rest = rest[len(next):]
		err = f.WriteContinuation(id, len(rest) == 0, next)
	}
	return err
}

// body sends no more than the other side takes.
func (w *stream) writeBody(b []byte) {
	for len(b) > 0 {
		n := w.takeWindow(min(chunkSize, len(b)))
		if n == 0 {
			return
		}
		w.writeRawFrame(http2.FrameData, 0, w.id, b[:n])
		b = b[n:]
	}
}

// take waits until the other side takes something, and gives how much of it; 0: it never will.
func (w *stream) takeWindow(most int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch n := min(most, w.sendWindows[w.id], w.sendWindows[0]); {
		case w.err != nil || w.http2Conn.streamsDone[w.id] == nil || w.ended:
			return 0
		case n > 0:
			w.sendWindows[w.id] -= n
			w.sendWindows[0] -= n
			return n
		}
		w.cond.Wait()
	}
}

func (w *stream) reset() { w.resetWith(http2.ErrCodeInternal) }

func (w *stream) resetWith(code http2.ErrCode) {
	w.ended = true
	w.write(func(f *http2.Framer) error { return f.WriteRSTStream(w.id, code) })
}

func (w *stream) isConnected() bool {
	select {
	case <-w.streamDone:
		return false
	case <-w.connDone:
		return false
	default:
		return w.http2Conn.isConnected()
	}
}

func (w *stream) waitForClient() {
	w.ended = true
	select {
	case <-w.streamDone:
	case <-w.connDone:
	case <-w.server.ctx.Done():
	}
}
