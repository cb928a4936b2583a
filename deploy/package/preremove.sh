#!/bin/sh
# dpkg passes "remove", rpm the number of versions that stay.
set -e
case "$1" in
remove | 0)
  if [ -d /run/systemd/system ]; then
    systemctl disable --now octoeverywhere_exporter.socket octoeverywhere_exporter.service
  fi
  ;;
esac
