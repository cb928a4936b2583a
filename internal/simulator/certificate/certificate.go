// Package certificate issues in-memory certificates for servers on loopback.
package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// A certificate is valid from one hour ago, so that clocks may differ, for one day.
const (
	validBefore = time.Hour
	validAfter  = 24 * time.Hour
)

// Options are the names, addresses and validity of a certificate. The zero value has no name and is valid for one day.
type Options struct {
	DNSNames            []string
	IPs                 []net.IP
	NotBefore, NotAfter time.Time // defaults: an hour ago, and a day from now
}

// LoopbackIPs returns the IPv4 and IPv6 loopback addresses.
func LoopbackIPs() []net.IP { return []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback} }

// New creates a certificate authority and a server certificate that it signs. It returns the certificate with its key,
// and the authority's certificate as PEM.
func New(w Options) (tls.Certificate, []byte, error) {
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "simulator authority"},
		NotBefore: now.Add(-validBefore), NotAfter: now.Add(validAfter),
		KeyUsage: x509.KeyUsageCertSign, IsCA: true, BasicConstraintsValid: true,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "simulator"},
		NotBefore: w.NotBefore, NotAfter: w.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: w.DNSNames, IPAddresses: w.IPs,
	}
	if w.NotBefore.IsZero() {
		server.NotBefore = authority.NotBefore
	}
	if w.NotAfter.IsZero() {
		server.NotAfter = authority.NotAfter
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("make the authority's key: %w", err)
	}
	serverKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("make the server's key: %w", err)
	}
	authorityDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &authorityKey.PublicKey, authorityKey)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("make the authority's certificate: %w", err)
	}
	serverDER, err := x509.CreateCertificate(rand.Reader, server, authority, &serverKey.PublicKey, authorityKey)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("make the server's certificate: %w", err)
	}
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authorityDER})
	return tls.Certificate{Certificate: [][]byte{serverDER}, PrivateKey: serverKey}, ca, nil
}
