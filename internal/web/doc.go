// Package web is what people and other programs see over HTTP: the fleet page, a page for each printer, the same facts as
// JSON, service discovery, a probe on demand, health, and the lifecycle endpoints. It shows what package probe knows and
// decides nothing; nothing secret reaches it.
//
// # Pages
//
//	GET /                    the fleet; its parameters are below
//	GET /printers/NAME       one printer: its ladder, its last verdicts, the last exchange step by step, what to copy
//	GET /assets/FILE         what pages are made with
//
// A page keeps itself up to date. It loads nothing from elsewhere, and is sent compressed to whoever accepts that. A
// browser gets a page also where something is wrong, anything else a line of text, and below /api/ it is JSON. The
// parameters of the fleet page, all optional; what they have to say together must hold:
//
//	q        words; each of them is found in the printer's name, in its labels (also as label=value) or in the reason of
//	         its fault, or is that fault's code
//	label    NAME=VALUE; may be repeated: one of the values of each label has to be the printer's
//	layer    the name of the layer that fails, or any (some fault stands), none (no fault stands), off (switched off while
//	         idle), unasked (never asked)
//	reason   the reason of the fault that stands, a word from the table of faults
//	sort     severity (what is wrong first; the default), name, progress, since, last (probe), next (probe); with a minus
//	         before it in the other direction
//	page     200 printers are on each; the first is 1
//
// # JSON
//
//	GET /api/v1/printers        {"printers": [PRINTER, …]}, in the order of the configuration
//	GET /api/v1/printers/NAME   PRINTER with its history and exchange, or status 404 and {"error": TEXT}
//
// What is unknown is absent: no null, no -1. Times are RFC 3339 in UTC, units are in the names. PRINTER is an object of:
//
//	name                    text, as configured
//	labels                  object of text, as configured
//	success                 whether no fault stood after the last probe
//	verdict                 what stands; absent before the first probe. An object of:
//	  since                   time since when it stands
//	  layer, code, reason     the fault, in the words of the metrics' labels; absent where there is none, as all that follows
//	  meaning, remedy, owner  what happened, what to do, who mends it: sentences for people, which may change
//	layers                  object: the name of a layer to {up, seen}: whether it works, and the time of the evidence
//	state                   the printer's state; absent while its host is not up
//	last_state              the last state that was known, whatever happened since
//	reading                 object: the name of a number to the number; absent while the host is not up. The names:
//	  print_progress_ratio, print_duration_seconds, print_time_left_seconds, print_layer, print_layers,
//	  gadget_score, gadget_suppressed (0 or 1): while a print is under way
//	  bed_celsius, hotend_celsius, chamber_celsius, and each with _target_ (bed_target_celsius)
//	platform_version        text; absent while the host is not up
//	connection              what the service says of the plugin's connection: {online, last_connect, last_disconnect}
//	last_probe, last_success, next_probe   times
//	probe_duration_seconds  of the last probe
//	interval_seconds        the distance of probes that is in force: a standing fault can widen it
//	probes                  how many were made
//	lost_during_print       whether a print was under way when the printer was lost
//	switched_off_while_idle whether its plugin has lost it (785), and no print was under way when it was last seen
//	errors                  list of what the printer met since the start, the newest last: {layer, code, reason, count, last,
//	                        stands}
//
// And of a printer that is asked for by its name:
//
//	history                 list of the last ten verdicts, the newest last. An object each, of:
//	  since, until            times; until is absent in the last one, which stands
//	  layer, code, reason     the fault; absent where there was none
//	exchange                list of the questions of the last probe. An object each, of:
//	  question                status, ping or info
//	  asked                   time
//	  duration_seconds        until the answer was whole, or was given up
//	  phases_seconds          object: resolve, connect, tls, wait, read to the time it took; absent is what took none
//	  reused_connection       whether a connection that was there already carried it
//	  http_status             absent where no header was read
//	  ended_in, cause         the phase in which it ended early, and why, in a word from a list; absent where it did not
//	  retry_after_seconds     how long the answer asks to wait; absent where it does not
//	  broken_off              whether the exporter itself broke it off, so that it says nothing of the printer
//	  layer, code, reason     the fault that was met; absent in a good answer
//
// # Prometheus
//
//	GET /metrics (or Options.MetricsPath)
//	GET /sd                  HTTP service discovery: a target for each printer, its name as the address
//	GET /probe?target=NAME   the metrics of one printer, probed if what is known is older than its interval;
//	                         &debug=true shows the exchange step by step
//
// /sd and /probe work together like any multi-target exporter:
//
//	http_sd_configs: [{url: http://exporter:10059/sd}]
//	metrics_path: /probe
//	relabel_configs:
//	  - {source_labels: [__address__], target_label: __param_target}
//	  - {source_labels: [__param_target], target_label: instance}
//	  - {target_label: __address__, replacement: exporter:10059}
//
// # Operation
//
//	GET /-/healthy, GET /-/ready   200 while the exporter lives, and once it can answer; OctoEverywhere plays no part
//	POST /-/reload                 only with --web.enable-lifecycle
//	POST /-/probe?target=NAME      asks for the status now, whatever pause stands, and shows the exchange; only with
//	                               --web.enable-lifecycle
//	GET /debug/pprof/              only with --web.enable-pprof
package web
