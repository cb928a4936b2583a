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
	limited := newConnLimiter(l, o.MaxConnections, srv)
	serve, err := prepare(srv, limited, o.WebConfigFile, log)
	if err != nil {
		_ = l.Close()
		return err
	}
	// The limit comes before the authentication, which computes a bcrypt hash. HTTP/2 has up to 100 requests per connection.
	limitRequests := web.LimitServer(o.MaxConnections, o.RoutePrefix, o.TelemetryPath, rejected)
	srv.Handler = limited.serving(web.WithHeaders(limitRequests(srv.Handler)))
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
		Handler:        handler,
		ReadTimeout:    5 * time.Second, // of the header and of the body, which no handler reads
		WriteTimeout:   2 * time.Minute, // handlers that wait for a printer set their own
		IdleTimeout:    2 * time.Minute, // longer than the interval of most scrapes
		MaxHeaderBytes: 64 << 10,
		HTTP2:          &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:       serverLogger(log),
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
