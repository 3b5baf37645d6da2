#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# mutate.sh PACKAGE... runs mutation tests on the packages, as a background job
# would: one worker, low priority. What was done before is not done again until
# the file changes; FRESH=1 does it again, REPORT=1 only sums up, ONLY=text runs
# the files whose names match. Results are in build/mutate.
set -eu
mkdir -p build/mutate
go build -C tools/mutate -o "$PWD/build/mutate/gremlins" github.com/go-gremlins/gremlins/cmd/gremlins
go build -C tools/mutate -buildvcs=false -o "$PWD/build/mutate/mutate" .
# Tests that only prove speed or size prove nothing about a mutant. Without
# -count=1 the first run is a cached one, and the time it took, from which the
# timeout is made, is nothing.
GOFLAGS="${GOFLAGS:-} -short -count=1" exec nice -n 15 build/mutate/mutate -gremlins build/mutate/gremlins \
	${FRESH:+-fresh} ${REPORT:+-report} ${ONLY:+-only "$ONLY"} "$@"
