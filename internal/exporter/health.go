package exporter

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"octoeverywhere_exporter/internal/web"
)

// maxHealthConnections bounds the connections to the listener for health. Each is closed after 2 s at most.
const maxHealthConnections = 64

// serveHealth serves only /-/healthy and /-/ready, on one listener until ctx is done, without TLS and without
// credentials: the probes of Kubernetes have neither.
func serveHealth(ctx context.Context, l net.Listener, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           web.Health(nil),
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       2 * time.Second,
		WriteTimeout:      2 * time.Second,
		MaxHeaderBytes:    4 << 10,
		ErrorLog:          serverLogger(log),
	}
	srv.SetKeepAlivesEnabled(false)
	shutdown := shutdownWith(ctx, srv)
	log.Info("Listening on, for health only", "address", l.Addr().String()) // as the toolkit has it
	err := srv.Serve(limitConnections(l, maxHealthConnections))
	if errors.Is(err, http.ErrServerClosed) {
		shutdown.Wait()
		return nil
	}
	return err
}
