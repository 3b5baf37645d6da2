// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"slices"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Enrollment is [cdc.Enrollment]: the four parameters by which a phone obtains
// a custom device certificate.
type Enrollment = cdc.Enrollment

// Enrollment returns the four parameters, each by its last occurrence. A
// parameter that the document does not have is empty.
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

// WithEnrollment returns the document with the four parameters set to the
// fields of e, and every other byte as it was. An empty field leaves an absent
// element absent and empties a present one. When nothing changes the result is
// d itself.
//
// Parameters named in keep, such as [cdc.ParamChallengePassword], stay as the
// document has them, whatever their fields say: that is how to change the
// server in a phone's export, which has only a mask where the password was.
//
// A challenge password that is a mask is refused with [secret.ErrMask]; a
// value that the phone could not read back, and a name in keep that is none of
// the four, with an [*EditError].
func (d *Document) WithEnrollment(e Enrollment, keep ...string) (*Document, error) {
	edits := []Edit{
		Set(cdc.ParamServer, e.Server),
		Set(cdc.ParamRootCAFingerprint, e.RootCAFingerprint),
		SetSecret(cdc.ParamChallengePassword, e.ChallengePassword),
		Set(cdc.ParamCommonName, e.CommonName),
	}
	for _, name := range keep {
		i := slices.IndexFunc(edits, func(e Edit) bool { return e.name == name })
		if i < 0 {
			return nil, &EditError{clip(name), "only the four parameters of an enrollment can be kept, each once"}
		}
		edits = slices.Delete(edits, i, i+1)
	}
	for i := range edits {
		if edits[i].value.IsZero() {
			edits[i].op = opClear
		}
	}
	return d.Edit(edits...)
}
