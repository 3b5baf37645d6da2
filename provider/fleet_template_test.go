// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestFleetTemplate compares the prepared template with editing the document
// itself, phone by phone: the bytes are the same, whatever it holds already.
func TestFleetTemplate(t *testing.T) {
	t.Parallel()
	names := []string{"Time_Zone", "Station_Name", "Certificate_Select", "Proxy_1_"}
	value := rapid.SampledFrom([]string{"", "x", "a & b", "http://10.0.0.1", "ü"})
	rapid.Check(t, func(t *rapid.T) {
		text := "<flat-profile>\n"
		for _, name := range append(names, cdc.ParamServer, cdc.ParamChallengePassword, cdc.ParamCommonName) {
			form := rapid.SampledFrom([]string{"", "  <%[1]s/>\n", "\t<%[1]s ua='rw'> x </%[1]s>\r\n", "<%[1]s>a &#38; b</%[1]s>", "<%[1]s></%[1]s><%[1]s>x</%[1]s>"}).Draw(t, name)
			if form != "" {
				text += fmt.Sprintf(form, name)
			}

		}
		doc, err := cfgxml.Parse([]byte(text + "</flat-profile>\n"))
		if err != nil {
			t.Fatal(err)
		}
		template := &fleetTemplate{doc: doc}
		for range 12 {
			w := wish{hasBase: true, parameters: map[string]string{}}
			for _, name := range names {
				if rapid.Bool().Draw(t, "has") {
					w.parameters[name] = value.Draw(t, "value")
				}
			}
			for _, p := range []**string{&w.server, &w.fingerprint, &w.commonName} {
				if rapid.Bool().Draw(t, "has") {
					v := value.Draw(t, "value")
					*p = &v
				}
			}
			if rapid.Bool().Draw(t, "has") {
				s := secret.New(value.Draw(t, "value"))
				w.challenge = &s
			}
			want, wantErr := doc.Edit(w.edits(doc)...)
			got, err := template.fill(w)
			if (err == nil) != (wantErr == nil) || !bytes.Equal(got.Bytes(), want.Bytes()) {
				t.Fatalf("%+v in\n%s\ngives\n%s%v\nwant\n%s%v", w.parameters, text, got.Bytes(), err, want.Bytes(), wantErr)
			}
		}
	})
}
