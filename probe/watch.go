package probe

import "context"

type (
	watchKey struct{} // where Watch keeps its function
	stageKey struct{} // and where an exchange finds what to tell its stages
)

// Watch gives a context in which questions tell how far they come: watch is called whenever another stage of a question is
// under way. It must be quick, and may be called by several goroutines.
func Watch(ctx context.Context, watch func(Question, Stage)) context.Context {
	return context.WithValue(ctx, watchKey{}, watch)
}

// watched is ctx for the exchange of q.
func watched(ctx context.Context, q Question) context.Context {
	watch, ok := ctx.Value(watchKey{}).(func(Question, Stage))
	if !ok {
		return ctx
	}
	return context.WithValue(ctx, stageKey{}, func(s Stage) { watch(q, s) })
}

// stageWatcher is what an exchange tells its stages, nil where nobody watches.
func stageWatcher(ctx context.Context) func(Stage) {
	tell, _ := ctx.Value(stageKey{}).(func(Stage))
	return tell
}
