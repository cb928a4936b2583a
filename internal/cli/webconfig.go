package cli

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"regexp"
	"strings"

	toolkit "github.com/prometheus/exporter-toolkit/web"
)

// webConfigProblems say in our own words what the toolkit, and the YAML reader below it, find wrong with a web
// configuration: their texts repeat what stands in the file, and that can be a password or a key in the wrong place.
var webConfigProblems = []struct {
	theirs *regexp.Regexp // what it puts into parentheses is shown
	ours   string
}{
	{regexp.MustCompile(`(line \d+): field .* not found in type`), "holds a key that is not known"},
	{regexp.MustCompile(`(line \d+): cannot unmarshal`), "holds something of the wrong kind"},
	{regexp.MustCompile(`(line \d+): key .* already`), "holds a key for the second time"},
	{regexp.MustCompile(`(missing one of (?:cert or cert_file|key or key_file))$`), "is not complete"},
	{regexp.MustCompile(`failed to read (cert_file|key_file)`), "names a file that cannot be read"},
	{regexp.MustCompile(`failed to load X509KeyPair`), "names a certificate and a key that are no pair; both must be PEM"},
	{regexp.MustCompile(`bcrypt`), "holds a password under basic_auth_users that is not a bcrypt hash"},
	{regexp.MustCompile(`HTTP header|invalid value for`), "holds a header that cannot be set, or not to that value"},
	{regexp.MustCompile(`^(?:invalid )?(ClientAuth|client CA's have been configured without a Client Auth Policy)`), "does not fit together"},
	{regexp.MustCompile(`unknown (cipher|curve|TLS version)`), "names something that is not known"},
	{regexp.MustCompile(`^yaml: (line \d+)`), "is not valid YAML"},
	{regexp.MustCompile(`(no such file or directory|permission denied|is a directory)$`), "cannot be read, or a file that it names"},
}

// explainWebConfig puts a text of the toolkit into our words.
func explainWebConfig(text string) string {
	for _, p := range webConfigProblems {
		m := p.theirs.FindStringSubmatch(text)
		switch {
		case m == nil:
		case len(m) == 1:
			return p.ours
		default:
			return fmt.Sprintf("%s (%s)", p.ours, m[1])
		}
	}
	return "is not good"
}

// checkWebConfig reads the web configuration as the toolkit will.
func checkWebConfig(file string) error {
	err := toolkit.Validate(file)
	if err == nil {
		return nil
	}
	return fmt.Errorf("web.config.file %s: %s; docs/security.md shows a good one", file, explainWebConfig(err.Error()))
}

// toolkitLog is a log for the toolkit, which reads its file at each request and says what is wrong with it.
func toolkitLog(log *slog.Logger) *slog.Logger { return slog.New(explaining{log.Handler()}) }

// explaining is a log without the toolkit's errors.
type explaining struct{ slog.Handler }

func (h explaining) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" {
			a = slog.String("error", "the web configuration "+explainWebConfig(a.Value.String()))
		}
		clean.AddAttrs(a)
		return true
	})
	return h.Handler.Handle(ctx, clean)
}

// serverLog is where net/http writes what goes wrong with clients.
func serverLog(to *slog.Logger) *log.Logger { return log.New(serverLines{to}, "", 0) }

type serverLines struct{ log *slog.Logger }

// ofTLS is how errors begin that are about what a client did, and not about our files.
var ofTLS = regexp.MustCompile(`^(tls: |remote error: |local error: |EOF$|read tcp |write tcp |client sent |context )`)

// Write writes a line of net/http to the log. That of a panic has a stack, which is kept, and the panic's value, which is
// not: it can be anything.
func (l serverLines) Write(text []byte) (int, error) {
	line := strings.TrimSpace(string(text))
	if strings.HasPrefix(line, "http: panic serving ") {
		_, stack, _ := strings.Cut(line, "\ngoroutine ")
		l.log.Error("a request ended in a panic", "stack", "goroutine "+stack)
		return len(text), nil
	}
	if from, isTLS := strings.CutPrefix(line, "http: TLS handshake error from "); isTLS {
		client, problem, _ := strings.Cut(from, ": ")
		if !ofTLS.MatchString(problem) {
			problem = "the web configuration " + explainWebConfig(problem)
		}
		l.log.Debug("TLS handshake failed", "client", client, "error", problem)
		return len(text), nil
	}
	l.log.Debug(line)
	return len(text), nil
}
