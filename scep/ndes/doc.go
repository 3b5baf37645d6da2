// SPDX-License-Identifier: MPL-2.0

// Package ndes gets a challenge password from the Network Device Enrollment
// Service of Microsoft: from its page mscep_admin, which shows another one to
// each administrator who asks.
//
// [Page.Challenge] asks for one. What it promises:
//
//   - The user's password goes to the server of the address alone: no redirect
//     is followed, no proxy from the environment is used, and nothing is sent
//     over plain http unless [Page.AllowHTTP] says so.
//   - NTLM is spoken when asked for, never as a fallback: its messages let
//     whoever reads them try passwords. The three messages travel on one
//     connection or not at all, by HTTP/1.1.
//   - Every answer is bounded in size, and all of it together in time.
//   - No error holds a password, neither the user's nor the challenge.
package ndes
