// SPDX-License-Identifier: MPL-2.0

package report

import "github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"

// Advice is what the page says of a verdict.
func Advice(v fleet.Verdict) string { return advice[v] }
