#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Installs a released cfgxml, for pipelines:
#
#	install.sh VERSION DIR
#
# VERSION is 0.1.0 or v0.1.0. The archive is taken from the release, or from DIR
# where an earlier run left it (a cache), and is only used if its SHA-256 is the one
# that the release names. The program is DIR/cfgxml afterwards.
#
# Exit status: 0 it is there; 3 there is no such release or nothing for this
# machine, so that it can be built in its place; 1 anything else, above all an
# archive that is not the released one.
#
# CFGXML_RELEASES is where releases are, for a mirror.
set -eu
version=${1#v}
dir=$2
releases=${CFGXML_RELEASES:-https://github.com/phonecfg/terraform-provider-ciscophone/releases/download}

say() { echo "install cfgxml: $*" >&2; }

case $version in
'' | *[!0-9A-Za-z.+-]* | [!0-9]*) say "\"$1\" is not a version"; exit 3 ;;
esac
case $(uname -s) in
Linux) os=linux ;;
Darwin) os=darwin ;;
FreeBSD) os=freebsd ;;
*) say "there is no archive for $(uname -s)"; exit 3 ;;
esac
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
armv6* | armv7*) arch=arm ;;
i?86) arch=386 ;;
*) say "there is no archive for $(uname -m)"; exit 3 ;;
esac

archive=cfgxml_${version}_${os}_${arch}.tar.gz
sums=terraform-provider-ciscophone_${version}_SHA256SUMS
mkdir -p "$dir"
cd "$dir"
for file in "$sums" "$archive"; do
	if [ ! -s "$file" ]; then
		status=$(curl --silent --show-error --location --retry 3 --output "$file.part" --write-out '%{http_code}' "$releases/v$version/$file") || { rm -f "$file.part"; say "$releases cannot be reached"; exit 1; }
		case $status in
		200) mv "$file.part" "$file" ;;
		404) rm -f "$file.part"; say "there is no $file in the releases"; exit 3 ;;
		*) rm -f "$file.part"; say "$releases/v$version/$file: status $status"; exit 1 ;;
		esac
	fi
done
want=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$sums")
if command -v sha256sum > /dev/null; then got=$(sha256sum "$archive"); else got=$(shasum -a 256 "$archive"); fi
if [ -z "$want" ] || [ "${got%% *}" != "$want" ]; then
	rm -f "$archive" "$sums"
	say "$archive is not the released one: its SHA-256 is ${got%% *}, the release names ${want:-none}"
	exit 1
fi
tar -xzf "$archive" cfgxml
