#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# npm.sh NAME DIR installs the packages of tools/NAME from npm below DIR, in
# the versions and with the hashes of its package-lock.json, and touches
# DIR/installed. No script of a package runs. Without npm, or without its
# registry, it says that their tests go without; with PEERS=required that is a
# failure.
set -u

name=$1 dir=$2
here=$(dirname "$0")/$name
mkdir -p "$dir" && cp "$here/package.json" "$here/package-lock.json" "$dir" || exit 1
if command -v npm >/dev/null 2>&1; then
	log=$(mktemp)
	if npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
		rm -f "$log"
		touch "$dir/installed"
		exit 0
	fi
	tail -n 15 "$log" >&2
	rm -f "$log"
fi
echo "$name: NOT RUN without npm: the tests that use the packages of tools/$name" >&2
[ "${PEERS:-}" != required ] || exit 1
