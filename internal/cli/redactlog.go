package cli

import (
	"context"
	"log/slog"
)

// redactingHandler redacts secrets of the command line from log records: a path that is logged can be an address in the wrong
// place.
type redactingHandler struct {
	slog.Handler
	redactor redactor
}

// withRedaction returns log without the secrets of a command line. Nearly always there are none.
func withRedaction(log *slog.Logger, r redactor) *slog.Logger {
	if len(r.secrets) == 0 {
		return log
	}
	return slog.New(redactingHandler{log.Handler(), r})
}

// Handle redacts attributes; messages are constant.
func (h redactingHandler) Handle(ctx context.Context, r slog.Record) error {
	redacted := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		redacted.AddAttrs(h.attr(a))
		return true
	})
	return h.Handler.Handle(ctx, redacted)
}

// WithAttrs implements slog.Handler.
func (h redactingHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	redacted := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		redacted[i] = h.attr(a)
	}
	return redactingHandler{h.Handler.WithAttrs(redacted), h.redactor}
}

// WithGroup implements slog.Handler.
func (h redactingHandler) WithGroup(name string) slog.Handler {
	return redactingHandler{h.Handler.WithGroup(name), h.redactor}
}

// attr redacts a text or an error; numbers and groups hold nothing of the command line.
func (h redactingHandler) attr(a slog.Attr) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, h.redactor.text(v.String()))
	case slog.KindAny:
		if err, ok := v.Any().(error); ok {
			return slog.String(a.Key, h.redactor.text(err.Error()))
		}
	}
	return a
}
