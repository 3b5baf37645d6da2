// SPDX-License-Identifier: MPL-2.0

// Package reconcile says what one phone's configuration file should be, and how
// the present one differs from that.
//
// A [Desired] holds what somebody asks for: settings, a template, an encryption.
// [Compare] holds it against the file that there is and returns a [Result]: the
// content to write, its changes for people, whether the phone requests a new
// certificate, and what is wrong with it. The resources ciscophone_config and
// ciscophone_fleet of the Terraform provider and the command cfgxml render are
// thin over it, so they cannot disagree.
//
// Nothing here reads or writes a file. Compare is a function of its arguments
// but for the salt of an encryption, which [Seal] adds at the end.
package reconcile
