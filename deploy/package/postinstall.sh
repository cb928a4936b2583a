#!/bin/sh
# Creates the user, which owns the configuration. dpkg passes "configure" and the earlier version, rpm the number of versions.
set -e
user=octoeverywhere_exporter
config=/etc/octoeverywhere_exporter

case "$1" in
configure | [1-9]*) ;;
*) exit 0 ;;
esac

getent passwd "$user" >/dev/null ||
  useradd --system --user-group --home-dir /var/lib/octoeverywhere_exporter --no-create-home --shell /usr/sbin/nologin "$user"
chown "$user:$user" "$config"
chgrp "$user" "$config/config.yaml"

# Not enabled and not started: no printers are configured yet.
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart octoeverywhere_exporter.service
fi
