package cli

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"octoeverywhere_exporter/internal/exporter"
	"octoeverywhere_exporter/internal/shard"
	"octoeverywhere_exporter/internal/web"
)

// webFlags are the flags of all commands that serve.
type webFlags struct {
	ConfigFile             string  `name:"web.config.file" type:"path" placeholder:"FILE" help:"TLS and basic auth of the exporter's own pages, in the format of the Prometheus exporter toolkit."`
	HealthAddress          string  `name:"web.health-listen-address" placeholder:"ADDRESS" help:"Address that serves only /-/healthy and /-/ready, in plain HTTP without credentials (default: none)."`
	ExternalURL            string  `name:"web.external-url" placeholder:"URL" help:"URL at which people reach the exporter, e.g. through a reverse proxy. All paths begin with its path, unless --web.route-prefix is set (default: none)."`
	RoutePrefix            string  `name:"web.route-prefix" placeholder:"PATH" help:"Prefix of all paths; / behind a proxy that strips the path of --web.external-url (default: that path)."`
	TelemetryPath          string  `name:"web.telemetry-path" default:"/metrics" help:"Path of the metrics."`
	TimeoutOffset          float64 `name:"timeout-offset" default:"0.5" help:"Seconds to subtract from the scrape timeout of Prometheus (at most half of it), so that /probe responds in time."`
	EnableLifecycle        bool    `name:"web.enable-lifecycle" help:"Allow POST and PUT /-/reload, POST /-/probe?target=NAME and POST /-/acknowledge?target=NAME."`
	EnablePprof            bool    `name:"web.enable-pprof" help:"Serve Go's profiles below /debug/pprof/."`
	DisableExporterMetrics bool    `name:"web.disable-exporter-metrics" help:"Leave out go_* and process_*."`
	CreatedSamples         bool    `name:"web.enable-openmetrics-created-samples" help:"Add a _created sample to each counter and histogram in OpenMetrics text; protobuf has created timestamps anyway."`

	MaxRequests    int `name:"web.max-requests" default:"40" help:"Maximum number of requests in flight for pages, and as many for metrics; others get 503. 0: no limit."`
	MaxConnections int `name:"web.max-connections" default:"512" help:"Maximum number of open connections per address; a new one replaces the one that has waited longest for a request. 0: no limit."`
}

// validate is called by the Validate methods of the commands.
func (w webFlags) validate() error {
	if err := web.CheckMetricsPath(w.TelemetryPath); err != nil {
		return fmt.Errorf("--web.telemetry-path: %w", err)
	}
	if !(w.TimeoutOffset >= 0 && w.TimeoutOffset < maxTimeoutOffset) {
		return fmt.Errorf("--timeout-offset: %v is not a number of seconds from 0 to %v", w.TimeoutOffset, maxTimeoutOffset)
	}
	for flag, n := range map[string]int{"web.max-requests": w.MaxRequests, "web.max-connections": w.MaxConnections} {
		if n < 0 {
			return fmt.Errorf("--%s: %d is negative; use 0 for no limit", flag, n)
		}
	}
	if _, _, err := web.ParseLocation(w.ExternalURL, w.RoutePrefix); err != nil {
		return fmt.Errorf("--web.external-url, --web.route-prefix: %w", err)
	}
	if w.HealthAddress == "" {
		return nil
	}
	return checkListenAddresses("web.health-listen-address", w.HealthAddress)
}

// checkListenAddresses is checkTCPAddresses for addresses that may also be Unix sockets.
func checkListenAddresses(flag string, addresses ...string) error {
	for _, address := range addresses {
		switch path, isUnix := strings.CutPrefix(address, "unix:"); {
		case isUnix && path == "":
			return fmt.Errorf("--%s: %q has no path; use the form unix:PATH", flag, address)
		case isUnix && path[0] == '@':
			return fmt.Errorf("--%s: %q is an abstract socket, to which everybody on this machine may connect; use the form unix:PATH", flag, address)
		case !isUnix && strings.Contains(address, "/") && !strings.Contains(address, "://"):
			return fmt.Errorf("--%s: %q is a path; did you mean %q?", flag, address, "unix:"+address)
		case !isUnix:
			if err := checkTCPAddresses(flag, address); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkTCPAddresses rejects what has no port, or is a URL.
func checkTCPAddresses(flag string, addresses ...string) error {
	for _, address := range addresses {
		_, port, err := net.SplitHostPort(address)
		switch _, notANumber := strconv.ParseUint(address, 10, 16); {
		case notANumber == nil:
			return fmt.Errorf("--%s: %q has no colon before the port; did you mean %q?", flag, address, ":"+address)
		case err != nil || port == "" || strings.Contains(address, "/"):
			return fmt.Errorf("--%s: %q is not an address to listen on; use the form HOST:PORT or :PORT", flag, address)
		}
	}
	return nil
}

// maxTimeoutOffset bounds --timeout-offset, in seconds: no scrape takes that long.
const maxTimeoutOffset = 3600

// collectorFlags disable groups of metrics.
type collectorFlags struct {
	Print       bool `name:"collector.print" default:"true" negatable:"" help:"Export print_*: progress, times and layers."`
	Temperature bool `name:"collector.temperature" default:"true" negatable:"" help:"Export temperature_*."`
	Gadget      bool `name:"collector.gadget" default:"true" negatable:"" help:"Export gadget_*: the score of the AI failure detection."`
	Latency     bool `name:"collector.probe-latency" help:"Export probe_latency_seconds, a native histogram of probe durations per printer. It costs about 7 kB of memory per printer."`
}

func (f collectorFlags) disabled() (names []string) {
	for name, enabled := range map[string]bool{"print": f.Print, "temperature": f.Temperature, "gadget": f.Gadget} {
		if !enabled {
			names = append(names, name)
		}
	}
	return names
}

// shardFlags are the flags of all commands that know shards.
type shardFlags struct {
	Index int `name:"shard.index" default:"0" help:"Index of this shard, from 0 to one less than --shard.total."`
	Total int `name:"shard.total" default:"1" help:"Number of shards. All have the same configuration; each printer is probed by one."`
}

func (f shardFlags) shard() (shard.Shard, error) { return shard.New(f.Index, f.Total) }

// exporterOptions returns the options of all commands that serve.
func exporterOptions(log *slog.Logger, queue *logQueue, b build, configFile string, listen []string, w webFlags, c collectorFlags) exporter.Options {
	external, prefix, _ := web.ParseLocation(w.ExternalURL, w.RoutePrefix) // validate has checked them
	return exporter.Options{
		ExternalURL: external, RoutePrefix: prefix,
		Logger: log, LogDropped: queue.Dropped, ConfigFile: configFile, ListenAddresses: listen,
		Build:         exporter.Build{Version: b.version, Revision: b.revision, GoVersion: b.goVersion, Tags: b.tags},
		HealthAddress: w.HealthAddress, WebConfigFile: w.ConfigFile, TelemetryPath: w.TelemetryPath,
		TimeoutOffset:   time.Duration(w.TimeoutOffset * float64(time.Second)),
		EnableLifecycle: w.EnableLifecycle, EnablePprof: w.EnablePprof,
		MaxRequests: w.MaxRequests, MaxConnections: w.MaxConnections,
		DisabledMetrics: c.disabled(), ProbeLatency: c.Latency, WithoutRuntime: w.DisableExporterMetrics, CreatedSamples: w.CreatedSamples,
	}
}

type serveCommand struct {
	ConfigPath       string   `name:"config.file" default:"config.yaml" type:"path" placeholder:"FILE" help:"Configuration file, or - for standard input, which is read once (default: ${default})."`
	ListenAddresses  []string `name:"web.listen-address" default:":10059" help:"Address to listen on, or unix:PATH; can be repeated."`
	StoragePath      string   `name:"storage.path" type:"path" placeholder:"DIR" help:"Folder of state.db, which keeps prints in progress, faults, backoff and history over restarts; created if missing (default: none)."`
	SystemdSocket    bool     `name:"web.systemd-socket" help:"Serve on the sockets that systemd passes, instead of --web.listen-address."`
	MaxProcs         int      `name:"runtime.gomaxprocs" default:"1" env:"GOMAXPROCS" help:"CPUs to use at a time. One is enough for tens of thousands of printers, and cheaper than two. Variable: GOMAXPROCS."`
	ShareConnections bool     `name:"probe.share-connections" default:"true" negatable:"" help:"Let printers share HTTP/2 connections where name, address and certificate allow it."`

	Shard   shardFlags     `embed:""`
	Web     webFlags       `embed:""`
	Collect collectorFlags `embed:""`
}

// maxProcs bounds --runtime.gomaxprocs: the Go runtime allocates memory for each, and ends the process where that fails.
const maxProcs = 1024

// Validate is called by kong, which gives usage errors their exit code.
func (c serveCommand) Validate() error {
	_, err := c.Shard.shard()
	if c.MaxProcs < 1 || c.MaxProcs > maxProcs {
		return fmt.Errorf("--runtime.gomaxprocs: must be from 1 to %d, not %d", maxProcs, c.MaxProcs)
	}
	return cmp.Or(err, c.Web.validate(), checkListenAddresses("web.listen-address", c.ListenAddresses...))
}

// Run probes and serves until SIGINT or SIGTERM.
func (c serveCommand) Run(log *slog.Logger, queue *logQueue, b build) error {
	caught := catchSignals(os.Interrupt, syscall.SIGTERM)
	runtime.GOMAXPROCS(c.MaxProcs)
	s, err := c.Shard.shard()
	if err != nil {
		return err
	}
	options := exporterOptions(log, queue, b, c.ConfigPath, c.ListenAddresses, c.Web, c.Collect)
	options.StoragePath = c.StoragePath
	options.Shard, options.SystemdSocket, options.DisableSharing = s, c.SystemdSocket, !c.ShareConnections
	return caught.serve(options, nil)
}
