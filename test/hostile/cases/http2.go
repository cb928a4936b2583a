package cases

import (
	"bytes"
	"cmp"
	"io"
	"net"
	"sync"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// http2Conn is an HTTP/2 connection. It may write invalid frames.
type http2Conn struct {
	server      *Server
	conn        net.Conn
	in          *http2.Framer
	authority   string     // of the first request
	mu          sync.Mutex // guards what follows
	out         *http2.Framer
	err         error
	streamsDone map[uint32]chan struct{} // by stream ID: closed when the stream ends
	connDone    chan struct{}

	cond          sync.Cond      // signals changes of sendWindows and streamsDone
	sendWindows   map[uint32]int // by stream ID, 0 is the connection: bytes that the client accepts
	initialWindow int            // of new streams
}

// defaultWindow is the initial flow-control window (RFC 9113 §6.9.2).
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

// serve serves all streams until the connection ends.
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
		s.writeSettings(http2.Setting{ID: http2.SettingMaxConcurrentStreams, Val: cmp.Or(uint32(s.server.hostileCase.maxStreams), 64)})
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
			s.authority = cmp.Or(s.authority, f.PseudoValue("authority"))
			isShared := f.PseudoValue("authority") != s.authority
			w := s.openStream(f.StreamID)
			v := &exchange{responseWriter: w, server: s.server, path: f.PseudoValue("path")}
			n, healthy := s.server.recordRequest(f.PseudoValue("method"), v.path)
			v.number = n
			streams.Go(func() { w.respond(v, w.responder(healthy, isShared)) })
		}
	}
}

// markClosed wakes everything that waits for the connection.
func (s *http2Conn) markClosed() {
	close(s.connDone)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = net.ErrClosed
	s.cond.Broadcast()
}

// applySettings reads the window size of new streams. Go's client sends it before it opens any.
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

// write writes frames. After an error it does nothing.
func (s *http2Conn) write(frames func(*http2.Framer) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = frames(s.out)
	}
}

// writeBytes writes bytes instead of frames.
func (s *http2Conn) writeBytes(b []byte) {
	s.write(func(*http2.Framer) error {
		_, err := s.conn.Write(b)
		return err
	})
}

// writeRawFrame writes one frame, valid or not.
func (s *http2Conn) writeRawFrame(kind http2.FrameType, flags http2.Flags, stream uint32, payload []byte) {
	s.write(func(w *http2.Framer) error { return w.WriteRawFrame(kind, flags, stream, payload) })
}

// encodeFrames returns frames as bytes, repeated to about chunkSize.
func encodeFrames(write func(*http2.Framer)) []byte {
	var b bytes.Buffer
	w := http2.NewFramer(&b, nil)
	w.AllowIllegalWrites = true
	write(w)
	return repeatToChunk(b.String())
}

// repeatBytes writes b repeatedly until the connection ends.
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
	done := make(chan struct{})
	s.streamsDone[id], s.sendWindows[id] = done, s.initialWindow
	return &stream{http2Conn: s, id: id, streamDone: done}
}

func (s *http2Conn) openStreams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streamsDone)
}

func (s *http2Conn) closeStream(id uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if done, ok := s.streamsDone[id]; ok {
		delete(s.streamsDone, id)
		delete(s.sendWindows, id)
		close(done)
		s.cond.Broadcast()
	}
}

// stream writes one response on an HTTP/2 connection.
type stream struct {
	*http2Conn
	id         uint32
	streamDone chan struct{}
	ended      bool
}

// stream returns the stream of a case that runs on HTTP/2.
func (v *exchange) stream() *stream { return v.responseWriter.(*stream) }

// responder returns the function that responds to a request.
func (w *stream) responder(healthy, isShared bool) func(*exchange) {
	c := w.server.hostileCase
	switch {
	case c.maxStreams > 0 && w.openStreams() > c.maxStreams:
		return func(*exchange) { w.resetWith(http2.ErrCodeRefusedStream) }
	case isShared && c.respondShared != nil:
		return c.respondShared
	case healthy || c.respond == nil:
		return (*exchange).respondHealthy
	}
	return c.respond
}

// respond responds to a request, and ends the stream if the case has not ended it.
func (w *stream) respond(v *exchange, responder func(*exchange)) {
	responder(v)
	if !w.ended {
		w.writeRawFrame(http2.FrameData, http2.FlagDataEndStream, w.id, nil)
	}
	w.closeStream(w.id)
}

func (w *stream) writeHead(status string, fields ...string) {
	block := encodeHeaders(append([]string{":status", status}, fields...)...)
	w.write(func(f *http2.Framer) error { return writeHeaderBlock(f, w.id, block, false) })
}

// encodeHeaders encodes header fields, given as alternating names and values. The fields are never indexed (RFC 7541
// §6.2.3), so that a lost block does not affect later ones.
func encodeHeaders(fields ...string) []byte {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	for i := 0; i < len(fields); i += 2 {
		_ = e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1], Sensitive: true})
	}
	return b.Bytes()
}

// writeHeaderBlock writes a header block in as many frames as necessary.
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

// writeBody obeys flow control.
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

// takeWindow waits until the client accepts some bytes, and returns how many, at most limit. It returns 0 if the stream
// has ended.
func (w *stream) takeWindow(limit int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		switch n := min(limit, w.sendWindows[w.id], w.sendWindows[0]); {
		case w.err != nil || w.streamsDone[w.id] == nil || w.ended:
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
