// SPDX-License-Identifier: MPL-2.0

// Package client enrolls with a SCEP server (RFC 8894) the way a Cisco 9800 or
// 8875 phone does for its Custom Device Certificate: plain HTTP, a pinned
// fingerprint of the root CA, an optional challenge password.
//
// [New] takes the server's address and the fingerprint, [Client.Enroll] does one
// enrollment or renewal and gives the certificate with its chain,
// [Client.Server] only looks, and [Preflight] makes a table of what a
// phone will meet at that server.
//
// What it promises:
//
//   - Nothing secret leaves before the fingerprint has matched a certificate the
//     server showed, and the certificate that will read the request has been
//     verified up to it.
//   - The request is never weaker than SHA-256 and AES unless the operator
//     allows that by name, whatever the server or somebody on the way says.
//   - A reply counts only if it is signed by that CA (another phone's
//     certificate below the same root will not do), answers this very request,
//     and holds a certificate for this very key that verifies up to the root.
//   - Every exchange is bounded in size and time. No redirect is followed and no
//     proxy from the environment is used. A refused request is not sent again.
//   - Every failure is an [*Error] with a stable [Code], a text that names the
//     cause and a hint what to do. It can be shown on a phone's screen: what the
//     peer said is shortened and escaped, and no secret is in it.
package client
