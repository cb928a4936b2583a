package simulator

import (
	"net/http"
	"strconv"
	"time"
)

// httpResponse is what is sent back: an HTTP response, unless kind is a failure of the connection.
type httpResponse struct {
	kind        responseKind
	status      int
	contentType string
	body        []byte
	retryAfter  string // Retry-After
	location    string
	delay       time.Duration // before the response
}

// inFlightRequest is a request that is being answered. finish must be called.
type inFlightRequest struct {
	relay    *Relay
	printer  *printer // nil: no printer is addressed
	buffer   *[]byte
	response httpResponse
}

// beginRequest counts a request and selects its response.
func (r *Relay) beginRequest(req *http.Request) *inFlightRequest {
	now := time.Now()
	to := r.destination(req)
	x := &inFlightRequest{relay: r, printer: to.printer, buffer: r.buffers.Get().(*[]byte)}
	record := requestRecord{kind: to.kind, command: to.command, method: req.Method}
	switch {
	case to.printer != nil:
		record.unauthorized = !to.isService && req.Header.Get("Authorization") != to.printer.authorization
		x.response, record.wokeLoop = r.respond(to.printer, to.kind, !record.unauthorized, (*x.buffer)[:0], now)
		to.printer.counter.begin(record, now)
	default:
		record.unknown = !to.isService
		x.response = r.unknownPrinter(to, req.Header.Get("AppToken") != "")
	}
	r.totalCounter.begin(record, now)
	x.response.delay += r.randomLatency(to.printer, now)
	return x
}

// finish releases the request's buffer and ends its counting.
func (x *inFlightRequest) finish() {
	if x.printer != nil {
		x.printer.counter.end()
	}
	x.relay.totalCounter.end()
	if x.response.body != nil {
		*x.buffer = x.response.body
	}
	x.relay.buffers.Put(x.buffer)
}

func (r *Relay) randomLatency(p *printer, now time.Time) time.Duration {
	if r.latency.Max == 0 {
		return 0
	}
	key := r.seed
	if p != nil {
		key = p.key
	}
	return r.latency.pick(hashOf(key, purposeLatency, uint64(now.UnixNano())))
}

// unknownPrinter responds to requests that address no printer: unknown addresses and tokens, and the service itself.
func (r *Relay) unknownPrinter(to destination, hasToken bool) httpResponse {
	switch {
	case r.serviceState().down:
		return statusOnly(http.StatusServiceUnavailable)
	case !to.isService:
		return statusOnly(603)
	case to.kind != infoRequest:
		return statusOnly(http.StatusNotFound)
	case !hasToken:
		return statusOnly(http.StatusBadRequest)
	}
	return statusOnly(603)
}

// statusOnly is a response without a body. The service's codes from 600 on are HTTP statuses.
func statusOnly(code int) httpResponse {
	return httpResponse{status: code, contentType: "text/plain; charset=utf-8"}
}

// pluginJSON is a response of the plugin. Its content type is not application/json.
func pluginJSON(body []byte) httpResponse {
	return httpResponse{status: http.StatusOK, contentType: "text/json", body: body}
}

// respond returns the response to a request for p, and whether the request woke the plugin's reconnect loop.
func (r *Relay) respond(p *printer, q requestKind, authorized bool, buffer []byte, now time.Time) (httpResponse, bool) {
	p.mu.Lock()
	reconnectedAt, reconnected := p.takeReconnect(now)
	b := r.throughService(p, p.activeBehavior(now), now)
	if q != infoRequest && !authorized && b.reachesPlugin() {
		b = Credentials.behavior()
	}
	a := b.responseTo(q)
	woke := q == statusRequest && b.hostLost && p.wake(now)
	if a.kind == pluginStatusResponse && b.hostLost {
		a.code = p.hostLostCode(a)
	}
	j := p.job(now)
	var c pluginConnection
	if q == infoRequest {
		c = r.pluginConnection(p, now)
	}
	p.mu.Unlock()
	if reconnected {
		r.record(Event{reconnectedAt, p.Name, EventReconnected})
	}
	x := a.httpResponse(buffer, now)
	if a.kind == normalResponse || a.kind == truncatedBody {
		x.status = http.StatusOK
		x.contentType, x.body = writeNormalBody(p, q, b, j, c, buffer, now)
	}
	return x, woke
}

// responseTo returns the response to a request of kind q. A plugin that responds to `ping` responds to any other command
// with 754.
func (b *behavior) responseTo(q requestKind) response {
	switch q {
	case statusRequest:
		return b.responses.status
	case pingRequest:
		return b.responses.ping
	case infoRequest:
		return b.responses.info
	}
	if a := b.responses.ping; a.kind != normalResponse && a.kind != pluginStatusResponse {
		return a
	}
	return pluginStatus(codeUnknownCommand)
}

// pluginConnection returns what the service knows about the plugin's connection. The caller holds p.mu.
func (r *Relay) pluginConnection(p *printer, now time.Time) pluginConnection {
	s := r.serviceState()
	c := pluginConnection{online: p.activeBehavior(now).fault != Offline && !s.isReturning(p, now)}
	c.connectedAt, c.disconnectedAt = p.connectionTimes(now)
	if !s.restarted.IsZero() {
		c.disconnectedAt = laterOf(c.disconnectedAt, s.restarted)
		if returnedAt := s.returnTime(p); !now.Before(returnedAt) {
			c.connectedAt = laterOf(c.connectedAt, returnedAt)
		}
	}
	return c
}

// writeNormalBody returns the content type and the body of a printer's normal response.
func writeNormalBody(p *printer, q requestKind, b *behavior, j job, c pluginConnection, buffer []byte, now time.Time) (string, []byte) {
	switch {
	case q == infoRequest:
		return "application/json; charset=utf-8", appendInfo(buffer, p, c)
	case q == statusRequest:
		return "text/json", appendStatus(buffer, p, j, b.variant, now)
	case p.oldPlugin:
		return "text/json", appendPluginError(buffer, codeUnknownCommand)
	}
	return "text/json", append(buffer, pong...)
}

// The bodies of responses that are not the API's.
const (
	loginPage = "<!doctype html>\n<title>Sign in</title>\n<form method=post><input name=user><input name=password type=password></form>\n"
	otherJSON = `{"message": "ok", "data": {}}`
)

// httpResponse builds the response, except for the body of a normal one.
func (a response) httpResponse(buffer []byte, now time.Time) httpResponse {
	r := statusOnly(a.code)
	switch a.kind {
	case retryAfterSeconds:
		r.retryAfter = strconv.Itoa(int(retryAfterDelay.Seconds()))
	case retryAfterDate:
		r.retryAfter = now.Add(retryAfterDelay).UTC().Format(http.TimeFormat)
	case redirectToLogin:
		r.location = "/login"
	case pluginStatusResponse:
		r = pluginJSON(appendPluginError(buffer, a.code))
	case jsonWithoutEnvelope:
		r = pluginJSON(append(buffer, otherJSON...))
	case htmlPage:
		r = httpResponse{status: http.StatusOK, contentType: "text/html; charset=utf-8", body: append(buffer, loginPage...)}
	}
	r.kind, r.delay = a.kind, a.extraDelay
	return r
}
