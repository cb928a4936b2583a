package probe

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Identity recognizes a printer's entry after a reload or a restart. It can be written to disk: addresses and credentials are
// in it as keyed hashes only.
type Identity struct {
	Name    string `json:"name"`
	ID      Digest `json:"id,omitzero"` // of the configured ID, which keeps the printer's memory when its address changes; zero: none
	Address Digest `json:"address"`     // of the printer's address
	Entry   Digest `json:"entry"`       // of everything that decides how the printer is probed
}

// Digest is a truncated HMAC-SHA-256. Its text form is hexadecimal.
type Digest [16]byte

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, d[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("a digest has %d hexadecimal digits, not %d", hex.EncodedLen(len(d)), len(text))
	}
	_, err := hex.Decode(d[:], text)
	return err
}

// Identity returns the identity of the target's entry. Identities with different keys cannot be compared.
func (t Target) Identity(key []byte) Identity {
	e := t.entry()
	identity := Identity{
		Name:    t.Name,
		Address: digest(key, "address", e.Address.Reveal()),
		Entry: digest(key, "entry", e.Address.Reveal(), e.Service.Reveal(), e.Authorization.Reveal(), e.AppToken.Reveal(),
			e.Settings.Key, e.Interval.String(), e.Timeout.String(), strconv.FormatBool(e.Disabled)),
	}
	if t.ID != "" {
		identity.ID = digest(key, "id", t.ID)
	}
	return identity
}

// digest returns the keyed hash of texts. Each is preceded by its length, so that no two lists of texts are hashed alike.
func digest(key []byte, texts ...string) (d Digest) {
	h := hmac.New(sha256.New, key)
	var length [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		h.Write(length[:])
		h.Write([]byte(text))
	}
	copy(d[:], h.Sum(nil))
	return d
}
