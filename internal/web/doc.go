// Package web serves the HTTP endpoints: the fleet page, a page per printer, the JSON API, service discovery, on-demand
// probes, health checks and the lifecycle API. Its responses contain no secrets.
//
// # Pages
//
//	GET /                    all printers; see the parameters below
//	GET /printers/NAME       one printer: status and data, 30 days as timelines, layers, prints, the last exchange, texts to copy
//	GET /overview            all printers together: how much each layer failed by hour and by day, the outages of the last day, prints by
//	                         outcome; ?kiosk is for a display on a wall: large, and without navigation
//	GET /assets/FILE         scripts, styles and images of the pages
//
// Uptime on the pages is the part of the time without a fault, of the time in which a printer was known to be on. Without
// --storage.path, all that is known is a day, in memory.
//
// Pages refresh themselves, load nothing from other sites, and are compressed for clients that accept gzip. Errors are HTML
// for browsers, JSON below /api/, and plain text otherwise. A parameter that a path does not have is an error (400), and so is
// one that is given twice. All parameters of the fleet page are optional and combine with AND:
//
//	q        search words, at most ten; each must be part of the printer's name, of a label (also as label=value) or of the reason of its
//	         fault, or be the code of its fault
//	label    NAME=VALUE; can be repeated: values of the same label combine with OR
//	layer    the failing layer, or any (any fault), none (no fault), switched_off (unreachable, and no print was in progress
//	         when last seen: no fault), disabled (not probed), unprobed (no probe has ended yet)
//	reason   the reason of the active fault, from the table of faults
//	sort     severity (default), name, progress, since (last status change), last (probe), next (probe); a minus sign in
//	         front reverses the order
//	page     the number of the page, from 1; a page has 200 printers
//
// # JSON
//
//	GET /api/v1/printers        {"printers": [PRINTER, …]}, in the order of the configuration
//	GET /api/v1/printers/NAME   PRINTER with history and requests, or status 404 and {"error": TEXT}
//
// Unknown values are absent: there is no null and no -1. An entry with the key internal_error stands for a printer whose object
// could not be made because of a bug, which the log describes. Times are RFC 3339 in UTC, and names contain the unit. Keys that
// are named like a metric have its value; times lack the suffix _timestamp_seconds. PRINTER is an object:
//
//	name                    the configured name
//	labels                  object: the configured labels
//	printer_enabled         false: disabled in the configuration, so that it is not probed and nothing else is known
//	probe_success           whether no fault was active after the last probe; absent before the first probe
//	last_transition         time since when the current status holds; absent before the first probe
//	fault                   the active fault; absent where there is none. An object:
//	  layer, code, reason     as in the labels of the metrics; code is absent where there is none
//	  meaning, remedy, owner  text for people, which may change: what happened, what to do, who can fix it
//	layers                  object: per layer {up, last_checked}; unknown layers are absent
//	state                   the printer's state; absent while its host is not up
//	sub_state, error_text   what the plugin adds to the state, in the words of the printer's software, at most 200 bytes each;
//	                        absent where there is none, and while its host is not up
//	printer_state_since     time of the first response with that state; absent while its host is not up
//	printer_attention       why the printer is paused or in error: user_pause, filament, failure_detected, error or other; absent
//	                        in other states, and while its host is not up
//	last_state              the last known state
//	reading                 object of numbers; absent while the host is not up:
//	  print_progress_ratio, print_duration_seconds, print_time_left_seconds, print_layer, print_layers,
//	  gadget_score, gadget_suppressed (0 or 1): while a print is in progress
//	  bed_celsius, hotend_celsius, chamber_celsius, and each with _target_ (bed_target_celsius)
//	gadget_last_pause, gadget_last_warning   times; absent where Gadget did not do so during the print in progress
//	platform_version        text; absent while the host is not up
//	connection              the plugin's connection according to the service: {online, last_connect, last_disconnect}; online is
//	                        absent where a newer response of the plugin contradicts it
//	info_success            whether the last info request had a good response; absent for printers without an app token
//	info_fault              the fault of the last info request, an object like fault; absent where there is none
//	last_probe, last_success, next_probe   times
//	probe_duration_seconds  of the last probe
//	probe_interval_seconds  the interval in force, including backoff
//	probes_total            number of probes
//	probe_failures_total    number of probes that ended with a fault
//	lost_during_print       whether a layer from network to host fails while a print is in progress; absent before a state was seen
//	print                   the print in progress or, where there is none, the last one; absent before one was seen. An object:
//	  start, last_seen        times of the first and of the last response that showed it
//	  last_progress           time when its progress or layer last rose, at first start
//	  progress_ratio          when it was last seen, 0 to 1; absent where it was 0 or unknown
//	  lost_since              time of the first probe after last_seen that did not reach the printer; absent while it is not lost
//	  end, outcome            time, and complete, cancelled, failed, vanished or unknown; absent while it is in progress
//	prints_total            object: number of prints that ended, per outcome
//	switched_off            whether the printer is unreachable (785; 601 too with plugin_shares_power), and no print was in
//	                        progress when it was last seen; absent before a state was seen
//	errors                  list of faults since the exporter started, the newest last: {layer, code, reason, count, last_seen,
//	                        active}
//
// Only in the response for one printer:
//
//	history                 list of the last ten statuses, the newest last; see below for all. An object each:
//	  since, until            times; until is absent in the current status. Nothing is known of the time between the until of one
//	                          and the since of the next one
//	  layer, code, reason     the fault; absent where there was none
//	requests                list of the requests of the last probe. An object each:
//	  request                 status, ping or info
//	  start                   time
//	  duration_seconds        until the response was read or the request failed
//	  phase_duration_seconds  object: seconds per phase (resolve, connect, tls, wait, read); phases that took no time are absent
//	  connection_reused       whether an open connection was used
//	  http_status             absent where no header was read
//	  phase, error            the phase in which the request failed, and how, from a fixed list; absent where it did not fail
//	  retry_after_seconds     from the header Retry-After; absent without it
//	  canceled                whether the exporter canceled the request; it then says nothing about the printer
//	  layer, code, reason     the fault that the response means; absent where there is none
//
// # History
//
//	GET /api/v1/printers/NAME/history   the past of a printer, disabled or not
//	GET /api/v1/history                 the past of all printers of this exporter
//
// The response is a page, the newest entry first. With --storage.path, 90 days are kept, with at most 1,000 changes and 1,000
// prints of each printer. Without it, a day is kept in memory, with at most 100 changes and 100 prints of each printer. All
// parameters are optional:
//
//	since   RFC 3339; selects what had not ended then
//	until   RFC 3339; selects what had begun before
//	limit   entries per page, from 1 to 1000, by default 100; changes and prints count together. Entries that began within the
//	        same millisecond are on the same page, even if it becomes longer
//
// Keys of a printer's history:
//
//	changes                 list of statuses: {since, until, layer, code, reason}, as in the history of PRINTER. Where until is not
//	                        the since of the next one, the printer was not probed in between
//	prints                  list of prints that have ended. An object each:
//	  start                   time of the first response that showed it
//	  end, outcome            time, and complete, cancelled, failed, vanished or unknown
//	  progress_ratio          when it was last seen, 0 to 1; absent where it was 0 or unknown
//	uptime                  object: per window up to now (24h, 7d, 30d) and layer the ratio of the time in which the layer was up, of
//	                        the time in which that is known; unknown ratios are absent. The host is also down while its printer is
//	                        switched off
//	uptime_known_seconds    object: per window for how long the status is known
//	next                    the until of the next page; absent in the last one
//
// Keys of the history of all printers. Its changes are those that began between since and until, its prints those that ended then:
//
//	changes, prints         as above, each with the name of its printer
//	hours                   list of the hours between since and until in which the status of any printer was known, on each page. An
//	                        object each:
//	  start                   time
//	  known_seconds           for how long the status was known, summed up over the printers
//	  down_seconds            object: per layer for how long it failed, summed up; a printer that is switched off has not failed. A
//	                          layer was up for known_seconds less the seconds of this layer and of all before it
//	next                    as above
//
// # Prometheus
//
//	GET /metrics (or Options.MetricsPath)
//	GET /sd                  HTTP service discovery: one target per printer that is probed, with its name as the
//	                         address
//	GET /probe?target=NAME   the metrics of one printer, which is probed if its last result is older than its interval;
//	                         &debug=true shows the request trace instead
//
// /probe has the metrics of blackbox_exporter, too. It responds before the scrape timeout (the header
// X-Prometheus-Scrape-Timeout-Seconds, less --timeout-offset) with what is known; without that header, when the probe has ended.
// Use /sd and /probe as with any multi-target exporter:
//
//	scrape_configs:
//	  - job_name: octoeverywhere
//	    metrics_path: /probe
//	    scrape_timeout: 10s
//	    honor_labels: true # targets of /sd have the same configured labels as their series
//	    http_sd_configs: [{url: http://exporter:10059/sd}]
//	    relabel_configs:
//	      - {source_labels: [__address__], target_label: __param_target}
//	      - {source_labels: [__param_target], target_label: instance}
//	      - {target_label: __address__, replacement: exporter:10059}
//
// # Operation
//
//	GET /-/healthy, GET /-/ready   200 while the exporter runs, and once it can serve requests; independent of OctoEverywhere. 503
//	                               of /-/healthy: for a minute, no probe was started although some are due
//	GET /config                    the configuration in effect: the YAML files as they were read, without comments and with <secret>
//	                               in place of addresses and credentials
//	POST /-/reload, PUT /-/reload  reloads the configuration; only with --web.enable-lifecycle
//	POST /-/probe?target=NAME      sends a status request to the printer immediately, ignoring backoff, and shows the trace;
//	                               only with --web.enable-lifecycle
//	POST /-/acknowledge?target=NAME   ends the lost print of a printer with the outcome unknown, so that it is no longer
//	                               reported as lost; status 409 where no print is lost; only with --web.enable-lifecycle
//	GET /debug/pprof/              only with --web.enable-pprof
package web
