package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// readKey reads a private key of openssl genpkey: PEM, PKCS #8, ECDSA on the curve P-256, the kind that cosign verifies.
func readKey(path string) (*ecdsa.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != "PRIVATE KEY" {
		return nil, fmt.Errorf("%s contains no PEM block PRIVATE KEY; create a key with openssl genpkey, without a password", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New(path + " contains no key in PKCS #8") // without the parser's words about the key
	}
	if k, ok := key.(*ecdsa.PrivateKey); ok && k.Curve == elliptic.P256() {
		return k, nil
	}
	return nil, fmt.Errorf("%s is not an ECDSA key on the curve P-256", path)
}

// sign returns a signature in the format of cosign sign-blob: base64 of an ECDSA signature of the SHA-256 hash, in ASN.1. It is the
// same at each call (RFC 6979).
func sign(key *ecdsa.PrivateKey, data []byte) ([]byte, error) {
	hash := sha256.Sum256(data)
	signature, err := key.Sign(nil, hash[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return []byte(base64.StdEncoding.EncodeToString(signature) + "\n"), nil
}
