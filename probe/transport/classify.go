package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"

	"octoeverywhere_exporter/probe"
)

// proxyError is the HTTP status by which a proxy refused to connect.
type proxyError int

// Error is only the status: the text of the proxy may hold anything.
func (e proxyError) Error() string { return "the proxy refuses to connect: " + strconv.Itoa(int(e)) }

// checkProxy returns the error of a proxy's response to CONNECT (RFC 9110 §9.3.6).
func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return proxyError(resp.StatusCode)
	}
	return nil
}

// classify returns the kind of an error.
func classify(err error) probe.ErrorKind {
	if _, ok := errors.AsType[proxyError](err); ok {
		return probe.ProxyRefused
	}
	for _, c := range []struct {
		is   error
		kind probe.ErrorKind
	}{
		{context.Canceled, probe.Canceled},
		{context.DeadlineExceeded, probe.TimedOut},
		{syscall.ECONNREFUSED, probe.ConnRefused},
		{syscall.ECONNRESET, probe.ConnReset},
		{syscall.EPIPE, probe.ConnReset},
		{syscall.ENETUNREACH, probe.Unreachable},
		{syscall.EHOSTUNREACH, probe.Unreachable},
		{syscall.EMFILE, probe.OutOfDescriptors},
		{syscall.ENFILE, probe.OutOfDescriptors},
		{errTooLarge, probe.TooLarge},
		{errFlood, probe.TooLarge},
		{io.ErrUnexpectedEOF, probe.CutOff},
		{io.EOF, probe.CutOff},
	} {
		if errors.Is(err, c.is) {
			return c.kind
		}
	}
	if kind, ok := classifyTLS(err); ok {
		return kind
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		switch {
		case dns.IsNotFound:
			return probe.NoSuchName
		case dns.IsTimeout:
			return probe.TimedOut
		}
		return probe.NameServer
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return probe.TimedOut
	}
	return probe.OtherError
}

// classifyTLS is the part of classify that is about TLS; false for any other error.
func classifyTLS(err error) (probe.ErrorKind, bool) {
	var (
		invalid   x509.CertificateInvalidError
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		alert     tls.AlertError
	)
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return probe.CertExpired, true
	case errors.As(err, &name):
		return probe.CertName, true
	case errors.As(err, &authority):
		return probe.CertAuthority, true
	case errors.As(err, &invalid), errors.As(err, &verify):
		return probe.CertInvalid, true
	case errors.As(err, &record):
		return probe.NotTLS, true
	case errors.As(err, &alert):
		return probe.TLSAlert, true
	}
	return "", false
}

// phaseOf corrects the traced phase by the error: where an idle connection was dead and a new one was tried, the trace stays
// at Waiting but the error is about the new one.
func phaseOf(traced probe.Phase, err error) probe.Phase {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return probe.Resolving
	}
	if _, ok := classifyTLS(err); ok && traced < probe.Receiving {
		return probe.Handshaking
	}
	if _, ok := errors.AsType[proxyError](err); ok {
		return probe.Connecting
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return probe.Connecting
	}
	return traced
}
