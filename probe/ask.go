package probe

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"time"
)

// UserAgent is sent with every question; version is appended by the program.
const UserAgent = "octoeverywhere_exporter"

// Ask asks one question and judges the answer. It takes at most the target's Timeout.
func (t Target) Ask(ctx context.Context, q Request) Result { return t.ask(ctx, q, t.Timeout) }

func (t Target) ask(ctx context.Context, q Request, timeout time.Duration) Result {
	begin := time.Now()
	r := t.askVia(ctx, q, timeout, t.Via)
	if !r.doubtful() {
		return r
	}
	shared, ok := t.Via.(*Transport)
	u := t.request(q).URL
	left := timeout - time.Since(begin)
	if !ok || left <= 0 || !shared.doubt(u) {
		return r
	}
	again := t.askAlone(ctx, q, left, shared, u)
	if again.Canceled || again.Attempt.Phase != ResponseRead {
		return r
	}
	return again
}

// askAlone asks once more, on a connection of the host's own, and settles the doubt: also where it ends in a panic.
func (t Target) askAlone(ctx context.Context, q Request, timeout time.Duration, shared *Transport, u *url.URL) (again Result) {
	defer func() {
		if shared.settle(u, !again.Canceled && again.isTheAPI()) && shared.ended != nil {
			shared.ended(edgeOf(u))
		}
	}()
	return t.askVia(ctx, q, timeout, shared.alone)
}

// overslept is by how much a question outlives its timeout only if the exporter itself stood still meanwhile (it was stopped,
// or the machine had no time for it): the answer may have been there in time.
const overslept = 2 * time.Second

// askVia asks once, on connections of via.
func (t Target) askVia(ctx context.Context, q Request, timeout time.Duration, via http.RoundTripper) Result {
	r := Result{Request: q, Asked: time.Now()}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	buf := buffers.Get().(*bytes.Buffer)
	defer giveBack(buf)
	buf.Reset()

	r.Attempt = exchange(watched(limited, q), via, t.request(q), buf)
	r.Took = time.Since(r.Asked)
	if r.Attempt.Phase != ResponseRead && (ctx.Err() != nil || r.Took > timeout+overslept) {
		r.Canceled = true
		return r
	}
	r.Fault, r.Reading = Judge(q, r.Attempt)
	r.RetryAfter = retryAfter(r.Attempt.RetryAfter, r.Ended())
	r.Attempt.Body, r.Attempt.RetryAfter = nil, "" // texts of whoever answered: a result is shown
	if t.repeats(r.Reading.platform) {
		r.Reading.platform = ""
	}
	return r
}

// prepared is the target with the request made that is asked nearly always, so that it is not made for each probe anew.
func (t Target) prepared() Target {
	status := t.newRequest(StatusRequest)
	t.status = func() *http.Request { return status }
	return t
}

// request is the request of a question. It is not to be changed.
func (t Target) request(q Request) *http.Request {
	if q == StatusRequest && t.status != nil {
		return t.status()
	}
	return t.newRequest(q)
}

// newRequest makes the request of a question. The AppToken goes to the service's own address and nowhere else.
func (t Target) newRequest(q Request) *http.Request {
	h := http.Header{"User-Agent": {UserAgent}}
	address := t.Address
	if q == InfoRequest {
		address = t.Service
		h["Apptoken"] = []string{t.AppToken.Reveal()}
	} else if !t.Authorization.Empty() {
		h["Authorization"] = []string{t.Authorization.Reveal()}
	}
	u := address.join(q.row().path)
	return &http.Request{
		Method: http.MethodGet, URL: u, Host: u.Host, Header: h,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
	}
}
