#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# vulncheck.sh GOVULNCHECK runs govulncheck over the module as far as its
# database can be had: a machine without a way to it is told so and goes on; a
# vulnerability that the code can reach is a failure.
set -u
db=${GOVULNDB:-https://vuln.go.dev}
out=$(timeout 600 "$1" -db "$db" ./... 2>&1)
status=$?
case $status in
0)
	echo "govulncheck: no known vulnerability is reachable"
	;;
3)
	printf '%s\n' "$out" >&2
	echo "govulncheck: a known vulnerability is reachable" >&2
	exit 1
	;;
124)
	echo "govulncheck: did not end within ten minutes" >&2
	exit 1
	;;
*)
	if printf '%s' "$out" | grep -qE 'fetching vulnerabilities|no such host|dial tcp|connection refused|HTTP GET|[Tt]imeout'; then
		echo "govulncheck: NOT RUN: the vulnerability database at $db could not be had" >&2
		printf '%s\n' "$out" | tail -n 2 | sed 's/^/  /' >&2
		exit 0
	fi
	printf '%s\n' "$out" >&2
	echo "govulncheck: ended with status $status" >&2
	exit 1
	;;
esac
