package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"octoeverywhere_exporter/test/testkit"
)

// overlay runs as root in a mount namespace. It lays an overlay over the machine's root folder, so that nothing outside changes, and
// starts the next script as the first process of a container with a control group of its own. $1 is a folder that both share.
const overlay = `set -eu
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
cd /mnt
mkdir upper work root cgroup
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
mount -t cgroup2 cgroup2 cgroup
group=cgroup/package-test-$$
mkdir $group
clean() { find $group -depth -type d -exec rmdir {} +; }
trap 'clean 2>/dev/null || { sleep 1; clean; }' EXIT # processes that were killed take a moment to end
sh -c "echo \$\$ >$group/cgroup.procs; exec timeout --signal=KILL 100 unshare --mount --pid --fork --cgroup --uts --ipc --net --kill-child sh \"$1/first\" \"$1\""
`

// first mounts what systemd expects, and becomes systemd, which runs /share/script and exits.
const first = `set -eu
cd /mnt/root
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mkdir share
mount --bind "$1" share
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
rm -rf etc/systemd/system/*.wants usr/lib/systemd/system/*.wants # nothing else of the machine starts
cat >etc/systemd/system/package-test.service <<'END'
[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
ExecStart=/bin/sh /share/script
ExecStopPost=/bin/systemctl exit 0
StandardOutput=file:/share/stdout
StandardError=file:/share/stderr
END
pivot_root . mnt
umount --lazy mnt
mount --make-rshared / # as container managers do: systemd mounts credentials in a namespace of its own
exec env -i container=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=package-test.service --log-target=null
`

// boot starts systemd in a container that has the files of this machine, and those of the argument in /share. It runs the script there
// and returns its output.
func boot(t *testing.T, share map[string]string, script string) string {
	t.Helper()
	unshare := testkit.Tool(t, "unshare")
	testkit.Tool(t, "systemctl")
	dir := t.TempDir()
	for name, path := range share {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range map[string]string{"overlay": overlay, "first": first, "script": script} {
		testkit.WriteFile(t, dir, name, "%s", text)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, unshare, "--mount", "--kill-child", "--fork", "sh", filepath.Join(dir, "overlay"), dir)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	stdout, started := os.ReadFile(filepath.Join(dir, "stdout"))
	if errors.Is(started, os.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("systemd does not start here: %v\n%s", err, out)
	}
	stderr, _ := os.ReadFile(filepath.Join(dir, "stderr"))
	if err != nil || started != nil || len(bytes.TrimSpace(stderr)) > 0 {
		t.Errorf("%v %v\n%s\n%s", err, started, out, stderr)
	}
	return string(stdout)
}
