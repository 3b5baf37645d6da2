#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# peers.sh makes the programs available that the tests check this project
# against, from openssl to the DHCP servers. On Debian and
# Ubuntu as root it installs the missing packages (no daemon is started by
# that); elsewhere it says which suites are left out. With PEERS=required a
# program that is still missing afterwards is a failure, with PEERS=none nothing
# is installed or looked for.
set -u
[ "${PEERS:-}" != none ] || exit 0

# The list is data in a file of its own: a line of it must never be able to run.
list=$(dirname "$0")/peers.txt

has() {
	case $1 in
	/*) [ -e "$1" ] ;;
	*) PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1 ;;
	esac
}

missing() {
	grep -v '^#' "$list" | while IFS='|' read -r program packages what; do
		[ -n "$program" ] || continue
		has "$program" || printf '%s|%s|%s\n' "$program" "$packages" "$what"
	done
}

gone=$(missing)
if [ -n "$gone" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
	packages=$(echo "$gone" | cut -d'|' -f2 | tr ' ' '\n' | sort -u | tr '\n' ' ')
	echo "peers: installing $packages(Debian packages; their daemons are not started)"
	log=$(mktemp)
	policy=/usr/sbin/policy-rc.d
	made=
	# However this ends, the machine's own policy for daemons is as it was before.
	trap 'rm -f "$log"; [ -z "$made" ] || rm -f "$policy"' EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	if [ ! -e "$policy" ]; then
		made=1
		printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
	fi
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	{
		apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $packages ||
			{ apt-get -o DPkg::Lock::Timeout=300 update &&
				apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $packages; }
	} </dev/null >"$log" 2>&1 || {
		echo "peers: apt-get could not install them:" >&2
		tail -n 15 "$log" >&2
	}
	gone=$(missing)
fi

if [ -z "$gone" ]; then
	echo "peers: every program the tests are checked against is here"
	exit 0
fi
echo "$gone" | while IFS='|' read -r program packages what; do
	echo "peers: NOT RUN without $program: $what (Debian: $packages)" >&2
done
if [ "${PEERS:-}" = required ]; then
	echo "peers: PEERS=required, so this is a failure" >&2
	exit 1
fi
