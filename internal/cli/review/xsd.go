// SPDX-License-Identifier: MPL-2.0

package review

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/cli/term"
)

// XSDCommand returns the command `cfgxml xsd`.
func XSDCommand(a *term.App) *cobra.Command {
	return &cobra.Command{
		Use:     "xsd",
		GroupID: term.GroupReview,
		Short:   "Print an XML schema of the parameters, for editors",
		Long: `xsd prints an XML schema (XSD 1.0) with every parameter of the catalog, so that an
editor completes names, values and the ua attribute, and shows what a parameter
is for. It accepts parameters in any order and number, with any value, since newer
firmware may offer more than is known: cfgxml lint judges values. A name that the
schema calls an error is one that lint does not know either.`,
		Example: `  cfgxml xsd > flat-profile.xsd`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return writeSchema(a.Stdout)
		},
	}
}

// writeSchema writes the schema: a type for each list of choices, and an element
// for each parameter.
func writeSchema(to io.Writer) error {
	w := bufio.NewWriter(to)
	fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="ua">
    <xs:restriction base="xs:string">
      <xs:enumeration value="na"><xs:annotation><xs:documentation>the user does not see the parameter</xs:documentation></xs:annotation></xs:enumeration>
      <xs:enumeration value="ro"><xs:annotation><xs:documentation>the user may look at it</xs:documentation></xs:annotation></xs:enumeration>
      <xs:enumeration value="rw"><xs:annotation><xs:documentation>the user may change it</xs:documentation></xs:annotation></xs:enumeration>
    </xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="y">
    <xs:restriction base="xs:string"><xs:enumeration value="y"/></xs:restriction>
  </xs:simpleType>
  <xs:attributeGroup name="attributes">
    <xs:attribute name="ua" type="ua"><xs:annotation><xs:documentation>what the user may do with the parameter</xs:documentation></xs:annotation></xs:attribute>
    <xs:attribute name="preserve-value" type="y"><xs:annotation><xs:documentation>keeps the value that the user set</xs:documentation></xs:annotation></xs:attribute>
    <xs:attribute name="user-pref" type="xs:string"/>
    <xs:attribute name="um" type="xs:string"/>
    <xs:attribute name="group" type="xs:string"><xs:annotation><xs:documentation>page and section in exports of earlier phones</xs:documentation></xs:annotation></xs:attribute>
    <xs:anyAttribute namespace="##other" processContents="skip"/>
  </xs:attributeGroup>
`)
	types := map[string]string{}
	var elements strings.Builder
	for p := range catalog.All() {
		if strings.Contains(p.Name, "/") {
			continue // of a nested group, which phones have no more
		}
		key := strings.Join(p.Choices, "\x00")
		name, ok := types[key]
		if !ok {
			name = fmt.Sprintf("value%d", len(types))
			types[key] = name
			writeValueType(w, name, p.Choices)
		}
		fmt.Fprintf(&elements, "        <xs:element name=\"%s\" type=\"%s\"><xs:annotation><xs:documentation>%s</xs:documentation></xs:annotation></xs:element>\n",
			p.Name, name, XMLText(strings.Join(ParameterFacts(p), "; ")))
	}
	fmt.Fprint(w, `  <xs:element name="flat-profile">
    <xs:complexType>
      <xs:choice minOccurs="0" maxOccurs="unbounded">
`, elements.String(), `      </xs:choice>
      <xs:anyAttribute processContents="skip"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="device">
    <xs:complexType>
      <xs:sequence><xs:element ref="flat-profile"/></xs:sequence>
      <xs:anyAttribute processContents="skip"/>
    </xs:complexType>
  </xs:element>
</xs:schema>
`)
	return w.Flush()
}

// writeValueType writes the type of elements with these choices: any text, of
// which the choices are offered.
func writeValueType(w io.Writer, name string, choices []string) {
	base := "xs:string"
	if len(choices) > 0 {
		base = name + "-choices"
		fmt.Fprintf(w, "  <xs:simpleType name=\"%s\">\n    <xs:union memberTypes=\"xs:string\">\n      <xs:simpleType>\n        <xs:restriction base=\"xs:string\">\n", base)
		for _, c := range choices {
			fmt.Fprintf(w, "          <xs:enumeration value=\"%s\"/>\n", XMLText(c))
		}
		fmt.Fprint(w, "        </xs:restriction>\n      </xs:simpleType>\n    </xs:union>\n  </xs:simpleType>\n")
	}
	fmt.Fprintf(w, "  <xs:complexType name=\"%s\">\n    <xs:simpleContent>\n      <xs:extension base=\"%s\"><xs:attributeGroup ref=\"attributes\"/></xs:extension>\n    </xs:simpleContent>\n  </xs:complexType>\n", name, base)
}

// ParameterFacts are what the catalog knows about a parameter, for a person.
func ParameterFacts(p catalog.Parameter) []string {
	var facts []string
	if p.Meaning != "" {
		facts = append(facts, p.Meaning)
	}
	if p.Section != "" {
		facts = append(facts, "section "+p.Section)
	}
	if len(p.Choices) > 0 {
		facts = append(facts, "one of "+strings.Join(p.Choices, ", "))
	} else if p.Type != catalog.Text && !p.Secret() {
		facts = append(facts, "type "+p.Type.String())
	}
	if p.UserAccess != "" {
		facts = append(facts, "ua=\""+p.UserAccess+"\" in a phone's export")
	}
	if p.Secret() {
		facts = append(facts, "holds a password or a key")
	}
	if cdc.IsParam(p.Name) {
		facts = append(facts, "a change makes the phone request a new certificate")
	}
	if !p.Current() {
		facts = append(facts, "known from "+p.Generation().String()+" only")
	}
	return facts
}

// XMLText escapes text for XML.
func XMLText(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}
