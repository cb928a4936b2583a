package fault

import "slices"

// Row is a row of the table: a fault and the numbers of its source that mean it. Low and High are 0 for a fault without a
// number. A row for a single number takes precedence over a range.
type Row struct {
	Fault
	Low, High int // both included
}

// Alert returns the alert (deploy/prometheus/alerts.rules.yml) that such a fault of one idle printer leads to.
func (r Row) Alert() string {
	switch r.Reason {
	case "plugin_update_required", "unknown_command":
		return "OctoEverywherePluginOutdated"
	case "host_disconnected":
		return "OctoEverywherePrinterOff"
	}
	return r.Layer.row().alert
}

// one returns a row for a single number.
func one(from Source, code int, l Layer, reason string, b Backoff, meaning, remedy string) Row {
	return Row{Fault{from, l, b, code, reason, meaning, remedy}, code, code}
}

// span returns a row for the numbers from low to high that have no row of their own.
func span(from Source, low, high int, l Layer, reason string, b Backoff, meaning, remedy string) Row {
	return Row{Fault{from, l, b, 0, reason, meaning, remedy}, low, high}
}

// byPage returns a row for responses that are known by what else they say than their number. They keep the number.
func byPage(from Source, l Layer, reason string, b Backoff, meaning, remedy string) Row {
	return Row{Fault{from, l, b, 0, reason, meaning, remedy}, 1, 0} // no number is from 1 to 0
}

// minInt and maxInt bound the rows for all other numbers.
const (
	maxInt = int(^uint(0) >> 1)
	minInt = -maxInt - 1
)

// The codes are those of https://docs.octoeverywhere.com/error-codes/ (service) and
// https://docs.octoeverywhere.com/plugin-api/plugin-api-errors/ (plugin).
var table = []Row{
	one(ByExporter, 0, Network, "resolve_failed", BackoffNone,
		"The host name of OctoEverywhere's edge could not be resolved.",
		"Check DNS and the internet connection of the exporter's machine, and the host in the printer's url."),
	one(ByExporter, 0, Network, "connect_failed", BackoffNone,
		"No connection to OctoEverywhere's edge could be established.",
		"Check the internet connection, the firewall and the proxy of the exporter's machine."),
	one(ByExporter, 0, Network, "tls_failed", BackoffNone,
		"The TLS handshake with OctoEverywhere's edge failed.",
		"Check the clock and the CA certificates of the exporter's machine, and whether a proxy intercepts TLS. A CA can be set in tls_config."),
	one(ByExporter, 0, Service, "no_answer", BackoffNone,
		"The request was sent, and no response came before the timeout.",
		"If all printers are affected, the service or the network to it is slow. If only one is, its plugin may hang: restart the plugin."),
	one(ByExporter, 0, Service, "broken_answer", BackoffNone,
		"The response was truncated, too large, or not HTTP.",
		"This is usually temporary. If it lasts, a proxy or firewall between this machine and OctoEverywhere breaks connections."),
	one(ByExporter, 0, Service, "not_the_api", BackoffNone,
		"The response is not from OctoEverywhere's API. It may be a login page or a captive portal.",
		"Check that the url is that of an App Connection or Shared Connection, and that no portal or proxy responds instead."),
	one(ByExporter, 0, Plugin, "malformed_answer", BackoffNone,
		"The plugin's response does not have the format of the Plugin API.",
		"Update the plugin. If that does not help, report it to OctoEverywhere."),
	one(ByExporter, 0, Host, "host_unresponsive", BackoffShort,
		"The plugin responds, but the printer's software does not respond to the plugin.",
		"Check the computer next to the printer (Klipper, OctoPrint, the printer's own board). It is overloaded or stuck: restart it."),
	one(ByExporter, 0, Printer, "printer_error", BackoffNone,
		"The printer reports the state error. (Bambu Lab printers also do so when a user paused the print.)",
		"Read the message on the printer's screen."),

	one(ByService, 600, Service, "service_error", BackoffNone,
		"The service had an internal error.",
		"Wait. If it lasts, check OctoEverywhere's status page."),
	one(ByService, 601, Plugin, "plugin_offline", BackoffNone,
		"The plugin is not connected to OctoEverywhere. After a restart of the service, plugins reconnect within about 31 seconds.",
		"Check the power and the internet connection of the plugin's computer, then the plugin's log."),
	one(ByService, 602, Plugin, "plugin_timeout", BackoffNone,
		"The plugin is connected, but did not respond in time.",
		"If it lasts, restart the plugin and check the load of its computer."),
	one(ByService, 603, Access, "connection_not_found", BackoffLong,
		"There is no App Connection with this url.",
		"Check the url. If the connection was deleted, create a new one in the App Connection Portal."),
	one(ByService, 604, Access, "connection_revoked", BackoffLong,
		"The connection was revoked or has expired, or the printer or its owner's account was deleted.",
		"Create a new connection in the App Connection Portal, or remove the printer from the configuration."),
	one(ByService, 605, Access, "supporter_lapsed", BackoffShort,
		"The owner's account is no longer a supporter of OctoEverywhere. App Connections require it.",
		"Renew the supporter status. The connection then works again without a change."),
	one(ByService, 606, Access, "credentials_invalid", BackoffLong,
		"The connection's credentials are missing or wrong.",
		"Check the bearer token, or the user name and password, in the printer's entry. Create a new connection if they are lost."),
	one(ByService, 607, Access, "download_limit", BackoffNone,
		"The response exceeds the account's download limit.",
		"The exporter's requests have small responses: report it to OctoEverywhere."),
	one(ByService, 608, Access, "upload_limit", BackoffNone,
		"The request exceeds the account's upload limit.",
		"The exporter's requests are small: report it to OctoEverywhere."),
	one(ByService, 609, Access, "webcam_limit", BackoffNone,
		"The account's webcam limit is exhausted.",
		"The exporter does not request webcam images. Wait until the limit is reset."),
	one(ByService, 610, Plugin, "plugin_update_required", BackoffShort,
		"The plugin is too old for this request.",
		"Update the OctoEverywhere plugin."),
	one(ByService, 611, Access, "no_beta_access", BackoffShort,
		"The account has no access to this beta API.",
		"Request access from OctoEverywhere."),
	one(ByService, 612, Plugin, "plugin_error", BackoffNone,
		"The service could not respond because of an error in the plugin.",
		"If it recurs, restart and update the plugin, then report it to OctoEverywhere."),
	one(ByService, 613, Printer, "no_active_print", BackoffNone,
		"The service requires an active print, and there is none.",
		"None of the exporter's requests need one: report it to OctoEverywhere."),
	span(ByService, 600, 699, Service, "unlisted_service_code", BackoffNone,
		"The service responded with a code that was not documented when this exporter was released.",
		"Look up the code in OctoEverywhere's documentation of error codes. A newer exporter may know it."),

	byPage(ByHTTP, Network, "blocked_by_edge", BackoffShort,
		"OctoEverywhere's edge blocks requests from this machine as those of a bot. The connection and the printer are not the cause.",
		"Check what else sends requests from this machine's address, and whether it is a VPN or a data center that the edge distrusts. Otherwise ask OctoEverywhere to allow it."),
	one(ByHTTP, 407, Network, "proxy_auth_required", BackoffShort,
		"The proxy of the exporter's machine requires credentials.",
		"Check the proxy and its credentials in the configuration or the environment of the exporter."),
	one(ByHTTP, 511, Network, "captive_portal", BackoffShort,
		"The network of the exporter's machine requires a login before it lets requests through.",
		"Log in to the network's portal, or connect the exporter's machine to a network without one."),
	span(ByHTTP, 300, 399, Access, "redirected", BackoffShort,
		"The response is a redirect. Redirects are never followed, because that would disclose credentials. A Shared Connection that requires a login redirects.",
		"Check the url. A Shared Connection must be open to everyone who has the link; otherwise use an App Connection."),
	one(ByHTTP, 401, Access, "refused", BackoffLong,
		"A server on the way requires other credentials.",
		"Check the credentials in the printer's entry."),
	one(ByHTTP, 403, Access, "refused", BackoffLong,
		"A server or proxy on the way denies this request.",
		"Check the url and the credentials, and whether a firewall blocks this machine's address."),
	one(ByHTTP, 429, Service, "rate_limited", BackoffShort,
		"There were too many requests from this machine's address.",
		"Increase the interval, or find out what else sends requests from this machine's address."),
	span(ByHTTP, 500, 599, Service, "upstream_error", BackoffNone,
		"A server or proxy on the way had an error.",
		"Wait. If it lasts, check OctoEverywhere's status page."),
	span(ByHTTP, minInt, maxInt, Service, "unexpected_http_status", BackoffNone,
		"The API does not use this HTTP status.",
		"Check that the url is that of an App Connection or Shared Connection, and what responds there."),

	span(ByPlugin, 400, 599, Plugin, "command_error", BackoffNone,
		"The plugin knows the request, and an error of the request itself is its result.",
		"If it lasts, check the plugin's log, then update the plugin."),
	one(ByPlugin, 750, Plugin, "command_failed", BackoffNone,
		"The plugin failed to process the request and gave no reason.",
		"If it lasts, restart and update the plugin, then check its log."),
	one(ByPlugin, 751, Plugin, "bad_arguments", BackoffNone,
		"The plugin did not accept the request's arguments.",
		"The exporter's requests have none: update the plugin."),
	one(ByPlugin, 752, Plugin, "execution_failed", BackoffNone,
		"The plugin had an error while it processed the request.",
		"Check the plugin's log. Restart and update the plugin."),
	one(ByPlugin, 753, Plugin, "response_unserializable", BackoffNone,
		"The plugin could not encode its response as JSON.",
		"Check the plugin's log. Update the plugin."),
	one(ByPlugin, 754, Plugin, "unknown_command", BackoffShort,
		"The plugin is too old to know this request.",
		"Update the OctoEverywhere plugin."),
	one(ByPlugin, 785, Host, "host_disconnected", BackoffShort,
		"The plugin is not connected to the printer's software: the printer is off, or their connection is down.",
		"Check that the printer is switched on, then its network and its software (OctoPrint, Moonraker, the printer's LAN mode)."),
	one(ByPlugin, 786, Printer, "invalid_printer_state", BackoffNone,
		"The printer is in a state that does not allow the request.",
		"Check the printer. If it is OK, restart the plugin."),
	one(ByPlugin, 787, Host, "too_many_clients", BackoffShort,
		"The plugin cannot connect, because the printer accepts no more clients.",
		"Close other programs that are connected to the printer (slicers, apps, other plugins), or restart the printer."),
	one(ByPlugin, 788, Printer, "feature_unsupported", BackoffShort,
		"The printer's platform does not support the request.",
		"Update the plugin. The platform may not be supported."),
	one(ByPlugin, 789, Host, "auth_invalid", BackoffLong,
		"The printer rejects the plugin's credentials: its access code, password or API key has changed.",
		"Enter the printer's current access code, password or API key in the plugin."),
	span(ByPlugin, minInt, maxInt, Plugin, "unlisted_plugin_code", BackoffNone,
		"The plugin responded with a code that was not documented when this exporter was released.",
		"Look up the code in OctoEverywhere's documentation of Plugin API errors. A newer exporter may know it."),
}

// Rows returns a copy of all rows, in the table's order.
func Rows() []Row { return slices.Clone(table) }

// Unlisted reports whether the row is for numbers that have no row of their own.
func (r Row) Unlisted() bool { return r.Low != r.High }

// isFallback reports whether the row is for all numbers of its source that have no other row.
func (r Row) isFallback() bool { return r.Low == minInt || r.From == ByService && r.Unlisted() }
