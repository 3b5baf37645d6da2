// SPDX-License-Identifier: MPL-2.0

package reconcile_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// BenchmarkCompare compares one phone's file of full size, and digests it: a new
// one, one that is as it should be, and one after a change for all phones.
func BenchmarkCompare(b *testing.B) {
	var text strings.Builder
	text.WriteString("<flat-profile>\n")
	for i := range 2900 {
		fmt.Fprintf(&text, "  <Parameter_%d_ ua=\"na\">a value, %d of these</Parameter_%d_>\n", i, i, i)
	}
	text.WriteString("</flat-profile>\n")
	template, err := reconcile.NewTemplate("template", []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	challenge := secret.New("a challenge of the benchmark")
	desired := func(server string, i int) *reconcile.Desired {
		return &reconcile.Desired{Template: template, Settings: reconcile.Settings{Challenge: &challenge,
			Values: map[string]string{cdc.ParamServer: server, cdc.ParamRootCAFingerprint: root, cdc.ParamCommonName: fmt.Sprintf("phone %d", i)}}}
	}
	for _, bench := range []struct {
		name, was string
	}{{"new", ""}, {"same", "http://scep.example.net"}, {"changed", "http://former.example.net"}} {
		b.Run(bench.name, func(b *testing.B) {
			var shapes reconcile.Shapes
			var buffer, former []byte
			i := 0
			for b.Loop() {
				var stored []byte
				if i++; bench.was != "" {
					was := desired(bench.was, i)
					was.Buffer = &former
					doc, err := template.Fill(was)
					if err != nil {
						b.Fatal(err)
					}
					stored = doc.Bytes()
				}
				d := desired("http://scep.example.net", i)
				d.Buffer = &buffer
				r, err := reconcile.Compare(d, stored, stored != nil)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := shapes.RedactedSum(r.Content.Bytes(), r.Content, d.Settings.Names()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
