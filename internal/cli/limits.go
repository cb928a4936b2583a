package cli

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"

	"octoeverywhere_exporter/internal/web"
)

// limitFlags bound what clients can take, so that they cannot keep the exporter from probing.
type limitFlags struct {
	Requests    int `name:"web.max-requests" default:"40" help:"How many requests for metrics, pages and lists are answered at a time; others get 503. 0: any number."`
	Connections int `name:"web.max-connections" default:"512" help:"How many connections are open at a time on each address; others wait. 0: any number."`
}

// bound lets no more connections in than are allowed. Each takes a descriptor, and so does each to a printer.
func (f limitFlags) bound(l net.Listener) net.Listener {
	if f.Connections <= 0 {
		return l
	}
	return netutil.LimitListener(l, f.Connections)
}

// newServer is a server that no client can hold up for long. refused is told of each request that was one too many.
func newServer(handler http.Handler, f limitFlags, refused func(), log *slog.Logger) *http.Server {
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      2 * time.Minute, // longer than any timeout of a printer that /probe may wait for
		IdleTimeout:       2 * time.Minute, // longer than the interval of most scrapes
		MaxHeaderBytes:    64 << 10,
		HTTP2:             &http.HTTP2Config{MaxConcurrentStreams: 100},
		ErrorLog:          serverLog(log),
		// OPTIONS * is a request like any other, and so behind the authentication.
		DisableGeneralOptionsHandler: true,
	}
	// This is called when the toolkit has put its authentication before the handler, and before the first connection.
	srv.BaseContext = func(net.Listener) context.Context {
		srv.Handler = web.WithHeaders(crowd(f.Connections, refused, srv.Handler))
		return context.Background()
	}
	return srv
}
