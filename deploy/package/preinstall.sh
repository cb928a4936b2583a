#!/bin/sh
# Creates the user, which owns the configuration, before the files are unpacked.
set -e
user=octoeverywhere_exporter
getent passwd "$user" >/dev/null ||
  useradd --system --user-group --home-dir /var/lib/octoeverywhere_exporter --no-create-home --shell /usr/sbin/nologin "$user"
