// SPDX-License-Identifier: MPL-2.0

package provider

import "runtime"

// ballast makes the garbage collector wait until there is as much to collect as
// this, instead of collecting each 4 MB that a few requests leave behind: in a
// plan of 200 phones that was a quarter of the provider's processor time. The
// memory is never touched, so that the process does not have it; what it may
// have more is this much garbage, no matter how large the heap becomes.
const ballast = 32 << 20

// withBallast runs f with the ballast.
func withBallast(f func() error) error {
	heap := make([]byte, ballast)
	defer runtime.KeepAlive(heap)
	return f()
}
