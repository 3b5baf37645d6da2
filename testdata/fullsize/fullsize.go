// SPDX-License-Identifier: MPL-2.0

// Package fullsize writes configuration files as long as real ones: some 2,900
// parameters and 190 kB, from the names, choices and user access that
// [catalog.All] knows, in the shape in which a phone exports itself.
//
//	data := fullsize.Document(fullsize.Options{Model: "DP-9871"})
//
// The files hold what makes real ones hard: "available options" comments
// behind the element they belong to, section comments, names with dots,
// hyphens and double underscores, secrets that are commented out, all forms of
// an empty element, references in values, and on request CRLF line ends. They
// hold no CDC parameter: a file starts where an administrator starts. The same
// options always give the same bytes.
//
// Tests of package cfgxml import it from an external test package
// (cfgxml_test), because it imports cfgxml. On the command line it is
//
//	go run ./testdata/gen -model DP-9871 -crlf > SEP001A2B3C4D5E.xml
package fullsize

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// Options say what the file should be like. The zero value is a DP-9871's.
type Options struct {
	// Model is named in the first comment, and decides on the sections: a
	// DP-9811, DP-9841 and DP-9851 have no Wi-Fi. Empty means "DP-9871".
	Model string
	// CRLF ends the lines as Windows does.
	CRLF bool
	// Parameters is the number of elements; 0 takes all that the model's export
	// is known to have, about 2,900. Above that number come parameters that
	// documents name, and from about 3,100 on the families of numbered ones go
	// on: Proxy_17_, Proxy_18_ …
	Parameters int
	// Seed chooses among equally plausible values.
	Seed uint64
}

// Document returns the file that the options describe.
func Document(o Options) []byte {
	if o.Model == "" {
		o.Model = "DP-9871"
	}
	w := writer{random: rand.New(rand.NewPCG(o.Seed, 9871))}
	w.line("<flat-profile>")
	w.line("<!--  Configuration of a " + o.Model + ", all parameters  -->")
	section := ""
	for p := range parameters(o) {
		if p.Section != section {
			section = p.Section
			w.line("<!--  " + section + "  -->")
		}
		w.parameter(p)
	}
	w.line("</flat-profile>")
	if o.CRLF {
		return bytes.ReplaceAll(w.out, []byte("\n"), []byte("\r\n"))
	}
	return w.out
}

type writer struct {
	out    []byte
	random *rand.Rand
	count  int
}

func (w *writer) line(s string) {
	w.out = append(append(w.out, s...), '\n')
}

// parameter writes an element and the comment with its choices; a secret
// without a value is a comment, as phones hide it.
func (w *writer) parameter(p catalog.Parameter) {
	ua := ""
	if p.UserAccess != "" {
		ua = ` ua="` + p.UserAccess + `"`
	}
	value := w.value(p)
	switch {
	case hidden(p.Name):
		w.line("<!--  <" + p.Name + ua + "/>  -->")
	case value != "":
		w.line("<" + p.Name + ua + ">" + escape.Replace(value) + "</" + p.Name + ">")
	default:
		w.count++
		switch w.count % 16 { // mostly as phones write it, now and then as people do
		case 5:
			w.line("<" + p.Name + ua + "></" + p.Name + ">")
		case 10:
			w.line("<" + p.Name + ua + " />")
		case 15:
			w.line("<" + p.Name + "/>")
		default:
			w.line("<" + p.Name + ua + "/>")
		}
	}
	if p.Type == catalog.Choice {
		w.line("<!--  available options: " + strings.Join(p.Choices, "|") + "  -->")
	}
}

// escape writes the five references that phones know.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&apos;", `"`, "&quot;")

// hidden reports whether the element is commented out: every password but
// those that each administrator sets.
func hidden(name string) bool {
	switch name {
	case "Admin_Password", "User_Password", "Password_1_", "Display_Password_Warnings", "User_Password_Prompt":
		return false
	}
	return catalog.IsSecret(name)
}

// lineOf gives the number that a name ends in, "Proxy_3_" → 3, 0 without one.
func lineOf(name string) int {
	rest, ok := strings.CutSuffix(name, "_")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(rest[strings.LastIndexByte(rest, '_')+1:])
	if err != nil {
		return 0
	}
	return n
}
