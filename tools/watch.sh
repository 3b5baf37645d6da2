#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# watch.sh WHAT COMMAND [ARG]… runs a long build and shows that it moves: every
# few seconds a line with the elapsed time and the number of packages compiled
# so far (COMMAND is a `go build -v`, which names each package it finishes). On
# a terminal the line is rewritten in place. The command's own output is shown
# only when it fails.
set -u
what=$1
shift
log=$(mktemp "${TMPDIR:-/tmp}/watch.XXXXXX") || exit 3
start=$(date +%s)
echo "building $what" >&2
"$@" >"$log" 2>&1 &
pid=$!
trap 'kill "$pid" 2>/dev/null; rm -f "$log"; exit 130' INT TERM

tick=15
end='\n'
if [ -t 2 ]; then
	tick=1
	end='\r'
fi
n=0
while kill -0 "$pid" 2>/dev/null; do
	sleep 1
	n=$((n + 1))
	if [ $((n % tick)) -eq 0 ]; then
		downloads=$(grep -c '^go: downloading' "$log")
		packages=$(grep -vc '^go: ' "$log")
		printf "  %4d s  %d modules fetched, %d packages compiled   $end" \
			$(($(date +%s) - start)) "$downloads" "$packages" >&2
	fi
done
wait "$pid"
status=$?
if [ "$status" -ne 0 ]; then
	printf '\n' >&2
	tail -n 40 "$log" >&2
	echo "building $what failed after $(($(date +%s) - start)) s" >&2
else
	printf 'built %s in %d s                                    \n' "$what" $(($(date +%s) - start)) >&2
fi
rm -f "$log"
exit "$status"
