#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# axe.sh DIR installs axe-core from npm below DIR, in the version and with the
# hash of tools/axe/package-lock.json. Without npm, or without its registry, it
# says which tests go without; with PEERS=required that is a failure.
set -u

dir=$1
here=$(dirname "$0")
mkdir -p "$dir" && cp "$here/axe/package.json" "$here/axe/package-lock.json" "$dir" || exit 1
if command -v npm >/dev/null 2>&1; then
	log=$(mktemp)
	if npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund >"$log" 2>&1; then
		rm -f "$log"
		touch "$dir/node_modules/axe-core/axe.min.js"
		exit 0
	fi
	tail -n 15 "$log" >&2
	rm -f "$log"
fi
echo "axe: NOT RUN without npm: accessibility of the web pages by axe-core" >&2
[ "${PEERS:-}" != required ] || exit 1
