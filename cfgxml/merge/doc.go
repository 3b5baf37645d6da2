// SPDX-License-Identifier: MPL-2.0

// Package merge joins two people's changes of one configuration document.
//
// [Documents] does what a merge by lines does and more: it knows the parameters
// by name, so that two changes on neighboring lines, a re-ordered file or other
// line ends are no conflict. [Result.Marked] draws what is one as git does.
package merge
