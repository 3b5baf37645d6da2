#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
# Prints -race where the race detector can be built (it needs cgo and a C
# compiler), nothing elsewhere.
cc=$(go env CC)
if command -v "${cc%% *}" >/dev/null 2>&1 && echo 'int main(void){return 0;}' |
	"${cc%% *}" -x c -o /dev/null - 2>/dev/null; then
	echo -race
fi
