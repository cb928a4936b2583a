package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// commandWithHosts returns a command that executes a program with the hosts file as /etc/hosts. A user namespace gives an
// unprivileged process the permission to mount.
func commandWithHosts(ctx context.Context, hosts, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/proc/self/exe", append([]string{withHosts, hosts, program}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return cmd
}

// execWithHosts runs in the child process. It mounts args[0] at /etc/hosts and executes the rest of args.
func execWithHosts(args []string) error {
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := syscall.Mount(args[0], "/etc/hosts", "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("mount %s at /etc/hosts: %w", args[0], err)
	}
	return syscall.Exec(args[1], args[1:], os.Environ())
}
