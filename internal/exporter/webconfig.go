package exporter

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"regexp"
	"strings"

	toolkit "github.com/prometheus/exporter-toolkit/web"
)

// webConfigErrors rewrites the errors of the toolkit, and of the YAML reader below it: their texts quote the file, where a
// password or a key may be the value of the wrong key.
var webConfigErrors = []struct {
	pattern *regexp.Regexp // its group, if any, is shown
	text    string
}{
	{regexp.MustCompile(`(line \d+): field .* not found in type`), "contains an unknown key"},
	{regexp.MustCompile(`(line \d+): cannot unmarshal`), "contains a value of the wrong type"},
	{regexp.MustCompile(`(line \d+): key .* already`), "contains a key twice"},
	{regexp.MustCompile(`(missing one of (?:cert or cert_file|key or key_file))$`), "is incomplete"},
	{regexp.MustCompile(`failed to read (cert_file|key_file)`), "names a file that cannot be read"},
	{regexp.MustCompile(`failed to load X509KeyPair`), "names a certificate and a key that do not match; both must be PEM"},
	{regexp.MustCompile(`bcrypt`), "contains a password under basic_auth_users that is not a bcrypt hash"},
	{regexp.MustCompile(`HTTP header|invalid value for`), "contains a header that cannot be set, or not to that value"},
	{regexp.MustCompile(`^(?:invalid )?(ClientAuth|client CA's have been configured without a Client Auth Policy)`), "contradicts itself"},
	{regexp.MustCompile(`unknown (cipher|curve|TLS version)`), "contains an unknown name"},
	{regexp.MustCompile(`^yaml: (line \d+)`), "is not valid YAML"},
	{regexp.MustCompile(`^yaml: `), "is not valid YAML"},
	{regexp.MustCompile(`(no such file or directory|permission denied|is a directory)$`), "cannot be read, or a file that it names"},
}

// explainWebConfig rewrites an error of the toolkit without what it quotes.
func explainWebConfig(text string) string {
	for _, e := range webConfigErrors {
		m := e.pattern.FindStringSubmatch(text)
		switch {
		case m == nil:
		case len(m) == 1:
			return e.text
		default:
			return fmt.Sprintf("%s (%s)", e.text, m[1])
		}
	}
	return "is not valid"
}

// checkWebConfig reads the web configuration as the toolkit will, and its certificates more strictly.
func checkWebConfig(file string) error {
	if err := checkWebPEM(file); err != nil {
		return fmt.Errorf("web.config.file %s: %w", file, err)
	}
	if err := toolkit.Validate(file); err != nil {
		return fmt.Errorf("web.config.file %s: %s; docs/security.md shows a valid one", file, explainWebConfig(err.Error()))
	}
	return nil
}

// toolkitLogger returns a logger for the toolkit, which reads its file at each request and logs its errors. A request fails while the
// file itself is not valid: nobody knows whom it was to let in.
func toolkitLogger(log *slog.Logger) *slog.Logger { return slog.New(rewritingHandler{log.Handler()}) }

// rewritingHandler rewrites errors about the web configuration.
type rewritingHandler struct{ slog.Handler }

// Handle rewrites the attribute err.
func (h rewritingHandler) Handle(ctx context.Context, r slog.Record) error {
	rewritten := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" {
			a = slog.String("error", "the web configuration "+explainWebConfig(a.Value.String()))
		}
		rewritten.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, rewritten)
}

// serverLogger returns what net/http logs errors of connections to.
func serverLogger(to *slog.Logger) *log.Logger { return log.New(serverLogWriter{to}, "", 0) }

type serverLogWriter struct{ log *slog.Logger }

// handshakeError matches errors of crypto/tls and of the network. Others are of the toolkit, about the name in a client's certificate;
// they quote the web configuration.
var handshakeError = regexp.MustCompile(`^(tls: |remote error: |local error: |EOF$|read tcp |write tcp |client sent |context )`)

// Write logs one line of net/http. Of a panic it keeps the stack but not the value, which can be anything.
func (w serverLogWriter) Write(text []byte) (int, error) {
	line := strings.TrimSpace(string(text))
	if strings.HasPrefix(line, "http: panic serving ") {
		_, stack, _ := strings.Cut(line, "\ngoroutine ")
		w.log.Error(requestPanicMessage, "stack", "goroutine "+stack)
		return len(text), nil
	}
	if from, isTLS := strings.CutPrefix(line, "http: TLS handshake error from "); isTLS {
		client, problem, _ := strings.Cut(from, ": ")
		if !handshakeError.MatchString(problem) {
			problem = "the client's certificate has none of client_allowed_sans"
		}
		w.log.Debug("TLS handshake failed", "client", client, "error", problem)
		return len(text), nil
	}
	w.log.Debug(line)
	return len(text), nil
}
