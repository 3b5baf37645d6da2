// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// snapshot is the latest configuration, packed: a thousand phones with 190 kB
// each would not fit where their packed files do.
type snapshot struct{ packed []byte }

func (s *snapshot) keep(data []byte) {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	z.Write(data)
	z.Close()
	s.packed = bytes.Clone(b.Bytes())
}

func (s *snapshot) read() []byte {
	if s.packed == nil {
		return []byte("<flat-profile>\n</flat-profile>\n")
	}
	z, err := gzip.NewReader(bytes.NewReader(s.packed))
	if err != nil {
		panic("phone: its own snapshot: " + err.Error())
	}
	data, err := io.ReadAll(z)
	if err != nil {
		panic("phone: its own snapshot: " + err.Error())
	}
	return data
}

// export writes the configuration as the phone's page gives it: each parameter
// of the latest file once, as it is now, and every set password masked. What
// the file holds beside its parameters, comments above all, a phone does not
// keep; and a comment may hold a password.
func export(data []byte, p parameters, mask Mask) ([]byte, error) {
	doc, err := cfgxml.Parse(data)
	if err != nil {
		return nil, err
	}
	e := p.Enrollment
	if e.ChallengePassword.Masked() {
		e.ChallengePassword = secret.Text{} // cannot be written, and need not be hidden
	}
	edits := []cfgxml.Edit{
		cfgxml.Set(cdc.ParamServer, e.Server),
		cfgxml.Set(cdc.ParamRootCAFingerprint, e.RootCAFingerprint),
		cfgxml.SetSecret(cdc.ParamChallengePassword, e.ChallengePassword),
		cfgxml.Set(cdc.ParamCommonName, e.CommonName),
		cfgxml.Set(paramCertificateSelect, p.certificateSelect),
		cfgxml.Set(paramDot1X, choose(p.dot1X, "Yes", "No")),
		cfgxml.Set(paramFIPS, choose(p.fips, "Enabled", "Disabled")),
	}
	if doc, err = doc.Edit(edits...); err != nil {
		return nil, err
	}
	if doc, err = cfgxml.Parse(doc.Redacted()); err != nil {
		return nil, err
	}
	var params []cfgxml.Param
	last := map[string]int{}
	for param := range doc.All() {
		last[param.Name()] = len(params)
		params = append(params, param)
	}
	var out bytes.Buffer
	out.WriteString("<flat-profile>\n")
	for i, param := range params {
		name, value := param.Name(), param.Value()
		if last[name] != i || strings.Contains(name, "/") {
			continue
		}
		if value == secret.Mask {
			switch mask {
			case MaskEmpty:
				value = ""
			case MaskAbsent:
				continue
			default:
				value = "********"
			}
		}
		out.WriteString("<" + name)
		if ua := param.UserAccess(); ua != "" {
			out.WriteString(` ua="`)
			xml.EscapeText(&out, []byte(ua))
			out.WriteString(`"`)
		}
		if value == "" {
			out.WriteString("/>\n")
			continue
		}
		out.WriteString(">")
		xml.EscapeText(&out, []byte(value))
		out.WriteString("</" + name + ">\n")
	}
	out.WriteString("</flat-profile>\n")
	return out.Bytes(), nil
}

func choose(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}
