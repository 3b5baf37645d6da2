// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// Generators of well-formed documents in every spelling XML offers, and of
// edits of them.

var genNames = []string{
	"A", "B", "CDC_Server_1_", cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword, cdc.ParamCommonName, "Admin_Password",
	"Enable_802.1X_Authentication", "G722.2_Codec_Name", "Set_Local_Date__mm_dd_yyyy_", "_x", "é", "flat-profile",
}

func genName() *rapid.Generator[string] { return rapid.SampledFrom(genNames) }

// genValue makes values that a phone can hold.
func genValue() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"x", "Yes", " ", "\t", "&", "<", ">", "\"", "'", "]]>", "]", "--", "é", "☎", "📞", "\ufeff", "$MA", "&amp;", "0"})
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Trim(strings.Join(rapid.SliceOfN(piece, 0, 6).Draw(t, "pieces"), ""), " \t")
	})
}

// genText makes the content of an element, well-formed in any spelling.
func genText() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{
		"x", "Yes", " ", "\t", "\n", "\r\n", "\r", "&amp;", "&lt;", "&gt;", "&quot;", "&apos;", "&#65;", "&#x1F4DE;", "&#10;", "&#32;",
		">", "\"", "'", "]", "]]", "é", "☎", "📞", "\uffef", "<![CDATA[]]>", "<![CDATA[ <&]] ]]>", "<!-- c & < -->", "<!---->", "<?p i?>", "\u00a0", "\x7f",
	})
	return rapid.Custom(func(t *rapid.T) string {
		s := ""
		for _, p := range rapid.SliceOfN(piece, 0, 5).Draw(t, "text") {
			if p == ">" && strings.HasSuffix(s, "]]") {
				continue
			}
			s += p
		}
		return s
	})
}

func genSpace(need bool) *rapid.Generator[string] {
	all := []string{" ", "\n", "\r\n", "\t", "  ", "\n  ", "\r\n\t", "\n\n"}
	if !need {
		all = append(all, "", "", "")
	}
	return rapid.SampledFrom(all)
}

func genAttributes() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"ua", "um", "group", "user-pref", "x"}), 0, 3, rapid.ID[string]).Draw(t, "attributes") {
			value := rapid.SampledFrom([]string{"na", "rw", "ro", "", "y", "&#110;a", "a>b", "/", "&lt;", "n\ta"}).Draw(t, "value")
			quote := rapid.SampledFrom([]string{`"`, "'"}).Draw(t, "quote")
			b.WriteString(genSpace(true).Draw(t, "space") + name)
			eq := rapid.SampledFrom([]string{"=", "=", " = ", "\n="}).Draw(t, "eq")
			b.WriteString(eq + quote + value + quote)
		}
		return b.String() + rapid.SampledFrom([]string{"", "", " ", "\n"}).Draw(t, "end")
	})
}

func genLeaf() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		name := genName().Draw(t, "name")
		attrs := genAttributes().Draw(t, "attributes")
		if rapid.IntRange(0, 3).Draw(t, "form") == 0 {
			return "<" + name + attrs + "/>"
		}
		text := genText().Draw(t, "content")
		return "<" + name + attrs + ">" + text + "</" + name + rapid.SampledFrom([]string{"", "", " "}).Draw(t, "end") + ">"
	})
}

func genChildren(depth int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 7).Draw(t, "children") {
			b.WriteString(genSpace(false).Draw(t, "gap"))
			switch k := rapid.IntRange(0, 11).Draw(t, "kind"); {
			case k == 0:
				b.WriteString("<!-- a - comment with <Tags> & so on -->")
			case k == 1:
				b.WriteString("<?pi some thing?>")
			case k == 2 && depth > 0:
				name := rapid.SampledFrom([]string{"G", "router-configuration", "A"}).Draw(t, "group")
				fmt.Fprintf(&b, "<%s>%s%s</%s>", name, genLeaf().Draw(t, "first"), genChildren(depth-1).Draw(t, "nested"), name)
			default:
				b.WriteString(genLeaf().Draw(t, "leaf"))
			}
		}
		b.WriteString(genSpace(false).Draw(t, "gap"))
		return b.String()
	})
}

// genDocument makes a document that Parse must accept.
func genDocument() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		head := rapid.SampledFrom([]string{"", "", "\ufeff", `<?xml version="1.0"?>` + "\n", "\ufeff<?xml version='1.0' encoding='utf-8' ?>\r\n", "\n <!-- c -->"}).Draw(t, "head")
		tail := rapid.SampledFrom([]string{"", "\n", "\r\n", "<!-- c -->\n", "<?p?>"}).Draw(t, "tail")
		var body string
		switch rapid.IntRange(0, 5).Draw(t, "form") {
		case 0:
			body = "<flat-profile" + rapid.SampledFrom([]string{"", " ", " x='y'"}).Draw(t, "tag") + "/>"
		case 1:
			body = "<device><before>x</before><flat-profile>" + genChildren(1).Draw(t, "children") + "</flat-profile><after/>\n</device>"
		default:
			body = "<flat-profile>" + genChildren(2).Draw(t, "children") + "</flat-profile>"
		}
		return head + body + tail
	})
}

// genEdits makes edits of names that genDocument uses, of which none contradicts
// another.
func genEdits() *rapid.Generator[[]Edit] {
	name := rapid.OneOf(genName(), rapid.SampledFrom([]string{"New_1_", "New_2_", "CDC_New"}))
	return rapid.Custom(func(t *rapid.T) (edits []Edit) {
		for _, n := range rapid.SliceOfNDistinct(name, 0, 12, rapid.ID[string]).Draw(t, "names") {
			access := SetUserAccess(n, rapid.SampledFrom([]string{"na", "ro", "rw"}).Draw(t, "ua"))
			value := Set(n, genValue().Filter(func(s string) bool { return !secret.IsMask(s) }).Draw(t, "value"))
			edits = append(edits, rapid.SampledFrom([][]Edit{{Remove(n)}, {access}, {value}, {value, access}, {access, value}, {value, value}}).Draw(t, "edits")...)
		}
		return edits
	})
}
