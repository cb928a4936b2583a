#!/usr/bin/env bash
# Builds the container image for linux/amd64 and linux/arm64, with buildah or podman, from what `go run ./deploy/release VERSION`
# has left in dist/image. The same folder makes the same digests, by either of them; BUILDER names one. Makes
# NAME:VERSION-amd64, NAME:VERSION-arm64, and NAME:VERSION, which is a list of both.
#
# usage: deploy/image.sh [NAME]
set -euo pipefail
name=${1:-octoeverywhere_exporter}
cd "$(dirname "$0")/../dist/image" || { echo "there is no dist/image yet: go run ./deploy/release VERSION makes it" >&2; exit 1; }

build=${BUILDER:-$(command -v buildah || command -v podman)} || { echo "neither buildah nor podman is installed" >&2; exit 1; }
value() { sed -n "s/^ARG $1=//p" Dockerfile; }
version=$(value VERSION)

"$build" manifest rm "$name:$version" >/dev/null 2>&1 || true
"$build" manifest create "$name:$version" >/dev/null
for arch in amd64 arm64; do
  id=$("$build" build --quiet --layers=false --platform "linux/$arch" --timestamp "$(date -d "$(value CREATED)" +%s)" --tag "$name:$version-$arch" .)
  # Podman would look for a name in a registry.
  "$build" manifest add "$name:$version" "containers-storage:$id" >/dev/null
  echo "$name:$version-$arch $("${build}" images --no-trunc --format '{{.Digest}}' "$name:$version-$arch")"
done
