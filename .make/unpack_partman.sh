#!/usr/bin/env bash
# unpack_partman.sh FOLDER: the SQL of Debian's pg_partman into FOLDER/extension, for the tests of
# months that another tool makes. No program of it is needed: the extension is SQL, and its
# background worker is not used.
set -euo pipefail
into=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod a+rwx "$work"
cd "$work"

# The server's version is in the name; the SQL is the same for all that it supports.
newest() { apt-cache search --names-only '^postgresql-[0-9]+-partman$' | cut -d' ' -f1 | sort -V | tail -n 1; }
package=$(newest)
if [ -z "$package" ] || ! apt-get download -q "$package"; then
  update=(apt-get update -q)
  [ "$(id -u)" = 0 ] || update=(sudo "${update[@]}")
  "${update[@]}"
  package=$(newest)
  [ -n "$package" ] || { echo "no package postgresql-NN-partman here" >&2; exit 1; }
  apt-get download -q "$package"
fi
dpkg-deb -x ./*.deb unpacked
from=$(dirname "$(find unpacked -name pg_partman.control)")
version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" "$from/pg_partman.control")
mkdir -p "$into/extension"
cp "$from/pg_partman.control" "$from/pg_partman--$version.sql" "$into/extension/"
printf '%s\n' "$version" >"$into/version"
