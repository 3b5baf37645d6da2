#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Fails and names the files that gofmt would change.
set -eu
files=$(find . -name '*.go' -not -path './build/*' -not -path './.git/*' -print0 | xargs -0 gofmt -l)
if [ -n "$files" ]; then
	echo "gofmt would change:" >&2
	echo "$files" >&2
	exit 1
fi
