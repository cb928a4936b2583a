package simulator

import (
	"net"
	"net/http"
	"strings"
)

// requestKind is the API that is requested.
type requestKind uint8

const (
	statusRequest requestKind = iota + 1
	pingRequest
	infoRequest
	forbiddenRequest // any other command or path; the real plugin would relay the path to the printer's own web server
)

const (
	commandPath = "/octoeverywhere-command-api/"
	infoPath    = "/api/appconnection/info"
	adminPath   = "/-/sim"
)

// destination is the receiver of a request.
type destination struct {
	isService bool        // the service's own address, not a printer's
	printer   *printer    // nil: unknown
	kind      requestKind // 0: the service's address, but no API
	command   string      // as the plugin sees it
}

// destination finds the receiver of a request: by the first label of the host, by the path prefix /p/<id>, or, for the
// App APIs, by the token.
func (r *Relay) destination(req *http.Request) destination {
	path := req.URL.Path
	id, addressed := r.printerID(req)
	if rest, ok := strings.CutPrefix(path, "/p/"); ok && !addressed {
		addressed = true
		id, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	switch {
	case addressed:
		q, command := parseCommand(path)
		return destination{printer: r.byID[id], kind: q, command: command}
	case path == infoPath:
		return destination{isService: true, kind: infoRequest, printer: r.byToken[req.Header.Get("AppToken")]}
	}
	return destination{isService: true}
}

// printerID returns the printer's ID in the host, and false if the host is not below the relay's domain.
func (r *Relay) printerID(req *http.Request) (string, bool) {
	host := req.Host
	if host == "" {
		host = req.URL.Host
	}
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.CutSuffix(strings.ToLower(host), "."+r.domain)
}

// parseCommand parses the command as the plugin does: in lower case, by prefix, ignoring the method.
func parseCommand(path string) (requestKind, string) {
	command, ok := strings.CutPrefix(strings.ToLower(path), commandPath)
	switch {
	case !ok:
		return forbiddenRequest, path
	case strings.HasPrefix(command, "ping"):
		return pingRequest, command
	case strings.HasPrefix(command, "status"):
		return statusRequest, command
	}
	return forbiddenRequest, command
}
