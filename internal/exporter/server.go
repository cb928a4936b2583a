package exporter

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"octoeverywhere_exporter/internal/web"
)

// shutdownTimeout is how long requests in flight may take to finish when the exporter ends. All of it, with what comes after, must
// fit in 4 s: then the command line ends the process.
const shutdownTimeout = 2500 * time.Millisecond

// serve serves on one listener until ctx is done. Each listener has a server of its own because the toolkit modifies it.
func (e *Exporter) serve(ctx context.Context, l net.Listener) error {
	return serveHandler(ctx, l, e.handler, e.options, e.recorder.RequestRejected, e.log)
}

func serveHandler(ctx context.Context, l net.Listener, handler http.Handler, o Options, rejected func(), log *slog.Logger) error {
	srv := newServer(handler, log)
	serve, err := prepare(srv, limitConnections(l, o.MaxConnections), o.WebConfigFile, log)
	if err != nil {
		_ = l.Close()
		return err
	}
	// The limit comes before the authentication, which computes a bcrypt hash. On HTTP/1.1 it equals the limit of connections;
	// HTTP/2 has up to 100 requests per connection.
	srv.Handler = web.WithHeaders(web.LimitInFlight(o.MaxConnections, "", rejected)(srv.Handler))
	shutdown := shutdownWith(ctx, srv)
	err = serve()
	if errors.Is(err, http.ErrServerClosed) {
		shutdown.Wait()
		return nil
	}
	return err // errgroup cancels the context of all others
}

// newServer returns a server with a bound for everything that a client can hold.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      2 * time.Minute, // longer than any timeout of a printer that /probe may wait for
		IdleTimeout:       2 * time.Minute, // longer than the interval of most scrapes
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          serverLogger(log),
		// OPTIONS * goes through the authentication like any other request.
		DisableGeneralOptionsHandler: true,
	}
}

// shutdownWith shuts a server down when ctx is done. The WaitGroup is done after that.
func shutdownWith(ctx context.Context, srv *http.Server) *sync.WaitGroup {
	var group sync.WaitGroup
	group.Go(func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
		defer cancel()
		if err := srv.Shutdown(limited); err != nil {
			_ = srv.Close()
		}
	})
	return &group
}
