//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package onboard

import "context"

// lockDirectory locks nothing: these systems have no locks on directories. Of printers that are added at the same moment, one can
// be lost.
func lockDirectory(context.Context, string) (unlock func(), err error) { return func() {}, nil }
