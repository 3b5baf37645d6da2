// SPDX-License-Identifier: MPL-2.0

package device_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

// TestLineUIDs: a phone has a user ID for each line, numbered as people write
// numbers.
func TestLineUIDs(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{
		"UID1": true, "UID2": true, "UID9": true, "UID10": true, "UID999": true,
		"UID": false, "UID0": false, "UID01": false, "UID1000": false, "UIDA": false, "UID1A": false, "UID/": false, "UID:": false, "XID2": false,
	} {
		if m, ok := device.LookupMacro(name); ok != known || ok && m.Name != name {
			t.Errorf("LookupMacro(%q) = %+v, %t; want %t", name, m, ok, known)
		}
	}
}

func TestMacroTable(t *testing.T) {
	t.Parallel()
	table := device.MacroTable()
	if !slices.IsSortedFunc(table, func(a, b device.Macro) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("the table is not sorted by name")
	}
	for i, m := range table {
		if i > 0 && table[i-1].Name == m.Name {
			t.Errorf("%s stands twice", m.Name)
		}
		if got, ok := device.LookupMacro(m.Name); !ok || got != m {
			t.Errorf("LookupMacro(%q) = %+v, %v", m.Name, got, ok)
		}
		if m.Meaning == "" || m.MaxLen < 0 {
			t.Errorf("%s has no meaning or a negative length", m.Name)
		}
	}
	// Every name of Cisco's table "Macro Expansion Variables".
	for name := range strings.FieldsSeq(`$ A B C D E F G H I J K L M N O P SA SB SC SD MA MAU MAC PN PSN SN CCERT IP EXTIP
		SWVER HWVER PRVST UPGST UPGERR PRVTMR UPGTMR REGTMR1 REGTMR2 UPGCOND SCHEME METH SERV SERVIP PORT PATH ERR
		UID1 UID2 UID16 EMS MUID MPWD`) {
		if _, ok := device.LookupMacro(name); !ok {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range []string{"", "Q", "S", "SE", "mau", "MAUX", "UID", "UID0", "UID01", "UID1x", "UID1234", "USER", "PROXY", "VERSION", "NOTIFY", "ISCUST"} {
		if _, ok := device.LookupMacro(name); ok {
			t.Errorf("%q is no macro of the table", name)
		}
	}
}

// What makes sense in a common name: identity, lines and the administrator's own
// parameters. Not: the context of a request, state, secrets, colons and spaces.
func TestMacrosInCommonName(t *testing.T) {
	t.Parallel()
	suited := map[string]bool{}
	for name := range strings.FieldsSeq(`$ A B C D E F G H I J K L M N O P MA MAU SN UID1`) {
		suited[name] = true
	}
	for _, m := range device.MacroTable() {
		if m.CommonName != suited[m.Name] {
			t.Errorf("%s makes sense in a common name: %v, want %v", m.Name, m.CommonName, suited[m.Name])
		}
	}
	if m, ok := device.LookupMacro("UID123"); !ok || !m.CommonName || m.Name != "UID123" {
		t.Errorf("UID123: %+v, %v", m, ok)
	}
}

func TestMaxExpandedLen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in      string
		n       int
		bounded bool
	}{
		{"", 0, true},
		{"phone", 5, true},
		{"é", 1, true},
		{"$MA", 12, true},
		{"CP-$MAU.example.nl", 26, true},
		{"$$MAU", 4, true},
		{"$MAC", 17, true},
		{"$(MAU:6)", 6, true},
		{"$(MAU:6:3)", 3, true},
		{"$(MAU:10:9)", 2, true},
		{"$(MAU:99)", 0, true},
		{"x$A", 1, false},
		{"$(A:0:8)x", 9, true}, // a length bounds the unbounded
		{"$(A:3)", 0, false},
		{"$(MAU:6:0)", 0, true},
		{"$A$(A:0:8)", 8, false},
		{"$(A:3:0)", 0, true}, // bounded, by nothing
		{"$STRANGE", 8, true}, // stays as it is
		{"$", 1, true},
		{"$UID12", 63, true},
	} {
		if n, bounded := device.MaxExpandedLen(c.in); n != c.n || bounded != c.bounded {
			t.Errorf("MaxExpandedLen(%q) = %d, %v; want %d, %v", c.in, n, bounded, c.n, c.bounded)
		}
	}
}
