package cli

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"octoeverywhere_exporter/internal/web"
)

// serveHealth answers on one listener until ctx ends: health and nothing else, without TLS and without credentials, for
// who asks whether the process lives and has neither.
func serveHealth(ctx context.Context, l net.Listener, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           web.Health(ready),
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       2 * time.Second,
		WriteTimeout:      2 * time.Second,
		MaxHeaderBytes:    4 << 10,
		ErrorLog:          serverLog(log),
	}
	srv.SetKeepAlivesEnabled(false) // whoever may come keeps no connection
	ended := endWith(ctx, srv)
	log.Info("Listening on, for health only", "address", l.Addr().String())
	err := srv.Serve(netutil.LimitListener(l, healthConnections))
	if errors.Is(err, http.ErrServerClosed) {
		ended.Wait()
		return nil
	}
	return err
}

// healthConnections is how many connections are open at a time on the listener for health: each is gone after 2 s.
const healthConnections = 64

// ready is always so: it listens only after the configuration was loaded.
func ready() bool { return true }

// endWith ends a server when ctx ends; what is being answered then has a while to be finished.
func endWith(ctx context.Context, srv *http.Server) *sync.WaitGroup {
	var ending sync.WaitGroup
	ending.Go(func() {
		<-ctx.Done()
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		if err := srv.Shutdown(limited); err != nil {
			_ = srv.Close()
		}
	})
	return &ending
}
