package store

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/klauspost/compress/flate"
)

// dictionary is what records have in common. It is a part of the format.
const dictionary = `"unanswered":1,"no_ping":4,"info_in_failure":true,"info_fault":{"from":"service","code":605,"reason":"supporter_lapsed"},"info_due":"` +
	`","info_ended":"","info_sent":"","connection_at":"","connection":{"IsOnline":1,"LastConnectionTimeUtc":,"LastDisconnectTimeUtc":},"gadget_warning":"` +
	`","gadget_pause":"","removed_at":"","id":"","label":"785","last":"00Z","account_fault":{"from":"http","code":403,"reason":"refused"},"disconnects":` +
	`{"name":"","address":"","entry":"","memory":{"last_probe":"2026-11-28T00:00:00.000000000Z","last_success":"2026-11-28T","took":100000000,` +
	`"fault":{"from":"plugin","code":785,"reason":"host_disconnected"},"since":"2026-11-28T","period_start":"2026-11-28T",` +
	`"endpoint_fault":{"from":"plugin","code":785,"reason":"host_disconnected"},"errors":[{"from":"exporter","code":601,"reason":"no_answer"}],` +
	`"evidence":[{"layer":1,"at":"2026-11-28T","interval":60000000000,"up":true},{"layer":2,"at":"2026-11-28T","interval":60000000000,"up":true},` +
	`{"layer":3,"at":"2026-11-28T","interval":60000000000,"up":true},{"layer":4,"at":"2026-11-28T","interval":60000000000,"up":true},` +
	`{"layer":5,"at":"2026-11-28T","interval":60000000000,"up":true},{"layer":6,"at":"2026-11-28T","interval":60000000000,"up":true}],` +
	`"read_state":"printing","read_at":"2026-11-28T","state_since":"2026-11-28T","last_state":"printing","print":{"Job":0,"File":0,` +
	`"Start":"0001-01-01T00:00:00Z","LastSeen":"0001-01-01T00:00:00Z","LastProgress":"0001-01-01T00:00:00Z","ExpectedEnd":"0001-01-01T00:00:00Z",` +
	`"LostSince":"0001-01-01T00:00:00Z","End":"0001-01-01T00:00:00Z","Outcome":0,"Progress":0,"Duration":0,"Layer":0,"Suspicion":0,` +
	`"SuspicionSince":"0001-01-01T00:00:00Z","WasLost":false,"Ended":[0,0,0,0,0,0]},"sent":"2026-11-28T","status_due":"2026-11-28T","backoff":60000000000}}`

// maxUnpacked is the largest record that is read, in bytes.
const maxUnpacked = 1 << 20

// packer compresses records: the file is mapped into memory, and a record of a kilobyte shrinks to a quarter.
type packer struct {
	text   bytes.Buffer
	writer *flate.Writer
}

func newPacker() *packer {
	w, _ := flate.NewWriterDict(nil, 5, []byte(dictionary)) // fails with other levels only
	return &packer{writer: w}
}

// pack returns a record as compressed JSON.
func (p *packer) pack(record storedPrinter) ([]byte, error) {
	text, err := json.Marshal(record)
	if err != nil {
		return nil, err
	}
	p.text.Reset()
	p.writer.Reset(&p.text)
	if _, err := p.writer.Write(text); err != nil {
		return nil, err
	}
	if err := p.writer.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(p.text.Bytes()), nil
}

// unpacker reads what a packer has written.
type unpacker struct {
	text   bytes.Buffer
	reader io.ReadCloser
}

func newUnpacker() *unpacker {
	return &unpacker{reader: flate.NewReaderDict(bytes.NewReader(nil), []byte(dictionary))}
}

func (u *unpacker) unpack(value []byte) (record storedPrinter, err error) {
	if err := u.reader.(flate.Resetter).Reset(bytes.NewReader(value), []byte(dictionary)); err != nil {
		return storedPrinter{}, err
	}
	u.text.Reset()
	if _, err := io.Copy(&u.text, io.LimitReader(u.reader, maxUnpacked)); err != nil {
		return storedPrinter{}, err
	}
	return record, json.Unmarshal(u.text.Bytes(), &record)
}
