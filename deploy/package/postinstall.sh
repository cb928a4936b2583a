#!/bin/sh
# Not enabled and not started: no printers are configured yet.
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart octoeverywhere_exporter.service
fi
