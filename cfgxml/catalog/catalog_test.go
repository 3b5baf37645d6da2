// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestCatalogHoldsTheFactsItClaims(t *testing.T) {
	current, earlier := 0, 0
	seen := map[string]bool{}
	for p := range All() {
		if seen[p.Name] {
			t.Errorf("%s stands there twice", p.Name)
		}
		seen[p.Name] = true
		if p.Current() {
			current++
			if earlier > 0 {
				t.Errorf("%s stands behind parameters of earlier generations", p.Name)
			}
		} else {
			earlier++
		}
		if p.Sources == 0 || p.Section == "" {
			t.Errorf("%s: no source or no section: %+v", p.Name, p)
		}
		if (p.Type == Choice || p.Type == YesNo) == (len(p.Choices) == 0) {
			t.Errorf("%s: type %v with choices %q", p.Name, p.Type, p.Choices)
		}
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]*$`).MatchString(p.Name) {
			t.Errorf("%q is not an XML name", p.Name)
		}
		if got, ok := Lookup(p.Name); !ok || got.Name != p.Name {
			t.Errorf("Lookup(%q) = %+v, %v", p.Name, got, ok)
		}
		if p.Secret() && p.UserAccess == "ro" {
			t.Errorf("%s is a secret that the phone shows", p.Name)
		}
		if p.Secret() != IsSecret(p.Name) || p.Secret() != IsSecret([]byte(p.Name)) {
			t.Errorf("%s: secret is %v, and IsSecret says otherwise", p.Name, p.Secret())
		}
		if p.Meaning != "" && (strings.HasSuffix(p.Meaning, ".") || len(p.Meaning) > 160) {
			t.Errorf("%s: the meaning is one line without a full stop: %q", p.Name, p.Meaning)
		}
	}
	if current < 2900 || earlier < 500 {
		t.Errorf("%d current and %d earlier parameters, want at least 2,900 and 500", current, earlier)
	}
}

func TestLookupParameter(t *testing.T) {
	for name, want := range map[string]Parameter{
		"CDC_Server_1_":                {Type: Text, UserAccess: "na", Section: "SCEP Configuration", Sources: SourceCertificate | SourceXMLReference},
		"CDC_Common_Name_1_":           {Type: Text, UserAccess: "na", Section: "SCEP Configuration", Sources: SourceCertificate},
		"FIPS_Mode":                    {Type: Choice, UserAccess: "na", Section: "Security Settings"},
		"Enable_802.1X_Authentication": {Type: YesNo, UserAccess: "rw", Section: "802.1X Authentication"},
		"Proxy_16_":                    {Type: Text, UserAccess: "na", Section: "Proxy and Registration"},
		"Admin_Passwd":                 {Type: Secret, UserAccess: "na", Section: "Earlier generations", Sources: SourceSPA},
	} {
		p, ok := Lookup(name)
		if !ok || p.Type != want.Type || p.UserAccess != want.UserAccess || p.Section != want.Section {
			t.Errorf("%s: %+v, %v", name, p, ok)
		}
		if want.Sources != 0 && p.Sources != want.Sources {
			t.Errorf("%s: from %v, want %v", name, p.Sources, want.Sources)
		}
	}
	for _, name := range []string{"", "cdc_server_1_", "CDC_Server_1", "Proxy_0_", "Proxy_{1..16}_", "No_Such_Thing"} {
		if p, ok := Lookup(name); ok {
			t.Errorf("%q is known: %+v", name, p)
		}
	}
}

func TestLookupParameterDoesNotAllocate(t *testing.T) {
	names := []string{"CDC_Server_1_", "Proxy_16_", "No_Such_Thing"}
	if n := testing.AllocsPerRun(100, func() {
		for _, name := range names {
			Lookup(name)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestSourceAndTypeNames(t *testing.T) {
	if got := (SourceDeskPhone | SourceCertificate).String(); got != "Desk Phone 9861 export, Custom Device Certificate" {
		t.Error(got)
	}
	if got := Choice.String() + " " + Type(9).String(); got != "choice unknown" {
		t.Error(got)
	}
}

func TestDecodeCatalogRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no sources":          "A\tna\ttext\n",
		"unknown user access": "A\txx\ttext\td\n",
		"unknown type":        "A\tna\tthing\td\n",
		"unknown source":      "A\tna\ttext\tq\n",
		"choice without any":  "A\tna\tchoice\td\n",
		"text with choices":   "A\tna\ttext\td\tx|y\n",
		"too many fields":     "A\tna\ttext\td\t-\tm\tmore\n",
		"open range":          "A_{1..\tna\ttext\td\n",
		"backward range":      "A_{3..1}_\tna\ttext\td\n",
		"huge range":          "A_{1..99999}_\tna\ttext\td\n",
	} {
		if c, err := decode(text); err == nil {
			t.Errorf("%s: decoded to %d parameters", name, len(c.parameters))
		}
	}
}

func TestSuggest(t *testing.T) {
	for name, want := range map[string]string{
		"CDC_Server_1":                 "CDC_Server_1_",
		"cdc_server_1_":                "CDC_Server_1_",
		"CDC_Sevrer_1_":                "CDC_Server_1_",
		"CDC_Server_1_":                "CDC_Server_1_",
		"CDC_Root_CA_Fingerprnt_1_":    "CDC_Root_CA_Fingerprint_1_",
		"CDC_Challange_Pasword_1_":     "CDC_Challenge_Password_1_",
		"CDC Common Name 1":            "CDC_Common_Name_1_",
		"Enable_8021X_Authentication":  "Enable_802.1X_Authentication",
		"Enable_802.1x_Authentication": "Enable_802.1X_Authentication",
		"Profile_Rul":                  "Profile_Rule",
		"Proxy_1":                      "Proxy_1_",
	} {
		got := Suggest(name)
		if len(got) == 0 || got[0] != want || len(got) > maxSuggestions {
			t.Errorf("%s: %q, want %s first", name, got, want)
		}
	}
	for _, name := range []string{"", "x", "Entirely_Different", "Favourite_Colour_Of_The_Cat", strings.Repeat("Proxy_", 20), "\xff\x00"} {
		if got := Suggest(name); len(got) != 0 {
			t.Errorf("%q: %q, want nothing", name, got)
		}
	}
}

// The banded distance is the plain one wherever that is within the limit.
func TestBoundedDistanceIsTheDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, limit := word.Draw(t, "a"), word.Draw(t, "b"), rapid.IntRange(0, 6).Draw(t, "limit")
		var d distance
		got, want := d.bounded(a, b, limit), min(plainDistance(a, b), limit+1)
		if got != want {
			t.Fatalf("distance of %q and %q up to %d: %d, want %d", a, b, limit, got, want)
		}
	})
}

func plainDistance(a, b string) int {
	m := make([][]int, len(a)+1)
	for i := range m {
		m[i] = make([]int, len(b)+1)
		for j := range m[i] {
			switch {
			case i == 0:
				m[i][j] = j
			case j == 0:
				m[i][j] = i
			default:
				cost := 1
				if a[i-1] == b[j-1] {
					cost = 0
				}
				m[i][j] = min(m[i-1][j]+1, m[i][j-1]+1, m[i-1][j-1]+cost)
				if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					m[i][j] = min(m[i][j], m[i-2][j-2]+1)
				}
			}
		}
	}
	return m[len(a)][len(b)]
}

func TestSuggestIsFastEvenForUnknownNames(t *testing.T) {
	const name = "Call_Feature_Setting_Of_9_"
	best := func(f func()) time.Duration {
		b := time.Hour
		for range 20 {
			start := time.Now()
			f()
			b = min(b, time.Since(start))
		}
		return b
	}
	suggest := best(func() { Suggest(name) })
	plain := best(func() {
		n := 0
		for p := range All() {
			if n++; n%20 == 0 { // a twentieth is enough to compare with
				plainDistance(name, p.Name)
			}
		}
	})
	if suggest > 5*plain {
		t.Errorf("%v for one suggestion, %v for the plain distance to a twentieth of the names", suggest, plain)
	}
}

// With the exports at hand, the data file is what catalogen makes of them.
func TestCatalogExportsAreUpToDate(t *testing.T) {
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	if dir == "" {
		t.Skip("catalogen: not run: needs the exported configurations in CISCOPHONE_REAL_DIR")
	}
	out, err := exec.Command("go", "run", "./internal/catalogen",
		"-desk-phone", filepath.Join(dir, "desk-phone-9861.xml"),
		"-multiplatform", filepath.Join(dir, "cp-phone.xml"),
		"-spa", filepath.Join(dir, "spa5xx.xml"),
		"-8865", filepath.Join(dir, "fusionpbx-8865.xml"),
		"-report", filepath.Join(dir, "open-mpp-schema.yml")).Output()
	if err != nil {
		t.Fatal(err)
	}
	if string(out) != exportsText {
		t.Error("exports.txt differs: write it anew with catalogen")
	}
}

func BenchmarkLookupParameter(b *testing.B) {
	var names []string
	for p := range All() {
		names = append(names, p.Name)
	}
	b.ResetTimer()
	for i := range b.N {
		Lookup(names[i%len(names)])
	}
}

func BenchmarkDecodeCatalog(b *testing.B) {
	for range b.N {
		if _, err := decode(exportsText, documentsText); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	for range b.N {
		Suggest("CDC_Sevrer_1")
	}
}
