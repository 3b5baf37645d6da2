// SPDX-License-Identifier: MPL-2.0

package batch

import (
	"fmt"
	"slices"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/reconcile"
)

// TestTally: a line never says of many phones what is true of one.
func TestTally(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		changes []string // a phone's change of one parameter each
		want    []string
	}{
		"alike":     {[]string{"x -> y", "x -> y", "x -> y"}, []string{"3 phones, such as a0.xml: x -> y"}},
		"two each":  {[]string{"x -> y", "z -> y", "x -> y", "z -> y"}, []string{"2 phones, such as a0.xml: x -> y", "2 phones, such as a1.xml: z -> y"}},
		"different": {[]string{"1", "2"}, []string{"a0.xml: 1", "a1.xml: 2"}},
		"many":      {[]string{"1", "2", "3", "4", "5", "6", "6"}, []string{"7 phones, each or in groups something else, such as a0.xml: 1"}},
	} {
		var tl Tally
		for i, text := range tc.changes {
			tl.Add(fmt.Sprintf("a%d.xml", i), reconcile.Line{Key: "Station_Name", Text: text})
		}
		if got := tl.Text(); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}
