// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"bytes"
	"strings"
)

var ruleDeviceRoot = Rule{
	ID:       "device-root",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, formatsDoc + " shows flat-profile as the root"},
	Summary: "flat-profile is inside another element",
	Why: `Cisco's guides put all parameters into <flat-profile> as the root. Files with <device> around it are served to 6800 phones
by third parties and are said to work, but no page of Cisco's shows them. <device> alone, without flat-profile, belongs to the
enterprise phones of another product line and is refused when the file is read.`,
	Bad: `<device>
<flat-profile>
<Station_Name ua="na">Reception</Station_Name>
</flat-profile>
</device>`,
	Good: `<flat-profile>
<Station_Name ua="na">Reception</Station_Name>
</flat-profile>`,
	hooks: hooks{document: func(c *Run) {
		if start, name := rootName(c.doc.Bytes()); len(name) > 0 && string(name) != "flat-profile" {
			c.report(c.here(place(start, start+len(name))), "make flat-profile the root", "flat-profile is inside %s", quote(string(name)))
		}
	}},
}

var ruleBOM = Rule{
	ID:       "byte-order-mark",
	Severity: Info, Ignorable: true, Fixable: true,
	Source:  Source{Advice, formatsDoc + ": phones sniff the first bytes"},
	Summary: "the file starts with a byte order mark",
	Why: `Some Windows editors put the bytes EF BB BF before the text. XML allows them; Cisco's guides say nothing about them, and phones
sniff the first bytes to recognize compressed and encrypted files. Save the file as UTF-8 without BOM.`,
	Bad:  "\uFEFF<flat-profile>\n<Station_Name ua=\"na\">Reception</Station_Name>\n</flat-profile>",
	Good: "<flat-profile>\n<Station_Name ua=\"na\">Reception</Station_Name>\n</flat-profile>",
	hooks: hooks{document: func(c *Run) {
		if bytes.HasPrefix(c.doc.Bytes(), []byte("\uFEFF")) {
			c.report(c.here(place(0, 3)), "save the file as UTF-8 without BOM", "the file starts with a byte order mark").fix(0, 3, "")
		}
	}},
}

var ruleEmpty = Rule{
	ID:       "empty-element",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, formatsDoc + ", which says two things"},
	Summary: "an element is empty whose parameter cannot be",
	Why: `Cisco's provisioning guide says both that an empty element sets the value to the empty string and that it sets the parameter back
to its default, and that <X ua="rw"/> leaves the value alone. For a parameter with fixed choices the empty string is none of them. Give
the value, or leave the element out. Reported once a file, at the first such element.`,
	Bad:  `<FIPS_Mode ua="na"></FIPS_Mode>`,
	Good: `<FIPS_Mode ua="na">Disabled</FIPS_Mode>`,
	hooks: hooks{document: func(c *Run) {
		if c.count.empty > 0 {
			p := c.count.firstEmpty
			c.report(c.here(valueOf(p)), "give a value, or leave the element out", "%s is empty, which is none of its choices%s", p.Name(), others(c.count.empty-1))
		}
	}},
}

var ruleQuotedEmpty = Rule{
	ID:       "quoted-empty",
	Severity: Info, Ignorable: true,
	Source:  Source{Advice, formatsDoc + ", which says two things"},
	Summary: "the value is two double quotes",
	Why: `One of Cisco's pages says that "" means the empty string, where an empty element would restore the default. By the other
pages the value is two quote characters.`,
	Bad:  `<Station_Name ua="na">""</Station_Name>`,
	Good: `<Station_Name ua="na"></Station_Name>`,
	Value: func(c *Run, v Value) {
		if v.Text == `""` {
			c.report(v, "leave the element out, or empty", `%s is "", which means the empty string or two quotes`, v.Param)
		}
	},
	hooks: hooks{of: isPlainText, signs: signQuote, suspects: func(_ *fact, s *suspect) bool { return string(s.raw) == `""` }},
}

var ruleTolerated = Rule{
	ID:       "not-well-formed",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "the XML recommendation, and files in use that are not well-formed"},
	Summary: "the file is not well-formed XML, although phones accept it",
	Why: `Phones are known to accept text between elements, "--" within a comment and the like, and ignore what they cannot use. Other
tools, and the next firmware, may refuse the file.`,
	Bad: `# network
<Station_Name ua="na">Reception</Station_Name>`,
	Good: `<!-- network -->
<Station_Name ua="na">Reception</Station_Name>`,
	hooks: hooks{document: func(c *Run) {
		for _, n := range c.doc.Notes() {
			switch {
			case strings.HasPrefix(n.Msg, "the attribute "): // unknown-attribute reports it
			case strings.HasPrefix(n.Msg, "this is a template"): // template reports it, at the first place
			default:
				c.report(c.here(place(n.Offset, min(n.Offset+1, len(c.doc.Bytes())))), "make the file well-formed", "%s", n.Msg)
			}
		}
	}},
}

func others(n int) string {
	if n == 0 {
		return ""
	}
	return ", and so are " + plural(n, "other parameter")
}

// rootName returns the name of the root element and where it stands.
func rootName(data []byte) (start int, name []byte) {
	for i := 0; i < len(data); {
		j := bytes.IndexByte(data[i:], '<')
		if j < 0 || i+j+1 >= len(data) {
			return 0, nil
		}
		i += j + 1
		end := ">"
		switch {
		case data[i] == '?':
			end = "?>"
		case bytes.HasPrefix(data[i:], []byte("!--")):
			i, end = i+3, "-->"
		case data[i] != '!':
			n := bytes.IndexAny(data[i:], " \t\r\n/>")
			return i, data[i : i+max(n, 0)]
		}
		j = bytes.Index(data[i:], []byte(end))
		if j < 0 {
			return 0, nil
		}
		i += j + len(end)
	}
	return 0, nil
}
