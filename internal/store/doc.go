// Package store keeps state.db, the file that holds what survives a restart of the exporter: what is remembered of each
// printer, and its past. Nothing in it is an address or a credential. It never stops the exporter: without a usable file, what
// is known is kept in memory only.
//
// The file is a bbolt database (https://pkg.go.dev/go.etcd.io/bbolt) with these buckets:
//
//	meta      format: the number of the format; key: of the keyed hashes in identities
//	printers  number of the printer (8 bytes): probe.Identity and probe.Memory as JSON, compressed
//	past      days since 1970, number (8 bytes each): the lines of that day, see entry.line
//	hours     Unix time of the beginning (8 bytes): probe.Hour as JSON, of the fleet
package store
