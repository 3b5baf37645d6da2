// SPDX-License-Identifier: MPL-2.0

// Package estate looks through a store of phones' configuration files: whose
// each is, what it says of enrollment, and what stands in the way of managing
// it. The provider's list resource and cfgxml list show what it finds.
//
// [Names] gives the names of the files, [Look] reads one. A [File] holds no
// password: of the challenge it tells whether there is one.
package estate
