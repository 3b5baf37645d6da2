// SPDX-License-Identifier: MPL-2.0

package ca

import (
	"reflect"
	"strings"
	"testing"
)

func TestNamedQuirks(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, n := range NamedQuirks() {
		q, err := ParseQuirks(n.Name)
		if err != nil || reflect.ValueOf(q).IsZero() {
			t.Errorf("%s: %+v, %v", n.Name, q, err)
		}
		if seen[n.Name] || n.Meaning == "" || strings.ContainsAny(n.Name, " ,") {
			t.Errorf("%+v: want a name of its own and a meaning", n)
		}
		seen[n.Name] = true
	}
	if q, err := ParseQuirks("no-root", "ndes"); err != nil || !q.OmitRoot || !q.NDES {
		t.Errorf("two quirks: %+v, %v", q, err)
	}
	if q, err := ParseQuirks(); err != nil || !reflect.ValueOf(q).IsZero() {
		t.Errorf("no quirk: %+v, %v", q, err)
	}
	if _, err := ParseQuirks("rude"); err == nil || !strings.Contains(err.Error(), `"rude"`) || !strings.Contains(err.Error(), "no-root") {
		t.Errorf("an unknown quirk: %v", err)
	}
}
