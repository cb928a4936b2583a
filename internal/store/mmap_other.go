//go:build !linux

package store

func mmapFlags(string) int { return 0 }
