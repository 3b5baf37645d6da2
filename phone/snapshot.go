// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
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

// export writes the configuration as the phone's page gives it: the latest file
// with the parameters as they are now and every set password masked.
func export(data []byte, p parameters, mask Mask) ([]byte, error) {
	yes := func(b bool, t, f string) string {
		if b {
			return t
		}
		return f
	}
	doc, err := cfgxml.Parse(data, cfgxml.Tolerant())
	if err != nil {
		return nil, err
	}
	values := []struct{ name, value string }{
		{cfgxml.ParamServer, p.Server},
		{cfgxml.ParamRootCAFingerprint, p.RootCAFingerprint},
		{cfgxml.ParamChallengePassword, p.ChallengePassword.Reveal()},
		{cfgxml.ParamCommonName, p.CommonName},
		{paramCertificateSelect, p.certificateSelect},
		{paramDot1X, yes(p.dot1X, "Yes", "No")},
		{paramFIPS, yes(p.fips, "Enabled", "Disabled")},
	}
	edited := map[string]bool{}
	var edits []cfgxml.Edit
	for _, v := range values {
		if cfgxml.IsSecret(v.name) && v.value != "" {
			continue // masked below, with the others
		}
		edits = append(edits, cfgxml.Set(v.name, v.value))
	}
	for param := range doc.All() {
		name := param.Name()
		if cfgxml.IsSecret(name) && param.Value() != "" && name != cfgxml.ParamChallengePassword && !edited[name] {
			edited[name] = true
			edits = append(edits, masked(name, mask))
		}
	}
	if !p.ChallengePassword.IsZero() {
		edits = append(edits, masked(cfgxml.ParamChallengePassword, mask))
	}
	return doc.Edit(edits...)
}

func masked(name string, mask Mask) cfgxml.Edit {
	switch mask {
	case MaskEmpty:
		return cfgxml.Set(name, "")
	case MaskAbsent:
		return cfgxml.Remove(name)
	}
	return cfgxml.Set(name, strings.Repeat("*", 8))
}
