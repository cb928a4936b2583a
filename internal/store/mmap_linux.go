package store

import "syscall"

// mmapFlags make the kernel read the file when it is mapped. A page that is read later, on first access, would stop everything
// that runs on the same CPU of the Go scheduler, and with it all probes, until the disk has answered.
const mmapFlags = syscall.MAP_POPULATE
