#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# mirror.sh DIR VERSION [OS_ARCH]… builds the provider and lays it out in DIR as
# OpenTofu and Terraform want a filesystem mirror: one folder for each of their
# registries' hosts, because each asks for phonecfg/ciscophone at its own.
# Beside DIR it writes DIR.tfrc, a CLI configuration that installs from there
# and from nowhere else. Without OS_ARCH it builds for this machine.
set -eu
if [ $# -lt 2 ]; then
	echo "usage: mirror.sh DIR VERSION [OS_ARCH]..." >&2
	exit 2
fi
cd "$(dirname "$0")/.."
go=${GO:-go}
mkdir -p "$1"
dir=$(cd "$1" && pwd)
version=${2#v}
shift 2
# A version with a suffix is installed only where the configuration names it.
case $version in
*[!0-9.]* | *.*.*.* | .* | *. | *..*)
	echo "mirror.sh: version $version: want three numbers, such as 0.1.0" >&2
	exit 2
	;;
*.*.*) ;;
*)
	echo "mirror.sh: version $version: want three numbers, such as 0.1.0" >&2
	exit 2
	;;
esac
[ $# -gt 0 ] || set -- "$($go env GOOS)_$($go env GOARCH)"

for platform; do
	os=${platform%%_*}
	arch=${platform#*_}
	suffix=
	[ "$os" != windows ] || suffix=.exe
	name=terraform-provider-ciscophone_v$version$suffix
	first=$dir/registry.opentofu.org/phonecfg/ciscophone/$version/$platform
	second=$dir/registry.terraform.io/phonecfg/ciscophone/$version/$platform
	mkdir -p "$first" "$second"
	CGO_ENABLED=0 GOOS=$os GOARCH=$arch $go build -trimpath -buildvcs=false \
		-ldflags "-s -w -X main.version=$version" -o "$first/$name" .
	ln -f "$first/$name" "$second/$name" 2>/dev/null || cp -f "$first/$name" "$second/$name"
	echo "$first/$name"
	echo "$second/$name"
done

cat >"$dir.tfrc" <<EOF
provider_installation {
  filesystem_mirror {
    path    = "$dir"
    include = ["*/*/*"]
  }
  direct {
    exclude = ["*/*/*"]
  }
}
EOF
echo "$dir.tfrc"
