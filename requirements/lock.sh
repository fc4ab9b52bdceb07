#!/bin/sh
# Write the lock files again: names, versions and hashes, no addresses.  Needs `uv`.
# Old pins stay unless --upgrade is given.
set -eu
cd "$(dirname "$0")/.."
local_packages="common simulator cli ingest executor sheets analytics"
flags="--universal --generate-hashes --no-header --no-annotate --python-version 3.11"
for package in $local_packages; do flags="$flags --no-emit-package novalgo-$package"; done
uv pip compile $flags "$@" pyproject.toml --group dev -o requirements/all.txt
for service in ingest executor sheets analytics; do
    uv pip compile $flags "$@" -c requirements/all.txt "services/$service/pyproject.toml" -o "requirements/$service.txt"
done
uv pip compile $flags "$@" -c requirements/all.txt libs/simulator/pyproject.toml -o requirements/simulator.txt
uv pip compile $flags "$@" -c requirements/all.txt --group manifests -o requirements/manifests.txt
