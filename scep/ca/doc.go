// SPDX-License-Identifier: MPL-2.0

// Package ca is an embedded certification authority that speaks SCEP (RFC
// 8894): what a phone enrolls with on a laptop, in a test or in a lab.
//
//	authority, err := ca.New(ca.Config{Challenges: ca.StaticChallenge(password)})
//	…
//	server := authority.Server("127.0.0.1:8080")
//	go server.ListenAndServe()
//	// Phones: CDC_Server_1_ = http://…:8080/scep, CDC_Root_CA_Fingerprint_1_ = SHA-256 of authority.Root()
//
// [New] makes a root, an issuing CA and, if asked to, a registration authority.
// The [CA] is an [http.Handler]: put it on any mux, or take [CA.Server], which
// listens on loopback unless told otherwise.
//
// # Who gets a certificate
//
// Three things authorize a request, in the order in which they are looked for:
//
//   - A certificate this CA issued, as the signer of the message: a renewal. It
//     is the very certificate, byte for byte, not revoked, not replaced by an
//     earlier renewal, valid by the CA's clock, and subject and alternative names
//     stay the same. RenewalReq (17) and PKCSReq (19) are both taken so.
//   - A challenge password in a self-signed PKCSReq: [StaticChallenge] for all
//     phones, [NewOneTime] for one use each, [NewBound] for one common name each.
//     A challenge that works once is used up, durably, before the certificate is made.
//   - A manufacturer-installed certificate (MIC, SUDI), as the signer, that chains
//     to [Config.ManufacturerRoots]: what a Cisco RA accepts. [MICPolicy] says which
//     phones may have which names.
//
// With [Config.Approval], a person decides about first enrollments as well:
// [CA.Pending], [CA.Approve], [CA.Deny].
//
// # What it promises
//
//   - A message type other than 17, 19, 20, 21 and 22 is refused before it is looked at.
//   - The same request gets the same certificate again, never a second one.
//   - A refusal tells the requester a number and the log the reason, which never
//     holds a challenge, a key or a request.
//   - A reply is encrypted to the signer of the request and to nobody else.
//   - With [Config.Dir], everything told to a client is on disk before, and is
//     there after kill -9. The file holds the private keys; only its owner may read it.
//   - Sizes, depths, times and the number of requests worked on at once are bounded.
//
// # Revocation and replacement
//
// [CA.Revoke] shows at once: in the revocation list and in OCSP, both at
// addresses that certificates name where [Config.URL] is set, in GetCRL and in
// [CA.WriteIndex]. [CA.Rollover] replaces the issuing CA; [CA.PrepareNext]
// announces another root by GetNextCACert, and [CA.Replace] puts it into force.
// Certificates of a CA that was replaced stay valid, and its lists go on.
//
// # What it is not
//
// A CA for production. Keys lie on disk unencrypted, also those that sign
// revocation lists and OCSP answers, and nobody audited it. [Quirks] make it
// misbehave on purpose.
package ca
