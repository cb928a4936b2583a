// Package api builds the JSON objects of a printer, which the HTTP API and the command probe write. Package web documents
// the keys. Nothing secret is in them.
package api
