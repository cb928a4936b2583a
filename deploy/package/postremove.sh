#!/bin/sh
# "apt purge" also removes the printers, their secrets, and what was remembered of them. The user stays, as owner of nothing.
set -e
if [ "$1" = purge ]; then
  rm -rf /etc/octoeverywhere_exporter /var/lib/octoeverywhere_exporter
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
