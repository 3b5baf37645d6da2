// SPDX-License-Identifier: MPL-2.0

// Package catalog knows some 3,900 parameters of Cisco's multiplatform and
// PhoneOS phones: the values that phones offer, which of them are secret, and
// where each fact comes from. [Lookup] finds a parameter, and [Suggest] names
// those that a mistyped name may have meant.
package catalog
