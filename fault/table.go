package fault

import "slices"

// Row is a line of the table: a fault and the numbers of its source that it stands for. A row whose Low and High are 0
// stands for no number: the exporter finds that fault out by itself. Of two rows that hold a number, the narrower counts.
type Row struct {
	Fault
	Low, High int // first and last number, both included
}

// one is a row for a single number.
func one(from Source, code int, l Layer, reason string, p Backoff, meaning, remedy string) Row {
	return Row{Fault{from, code, l, reason, p, meaning, remedy}, code, code}
}

// span is a row for whatever else lies between two numbers.
func span(from Source, low, high int, l Layer, reason string, p Backoff, meaning, remedy string) Row {
	return Row{Fault{from, 0, l, reason, p, meaning, remedy}, low, high}
}

// minInt and maxInt bound the rows that take every number that no other row takes.
const (
	maxInt = int(^uint(0) >> 1)
	minInt = -maxInt - 1
)

// The codes are those of https://docs.octoeverywhere.com/error-codes/ (service) and
// https://docs.octoeverywhere.com/plugin-api/plugin-api-errors/ (plugin).
var table = []Row{
	one(ByExporter, 0, Network, "resolve_failed", BackoffNone,
		"The name of OctoEverywhere's edge could not be resolved.",
		"Check DNS and the internet connection of the machine this exporter runs on, and the host in the printer's url."),
	one(ByExporter, 0, Network, "connect_failed", BackoffNone,
		"No connection to OctoEverywhere's edge could be made.",
		"Check the internet connection, the firewall and the proxy of the machine this exporter runs on."),
	one(ByExporter, 0, Network, "tls_failed", BackoffNone,
		"The TLS handshake with OctoEverywhere's edge failed.",
		"Check this machine's clock and CA certificates, and whether something on the way intercepts TLS; tls_config can name a CA."),
	one(ByExporter, 0, Service, "no_answer", BackoffNone,
		"The question was sent, and no answer came before the timeout.",
		"If all printers are affected, the service or the way to it is slow; if only one is, its plugin may hang: restart the plugin."),
	one(ByExporter, 0, Service, "broken_answer", BackoffNone,
		"The answer broke off, was larger than is allowed, or was not HTTP.",
		"Usually passes. If it stays, something between here and OctoEverywhere (proxy, firewall) breaks connections."),
	one(ByExporter, 0, Service, "not_the_api", BackoffNone,
		"Something answered that is not OctoEverywhere's API: a log-in page or a captive portal.",
		"Check that the url is the one of an App or Shared Connection, and that no portal or proxy answers in its place."),
	one(ByExporter, 0, Plugin, "malformed_answer", BackoffNone,
		"The plugin answered, but not in the form of the Plugin API.",
		"Update the plugin; if that does not help, report it to OctoEverywhere."),
	one(ByExporter, 0, Host, "host_unresponsive", BackoffShort,
		"The plugin answers, but its question to the printer's software gets no answer: that software hangs.",
		"Look at the computer beside the printer (Klipper, OctoPrint, the printer's own board): it is overloaded or stuck; restart it."),
	one(ByExporter, 0, Printer, "printer_error", BackoffNone,
		"The printer reports the state error. (Bambu Lab printers also do so when a user paused a print.)",
		"Read the message on the printer's screen."),

	one(ByService, 600, Service, "service_error", BackoffNone,
		"The service had an error of its own.",
		"Wait; if it lasts, look at OctoEverywhere's status page."),
	one(ByService, 601, Plugin, "plugin_offline", BackoffNone,
		"The plugin is not connected to OctoEverywhere. After a restart of the service plugins come back within about 31 seconds.",
		"Check the power and the internet connection of the computer that runs the plugin, then the plugin's log."),
	one(ByService, 602, Plugin, "plugin_timeout", BackoffNone,
		"The plugin is connected, but took too long to answer.",
		"If it lasts, restart the plugin and look at the load of the computer it runs on."),
	one(ByService, 603, Access, "connection_not_found", BackoffLong,
		"There is no App Connection at this address.",
		"Check the url; if the connection was deleted, make a new one in the App Connection Portal."),
	one(ByService, 604, Access, "connection_revoked", BackoffLong,
		"The connection was revoked or has expired, or the printer or its owner's account was removed.",
		"Make a new connection in the App Connection Portal, or take the printer out of the configuration."),
	one(ByService, 605, Access, "supporter_lapsed", BackoffShort,
		"The owner's account is no longer a supporter of OctoEverywhere, which App Connections need.",
		"Renew the supporter status; the connection then works again as it is."),
	one(ByService, 606, Access, "credentials_invalid", BackoffLong,
		"The connection's credentials are missing or wrong.",
		"Check the bearer token, or user name and password, in the printer's entry; make a new connection if they are lost."),
	one(ByService, 607, Access, "download_limit", BackoffNone,
		"The answer is larger than the account's download limit.",
		"Nothing this exporter asks for is large: report it to OctoEverywhere."),
	one(ByService, 608, Access, "upload_limit", BackoffNone,
		"The request is larger than the account's upload limit.",
		"Nothing this exporter sends is large: report it to OctoEverywhere."),
	one(ByService, 609, Access, "webcam_limit", BackoffNone,
		"The account's webcam limit is used up.",
		"This exporter does not ask for webcams; wait until the limit is over."),
	one(ByService, 610, Plugin, "plugin_update_required", BackoffShort,
		"The plugin is too old for this question.",
		"Update the OctoEverywhere plugin."),
	one(ByService, 611, Access, "no_beta_access", BackoffShort,
		"The account has no access to this beta API.",
		"Ask OctoEverywhere for access."),
	one(ByService, 612, Plugin, "plugin_error", BackoffNone,
		"An error in the plugin kept the service from answering.",
		"If it happens again and again, restart and update the plugin, then report it to OctoEverywhere."),
	one(ByService, 613, Printer, "no_active_print", BackoffNone,
		"The service wanted an active print, and there is none.",
		"Nothing this exporter asks for needs one: report it to OctoEverywhere."),
	span(ByService, 600, 699, Service, "unlisted_service_code", BackoffNone,
		"The service answered with a code that its documentation did not list when this exporter was made.",
		"Look the code up in OctoEverywhere's documentation of error codes; a newer exporter may know it."),

	span(ByHTTP, 300, 399, Access, "redirected", BackoffShort,
		"The answer is a redirect, which is never followed: credentials would travel along. A shared connection that wants a log-in does this.",
		"Check the url; a Shared Connection must be open to whoever has the link, or use an App Connection."),
	one(ByHTTP, 401, Access, "refused", BackoffLong,
		"Something on the way wants other credentials.",
		"Check the printer's credentials and those of a proxy."),
	one(ByHTTP, 403, Access, "refused", BackoffLong,
		"Something on the way refuses this request.",
		"Check the url and the credentials, and whether a firewall or the edge blocks this machine's address."),
	one(ByHTTP, 429, Service, "rate_limited", BackoffRetryAfter,
		"There were too many requests; the edge asks to wait.",
		"Raise the interval, or see what else asks from this machine's address."),
	span(ByHTTP, 500, 599, Service, "upstream_error", BackoffNone,
		"A server on the way had an error.",
		"Wait; if it lasts, look at OctoEverywhere's status page."),
	span(ByHTTP, minInt, maxInt, Service, "unexpected_http_status", BackoffNone,
		"The HTTP status is none that the API uses.",
		"Check that the url is the one of an App or Shared Connection, and what answers there."),

	one(ByPlugin, 750, Plugin, "command_failed", BackoffNone,
		"The plugin failed at the question, without a closer reason.",
		"If it lasts, restart and update the plugin, then look at its log."),
	one(ByPlugin, 751, Plugin, "bad_arguments", BackoffNone,
		"The plugin did not understand the question's arguments.",
		"The question has none: update the plugin."),
	one(ByPlugin, 752, Plugin, "execution_failed", BackoffNone,
		"Something in the plugin went wrong while it answered.",
		"Look at the plugin's log; restart and update the plugin."),
	one(ByPlugin, 753, Plugin, "response_unserializable", BackoffNone,
		"The plugin could not put its answer into JSON.",
		"Look at the plugin's log; update the plugin."),
	one(ByPlugin, 754, Plugin, "unknown_command", BackoffShort,
		"The plugin does not know the question: it is too old.",
		"Update the OctoEverywhere plugin."),
	one(ByPlugin, 785, Host, "host_disconnected", BackoffShort,
		"The plugin is not connected to the printer's software: the printer is off, or the link to it is down.",
		"Is the printer switched on? Then check its network and the host software (OctoPrint, Moonraker, the printer's LAN mode)."),
	one(ByPlugin, 786, Printer, "invalid_printer_state", BackoffNone,
		"The printer is in a state that does not fit the question.",
		"Look at the printer; restart the plugin if the printer is well."),
	one(ByPlugin, 787, Host, "too_many_clients", BackoffShort,
		"The printer takes no further client, so that the plugin cannot connect.",
		"Close other programs that are connected to the printer (slicers, apps, other plugins), or restart the printer."),
	one(ByPlugin, 788, Printer, "feature_unsupported", BackoffShort,
		"The printer's platform does not support the question.",
		"Update the plugin; the platform may not be supported."),
	one(ByPlugin, 789, Host, "auth_invalid", BackoffLong,
		"The plugin's own credentials for the printer are wrong: the access code, password or API key was changed.",
		"Give the plugin the printer's present access code, password or API key."),
	span(ByPlugin, minInt, maxInt, Plugin, "unlisted_plugin_code", BackoffNone,
		"The plugin answered with a code that its documentation did not list when this exporter was made.",
		"Look the code up in OctoEverywhere's documentation of Plugin API errors; a newer exporter may know it."),
}

// Rows are all rows of the table, in its order.
func Rows() []Row { return slices.Clone(table) }

// Unlisted reports whether the row takes numbers by range, not by name.
func (r Row) Unlisted() bool { return r.Low != r.High }
