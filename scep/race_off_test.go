// SPDX-License-Identifier: MPL-2.0

//go:build !race

package scep

const raceEnabled = false
