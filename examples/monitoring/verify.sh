#!/bin/sh
# SPDX-License-Identifier: MPL-2.0
#
# Writes the figures for node_exporter's textfile collector. The file is replaced
# only when it is whole. cfgxml ends with 1 where phones have findings, with 3 where
# a source cannot be read and with 4 where nothing can be told: the figures say so.
set -u
: "${INVENTORY:=/etc/phones/phones.csv}" "${INDEX:=/var/lib/ca/index.txt}" "${RADIUS_LOG:=/var/log/freeradius/phones.csv}"
: "${TO:=/var/lib/prometheus/node-exporter/ciscophone.prom}"

ciscophone verify --inventory "$INVENTORY" --source "index:$INDEX" --source "freeradius:$RADIUS_LOG?zone=Local" \
	--format prometheus >"$TO.$$"
status=$?
case $status in
0 | 1 | 3 | 4)
	if [ -s "$TO.$$" ]; then
		mv "$TO.$$" "$TO" && exit 0
	fi
	;;
esac
rm -f "$TO.$$"
exit "$status"
