package simulator

import (
	"net/http"
	"strconv"
	"time"
)

// reply is what goes back: an HTTP answer, unless how is one of the ways in which it breaks on the wire.
type reply struct {
	how      how
	status   int
	kind     string // Content-Type
	body     []byte
	retry    string // Retry-After
	location string
	wait     time.Duration // before any of it
}

// exchange is one request under way. finish must follow.
type exchange struct {
	relay   *Relay
	printer *printer // nil: none is meant
	buffer  *[]byte
	reply   reply
}

// begin counts a request and decides its answer.
func (r *Relay) begin(req *http.Request) *exchange {
	now := time.Now()
	to := r.destination(req)
	x := &exchange{relay: r, printer: to.printer, buffer: r.buffers.Get().(*[]byte)}
	a := arrival{question: to.question, command: to.command, method: req.Method}
	switch {
	case to.printer != nil:
		a.unauthorized = !to.site && req.Header.Get("Authorization") != to.printer.authorization
		x.reply, a.woke = r.answer(to.printer, to.question, !a.unauthorized, (*x.buffer)[:0], now)
		to.printer.tally.enter(a, now)
	default:
		a.unknown = !to.site
		x.reply = r.nobody(to, req.Header.Get("AppToken") != "")
	}
	r.total.enter(a, now)
	x.reply.wait += r.latencyOf(to.printer, now)
	return x
}

// finish gives back what the exchange holds.
func (x *exchange) finish() {
	if x.printer != nil {
		x.printer.tally.leave()
	}
	x.relay.total.leave()
	if x.reply.body != nil {
		*x.buffer = x.reply.body
	}
	x.relay.buffers.Put(x.buffer)
}

func (r *Relay) latencyOf(p *printer, now time.Time) time.Duration {
	if r.latency.Max == 0 {
		return 0
	}
	key := r.seed
	if p != nil {
		key = p.key
	}
	return r.latency.at(mix(key, forLatency, uint64(now.UnixNano())))
}

// nobody answers where no printer is meant: at an address or with a token that the service does not know, and at the
// service's own address.
func (r *Relay) nobody(to destination, hasToken bool) reply {
	switch {
	case r.service().down:
		return bare(http.StatusServiceUnavailable)
	case !to.site:
		return bare(603)
	case to.question != info:
		return bare(http.StatusNotFound)
	case !hasToken:
		return bare(http.StatusBadRequest)
	}
	return bare(603)
}

// bare is an answer without a body. The service's codes from 600 on are HTTP statuses.
func bare(code int) reply { return reply{status: code, kind: "text/plain; charset=utf-8"} }

// inJSON is an answer of the plugin. Its content type is not application/json.
func inJSON(body []byte) reply { return reply{status: http.StatusOK, kind: "text/json", body: body} }

// answer decides what a question to a printer gets, and whether it woke the plugin's reconnect loop.
func (r *Relay) answer(p *printer, q question, authorized bool, buffer []byte, now time.Time) (reply, bool) {
	p.mu.Lock()
	back, isBack := p.notice(now)
	b := r.seenBy(p, p.standing(now), now)
	if q != info && !authorized && b.reachesPlugin() {
		b = Credentials.behaviour()
	}
	a := b.to(q)
	woke := q == status && b.lostHost && p.wake(now)
	if a.how == byPlugin && b.lostHost {
		a.code = p.lossCode(a)
	}
	j := p.job(now)
	var c connection
	if q == info {
		c = r.connection(p, now)
	}
	p.mu.Unlock()
	if isBack {
		r.record(Event{back, p.Name, EventReconnected})
	}
	x := a.reply(buffer, now)
	if a.how == ordinary || a.how == cut {
		x.status = http.StatusOK
		x.kind, x.body = good(p, q, b, j, c, buffer, now)
	}
	return x, woke
}

// to gives the answer to a question. A plugin that would answer `ping` answers any other command with 754.
func (b *behaviour) to(q question) answer {
	switch q {
	case status:
		return b.answers.status
	case ping:
		return b.answers.ping
	case info:
		return b.answers.info
	}
	if a := b.answers.ping; a.how != ordinary && a.how != byPlugin {
		return a
	}
	return pluginStatus(unknownCommand)
}

// connection is what the service knows of the plugin's connection. The caller holds p.mu.
func (r *Relay) connection(p *printer, now time.Time) connection {
	s := r.service()
	c := connection{online: p.standing(now).word != Offline && !s.away(p, now)}
	c.connected, c.left = p.connections(now)
	if !s.restarted.IsZero() {
		c.left = later(c.left, s.restarted)
		if back := s.returns(p); !now.Before(back) {
			c.connected = later(c.connected, back)
		}
	}
	return c
}

// good writes the ordinary answer of a printer.
func good(p *printer, q question, b *behaviour, j job, c connection, buffer []byte, now time.Time) (string, []byte) {
	switch {
	case q == info:
		return "application/json; charset=utf-8", appendInfo(buffer, p, c)
	case q == status:
		return "text/json", appendStatus(buffer, p, j, b.body, now)
	case p.old:
		return "text/json", appendRefusal(buffer, unknownCommand)
	}
	return "text/json", append(buffer, pong...)
}

// The pages that come in place of the API's answers.
const (
	loginPageHTML = "<!doctype html>\n<title>Sign in</title>\n<form method=post><input name=user><input name=password type=password></form>\n"
	otherJSON     = `{"message": "ok", "data": {}}`
)

// reply gives an answer that is not the ordinary one its form.
func (a answer) reply(buffer []byte, now time.Time) reply {
	r := bare(a.code)
	switch a.how {
	case retryIn:
		r.retry = strconv.Itoa(int(retryAfter.Seconds()))
	case retryAt:
		r.retry = now.Add(retryAfter).UTC().Format(http.TimeFormat)
	case toLogin:
		r.location = "/login"
	case byPlugin:
		r = inJSON(appendRefusal(buffer, a.code))
	case noEnvelope:
		r = inJSON(append(buffer, otherJSON...))
	case loginPage:
		r = reply{status: http.StatusOK, kind: "text/html; charset=utf-8", body: append(buffer, loginPageHTML...)}
	}
	r.how, r.wait = a.how, a.after
	return r
}
