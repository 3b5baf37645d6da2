// SPDX-License-Identifier: MPL-2.0

package push_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push"
)

func TestValidName(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"a", "SEP001A2B3C4D5E.xml", "site-a/SEP001A2B3C4D5E.xml", "büro/telefon 1.xml", strings.Repeat("a", 200)} {
		if err := push.ValidName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "/etc/passwd", "../x", "a/../x", "a/..", ".", "./a", "a//b", "a/", ".hidden", "a/.git/b",
		`a\b`, "a\x00b", "a\nb", "a\x7f", "a\xff", strings.Repeat("a", 201), strings.Repeat("a/", 600) + "a"} {
		if err := push.ValidName(bad); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: error %v, want one that is fs.ErrInvalid", bad, err)
		}
	}
}

// Names that would lead out of the store are refused before anything is opened.
func ExampleValidName() {
	fmt.Println(push.ValidName("site-a/SEP001A2B3C4D5E.xml"))
	fmt.Println(push.ValidName("../passwd"))
	// Output:
	// <nil>
	// name "../passwd": ".." leads out of the store
}
