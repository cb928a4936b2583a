package simulator

import (
	"net"
	"net/http"
	"strings"
)

// question is what a request asks for.
type requestKind uint8

const (
	statusRequest requestKind = iota + 1
	pingRequest
	infoRequest
	forbiddenRequest // any other command, or any other path, which the real plugin would relay to the printer's own web server
)

const (
	commandPath = "/octoeverywhere-command-api/"
	infoPath    = "/api/appconnection/info"
	adminPath   = "/-/sim"
)

// destination is where a request goes.
type destination struct {
	isService bool        // the service's own address; otherwise a printer's
	printer   *printer    // nil: nobody lives there
	kind      requestKind // 0: the service's address, but no API
	command   string      // as the plugin sees it
}

// destination finds out where a request goes: by the first label of its host, by the path prefix /p/<id>, or, for the
// App APIs, by its token.
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

// idOf takes a printer's id from the host; false when the host is not below the relay's domain.
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

// asked reads the plugin's command from a path as the plugin does: in lower case, by prefix, whatever the method.
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
