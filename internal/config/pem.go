package config

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
)

const pemCertificate = "CERTIFICATE"

// caProblem returns why a text is not a list of certificates as PEM, "" if it is. Text between the blocks is allowed.
func caProblem(text string) string {
	if problem := pemProblem(text); problem != "" {
		return problem
	}
	blocks := pemBlocks(text)
	if len(blocks) == 0 {
		return "contains no valid certificate; it must be PEM (-----BEGIN CERTIFICATE-----)"
	}
	for i, b := range blocks {
		if b.Type != pemCertificate {
			return fmt.Sprintf("contains something else than certificates (PEM block %d of %d); keep only the certificates", i+1, len(blocks))
		}
	}
	return ""
}

// pemProblem returns which block of a PEM text is damaged, "" if none is. Readers of PEM skip such a block without an error.
func pemProblem(text string) string {
	blocks := pemBlocks(text)
	if begun := strings.Count(text, "-----BEGIN "); begun != len(blocks) {
		return fmt.Sprintf("has a PEM block that is cut off or damaged (%d of %d are readable); copy the whole file again", len(blocks), begun)
	}
	for i, b := range blocks {
		if b.Type != pemCertificate {
			continue
		}
		if _, err := x509.ParseCertificate(b.Bytes); err != nil {
			return fmt.Sprintf("contains a certificate that cannot be parsed (PEM block %d of %d); copy it again", i+1, len(blocks))
		}
	}
	return ""
}

// pemBlocks returns the well-formed blocks of a text.
func pemBlocks(text string) []*pem.Block {
	var blocks []*pem.Block
	for rest := []byte(text); ; {
		var b *pem.Block
		if b, rest = pem.Decode(rest); b == nil {
			return blocks
		}
		blocks = append(blocks, b)
	}
}
