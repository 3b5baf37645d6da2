#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# extras.sh writes cfgxml's manual page and the completions for shells into
# build/extras, from the program itself; goreleaser packs them.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
dir=build/extras
mkdir -p $dir
$go build -buildvcs=false -o $dir/run ./cmd/cfgxml
$dir/run man >$dir/cfgxml.1
for shell in bash zsh fish; do
	$dir/run completion $shell >$dir/cfgxml.$shell
done
rm $dir/run
