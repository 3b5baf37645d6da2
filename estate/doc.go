// SPDX-License-Identifier: MPL-2.0

// Package estate looks through a store of configuration files: which phone each
// file belongs to, its enrollment settings, and what prevents it from being
// managed. The provider's list resource and cfgxml list show what it finds.
//
// [Names] returns the names of the files, and [Look] reads one. A [File] holds no
// password; it only says whether the file has a challenge.
package estate
