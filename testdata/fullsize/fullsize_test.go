// SPDX-License-Identifier: MPL-2.0

package fullsize_test

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/testdata/fullsize"
)

// names parses with the standard library, an independent reader.
func names(t *testing.T, data []byte) []string {
	t.Helper()
	var document struct {
		Elements []struct{ XMLName xml.Name } `xml:",any"`
	}
	if err := xml.Unmarshal(data, &document); err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(document.Elements))
	for i, e := range document.Elements {
		out[i] = e.XMLName.Local
	}
	return out
}

func TestDocumentIsAsLargeAsARealOne(t *testing.T) {
	for _, model := range []string{"DP-9841", "DP-9871", "CP-8875"} {
		data := fullsize.Document(fullsize.Options{Model: model})
		n := names(t, data)
		if len(n) < 2800 || len(n) > 3000 {
			t.Errorf("%s: %d parameters, want about 2,900", model, len(n))
		}
		if len(data) < 180e3 || len(data) > 210e3 {
			t.Errorf("%s: %d bytes, want about 190 kB", model, len(data))
		}
		wifi := bytes.Contains(data, []byte("<Network_Name_1_"))
		if wifi != (model != "DP-9841") {
			t.Errorf("%s: Wi-Fi parameters: %v", model, wifi)
		}
	}
}

func TestDocumentHoldsWhatMakesRealFilesHard(t *testing.T) {
	data := fullsize.Document(fullsize.Options{})
	for what, pattern := range map[string]string{
		"a choice comment":           `<!--  available options: Http\|Https  -->\n`,
		"a section comment":          `\n<!--  System Configuration  -->\n`,
		"a commented-out secret":     `<!--  <Wi-Fi_Password_1_ ua="rw"/>  -->`,
		"a secret with a value":      `<Admin_Password ua="na">[^<]+<`,
		"a dot in a name":            `<Enable_802\.1X_Authentication ua="rw">`,
		"a hyphen in a name":         `<Enable_LLDP-MED `,
		"a double underscore":        `<Resync_At__HHmm_ `,
		"an empty element":           `<(\w+) ua="na"></\w+>`,
		"a closed tag with a space":  `<\w+ ua="na" />`,
		"a closed tag without ua":    `<\w+/>`,
		"a closed tag with ua":       `<\w+ ua="na"/>`,
		"an ampersand":               `&amp;`,
		"quotes":                     `&quot;`,
		"user access rw":             `ua="rw"`,
		"a value with a less-than":   `&lt;:1&gt;`,
		"a macro of the user agents": `\$VERSION \(\$MA\)`,
	} {
		if !regexp.MustCompile(pattern).Match(data) {
			t.Errorf("no %s: nothing matches %s", what, pattern)
		}
	}
	if bytes.Contains(data, []byte("<CDC_")) {
		t.Error("holds a CDC parameter, but should be as it is before enrolling")
	}
	if bytes.ContainsRune(data, '\r') {
		t.Error("holds a carriage return without CRLF")
	}
}

func TestDocumentIsDeterministic(t *testing.T) {
	for _, o := range []fullsize.Options{{}, {Model: "DP-9841", CRLF: true}, {Parameters: 5000, Seed: 7}} {
		a, b := fullsize.Document(o), fullsize.Document(o)
		if !bytes.Equal(a, b) {
			t.Errorf("%+v: two different documents", o)
		}
		o.Seed++
		if bytes.Equal(a, fullsize.Document(o)) {
			t.Errorf("%+v: the seed changes nothing", o)
		}
	}
}

func TestDocumentCRLF(t *testing.T) {
	lf := fullsize.Document(fullsize.Options{})
	crlf := fullsize.Document(fullsize.Options{CRLF: true})
	if !bytes.Equal(bytes.ReplaceAll(crlf, []byte("\r\n"), []byte("\n")), lf) {
		t.Error("CRLF changes more than the line ends")
	}
	if bytes.Count(crlf, []byte("\r\n")) != bytes.Count(lf, []byte("\n")) {
		t.Error("not every line ends with CR LF")
	}
}

func TestDocumentHasAsManyParametersAsAskedFor(t *testing.T) {
	for _, want := range []int{1, 100, 2500, 3000, 30_000} {
		got := names(t, fullsize.Document(fullsize.Options{Parameters: want}))
		if len(got) != want {
			t.Errorf("%d parameters, want %d", len(got), want)
		}
		seen := map[string]bool{}
		for _, name := range got {
			if seen[name] {
				t.Fatalf("%d parameters: %s stands there twice", want, name)
			}
			seen[name] = true
		}
		if want == 30_000 && !seen["Proxy_17_"] {
			t.Error("the families were not numbered on")
		}
		if strings.HasPrefix(got[0], "Proxy") {
			t.Errorf("starts with %s, want the phone's own parameters first", got[0])
		}
	}
}
