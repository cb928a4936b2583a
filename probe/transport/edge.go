package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptrace"
	"time"

	"octoeverywhere_exporter/probe"
)

// Connect makes a new connection to an edge and closes it: an idle or resumed one would show the certificate of days ago.
// expiry is when the first certificate of those that were shown expires, also of those that are not valid; zero where none
// was shown.
func Connect(ctx context.Context, to probe.Endpoint) (a probe.Attempt, expiry time.Time) {
	var tr trace
	tr.begin(nil)
	certificates, err := connect(httptrace.WithClientTrace(ctx, tr.hooks()), to, &tr)
	for _, c := range certificates {
		if expiry.IsZero() || c.NotAfter.Before(expiry) {
			expiry = c.NotAfter
		}
	}
	return tr.end(err), expiry
}

func connect(ctx context.Context, to probe.Endpoint, tr *trace) ([]*x509.Certificate, error) {
	c, err := newDialer(to.IP).dialName(ctx, "tcp", to.Address.Reveal())
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if to.TLS == nil {
		return nil, nil
	}
	tr.enter(probe.Handshaking)
	secure := tls.Client(c, to.TLS())
	if err := secure.HandshakeContext(ctx); err != nil {
		if unverified, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
			return unverified.UnverifiedCertificates, err
		}
		return nil, err
	}
	tr.enter(probe.Waiting)
	return secure.ConnectionState().PeerCertificates, nil
}
