// SPDX-License-Identifier: MPL-2.0

// Package scep builds and opens the messages of the Simple Certificate
// Enrollment Protocol (RFC 8894) for peers that do not trust each other.
//
// A SCEP message is two layers. The inner one is an envelope: a certificate
// signing request, encrypted so that one recipient can read it. The outer one
// is a signature over that envelope together with a few attributes: which
// transaction this is, what kind of message, a nonce. The functions here are
// those layers and nothing else; package scep/client speaks them to a server,
// package scep/ca answers.
//
// To build a request: [CreateCSR], [Encrypt] to the CA's certificate, [Sign]
// with a certificate from [SelfSigned] or with an installed one. To read a
// reply: [Open], look at the [Attributes], [Decrypt] the content, and
// [ParseCACerts] the plain text.
//
// What it promises, for bytes that come from anywhere:
//
//   - Every parser first runs [Inspect], a single pass that refuses what is too
//     large, nested deeper than [MaxDepth], cut short or followed by more bytes.
//     No recursion, no copy; the libraries below never see such input.
//   - [Open] accepts exactly one signer, whose certificate is in the message or
//     among those the caller names, and gives attributes as plain strings, each
//     at most once. It says nothing about trust: the caller compares
//     [Message.Signer], as a whole certificate, with those he expects.
//   - [Decrypt] has one error, [ErrDecrypt], for every way an envelope addressed
//     to the key can be wrong, so that its answers are no padding oracle.
//   - No process-wide setting is read or changed: cipher, digest, time and
//     randomness are arguments, and two peers with different needs can live in
//     one process.
//   - No error holds a challenge password or any decrypted byte.
//
// Constants and the certificate bag come from github.com/smallstep/scep, object
// identifiers from github.com/smallstep/pkcs7, whose verifier judges every message
// of ours in the tests. Envelope and signed data are written and read here,
// because those libraries offer only process-wide ciphers, no triple DES for
// writing, the real clock as signing time, and a reader that a peer can crash.
package scep
