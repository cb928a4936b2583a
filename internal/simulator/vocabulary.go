package simulator

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// behavior is a row of the vocabulary: how a printer with that fault responds to each request. The zero value responds as
// a healthy printer does.
type behavior struct {
	fault       Fault
	expected    fault.Fault // what an exporter should report; zero: no fault
	responses   responses
	variant     bodyVariant // of normal `status` responses
	hostLost    bool        // the plugin has no connection to its host: `status` wakes its reconnect loop
	description string
}

// responses are the responses to the three requests; zero: normal.
type responses struct{ status, ping, info response }

// response is how a request is answered. The zero value is the normal response.
type response struct {
	kind              responseKind
	code              int           // HTTP status, or `Status` in the plugin's envelope
	alternatesWith785 bool          // some responses have 785 instead of code
	extraDelay        time.Duration // in addition to the latency
}

// responseKind is the kind of a response.
type responseKind uint8

const (
	normalResponse       responseKind = iota
	httpStatusResponse                // an HTTP status with an empty body
	pluginStatusResponse              // HTTP 200 with another `Status` in the plugin's envelope
	retryAfterSeconds                 // 429, Retry-After in seconds
	retryAfterDate                    // 429, Retry-After as a date
	redirectToLogin
	htmlPage            // HTTP 200 with HTML
	jsonWithoutEnvelope // HTTP 200 with JSON that is not the plugin's envelope
	noResponse          // the request is accepted and never answered
	connectionReset     // reset without a response
	truncatedBody       // less than Content-Length
	garbageBytes        // not HTTP
	connectionRefused   // nothing listens
)

// bodyVariant is a variant of a normal `status` response.
type bodyVariant uint8

const (
	normalBody bodyVariant = iota
	printerErrorBody
	nanBody
	oldPluginBody
)

// pluginTimeoutDelay is how long the service waits for a plugin before it responds 602. The real service waits longer;
// this is below the usual timeout of an exporter, so that the code is seen.
const pluginTimeoutDelay = 3 * time.Second

// retryAfterDelay is the delay that a 429 asks for.
const retryAfterDelay = 2 * time.Minute

func httpStatus(code int) response   { return response{kind: httpStatusResponse, code: code} }
func pluginStatus(code int) response { return response{kind: pluginStatusResponse, code: code} }

func allRequests(a response) responses       { return responses{status: a, ping: a, info: a} }
func pluginRequests(a response) responses    { return responses{status: a, ping: a} }
func statusRequestOnly(a response) responses { return responses{status: a} }

var healthy = behavior{}

// vocabulary has one row per fault, nearest layer first. The App Connection Info API has the service's own faults and
// those of the App Connection too, but not wrong connection credentials: it has its own token.
var vocabulary = []behavior{
	{
		fault: Unreachable, expected: fault.ConnectFailed, responses: pluginRequests(response{kind: connectionRefused}),
		description: "nothing listens at its address",
	},

	{
		fault: ServiceError, expected: fault.FromHTTP(600), responses: allRequests(httpStatus(600)),
		description: "the service responds 600, an internal error",
	},
	{
		fault: Unavailable, expected: fault.FromHTTP(503), responses: allRequests(httpStatus(503)),
		description: "the service's edge responds 503",
	},
	{
		fault: RateLimited, expected: fault.FromHTTP(429), responses: allRequests(response{kind: retryAfterSeconds, code: 429}),
		description: "the service responds 429 with Retry-After in seconds",
	},
	{
		fault: RateLimitedDate, expected: fault.FromHTTP(429), responses: allRequests(response{kind: retryAfterDate, code: 429}),
		description: "the service responds 429 with Retry-After as a date",
	},
	{
		fault: NoAnswer, expected: fault.NoAnswer, responses: allRequests(response{kind: noResponse}),
		description: "the service accepts requests and never responds",
	},
	{
		fault: Reset, expected: fault.BrokenAnswer, responses: allRequests(response{kind: connectionReset}),
		description: "connections are reset without a response",
	},
	{
		fault: Truncate, expected: fault.BrokenAnswer, responses: allRequests(response{kind: truncatedBody}),
		description: "responses are truncated",
	},
	{
		fault: Garbage, expected: fault.BrokenAnswer, responses: allRequests(response{kind: garbageBytes}),
		description: "responses are not HTTP",
	},
	{
		fault: HTML, expected: fault.NotTheAPI, responses: allRequests(response{kind: htmlPage}),
		description: "a login page is returned instead of the API",
	},

	{
		fault: NotFound, expected: fault.FromHTTP(603), responses: allRequests(httpStatus(603)),
		description: "its App Connection no longer exists",
	},
	{
		fault: Revoked, expected: fault.FromHTTP(604), responses: allRequests(httpStatus(604)),
		description: "its App Connection was revoked by the owner",
	},
	{
		fault: Lapsed, expected: fault.FromHTTP(605), responses: allRequests(httpStatus(605)),
		description: "its owner is no longer a supporter",
	},
	{
		fault: Credentials, expected: fault.FromHTTP(606), responses: pluginRequests(httpStatus(606)),
		description: "the connection's credentials are wrong",
	},
	{
		fault: Refused, expected: fault.FromHTTP(403), responses: allRequests(httpStatus(403)),
		description: "the edge responds 403",
	},
	{
		fault: Redirect, expected: fault.FromHTTP(302), responses: allRequests(response{kind: redirectToLogin, code: 302}),
		description: "every request is redirected to a login page",
	},

	{
		fault: Offline, expected: fault.FromHTTP(601), responses: pluginRequests(httpStatus(601)),
		description: "its plugin is not connected to the service",
	},
	{
		fault: Timeout, expected: fault.FromHTTP(602), responses: pluginRequests(response{kind: httpStatusResponse, code: 602, extraDelay: pluginTimeoutDelay}),
		description: "its plugin is connected but does not respond in time",
	},
	{
		fault: UpdateRequired, expected: fault.FromHTTP(610), responses: pluginRequests(httpStatus(610)),
		description: "its plugin is too old for the service",
	},
	{
		fault: Malformed, expected: fault.MalformedAnswer, responses: pluginRequests(response{kind: jsonWithoutEnvelope}),
		description: "its plugin responds with JSON of another form",
	},

	{
		fault: Off, expected: fault.FromPlugin(785), responses: statusRequestOnly(pluginStatus(785)), hostLost: true,
		description: "the printer is switched off",
	},
	{
		fault: AuthInvalid, expected: fault.FromPlugin(789), responses: statusRequestOnly(response{kind: pluginStatusResponse, code: 789, alternatesWith785: true}), hostLost: true,
		description: "the printer rejects the plugin's access code",
	},
	{
		fault: TooManyClients, expected: fault.FromPlugin(787), responses: statusRequestOnly(response{kind: pluginStatusResponse, code: 787, alternatesWith785: true}), hostLost: true,
		description: "the printer has its maximum of clients, and rejects the plugin",
	},
	{
		fault: Hang, expected: fault.HostUnresponsive, responses: statusRequestOnly(response{kind: noResponse}),
		description: "the host software hangs: status times out, ping succeeds",
	},
	{
		fault: HostTimeout, expected: fault.HostUnresponsive, responses: statusRequestOnly(response{kind: httpStatusResponse, code: 602, extraDelay: pluginTimeoutDelay}),
		description: "the host software hangs: status returns 602, ping succeeds",
	},

	{
		fault: PrinterError, expected: fault.PrinterError, variant: printerErrorBody,
		description: "the printer shows an error",
	},

	{
		fault: NaN, variant: nanBody,
		description: "healthy, but its plugin writes bare NaN for a disconnected sensor",
	},
	{
		fault: OldPlugin, responses: responses{ping: pluginStatus(754)}, variant: oldPluginBody,
		description: "healthy, with an old plugin that does not know ping",
	},
}

// reachesPlugin reports whether the service lets requests through to the plugin.
func (b *behavior) reachesPlugin() bool { return b.expected.None() || b.expected.Layer >= fault.Plugin }
