package simulator

import (
	"time"

	"octoeverywhere_exporter/fault"
)

// behaviour is a row of the vocabulary: what a printer with that fault answers to each question. The zero value answers
// everything as a healthy printer does.
type behaviour struct {
	word     Fault
	means    fault.Fault // what whoever asks ought to conclude; zero: nothing is wrong
	answers  answers
	body     twist // how a good answer to `status` differs from a healthy printer's
	lostHost bool  // the plugin has no connection to its host: `status` wakes its reconnect loop
	story    string
}

// answers to the three questions; zero: the ordinary one.
type answers struct{ status, ping, info answer }

// answer says how one question is answered; the zero value is the ordinary answer.
type answer struct {
	how        how
	code       int           // HTTP status, or `Status` in the plugin's envelope
	alternates bool          // now and then 785 comes in its place
	after      time.Duration // on top of the latency
}

// how is the way in which an answer comes.
type how uint8

const (
	ordinary    how = iota
	byHTTP          // an HTTP status with an empty body
	byPlugin        // HTTP 200 with another `Status` in the plugin's envelope
	retryIn         // 429, Retry-After in seconds
	retryAt         // 429, Retry-After as a date
	toLogin         // a redirect to a login page
	loginPage       // HTTP 200 with HTML
	noEnvelope      // HTTP 200 with JSON that is not the plugin's envelope
	never           // the question is taken, the answer does not come
	closed          // the connection is reset without an answer
	cut             // less body than was announced
	notHTTP         // bytes that are not HTTP
	unconnected     // nothing listens
)

// twist is a difference in the body of a good answer.
type twist uint8

const (
	plain twist = iota
	inError
	withNaN
	ofOldPlugin
)

// timesOutAfter is how long the service waits for a plugin before it answers 602. The real one waits longer; this is
// within the deadline of whoever asks, so that the code is seen.
const timesOutAfter = 3 * time.Second

// retryAfter is what a 429 asks for.
const retryAfter = 2 * time.Minute

func httpStatus(code int) answer   { return answer{how: byHTTP, code: code} }
func pluginStatus(code int) answer { return answer{how: byPlugin, code: code} }

func toAll(a answer) answers    { return answers{status: a, ping: a, info: a} }
func toPlugin(a answer) answers { return answers{status: a, ping: a} }
func toStatus(a answer) answers { return answers{status: a} }

var healthy = behaviour{}

// vocabulary has one row for each word, nearest layer first. The service's own faults and those of the App Connection
// are met by the App Connection Info API too; wrong connection credentials are not, it has a token of its own.
var vocabulary = []behaviour{
	{
		word: Unreachable, means: fault.ConnectFailed, answers: toPlugin(answer{how: unconnected}),
		story: "nothing listens at its address",
	},

	{
		word: ServiceError, means: fault.FromHTTP(600), answers: toAll(httpStatus(600)),
		story: "the service answers 600: something went wrong there",
	},
	{
		word: Unavailable, means: fault.FromHTTP(503), answers: toAll(httpStatus(503)),
		story: "the service's edge answers 503",
	},
	{
		word: RateLimited, means: fault.FromHTTP(429), answers: toAll(answer{how: retryIn, code: 429}),
		story: "the service asks for a pause, in seconds",
	},
	{
		word: RateLimitedDate, means: fault.FromHTTP(429), answers: toAll(answer{how: retryAt, code: 429}),
		story: "the service asks for a pause, until a date",
	},
	{
		word: NoAnswer, means: fault.NoAnswer, answers: toAll(answer{how: never}),
		story: "the service takes questions and never answers",
	},
	{
		word: Reset, means: fault.BrokenAnswer, answers: toAll(answer{how: closed}),
		story: "connections are reset without an answer",
	},
	{
		word: Truncate, means: fault.BrokenAnswer, answers: toAll(answer{how: cut}),
		story: "answers break off half way",
	},
	{
		word: Garbage, means: fault.BrokenAnswer, answers: toAll(answer{how: notHTTP}),
		story: "what comes back is not HTTP",
	},
	{
		word: HTML, means: fault.NotTheAPI, answers: toAll(answer{how: loginPage}),
		story: "a login page answers in place of the service",
	},

	{
		word: NotFound, means: fault.FromHTTP(603), answers: toAll(httpStatus(603)),
		story: "its App Connection does not exist any more",
	},
	{
		word: Revoked, means: fault.FromHTTP(604), answers: toAll(httpStatus(604)),
		story: "its App Connection was revoked by the owner",
	},
	{
		word: Lapsed, means: fault.FromHTTP(605), answers: toAll(httpStatus(605)),
		story: "its owner is no longer a supporter",
	},
	{
		word: Credentials, means: fault.FromHTTP(606), answers: toPlugin(httpStatus(606)),
		story: "the connection's credentials are wrong",
	},
	{
		word: Refused, means: fault.FromHTTP(403), answers: toAll(httpStatus(403)),
		story: "the edge refuses with 403",
	},
	{
		word: Redirect, means: fault.FromHTTP(302), answers: toAll(answer{how: toLogin, code: 302}),
		story: "every question is redirected to a login page",
	},

	{
		word: Offline, means: fault.FromHTTP(601), answers: toPlugin(httpStatus(601)),
		story: "its plugin is not connected to the service",
	},
	{
		word: Timeout, means: fault.FromHTTP(602), answers: toPlugin(answer{how: byHTTP, code: 602, after: timesOutAfter}),
		story: "its plugin is connected and does not answer in time",
	},
	{
		word: UpdateRequired, means: fault.FromHTTP(610), answers: toPlugin(httpStatus(610)),
		story: "its plugin is too old for the service",
	},
	{
		word: Malformed, means: fault.MalformedAnswer, answers: toPlugin(answer{how: noEnvelope}),
		story: "its plugin answers with JSON of another shape",
	},

	{
		word: Off, means: fault.FromPlugin(785), answers: toStatus(pluginStatus(785)), lostHost: true,
		story: "the printer is switched off",
	},
	{
		word: AuthInvalid, means: fault.FromPlugin(789), answers: toStatus(answer{how: byPlugin, code: 789, alternates: true}), lostHost: true,
		story: "the printer does not take the plugin's access code any more",
	},
	{
		word: TooManyClients, means: fault.FromPlugin(787), answers: toStatus(answer{how: byPlugin, code: 787, alternates: true}), lostHost: true,
		story: "the printer serves as many clients as it can, the plugin is not among them",
	},
	{
		word: Hang, means: fault.HostUnresponsive, answers: toStatus(answer{how: never}),
		story: "the host software hangs: status never comes, ping does",
	},
	{
		word: HostTimeout, means: fault.HostUnresponsive, answers: toStatus(answer{how: byHTTP, code: 602, after: timesOutAfter}),
		story: "the host software hangs: status ends in 602, ping answers",
	},

	{
		word: PrinterError, means: fault.PrinterError, body: inError,
		story: "the printer shows an error",
	},

	{
		word: NaN, body: withNaN,
		story: "well, but its plugin writes bare NaN for a sensor that fell off",
	},
	{
		word: OldPlugin, answers: answers{ping: pluginStatus(754)}, body: ofOldPlugin,
		story: "well, with an old plugin that does not know ping",
	},
}

// reachesPlugin reports whether the service itself lets questions through to the plugin.
func (b *behaviour) reachesPlugin() bool { return b.means.None() || b.means.Layer >= fault.Plugin }
