// Package cases has malicious and broken servers. They respond slowly or endlessly, with decompression bombs and floods,
// with invalid TLS and HTTP, and with almost valid bodies. A [Case] is one such behavior, with the verdicts of the table
// of faults that are correct for it. A [Server] runs one case on a loopback socket.
//
// HTTP/1.1 (RFC 9112) and HTTP/2 (RFC 9113) are written byte by byte, because a well-kept server library refuses to send
// invalid messages.
package cases
