package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
)

// ErrorKind says in a word from a list why an exchange ended early. The errors themselves are never kept: they name hosts,
// and a printer's host is a credential.
type ErrorKind string

// The causes.
const (
	TimedOut         ErrorKind = "timed out"
	Canceled         ErrorKind = "canceled"
	NoSuchName       ErrorKind = "no such name"
	NameServer       ErrorKind = "name server failed"
	ConnRefused      ErrorKind = "connection refused"
	ConnReset        ErrorKind = "connection reset"
	Unreachable      ErrorKind = "network unreachable"
	CutOff           ErrorKind = "cut off"
	TooLarge         ErrorKind = "too large"
	CertExpired      ErrorKind = "certificate has expired or is not yet valid"
	CertName         ErrorKind = "certificate is for another name"
	CertAuthority    ErrorKind = "certificate is of an unknown authority"
	CertInvalid      ErrorKind = "certificate is invalid"
	NotTLS           ErrorKind = "not TLS"
	TLSAlert         ErrorKind = "refused by TLS alert"
	OutOfDescriptors ErrorKind = "out of file descriptors"
	OtherCause       ErrorKind = "other"
)

// causeOf puts an error into a word.
func causeOf(err error) ErrorKind {
	for _, c := range []struct {
		is    error
		cause ErrorKind
	}{
		{context.Canceled, Canceled},
		{context.DeadlineExceeded, TimedOut},
		{syscall.ECONNREFUSED, ConnRefused},
		{syscall.ECONNRESET, ConnReset},
		{syscall.EPIPE, ConnReset},
		{syscall.ENETUNREACH, Unreachable},
		{syscall.EHOSTUNREACH, Unreachable},
		{syscall.EMFILE, OutOfDescriptors},
		{syscall.ENFILE, OutOfDescriptors},
		{errTooLarge, TooLarge},
		{errFlood, TooLarge},
		{io.ErrUnexpectedEOF, CutOff},
		{io.EOF, CutOff},
	} {
		if errors.Is(err, c.is) {
			return c.cause
		}
	}
	if c, ok := tlsCause(err); ok {
		return c
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		switch {
		case dns.IsNotFound:
			return NoSuchName
		case dns.IsTimeout:
			return TimedOut
		}
		return NameServer
	}
	if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		return TimedOut
	}
	return OtherCause
}

// tlsCause is the part of causeOf that only TLS knows; false where the error is none of TLS.
func tlsCause(err error) (ErrorKind, bool) {
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
		return CertExpired, true
	case errors.As(err, &name):
		return CertName, true
	case errors.As(err, &authority):
		return CertAuthority, true
	case errors.As(err, &invalid), errors.As(err, &verify):
		return CertInvalid, true
	case errors.As(err, &record):
		return NotTLS, true
	case errors.As(err, &alert):
		return TLSAlert, true
	}
	return "", false
}

// stageOf corrects the stage that was traced by what the error knows better: where a kept connection was dead and a new
// one was tried, the trace stays at Waiting while the error tells of the new one.
func stageOf(traced Phase, err error) Phase {
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return Resolving
	}
	if _, ok := tlsCause(err); ok && traced < Receiving {
		return Handshaking
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return Connecting
	}
	return traced
}
