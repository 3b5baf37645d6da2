// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Names of the parameters around the certificate, beside the four of
// cfgxml.Enrollment.
const (
	paramCertificateSelect = "Certificate_Select"
	paramDot1X             = "Enable_802.1X_Authentication"
	paramFIPS              = "FIPS_Mode"

	manufacturingInstalled = "Manufacturing installed"
	customInstalled        = "Custom installed"
)

// maxCommonName is the longest common name in characters, after expansion.
const maxCommonName = 64

// parameters are what a phone is set to, whichever way it came.
type parameters struct {
	cfgxml.Enrollment
	certificateSelect string
	dot1X, fips       bool
	// macros holds the macros whose values are themselves parameters: GPP_A to
	// GPP_P as $A to $P, User_ID_1_ as $UID1 and so on.
	macros map[string]string
}

func defaults() parameters {
	return parameters{certificateSelect: manufacturingInstalled}
}

func (p parameters) clone() parameters {
	p.macros = maps.Clone(p.macros)
	return p
}

func (p parameters) equal(o parameters) bool {
	return p.Enrollment.Equal(o.Enrollment) && p.certificateSelect == o.certificateSelect &&
		p.dot1X == o.dot1X && p.fips == o.fips && maps.Equal(p.macros, o.macros)
}

// complete reports whether the mandatory SCEP parameters are set.
func (p parameters) complete() bool { return p.Server != "" && p.RootCAFingerprint != "" }

// any reports whether any SCEP parameter is set.
func (p parameters) any() bool {
	return p.Server != "" || p.RootCAFingerprint != "" || !p.ChallengePassword.IsZero() || p.CommonName != ""
}

// missing names the mandatory parameters that are not set.
func (p parameters) missing() string {
	switch {
	case p.Server == "" && p.RootCAFingerprint == "":
		return "Server (" + cdc.ParamServer + ") and Root CA Fingerprint (" + cdc.ParamRootCAFingerprint + ")"
	case p.Server == "":
		return "Server (" + cdc.ParamServer + ")"
	case p.RootCAFingerprint == "":
		return "Root CA Fingerprint (" + cdc.ParamRootCAFingerprint + ")"
	}
	return ""
}

// read takes over what doc sets. A parameter that doc does not have keeps its
// value; of duplicates the last counts.
func (p parameters) read(doc *cfgxml.Document) parameters {
	p = p.clone()
	set := func(name string, to *string) {
		if v, ok := doc.Get(name); ok {
			*to = v
		}
	}
	set(cdc.ParamServer, &p.Server)
	set(cdc.ParamRootCAFingerprint, &p.RootCAFingerprint)
	set(cdc.ParamCommonName, &p.CommonName)
	if v, ok := doc.Get(cdc.ParamChallengePassword); ok {
		p.ChallengePassword = secret.New(v)
	}
	if v, ok := doc.Get(paramCertificateSelect); ok {
		p.certificateSelect = manufacturingInstalled
		if strings.EqualFold(v, customInstalled) {
			p.certificateSelect = customInstalled
		}
	}
	if v, ok := doc.Get(paramDot1X); ok {
		p.dot1X = strings.EqualFold(v, "Yes")
	}
	if v, ok := doc.Get(paramFIPS); ok {
		p.fips = strings.EqualFold(v, "Enabled")
	}
	macro := func(name, param string) {
		v, ok := doc.Get(param)
		switch {
		case ok && p.macros == nil:
			p.macros = map[string]string{name: v}
		case ok:
			p.macros[name] = v
		}
	}
	if doc.Len() > 0 && strings.Contains(p.CommonName, "$") {
		for c := 'A'; c <= 'P'; c++ {
			macro(string(c), "GPP_"+string(c))
		}
		for line := 1; line <= 16; line++ {
			macro(fmt.Sprintf("UID%d", line), fmt.Sprintf("User_ID_%d_", line))
		}
	}
	return p
}

// commonName returns the common name of the next request: the configured one
// with its macros expanded, else the one formed with the domain of DHCP option
// 15, else that of the MIC.
func (p parameters) commonName(id device.Identity, micName, domain, firmware string) (string, error) {
	cn, from := micName, "the MIC's common name"
	switch {
	case p.CommonName != "":
		m := id.Macros()
		maps.Copy(m, p.macros)
		m["SWVER"] = firmware
		cn, from = m.Expand(p.CommonName), fmt.Sprintf("Common Name (%s) %q", cdc.ParamCommonName, p.CommonName)
	case domain != "":
		cn, from = micName+"."+domain, "the MIC's common name with the domain of DHCP option 15"
	}
	cn = strings.TrimSpace(cn)
	switch n := utf8.RuneCountInString(cn); {
	case n == 0:
		return "", fmt.Errorf("%s is empty after its macros are expanded: correct it", from)
	case n > maxCommonName:
		return "", fmt.Errorf("%s has %d characters after its macros are expanded, at most %d are allowed: shorten it", from, n, maxCommonName)
	}
	return cn, nil
}
