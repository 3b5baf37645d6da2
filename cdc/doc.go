// SPDX-License-Identifier: MPL-2.0

// Package cdc has the words of Cisco's Custom Device Certificate that the other
// packages share: the four parameters by which a phone enrolls by SCEP.
package cdc
