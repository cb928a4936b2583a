package testkit

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"octoeverywhere_exporter/test/testkit/loopback"
)

// WriteFile writes a file below dir, with the folders that it needs, and returns its path.
func WriteFile(t testing.TB, dir, name, format string, args ...any) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, fmt.Appendf(nil, format, args...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Tool returns the path of a program that a test needs. If it is not installed, the test is skipped, and fails in CI.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed, and this is CI", name)
		}
		t.Skipf("%s is not installed: the first step of .ci/run names its Debian package, make tools builds what Debian does not have", name)
	}
	return path
}

// FreeAddress returns a loopback address on which nothing listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	address, err := loopback.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// Long reports whether tests that take minutes are to be run in full: LONG_TESTS=1 go test -run NAME -v ./test/e2e
func Long() bool { return os.Getenv("LONG_TESTS") != "" }

// HeapInUse returns the bytes in use on the heap after garbage collection.
func HeapInUse() int64 {
	runtime.GC()
	runtime.GC() // pools survive the first one
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
