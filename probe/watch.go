package probe

import "context"

// Watcher is told how a probe goes while it is made. Its functions must be quick, and may be called by several goroutines.
type Watcher struct {
	Phase func(Request, Phase) // another stage of a question is under way
	Known func(Status)         // what is known after a question, if another follows
}

type (
	watchKey struct{} // where Watch keeps the watcher
	stageKey struct{} // and where an exchange finds what to tell its stages
)

// Watch gives a context in which Target.Climb tells how it goes.
func Watch(ctx context.Context, w Watcher) context.Context {
	return context.WithValue(ctx, watchKey{}, w)
}

// watched is ctx for the exchange of q.
func watched(ctx context.Context, q Request) context.Context {
	w, ok := ctx.Value(watchKey{}).(Watcher)
	if !ok {
		return ctx
	}
	return context.WithValue(ctx, stageKey{}, func(s Phase) { w.Phase(q, s) })
}

// stageWatcher is what an exchange tells its stages, nil where nobody watches.
func stageWatcher(ctx context.Context) func(Phase) {
	tell, _ := ctx.Value(stageKey{}).(func(Phase))
	return tell
}

// tellKnown tells what is known after some steps of a probe, to which next belongs. A status that timed out is judged
// together with its ping.
func (s Status) tellKnown(ctx context.Context, steps []Result, next Request) {
	if w, ok := ctx.Value(watchKey{}).(Watcher); ok && next != PingRequest {
		w.Known(s.After(steps))
	}
}
