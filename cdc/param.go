// SPDX-License-Identifier: MPL-2.0

package cdc

import "github.com/phonecfg/terraform-provider-ciscophone/secret"

// The four parameters of a custom device certificate obtained by SCEP, as
// Cisco's document "Custom Device Certificate" (help.webex.com, article
// jidk3p) names them. Any change of one of them makes the phone request a new
// certificate.
const (
	ParamServer            = "CDC_Server_1_"
	ParamRootCAFingerprint = "CDC_Root_CA_Fingerprint_1_"
	ParamChallengePassword = "CDC_Challenge_Password_1_"
	ParamCommonName        = "CDC_Common_Name_1_"
)

// Param is one of the four parameters: the table that everything which handles
// all of them goes through.
type Param struct {
	Name   string // element name in cfg.xml: "CDC_Server_1_"
	Label  string // on the phone's web page: "Server"
	Secret bool   // whether the value must never be shown
	text   func(*Enrollment) *string
}

var params = [...]Param{
	{ParamServer, "Server", false, func(e *Enrollment) *string { return &e.Server }},
	{ParamRootCAFingerprint, "Root CA Fingerprint", false, func(e *Enrollment) *string { return &e.RootCAFingerprint }},
	{ParamChallengePassword, "Challenge Password", true, nil},
	{ParamCommonName, "Common Name", false, func(e *Enrollment) *string { return &e.CommonName }},
}

// Params returns the four parameters in the order of Cisco's document, which is
// that of the fields of [Enrollment].
func Params() [4]Param { return params }

// IsParam reports whether name is exactly one of the four parameters, a change
// of which makes the phone request a new certificate. A name that only looks
// like one is ignored by the phone.
func IsParam(name string) bool {
	switch name {
	case ParamServer, ParamRootCAFingerprint, ParamChallengePassword, ParamCommonName:
		return true
	}
	return false
}

// Reveal returns the parameter's value in e, the challenge password in clear.
func (p Param) Reveal(e Enrollment) string {
	if p.text == nil {
		return e.ChallengePassword.Reveal()
	}
	return *p.text(&e)
}

// Set sets the parameter's value in e; without an e it does nothing.
func (p Param) Set(e *Enrollment, value string) {
	if e == nil {
		return
	}
	if p.text == nil {
		e.ChallengePassword = secret.New(value)
		return
	}
	*p.text(e) = value
}

// Canonical returns the form in which this project writes the value of a
// parameter: a fingerprint as [Fingerprint.String] returns it. The values of
// other parameters, and what is not a fingerprint, come back as they are.
func Canonical(name, value string) string {
	if name == ParamRootCAFingerprint {
		if f, err := ParseFingerprint(value); err == nil {
			return f.String()
		}
	}
	return value
}

// Same reports whether two values of a parameter mean the same: of a
// fingerprint case and separators do not count. The phone itself compares text.
func Same(name, a, b string) bool {
	if a == b || name != ParamRootCAFingerprint {
		return a == b
	}
	f, err := ParseFingerprint(a)
	g, other := ParseFingerprint(b)
	return err == nil && other == nil && f == g
}
