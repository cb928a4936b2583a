package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// clockTick is the unit of times in /proc: USER_HZ is 100 on every system that Go supports (time(7)).
const clockTick = 10 * time.Millisecond

// cpuTimes is the CPU time that a process has used.
type cpuTimes struct{ user, system time.Duration }

func (t cpuTimes) sum() time.Duration { return t.user + t.system }
func (t cpuTimes) sub(before cpuTimes) cpuTimes {
	return cpuTimes{t.user - before.user, t.system - before.system}
}

// readCPUTimes returns the CPU time of a process, in units of 10 ms.
func readCPUTimes(pid int) (cpuTimes, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cpuTimes{}, err
	}
	return parseStat(string(text))
}

// parseStat parses /proc/PID/stat (proc_pid_stat(5)): utime and stime are fields 14 and 15.
func parseStat(text string) (t cpuTimes, err error) {
	name := strings.LastIndexByte(text, ')') // the name in parentheses may contain anything
	fields := strings.Fields(text[name+1:])
	if name < 0 || len(fields) < 13 {
		return cpuTimes{}, fmt.Errorf("/proc/PID/stat: unexpected format: %q", text)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return cpuTimes{}, fmt.Errorf("utime in /proc/PID/stat: %w", err)
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	if err != nil {
		return cpuTimes{}, fmt.Errorf("stime in /proc/PID/stat: %w", err)
	}
	return cpuTimes{time.Duration(user) * clockTick, time.Duration(system) * clockTick}, nil
}

// readResident returns the resident memory of a process, in bytes.
func readResident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseResident(string(text))
}

// parseResident parses VmRSS in /proc/PID/status (proc_pid_status(5)).
func parseResident(text string) (int64, error) {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kilobytes, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("VmRSS in /proc/PID/status: %w", err)
			}
			return kilobytes << 10, nil
		}
	}
	return 0, fmt.Errorf("no VmRSS in /proc/PID/status: %q", text)
}

// countDescriptors returns the number of open file descriptors of a process.
func countDescriptors(pid int) (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries), err
}

// readBusyTime returns the CPU time used by all processes, on all CPUs.
func readBusyTime() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusyTime(string(text))
}

// parseBusyTime parses the first line of /proc/stat (proc_stat(5)): everything except idle and iowait. Guest time is
// included in user time.
func parseBusyTime(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 8 || fields[0] != "cpu" {
		return 0, fmt.Errorf("/proc/stat: unexpected format: %q", line)
	}
	var sum time.Duration
	for _, i := range [...]int{1, 2, 3, 6, 7} { // user, nice, system, irq, softirq
		ticks, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/stat: %w", err)
		}
		sum += time.Duration(ticks) * clockTick
	}
	return sum, nil
}
