#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# fuzz.sh FUZZTIME runs every native fuzz target of the module for that long,
# one after the other, and fails at the first crasher.
set -eu
time=$1
found=0
for file in $(grep -rlE '^func Fuzz[A-Z0-9_]' --include='*_test.go' . | sort); do
	for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' "$file"); do
		found=$((found + 1))
		echo "== $(dirname "$file") $target ($time)"
		# Minimizing costs a run for each byte and may take longer than the fuzzing;
		# once is enough to have a crasher written down.
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 1x "$(dirname "$file")"
	done
done
echo "$found fuzz targets, $time each"
[ "$found" -gt 0 ]
