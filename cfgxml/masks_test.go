// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestNoMaskGetsIn: every way in refuses what a printer makes of a secret.
func TestNoMaskGetsIn(t *testing.T) {
	t.Parallel()
	d, err := cfgxml.Parse([]byte("<flat-profile>\n<Admin_Password>Gentle-Otter-42</Admin_Password>\n</flat-profile>\n"))
	if err != nil {
		t.Fatal(err)
	}
	tmpl, err := cfgxml.Compile(d, "Admin_Password", "Profile_Rule")
	if err != nil {
		t.Fatal(err)
	}
	for _, mask := range []string{fmt.Sprint(secret.New("x")), "(secret) 0123abcd", "*", "********", strings.Repeat("*", 300), "•••", "●●●", "(sensitive value)", "<redacted>", "xxxxx"} {
		rule := "[--key \"" + mask + "\"] https://p/$MA.cfg"
		ways := map[string]func() error{
			"Set":       func() error { _, err := d.Edit(cfgxml.Set("Admin_Password", mask)); return err },
			"SetSecret": func() error { _, err := d.Edit(cfgxml.SetSecret("Made_Up", secret.New(mask))); return err },
			"rule":      func() error { _, err := d.Edit(cfgxml.Set("Profile_Rule", rule)); return err },
			"Build":     func() error { _, err := cfgxml.Build(cfgxml.Set("GPP_SA", mask)); return err },
			"template":  func() error { _, err := tmpl.Append(nil, mask, ""); return err },
			"template's rule": func() error {
				_, err := tmpl.Append(nil, "Gentle-Otter-42", rule)
				return err
			},
			"WithEnrollment": func() error {
				_, err := d.WithEnrollment(cfgxml.Enrollment{Server: "http://s/", ChallengePassword: secret.New(mask)})
				return err
			},
			"Seal": func() error {
				_, err := seal.Seal(d.Bytes(), seal.Options{Cipher: seal.AES256CBC, Key: secret.New(mask)})
				return err
			},
		}
		for way, try := range ways {
			if err := try(); !errors.Is(err, secret.ErrMask) {
				t.Errorf("%s with %.20q: %v", way, mask, err)
			}
		}
	}
}
