package exporter

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"octoeverywhere_exporter/internal/web"
)

// maxHealthConnections bounds the connections to the listener for health. Each is closed after 2 s at most.
const maxHealthConnections = 64

// serveHealth serves only /-/healthy and /-/ready, on one listener until ctx is done, without TLS and without
// credentials: the probes of Kubernetes have neither.
func serveHealth(ctx context.Context, l net.Listener, healthy func() bool, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           web.Health(healthy, nil),
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       2 * time.Second,
		WriteTimeout:      2 * time.Second,
		MaxHeaderBytes:    4 << 10,
		ErrorLog:          serverLogger(log),
	}
	srv.SetKeepAlivesEnabled(false)
	shutdown := shutdownWith(ctx, srv)
	log.Info("Listening on, for health only", "address", l.Addr().String()) // as the toolkit has it
	limited := newConnLimiter(l, maxHealthConnections, srv)
	srv.Handler = limited.serving(srv.Handler)
	err := srv.Serve(limited)
	if errors.Is(err, http.ErrServerClosed) {
		shutdown.Wait()
		return nil
	}
	return err
}

// The schedule is stuck after maxMisses looks in a row at which it was late by more than maxLate. Looks are counted instead of time: a
// process that was suspended had none.
const (
	lookInterval = 5 * time.Second
	maxLate      = 5 * time.Second
	maxMisses    = 12
)

// liveness notices that the schedule is stuck.
type liveness struct {
	late   func() time.Duration // of the schedule; must not wait
	log    *slog.Logger
	misses atomic.Int32
}

// ok reports whether the schedule works.
func (l *liveness) ok() bool { return l.misses.Load() < maxMisses }

// watch looks at the interval until ctx is done.
func (l *liveness) watch(ctx context.Context) {
	tick := time.NewTicker(lookInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			l.look()
		}
	}
}

// look counts the looks at which the schedule is late, and logs when it is stuck and when it works again.
func (l *liveness) look() {
	late := l.late()
	if late <= maxLate {
		if !l.ok() {
			l.log.Info("scheduled probes are starting again")
		}
		l.misses.Store(0)
		return
	}
	if l.misses.Add(1) == maxMisses {
		l.log.Error("scheduled probes are not starting; restart the exporter if this lasts", "late", late.Round(time.Second))
	}
}
