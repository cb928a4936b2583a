package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	toolkit "github.com/prometheus/exporter-toolkit/web"
	"golang.org/x/sync/errgroup"

	"octoeverywhere_exporter/collector"
)

// webFlags are the flags of all commands that serve.
type webFlags struct {
	ConfigFile      string `name:"web.config.file" type:"path" placeholder:"FILE" help:"TLS and basic auth of this exporter's own pages, in the format of the Prometheus exporter toolkit."`
	HealthAddress   string `name:"web.health-listen-address" placeholder:"ADDRESS" help:"Address on which only /-/healthy and /-/ready are served, in plain HTTP and without credentials, for probes that have neither (default: none)."`
	TelemetryPath   string `name:"web.telemetry-path" default:"/metrics" help:"Path of the metrics."`
	EnableLifecycle bool   `name:"web.enable-lifecycle" help:"Allow POST /-/reload and POST /-/probe?target=NAME."`
	EnablePprof     bool   `name:"web.enable-pprof" help:"Serve Go's profiles below /debug/pprof/."`

	Limits limitFlags `embed:""`
}

// check is asked by the commands, which kong asks.
func (w webFlags) check() error {
	if !strings.HasPrefix(w.TelemetryPath, "/") || strings.ContainsAny(w.TelemetryPath, "?#") {
		return fmt.Errorf("--web.telemetry-path: %q is not a path that begins with a slash, as /metrics does", w.TelemetryPath)
	}
	return nil
}

// collectorFlags switch groups of metrics off.
type collectorFlags struct {
	Print       bool `name:"collector.print" default:"true" negatable:"" help:"Export print_*: progress, times and layers."`
	Temperature bool `name:"collector.temperature" default:"true" negatable:"" help:"Export temperature_*."`
	Gadget      bool `name:"collector.gadget" default:"true" negatable:"" help:"Export gadget_*: the score of the AI failure detection."`
}

func (f collectorFlags) disabled() (off []collector.Group) {
	for group, on := range map[collector.Group]bool{
		collector.Print: f.Print, collector.Temperature: f.Temperature, collector.Gadget: f.Gadget,
	} {
		if !on {
			off = append(off, group)
		}
	}
	return off
}

type serveCommand struct {
	ConfigPath string   `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"The configuration file (default: ${default})."`
	Listen     []string `name:"web.listen-address" default:":10059" help:"Address to listen on; can be repeated."`
	Inherit    bool     `name:"web.systemd-socket" help:"Serve on the sockets that systemd passes, in place of --web.listen-address."`
	Processors int      `name:"runtime.gomaxprocs" default:"1" env:"GOMAXPROCS" help:"How many processors to use at a time. One is enough for tens of thousands of printers, and cheaper than two."`
	Share      bool     `name:"probe.share-connections" default:"true" negatable:"" help:"Let printers share HTTP/2 connections where name, address and certificate allow it."`

	Shard   shardFlags     `embed:""`
	Web     webFlags       `embed:""`
	Collect collectorFlags `embed:""`
}

// Validate is called by kong, which gives usage errors their exit code.
func (c serveCommand) Validate() error {
	_, err := c.Shard.shard()
	return cmp.Or(err, c.Web.check())
}

// Run probes and serves until the process is told to end.
func (c serveCommand) Run(log *slog.Logger, b build) error {
	runtime.GOMAXPROCS(c.Processors)
	s, err := c.Shard.shard()
	if err != nil {
		return err
	}
	a := newApp(log, c.ConfigPath, s, b, c.Collect.disabled())
	a.alone, a.inherits = !c.Share, c.Inherit
	if err := a.reload(); err != nil {
		return err
	}
	log.Info("starting", "version", b.version, "revision", b.revision)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return a.serve(ctx, c.Listen, c.Web, b)
}

// How often changed content is looked for, and how long requests under way may take when the exporter ends.
const (
	watchEvery = 15 * time.Second
	grace      = 4 * time.Second
)

// serve runs everything until ctx ends, then ends everything: first the probing, then what is being answered.
func (a *app) serve(ctx context.Context, addresses []string, w webFlags, b build) error {
	if err := checkWebConfig(w.ConfigFile); err != nil {
		return err
	}
	listeners, err := a.listeners(addresses)
	if err != nil {
		return err
	}
	var health []net.Listener
	if w.HealthAddress != "" {
		if health, err = listen("web.health-listen-address", w.HealthAddress); err != nil {
			closeAll(listeners)
			return err
		}
	}
	a.tell = manager(a.log)
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)

	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { a.schedule.Run(ctx); return nil })
	group.Go(func() error { a.watch(ctx, watchEvery); return nil })
	group.Go(func() error { a.reloadOn(ctx, hangup); return nil })
	handler := a.handler(w, b)
	for _, l := range listeners {
		group.Go(func() error { return serveOn(ctx, patient{l, a.fleet.GiveWay}, handler, w, a.metrics.Refused, a.log) })
	}
	for _, l := range health {
		group.Go(func() error { return serveHealth(ctx, patient{l, a.fleet.GiveWay}, a.log) })
	}
	a.tellReady("")
	group.Go(func() error { <-ctx.Done(); a.tellStopping(); return nil })
	err = group.Wait()
	a.fleet.Close()
	a.log.Info("ended")
	return err
}

// patient is a listener that makes place when the process has no descriptor left for who comes: kept connections to printers
// would hold theirs for minutes. Who serves on it tries again.
type patient struct {
	net.Listener
	makePlace func()
}

// Accept waits for the next connection.
func (l patient) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		l.makePlace()
	}
	return c, err
}

// listen opens all addresses of a flag or none.
func listen(flag string, addresses ...string) (listeners []net.Listener, err error) {
	for _, address := range addresses {
		l, err := net.Listen("tcp", address)
		if err != nil {
			closeAll(listeners)
			return nil, fmt.Errorf("%s %s: %w", flag, address, err)
		}
		listeners = append(listeners, l)
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// reloadOn reloads at each signal, until ctx ends.
func (a *app) reloadOn(ctx context.Context, hangup <-chan os.Signal) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			if err := a.reload(); err != nil {
				a.logFailedReload(err)
			}
		}
	}
}

// serveOn serves on one listener until ctx ends. Each listener has a server of its own: the toolkit changes it.
func serveOn(ctx context.Context, l net.Listener, handler http.Handler, w webFlags, refused func(), log *slog.Logger) error {
	srv := newServer(handler, w.Limits, refused, log)
	ended := endWith(ctx, srv)
	systemd := false
	err := toolkit.Serve(w.Limits.bound(l), srv, &toolkit.FlagConfig{WebConfigFile: &w.ConfigFile, WebSystemdSocket: &systemd}, toolkitLog(log))
	if errors.Is(err, http.ErrServerClosed) {
		ended.Wait()
		return nil
	}
	return err // the group ends ctx for the others, and so for this one
}
