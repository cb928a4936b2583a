package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc: USER_HZ is 100 on every system that Go runs on (time(7)).
const clockTick = 10 * time.Millisecond

// times is the CPU time that a process has used so far.
type cpuTimes struct{ user, system time.Duration }

func (t cpuTimes) sum() time.Duration { return t.user + t.system }
func (t cpuTimes) sub(before cpuTimes) cpuTimes {
	return cpuTimes{t.user - before.user, t.system - before.system}
}

// timesOf reads the CPU time of a process, to 10 ms.
func readCPUTimes(pid int) (cpuTimes, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cpuTimes{}, err
	}
	return parseStat(string(text))
}

// parseStat reads /proc/PID/stat (proc_pid_stat(5)): utime and stime are fields 14 and 15.
func parseStat(text string) (t cpuTimes, err error) {
	name := strings.LastIndexByte(text, ')') // the name in parentheses may hold anything
	fields := strings.Fields(text[name+1:])
	if name < 0 || len(fields) < 13 {
		return cpuTimes{}, fmt.Errorf("/proc/PID/stat has another form: %q", text)
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

// residentOf reads the resident memory of a process, in bytes.
func readResident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	return parseResident(string(text))
}

// parseResident reads VmRSS of /proc/PID/status (proc_pid_status(5)).
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

// descriptorsOf counts the open file descriptors of a process.
func countDescriptors(pid int) (int, error) {
	entries, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(entries), err
}

// busy reads the CPU time that the whole machine has used, on all processors.
func readBusyTime() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusyTime(string(text))
}

// parseBusy reads the first line of /proc/stat (proc_stat(5)): all but idle and iowait, and but the time of guests, which
// is counted in the others.
func parseBusyTime(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 8 || fields[0] != "cpu" {
		return 0, fmt.Errorf("/proc/stat begins otherwise: %q", line)
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
