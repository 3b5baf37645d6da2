// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

var ruleExampleValue = Rule{
	ID:       "cdc-example-value",
	Severity: Warning, Ignorable: true,
	Source:  Source{Inferred, certificateDoc + ", the examples"},
	Summary: "the value is the one in the examples of Cisco's document",
	Why: `Cisco's "Custom Device Certificate" document shows a server, a fingerprint and a challenge password. A value that is
exactly one of those was copied along with the line around it and never replaced. The published challenge password, above all,
is no secret.`,
	Bad:    `<CDC_Server_1_ ua="na">http://10.79.57.91</CDC_Server_1_>`,
	Good:   `<CDC_Server_1_ ua="na">http://10.20.30.40</CDC_Server_1_>`,
	Params: []string{cdc.ParamServer, cdc.ParamRootCAFingerprint, cdc.ParamChallengePassword},
	Value: func(c *Run, v Value) {
		if isExample(v) {
			c.report(v, "set the value of your own SCEP server", "%s has the value of the example in Cisco's document", v.Param)
		}
	},
}

// isExample compares with the document's examples.
func isExample(v Value) bool {
	switch v.Param {
	case cdc.ParamServer:
		return strings.Trim(strings.TrimPrefix(v.Text, "http://"), "/") == "10.79.57.91"
	case cdc.ParamRootCAFingerprint:
		return cdc.Same(v.Param, v.Text, "12040870625C5B755D73F5925285F8F5FF5D55AF")
	default:
		return v.Text == "D233CCF9B9952A15"
	}
}
