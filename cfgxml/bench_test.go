// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// benchDocument makes a document shaped like a phone's export: one element on
// a line, nearly all with ua, some empty, some choices in comments, a few
// references and CDATA sections. 3,000 parameters have about 200 kB.
func benchDocument(parameters int) []byte {
	stems := [...]string{
		"Restricted_Access_Domains", "Enable_Web_Server", "Resync_Periodic", "Dial_Plan", "SIP_TCP_Port_Min", "Proxy",
		"G722.2_Codec_Name", "Enable_LLDP-MED", "Use_Auto_Discovery__WPAD_", "Line_Key_LED_Pattern", "Preferred_Codec",
		"Display_Off_Idle_Timeout__mins_", "Extended_Function", "Auth_INVITE", "Network_Jitter_Level", "Mailbox_ID",
	}
	values := [...]string{"Yes", "No", "", "3600", "http://provisioning.example.com/", "$PN $MAC -- Requesting resync $SCHEME://$SERVIP:$PORT$PATH", "0", "G711u", "example"}
	var b bytes.Buffer
	b.WriteString("<flat-profile>\n<!--  System Configuration  -->\n")
	for i := range parameters - 4 {
		name := fmt.Sprintf("%s_%d_", stems[i%len(stems)], i/len(stems)+1)
		v := values[i*7%len(values)]
		switch {
		case i%200 == 17:
			v = "<![CDATA[(*xx|[3469]11|<:1408>[2-9]xxxxxx)]]>"
		case i%25 == 3:
			v = "Tom &amp; Jerry &lt;" + v + "&gt;"
		}
		ua := "na"
		if i%30 == 1 {
			ua = "rw"
		}
		if v == "" && i%2 == 0 {
			fmt.Fprintf(&b, "<%s ua=\"%s\"/>\n", name, ua)
		} else {
			fmt.Fprintf(&b, "<%s ua=\"%s\">%s</%s>\n", name, ua, v, name)
		}
		if i%25 == 1 {
			b.WriteString("<!--  available options: Yes|No  -->\n")
		}
	}
	for _, name := range []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName} {
		fmt.Fprintf(&b, "<%s ua=\"na\">before</%s>\n", name, name)
	}
	b.WriteString("</flat-profile>\n")
	return b.Bytes()
}

var benchEdits = []Edit{
	Set(cdc.ParamServer, "http://scep.example.com/scep"),
	Set(cdc.ParamRootCAFingerprint, strings.Repeat("0A", 32)),
	SetSecret(cdc.ParamChallengePassword, secret.New("Gentle-Otter-42")),
	Set(cdc.ParamCommonName, "$PN-SEP$MAU"),
}

// BenchmarkWalk is the yardstick: finding every "<" and doing nothing.
func BenchmarkWalk(b *testing.B) {
	data := benchDocument(3000)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		n := 0
		for rest := data; ; n++ {
			i := bytes.IndexByte(rest, '<')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
		if n == 0 {
			b.Fatal("no markup")
		}
	}
}

func BenchmarkScan(b *testing.B) {
	for _, n := range []int{300, 3000, 30_000} {
		data := benchDocument(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Parse(data); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/parameter")
		})
	}
}

func BenchmarkEtreeParse(b *testing.B) {
	data := benchDocument(3000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if err := etree.NewDocument().ReadFromBytes(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEdit reads a document, sets four parameters and writes it.
func BenchmarkEdit(b *testing.B) {
	data := benchDocument(3000)
	b.Run("splice", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			d, err := Parse(data)
			if err != nil {
				b.Fatal(err)
			}
			if _, err = d.Edit(benchEdits...); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("etree", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			t := etree.NewDocument()
			if err := t.ReadFromBytes(data); err != nil {
				b.Fatal(err)
			}
			for _, e := range benchEdits {
				t.Root().SelectElement(e.name).SetText(e.value.Reveal())
			}
			if _, err := t.WriteToBytes(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	data := benchDocument(3000)
	old, err := Parse(data)
	if err != nil {
		b.Fatal(err)
	}
	changed, err := old.Edit(benchEdits...)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("whole", func(b *testing.B) { // reading both is part of the work
		b.ReportAllocs()
		for b.Loop() {
			old, new := mustParse(b, string(data)), mustParse(b, string(changed.Bytes()))
			if cs := Diff(old, new); len(cs) != 4 {
				b.Fatal(cs)
			}
		}
	})
	b.Run("reordered", func(b *testing.B) {
		lines := bytes.SplitAfter(data, []byte("\n"))
		slices.Reverse(lines[1 : len(lines)-2])
		turned := bytes.Join(lines, nil)
		b.ReportAllocs()
		for b.Loop() {
			old, new := mustParse(b, string(data)), mustParse(b, string(turned))
			if cs := Diff(old, new); len(cs) != 0 {
				b.Fatal(cs)
			}
		}
	})
}
