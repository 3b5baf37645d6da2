#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# platforms.sh PACKAGE... builds what a release has for every kind of platform,
# and vets the packages with their tests where users have them.
set -eu
go=${GO:-go}
export CGO_ENABLED=0
for platform in linux/386 linux/arm darwin/arm64 windows/amd64 freebsd/amd64; do
	echo "build $platform"
	for program in . ./cmd/cfgxml ./cmd/ciscophone; do
		GOOS=${platform%/*} GOARCH=${platform#*/} $go build -trimpath -buildvcs=false -o /dev/null $program
	done
done
for platform in linux/386 darwin/arm64 windows/amd64; do
	echo "vet $platform"
	GOOS=${platform%/*} GOARCH=${platform#*/} $go vet -trimpath "$@"
done
