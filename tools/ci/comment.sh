#!/usr/bin/env bash
# SPDX-License-Identifier: MPL-2.0
#
# Puts a text in Markdown into one comment of a pull request on GitHub, which later
# runs update:
#
#	comment.sh FILE
#
# GITHUB_API_URL and GITHUB_REPOSITORY are set in each job; PULL_REQUEST is the number
# and GITHUB_TOKEN a token that may write to pull requests.
set -euo pipefail
mark='<!-- cfgxml: what this pull request does to the phones -->'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077
printf 'Authorization: Bearer %s\n' "$GITHUB_TOKEN" > "$work/header" # not an argument, which others can read

# A comment has at most 65,536 characters.
jq --raw-input --slurp --arg mark "$mark" '{body: ($mark + "\n" + if length > 65000 then .[:65000] + "\n\n… the rest is in the log of the job" else . end)}' < "$1" > "$work/comment.json"

api() {
	curl --silent --show-error --fail --header "@$work/header" --header "Accept: application/vnd.github+json" "$@"
}
repository=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY
comments=$repository/issues/$PULL_REQUEST/comments
id='' page=1
while [ -z "$id" ]; do
	api --output "$work/list.json" "$comments?per_page=100&page=$page"
	id=$(jq --raw-output --arg mark "$mark" 'first(.[] | select(.body | startswith($mark)) | .id) // empty' "$work/list.json")
	[ "$(jq length "$work/list.json")" -eq 100 ] || break
	page=$((page + 1))
done
if [ -n "$id" ]; then
	api --request PATCH --data "@$work/comment.json" --output /dev/null "$repository/issues/comments/$id"
else
	api --request POST --data "@$work/comment.json" --output /dev/null "$comments"
fi
