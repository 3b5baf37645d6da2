// SPDX-License-Identifier: MPL-2.0

package tree_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/tree"
)

func Example() {
	doc, err := cfgxml.Parse([]byte(`<flat-profile><Station_Name ua="na">Lobby</Station_Name></flat-profile>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := tree.Of(doc)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range t.FindElements("//flat-profile/*[@ua='na']") {
		fmt.Println(e.Tag, e.Text())
	}
	// Output:
	// Station_Name Lobby
}

func TestOf(t *testing.T) {
	for _, c := range []struct{ text, err string }{
		{"<flat-profile><!-- c --><A ua='na'><![CDATA[<1>]]></A></flat-profile>", ""},
		{"<flat-profile>x & y<A>&lt;1></A></flat-profile>", "as a tree"},
	} {
		d, err := cfgxml.Parse([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		got, err := tree.Of(d)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v", c.text, err)
			}
			continue
		}
		if a := got.FindElement("//A"); err != nil || a == nil || a.Text() != "<1>" {
			t.Errorf("%s: A is %v, %v", c.text, a, err)
		}
	}
	if got, err := tree.Of(nil); err != nil || got.Root() != nil {
		t.Errorf("no document gives %v, %v", got, err)
	}
}
