// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
)

var ruleCommonNameShared = Rule{
	ID:       "cdc-common-name-shared",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, "files of two phones have it"},
	Summary: "another phone's file has the same common name",
	Why: `Certificates with one common name cannot be told apart: a RADIUS server lets either phone in as the other, and the CA's
records do not say which of the two enrolled. Most often a file was copied from its neighbor. cfgxml lint compares the files of
one run; files that are named after the same phone, as in a folder of earlier versions, are not compared.`,
	Bad:       `<CDC_Common_Name_1_ ua="na">lobby.example.nl</CDC_Common_Name_1_>`,
	Good:      `<CDC_Common_Name_1_ ua="na">CP-9871-SEP$MAU.example.nl</CDC_Common_Name_1_>`,
	Params:    []string{cdc.ParamCommonName},
	Value:     checkNameShared,
	with:      Settings{OtherNames: map[string]string{"lobby.example.nl": "hall.xml"}},
	withWords: "where hall.xml has that name, too",
}

func checkNameShared(c *Run, v Value) {
	if len(c.settings.OtherNames) == 0 {
		return
	}
	name, ok := CommonName(v.Text, c.settings.Identity)
	if !ok {
		return
	}
	if other, taken := c.settings.OtherNames[name]; taken {
		c.report(v, "write $MAU where the phones' names differ, such as CP-9871-SEP$MAU", "common name %s is also that of %s", quote(v.Text), other)
	}
}

// CommonName returns the common name that a phone forms of a value, in lower case,
// as names are compared. ok is false if there is none, or if it depends on more of
// the phone than its identity, which may be nil.
func CommonName(text string, id *device.Identity) (name string, ok bool) {
	if id != nil {
		text = id.Macros().Expand(text)
	}
	text = strings.TrimSpace(text)
	if text == "" || len(device.References(text)) > 0 {
		return "", false
	}
	return strings.ToLower(text), true
}
