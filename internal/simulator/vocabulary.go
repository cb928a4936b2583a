package simulator

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// behaviour is a row of the vocabulary: what a printer with that fault answers to each question. The zero value answers
// everything as a healthy printer does.
type behavior struct {
	fault       Fault
	expected    fault.Fault // what whoever asks ought to conclude; zero: nothing is wrong
	responses   responses
	variant     bodyVariant // how a good answer to `status` differs from a healthy printer's
	hostLost    bool        // the plugin has no connection to its host: `status` wakes its reconnect loop
	description string
}

// answers to the three questions; zero: the ordinary one.
type responses struct{ status, ping, info response }

// answer says how one question is answered; the zero value is the ordinary answer.
type response struct {
	kind              responseKind
	code              int           // HTTP status, or `Status` in the plugin's envelope
	alternatesWith785 bool          // now and then 785 comes in its place
	extraDelay        time.Duration // on top of the latency
}

// how is the way in which an answer comes.
type responseKind uint8

const (
	normalResponse       responseKind = iota
	httpStatusResponse                // an HTTP status with an empty body
	pluginStatusResponse              // HTTP 200 with another `Status` in the plugin's envelope
	retryAfterSeconds                 // 429, Retry-After in seconds
	retryAfterDate                    // 429, Retry-After as a date
	redirectToLogin                   // a redirect to a login page
	htmlPage                          // HTTP 200 with HTML
	jsonWithoutEnvelope               // HTTP 200 with JSON that is not the plugin's envelope
	noResponse                        // the question is taken, the answer does not come
	connectionReset                   // the connection is reset without an answer
	truncatedBody                     // less body than was announced
	garbageBytes                      // bytes that are not HTTP
	connectionRefused                 // nothing listens
)

// twist is a difference in the body of a good answer.
type bodyVariant uint8

const (
	normalBody bodyVariant = iota
	printerErrorBody
	nanBody
	oldPluginBody
)

// timesOutAfter is how long the service waits for a plugin before it answers 602. The real one waits longer; this is
// within the deadline of whoever asks, so that the code is seen.
const pluginTimeoutDelay = 3 * time.Second

// retryAfter is what a 429 asks for.
const retryAfterDelay = 2 * time.Minute

func httpStatus(code int) response   { return response{kind: httpStatusResponse, code: code} }
func pluginStatus(code int) response { return response{kind: pluginStatusResponse, code: code} }

func allRequests(a response) responses       { return responses{status: a, ping: a, info: a} }
func pluginRequests(a response) responses    { return responses{status: a, ping: a} }
func statusRequestOnly(a response) responses { return responses{status: a} }

var healthy = behavior{}

// vocabulary has one row for each word, nearest layer first. The service's own faults and those of the App Connection
// are met by the App Connection Info API too; wrong connection credentials are not, it has a token of its own.
var vocabulary = []behavior{
	{
		fault: Unreachable, expected: fault.ConnectFailed, responses: pluginRequests(response{kind: connectionRefused}),
		description: "nothing listens at its address",
	},

	{
		fault: ServiceError, expected: fault.FromHTTP(600), responses: allRequests(httpStatus(600)),
		description: "the service answers 600: something went wrong there",
	},
	{
		fault: Unavailable, expected: fault.FromHTTP(503), responses: allRequests(httpStatus(503)),
		description: "the service's edge answers 503",
	},
	{
		fault: RateLimited, expected: fault.FromHTTP(429), responses: allRequests(response{kind: retryAfterSeconds, code: 429}),
		description: "the service asks for a pause, in seconds",
	},
	{
		fault: RateLimitedDate, expected: fault.FromHTTP(429), responses: allRequests(response{kind: retryAfterDate, code: 429}),
		description: "the service asks for a pause, until a date",
	},
	{
		fault: NoAnswer, expected: fault.NoAnswer, responses: allRequests(response{kind: noResponse}),
		description: "the service takes questions and never answers",
	},
	{
		fault: Reset, expected: fault.BrokenAnswer, responses: allRequests(response{kind: connectionReset}),
		description: "connections are reset without an answer",
	},
	{
		fault: Truncate, expected: fault.BrokenAnswer, responses: allRequests(response{kind: truncatedBody}),
		description: "answers break off half way",
	},
	{
		fault: Garbage, expected: fault.BrokenAnswer, responses: allRequests(response{kind: garbageBytes}),
		description: "what comes back is not HTTP",
	},
	{
		fault: HTML, expected: fault.NotTheAPI, responses: allRequests(response{kind: htmlPage}),
		description: "a login page answers in place of the service",
	},

	{
		fault: NotFound, expected: fault.FromHTTP(603), responses: allRequests(httpStatus(603)),
		description: "its App Connection does not exist any more",
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
		description: "the edge refuses with 403",
	},
	{
		fault: Redirect, expected: fault.FromHTTP(302), responses: allRequests(response{kind: redirectToLogin, code: 302}),
		description: "every question is redirected to a login page",
	},

	{
		fault: Offline, expected: fault.FromHTTP(601), responses: pluginRequests(httpStatus(601)),
		description: "its plugin is not connected to the service",
	},
	{
		fault: Timeout, expected: fault.FromHTTP(602), responses: pluginRequests(response{kind: httpStatusResponse, code: 602, extraDelay: pluginTimeoutDelay}),
		description: "its plugin is connected and does not answer in time",
	},
	{
		fault: UpdateRequired, expected: fault.FromHTTP(610), responses: pluginRequests(httpStatus(610)),
		description: "its plugin is too old for the service",
	},
	{
		fault: Malformed, expected: fault.MalformedAnswer, responses: pluginRequests(response{kind: jsonWithoutEnvelope}),
		description: "its plugin answers with JSON of another shape",
	},

	{
		fault: Off, expected: fault.FromPlugin(785), responses: statusRequestOnly(pluginStatus(785)), hostLost: true,
		description: "the printer is switched off",
	},
	{
		fault: AuthInvalid, expected: fault.FromPlugin(789), responses: statusRequestOnly(response{kind: pluginStatusResponse, code: 789, alternatesWith785: true}), hostLost: true,
		description: "the printer does not take the plugin's access code any more",
	},
	{
		fault: TooManyClients, expected: fault.FromPlugin(787), responses: statusRequestOnly(response{kind: pluginStatusResponse, code: 787, alternatesWith785: true}), hostLost: true,
		description: "the printer serves as many clients as it can, the plugin is not among them",
	},
	{
		fault: Hang, expected: fault.HostUnresponsive, responses: statusRequestOnly(response{kind: noResponse}),
		description: "the host software hangs: status never comes, ping does",
	},
	{
		fault: HostTimeout, expected: fault.HostUnresponsive, responses: statusRequestOnly(response{kind: httpStatusResponse, code: 602, extraDelay: pluginTimeoutDelay}),
		description: "the host software hangs: status ends in 602, ping answers",
	},

	{
		fault: PrinterError, expected: fault.PrinterError, variant: printerErrorBody,
		description: "the printer shows an error",
	},

	{
		fault: NaN, variant: nanBody,
		description: "well, but its plugin writes bare NaN for a sensor that fell off",
	},
	{
		fault: OldPlugin, responses: responses{ping: pluginStatus(754)}, variant: oldPluginBody,
		description: "well, with an old plugin that does not know ping",
	},
}

// reachesPlugin reports whether the service itself lets questions through to the plugin.
func (b *behavior) reachesPlugin() bool { return b.expected.None() || b.expected.Layer >= fault.Plugin }
