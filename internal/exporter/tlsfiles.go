package exporter

import (
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"

	toolkit "github.com/prometheus/exporter-toolkit/web"
)

// prepare lets the toolkit put its authentication in front of the server's handler, and its TLS configuration into the server,
// without serving. serve then serves on l, with TLS where the web configuration has it.
func prepare(srv *http.Server, l net.Listener, file string, log *slog.Logger) (serve func() error, err error) {
	systemd := false
	flags := &toolkit.FlagConfig{WebConfigFile: &file, WebSystemdSocket: &systemd}
	if err := toolkit.Serve(preparing{l}, srv, flags, toolkitLogger(log)); !errors.Is(err, errPrepared) {
		return nil, err
	}
	if file != "" {
		srv.Handler = withReadableConfig(file, srv.Handler)
	}
	if srv.TLSConfig == nil || srv.TLSConfig.GetConfigForClient == nil { // net/http may have set an empty one
		return func() error { return srv.Serve(l) }, nil
	}
	read := srv.TLSConfig.GetConfigForClient
	srv.TLSConfig.GetConfigForClient, err = keepValid(func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if err := checkWebPEM(file); err != nil {
			return nil, err
		}
		return read(hello)
	})
	return func() error { return srv.ServeTLS(l, "", "") }, err
}

// withReadableConfig rejects requests while the web configuration must not be read, as the toolkit does while it is not valid.
func withReadableConfig(file string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if webFileProblem(file) != "" { // watchSources logs it
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// errPrepared is what preparing returns instead of a connection.
var errPrepared = errors.New("the server is prepared")

// preparing is a listener that has an address and nothing else.
type preparing struct{ net.Listener }

func (preparing) Accept() (net.Conn, error) { return nil, errPrepared }

func (preparing) Close() error { return nil }

// keepValid returns a function that reads the TLS configuration at each handshake, as read does. Where that fails, the last valid one
// stays in effect, with its certificate: files are replaced one after the other, and can be wrong.
func keepValid(read func(*tls.ClientHelloInfo) (*tls.Config, error)) (func(*tls.ClientHelloInfo) (*tls.Config, error), error) {
	var last atomic.Pointer[tls.Config]
	update := func(hello *tls.ClientHelloInfo) error {
		c, err := read(hello)
		if err != nil {
			return err
		}
		certificate, err := c.GetCertificate(hello) // reads the files
		if err != nil {
			return err
		}
		c.Certificates, c.GetCertificate = []tls.Certificate{*certificate}, nil
		last.Store(c)
		return nil
	}
	return func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		_ = update(hello) // watchSources logs it
		return last.Load(), nil
	}, update(nil)
}

// checkWebConfig logs and records whether the web configuration is valid. Only a change is logged.
func (e *Exporter) checkWebConfig() {
	text := ""
	if err := checkWebConfig(e.options.WebConfigFile); err != nil {
		text = err.Error()
	}
	e.recorder.WebConfigRead(text == "")
	switch {
	case text == e.webConfigError:
	case text != "":
		e.log.Error("web configuration invalid, keeping the last valid certificate and settings", "error", text)
	default:
		e.log.Info("web configuration valid again")
	}
	e.webConfigError = text
}
