// SPDX-License-Identifier: MPL-2.0

// Package cli holds the tests of both command lines, which run them as people and
// pipelines do. The commands are in the packages below, one for each family:
// review, edit, compare, plan, editor and option43 for cfgxml, operate for
// ciscophone; term is what all of them share.
package cli
