// SPDX-License-Identifier: MPL-2.0

// Package repo holds the tests of the repository itself: that its documents run,
// that packages import only lower layers, that every file names its license, and
// that a release can be built.
package repo
