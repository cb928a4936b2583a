package transport

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"octoeverywhere_exporter/probe"
)

// retryDelay is the pause before a request is sent again, so that the peer notices the end of the first connection before
// the next request comes.
const retryDelay = 100 * time.Millisecond

// Send sends a request, at most twice. The first time it goes on a shared connection where its host may use one. The second
// time it goes on a dedicated connection of the host, and only if the shared connection was lost before ctx ended, or if the
// response on it was 421 (RFC 9110 §15.5.20) or not the API's: sharing may be the reason.
//
// A request that the peer refuses unprocessed does not count (RFC 9113 §8.7); see pool.roundTrip.
func (t *Transport) Send(ctx context.Context, x probe.Exchange) probe.Attempt {
	buf, free := t.buffer()
	defer free()
	h := t.sharingHost(x)
	if h == nil {
		return t.sendOnce(ctx, x, t.onDedicated, buf)
	}
	a, lost, err := t.exchange(ctx, x, t.shared.roundTrip(h, time.Time{}), buf)
	switch {
	case errors.Is(err, errNotShared):
		return t.sendOnce(ctx, x, t.onDedicated, buf)
	case !lost.IsZero():
		if sleep(ctx, retryDelay); ctx.Err() == nil {
			return t.sendAfterLoss(ctx, x, h, lost, buf)
		}
	case err == nil && a.HTTPStatus == http.StatusMisdirectedRequest:
		t.shared.quarantine(h)
		return t.sendOnce(ctx, x, t.onDedicated, buf)
	}
	if x.Judge(a) || err != nil || !t.shared.mayVerify(h) {
		return a
	}
	return t.verify(ctx, x, h, a)
}

// sharingHost returns the host of a request that may go on a shared connection, nil otherwise.
func (t *Transport) sharingHost(x probe.Exchange) *host {
	if t.shared == nil || x.Request.URL.Scheme != "https" {
		return nil
	}
	return t.shared.sharingHost(x.Request.URL)
}

// sendOnce sends a request whose response is the result.
func (t *Transport) sendOnce(ctx context.Context, x probe.Exchange, by roundTrip, buf *bytes.Buffer) probe.Attempt {
	a, _, _ := t.exchange(ctx, x, by, buf)
	x.Judge(a)
	return a
}

// sendAfterLoss sends a request again whose shared connection was lost. When all connections are lost at once, few requests
// go on dedicated connections; the rest goes on a shared one that was made later.
//
// If the dedicated connection is lost as well, the response to this request may be what breaks connections: its host gets
// dedicated connections for a while.
func (t *Transport) sendAfterLoss(ctx context.Context, x probe.Exchange, h *host, lost time.Time, buf *bytes.Buffer) probe.Attempt {
	select {
	case t.resends <- struct{}{}:
		defer func() { <-t.resends }()
	default:
		a, _, err := t.exchange(ctx, x, t.shared.roundTrip(h, lost), buf)
		if errors.Is(err, errNotShared) { // it was not sent
			return t.sendOnce(ctx, x, t.onDedicated, buf)
		}
		x.Judge(a)
		return a
	}
	a, _, err := t.exchange(ctx, x, t.onDedicated, buf)
	if err != nil && ctx.Err() == nil && a.Phase >= probe.Waiting {
		t.shared.quarantine(h)
	}
	x.Judge(a)
	return a
}

// verify sends a request again whose response a on a shared connection is not the API's. Where the response on a dedicated
// connection is, that one counts, and the host keeps dedicated connections for a while.
func (t *Transport) verify(ctx context.Context, x probe.Exchange, h *host, a probe.Attempt) probe.Attempt {
	differs := false
	defer func() { t.shared.verified(h, differs) }() // also after a panic
	buf, free := t.buffer()
	defer free()
	b, _, err := t.exchange(ctx, x, t.onDedicated, buf)
	if differs = err == nil && x.Judge(b); differs {
		return b
	}
	x.Judge(a)
	return a
}

// sleep pauses, at most until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
