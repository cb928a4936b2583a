package config

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"regexp"
	"strings"
)

const pemCertificate = "CERTIFICATE"

// pemMarker matches the lines at both ends of a PEM block, also where a part of them is missing.
var pemMarker = regexp.MustCompile(`(?m)^.*-[ \t]*(BEGIN|END) .*$`)

// CAProblem returns why a text is not a list of certificates as PEM, "" if it is. Text between the blocks is allowed.
func CAProblem(text string) string {
	blocks, problem := pemBlocks(text)
	switch {
	case problem != "":
		return problem
	case len(blocks) == 0:
		return "contains no valid certificate; it must be PEM (-----BEGIN CERTIFICATE-----)"
	}
	for i, b := range blocks {
		if b.Type != pemCertificate {
			return fmt.Sprintf("contains something other than certificates (PEM block %d of %d, in line %d); keep only the certificates", i+1, len(blocks), b.line)
		}
	}
	return ""
}

// PEMProblem returns which block of a PEM text is damaged, "" if none is.
func PEMProblem(text string) string {
	_, problem := pemBlocks(text)
	return problem
}

// pemBlock is a block and the line in which it begins.
type pemBlock struct {
	*pem.Block
	line int
}

// pemBlocks returns the blocks of a text, or which one is damaged: readers of PEM skip such a block without an error.
func pemBlocks(text string) (blocks []pemBlock, problem string) {
	begin := -1 // of the block that has begun; -1: none
	lineOf := func(offset int) int { return 1 + strings.Count(text[:offset], "\n") }
	damaged := func(offset int) string {
		return fmt.Sprintf("has a PEM block that is cut off or damaged (block %d, in line %d); copy the whole file again", len(blocks)+1, lineOf(offset))
	}
	for _, m := range pemMarker.FindAllStringSubmatchIndex(text, -1) {
		isBegin := text[m[2]:m[3]] == "BEGIN"
		switch {
		case isBegin && begin < 0:
			begin = m[0]
			continue
		case begin < 0: // only the end of a block
			return nil, damaged(m[0])
		case isBegin:
			return nil, damaged(begin)
		}
		b, _ := pem.Decode([]byte(strings.TrimRight(text[begin:m[1]], "\r") + "\n"))
		if b == nil {
			return nil, damaged(begin)
		}
		blocks = append(blocks, pemBlock{b, lineOf(begin)})
		begin = -1
	}
	if begin >= 0 {
		return nil, damaged(begin)
	}
	for i, b := range blocks {
		if b.Type != pemCertificate {
			continue
		}
		if _, err := x509.ParseCertificate(b.Bytes); err != nil {
			return nil, fmt.Sprintf("contains a certificate that cannot be parsed (PEM block %d of %d, in line %d); copy it again", i+1, len(blocks), b.line)
		}
	}
	return blocks, ""
}
