// Package web serves the HTTP endpoints: the fleet page, a page per printer, the JSON API, service discovery, on-demand
// probes, health checks and the lifecycle API. Its responses contain no secrets.
//
// # Pages
//
//	GET /                    all printers, with the parameters below
//	GET /printers/NAME       one printer: status, 30 days as timelines, layers, prints, the last exchange
//	GET /overview            all printers together: faults by hour and by day, outages, prints by outcome; ?kiosk is for a display on a wall
//	GET /assets/FILE         scripts, styles and images of the pages
//
// Uptime is the part of the time without a fault, of the time in which a printer was known to be on. Errors are HTML for browsers,
// JSON below /api/, and plain text otherwise. An unknown or repeated parameter is an error (400). The parameters of the fleet page
// combine with AND:
//
//	q        at most ten words; each must be part of the name, of a label (also as label=value) or of the reason, or be the code
//	label    NAME=VALUE; can be repeated: values of the same label combine with OR
//	layer    the failing layer, or any, none (no fault), switched_off, disabled, unprobed (no probe has ended yet)
//	reason   the reason of the active fault
//	sort     severity (default), name, progress, since (last status change), last (probe), next (probe); a minus sign in
//	         front reverses the order
//	page     the number of the page, from 1; a page has 200 printers
//
// # JSON
//
//	GET /api/v1/printers        {"printers": [PRINTER, …]}, in the order of the configuration
//	GET /api/v1/printers/NAME   PRINTER with history and requests, or status 404 and {"error": TEXT}
//
// Unknown values are absent: there is no null and no -1. Times are RFC 3339 in UTC. Keys that are named like a metric have its value and
// are absent when it is; times lack the suffix _timestamp_seconds. An entry with the key internal_error stands for a printer whose
// object could not be made because of a bug. PRINTER is an object:
//
//	name, labels            as configured
//	fault                   the active fault; absent where there is none. An object:
//	  layer, code, reason     as in the labels of the metrics; code is absent where there is none
//	  meaning, remedy, owner  text for people, which may change: what happened, what to do, who can fix it
//	layers                  object: per layer {up, last_checked}; unknown layers are absent
//	state                   the printer's state; absent while its host is not up
//	sub_state, error_text   what the plugin adds to the state, in the words of the printer's software, at most 200 bytes each
//	last_state              the last known state
//	reading                 object of numbers; absent while the host is not up:
//	  print_progress_ratio, print_duration_seconds, print_time_left_seconds, print_layer, print_layers,
//	  gadget_score, gadget_suppressed (0 or 1): while a print is in progress
//	  bed_celsius, hotend_celsius, chamber_celsius, and each with _target_ (bed_target_celsius)
//	connection              the plugin's connection according to the service: {online, last_connect, last_disconnect}
//	info_fault              the fault of the last info request, an object like fault; absent where there is none
//	print                   the print in progress or, where there is none, the last one; absent before one was seen. An object:
//	  start, last_seen        times of the first and of the last response that showed it
//	  last_progress           time when its progress or layer last rose
//	  progress_ratio          when it was last seen, 0 to 1
//	  lost_since              time of the first probe after last_seen that did not reach the printer; absent while it is not lost
//	  end, outcome            time, and complete, cancelled, failed, vanished or unknown; absent while it is in progress
//	prints_total            object: number of prints that ended, per outcome
//	errors                  list of faults since the exporter started, the newest last: {layer, code, reason, count, last_seen,
//	                        active}
//	as the metric           printer_enabled, probe_success, last_transition, printer_state_since, printer_attention (its kind),
//	                        gadget_last_pause, gadget_last_warning, platform_version, info_success, last_probe, last_success,
//	                        next_probe, probe_duration_seconds, probe_interval_seconds, probes_total, probe_failures_total,
//	                        lost_during_print, switched_off
//
// Only in the response for one printer:
//
//	history                 list of the last ten statuses, the newest last. An object each:
//	  since, until            times; until is absent in the current status. The printer was not probed between the until of one
//	                          and the since of the next one
//	  layer, code, reason     the fault; absent where there was none
//	requests                list of the requests of the last probe. An object each:
//	  request, start          status, ping or info; time
//	  duration_seconds        until the response was read or the request failed
//	  phase_duration_seconds  object: seconds per phase (resolve, connect, tls, wait, read)
//	  connection_reused       whether an open connection was used
//	  http_status             absent where no header was read
//	  phase, error            the phase in which the request failed, and how; absent where it did not fail
//	  retry_after_seconds     from the header Retry-After
//	  canceled                whether the exporter canceled the request; it then says nothing about the printer
//	  layer, code, reason     the fault that the response means; absent where there is none
//
// # History
//
//	GET /api/v1/printers/NAME/history   the history of a printer, disabled or not
//	GET /api/v1/history                 the history of all printers of this exporter
//
// The response is a page, the newest entry first. With --storage.path, 90 days are kept, with at most 1,000 changes and 1,000
// prints of each printer; without it, a day with at most 100 of each. All parameters are optional:
//
//	since   RFC 3339; selects what had not ended then
//	until   RFC 3339; selects what had begun before
//	limit   entries per page, from 1 to 1000, by default 100
//
// Keys of a printer's history:
//
//	changes                 list of statuses, as history of PRINTER
//	prints                  list of prints that have ended: {start, end, outcome, progress_ratio}, as in print of PRINTER
//	uptime                  object: per window up to now (24h, 7d, 30d) and layer the ratio of the known time in which the layer was
//	                        up. The host is also down while its printer is switched off
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
//	  down_seconds            object: per layer for how long it failed, summed up
//	next                    as above
//
// # Prometheus
//
//	GET /metrics (or --web.telemetry-path)
//	GET /sd                  HTTP service discovery: one target per printer that is probed, with its name as the
//	                         address
//	GET /probe?target=NAME   the metrics of one printer, which is probed if its last result is older than its interval;
//	                         &debug=true shows the request trace instead
//
// /probe has the metrics of blackbox_exporter, too. It responds before the scrape timeout (less --timeout-offset) with what is known.
// deploy/prometheus/prometheus-multi-target.yml scrapes each printer of /sd with it.
//
// # Operation
//
// The POST and PUT requests need --web.enable-lifecycle, the profiles --web.enable-pprof.
//
//	GET /-/healthy, GET /-/ready      200 while the exporter runs, and once it can serve requests; independent of OctoEverywhere. 503
//	                                  of /-/healthy: for a minute, no probe was started although some are due
//	GET /config                       the configuration in effect, with <secret> instead of addresses and credentials
//	POST /-/reload, PUT /-/reload     reloads the configuration
//	POST /-/probe?target=NAME         sends a status request to the printer immediately, ignoring backoff, and shows the trace
//	POST /-/acknowledge?target=NAME   ends the lost print of a printer with the outcome unknown; status 409 where no print is lost
//	GET /debug/pprof/                 Go's profiles
package web
