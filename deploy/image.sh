#!/usr/bin/env bash
# Builds the container image for linux/amd64 and linux/arm64 from dist/image, which `go run ./deploy/release VERSION` creates.
# Uses buildah or podman (set BUILDER to choose); both produce the same digests. Creates the images NAME:VERSION-amd64 and
# NAME:VERSION-arm64, and the manifest list NAME:VERSION.
#
# usage: deploy/image.sh [NAME]
set -euo pipefail
name=${1:-octoeverywhere_exporter}
cd "$(dirname "$0")/../dist/image" || { echo "dist/image does not exist: run go run ./deploy/release VERSION first" >&2; exit 1; }

build=${BUILDER:-$(command -v buildah || command -v podman)} || { echo "neither buildah nor podman is installed" >&2; exit 1; }
value() { sed -n "s/^ARG $1=//p" Dockerfile; }
version=$(value VERSION)

"$build" manifest rm "$name:$version" >/dev/null 2>&1 || true
"$build" manifest create "$name:$version" >/dev/null
for arch in amd64 arm64; do
  id=$("$build" build --quiet --layers=false --platform "linux/$arch" --timestamp "$(date -d "$(value CREATED)" +%s)" --tag "$name:$version-$arch" .)
  # The ID instead of the name: Podman would look the name up in a registry.
  "$build" manifest add "$name:$version" "containers-storage:$id" >/dev/null
  echo "$name:$version-$arch $("${build}" images --no-trunc --format '{{.Digest}}' "$name:$version-$arch")"
done
