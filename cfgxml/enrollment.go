// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Enrollment is [cdc.Enrollment]: the four parameters by which a phone obtains
// a custom device certificate.
type Enrollment = cdc.Enrollment

// Enrollment reads the four parameters, each by its last occurrence. A
// parameter that the document does not set is empty.
func (d *Document) Enrollment() Enrollment {
	get := func(name string) string {
		v, _ := d.Get(name)
		return v
	}
	return Enrollment{
		Server:            get(cdc.ParamServer),
		RootCAFingerprint: get(cdc.ParamRootCAFingerprint),
		ChallengePassword: secret.New(get(cdc.ParamChallengePassword)),
		CommonName:        get(cdc.ParamCommonName),
	}
}

// WithEnrollment gives the document with the four parameters set, and every
// other byte as it was. A field that is empty leaves an absent element absent
// and empties a present one. When nothing changes the result is
// [Document.Bytes] itself.
//
// A challenge password that is only a mask is refused with [secret.ErrMask];
// a value the phone could not read back with an [*EditError].
func (d *Document) WithEnrollment(e Enrollment) ([]byte, error) {
	edits := [4]Edit{
		Set(cdc.ParamServer, e.Server),
		Set(cdc.ParamRootCAFingerprint, e.RootCAFingerprint),
		SetSecret(cdc.ParamChallengePassword, e.ChallengePassword),
		Set(cdc.ParamCommonName, e.CommonName),
	}
	for i := range edits {
		if edits[i].text() == "" {
			edits[i].op = opClear
		}
	}
	return d.Edit(edits[:]...)
}
