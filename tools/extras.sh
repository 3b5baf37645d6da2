#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# extras.sh writes the manual pages and the completions for shells into
# build/extras, from the programs themselves; goreleaser packs them.
set -eu
cd "$(dirname "$0")/.."
go=${GO:-go}
dir=build/extras
mkdir -p $dir
for program in cfgxml ciscophone; do
	$go build -buildvcs=false -o $dir/run ./cmd/$program
	$dir/run man >$dir/$program.1
	for shell in bash zsh fish; do
		$dir/run completion $shell >$dir/$program.$shell
	done
	rm $dir/run
done
