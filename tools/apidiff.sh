#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# apidiff.sh APIDIFF compares the exported Go API with that of the last release.
# Before v1 it lists incompatible changes, for the changelog; from v1 on one of
# them is a failure (docs/library.md has the promise).
set -eu
module=$(go list -m)
tag=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) || {
	echo "apidiff: not run: there is no release to compare with"
	exit 0
}
work=$(mktemp -d)
trap 'git worktree remove --force "$work/old" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
git worktree add --quiet --detach "$work/old" "$tag"
(cd "$work/old" && "$1" -m -w "$work/old.api" "$module") 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
"$1" -m -incompatible "$work/old.api" "$module" 2>/dev/null | grep -v '/internal/' >"$work/changes" || :
if [ ! -s "$work/changes" ]; then
	echo "apidiff: nothing exported since $tag has changed incompatibly"
	exit 0
fi
echo "apidiff: incompatible changes since $tag:"
cat "$work/changes"
case $tag in
v0.*) ;;
*) exit 1 ;;
esac
