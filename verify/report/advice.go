// SPDX-License-Identifier: MPL-2.0

package report

import "github.com/phonecfg/terraform-provider-ciscophone/verify/fleet"

// advice says what to do about the phones of each verdict.
var advice = map[fleet.Verdict]string{
	fleet.InUse:          "Nothing.",
	fleet.NotSeen:        "Find out whether the phone is switched on and its port asks for 802.1X. If it is, look whether the certificate is selected in the phone's network settings.",
	fleet.ExpiresSoon:    "Nothing yet: phones renew by themselves 15 days before the end. Check that the SCEP server answers before that day.",
	fleet.RenewalOverdue: "The phone should have renewed and did not. Check that it is switched on, that it reaches the SCEP server and that the challenge password still holds; then resync it.",
	fleet.OldParameters:  "The certificate is older than the phone's present parameters. Resync the phone so that it enrolls again.",
	fleet.Refused:        "Read the reason, and compare it with the RADIUS server's log: the CA that it trusts, the name that it expects, and its clock.",
	fleet.Wrong:          "Correct the phone's parameters (common name, SCEP server, fingerprint) or the CA's template, then let the phone enroll again.",
	fleet.Expired:        "The phone can no longer renew with this certificate. Put it on a port that lets it reach the SCEP server without 802.1X, and let it enroll anew.",
	fleet.Revoked:        "If it was revoked by mistake, let the phone enroll anew. Otherwise make sure that the RADIUS server refuses it: the notes say where it did not.",
	fleet.Failed:         "The phone cannot fetch its file, so it never learned to enroll. Check the provisioning server, and the rule and the credentials with which the phone asks it.",
	fleet.NoCertificate:  "The CA never issued one. Check that the phone has fetched its file and reaches the SCEP server: ciscophone preflight tries the server.",
	fleet.Unknown:        "The sources do not tell. Add the one that is missing: the CA's records, or the RADIUS server's log.",
}

// tone is how a verdict is colored.
func tone(v fleet.Verdict) string {
	switch {
	case v == fleet.InUse:
		return "good"
	case v == fleet.Unknown:
		return "unknown"
	case v.Wrong():
		return "bad"
	}
	return "maybe"
}
