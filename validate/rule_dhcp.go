// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
)

const paramDHCPOptions = "DHCP_Option_To_Use"

var ruleDHCPOption = Rule{
	ID:       "dhcp-option-list",
	Severity: Warning, Ignorable: true,
	Source:  Source{Documented, securityDoc + ": a list of options, separated by commas"},
	Summary: "DHCP_Option_To_Use is not a list of DHCP options",
	Why: `The parameter names the DHCP options in which the phone looks for its provisioning server, in this order, separated by
commas: 66,160,159,150. An option is a number from 1 to 254.`,
	Bad:    `<DHCP_Option_To_Use ua="na">66;160</DHCP_Option_To_Use>`,
	Good:   `<DHCP_Option_To_Use ua="na">66,160,159,150</DHCP_Option_To_Use>`,
	Params: []string{paramDHCPOptions},
	Value:  checkOptionList,
}

var ruleDHCPOption43 = Rule{
	ID:       "dhcp-option-43",
	Severity: Info, Ignorable: true,
	Source:  Source{Documented, certificateDoc},
	Summary: "the phone looks for its provisioning server in option 43, which also carries CDC parameters",
	Why: `Sub-options 10 to 15 of option 43 carry the CDC parameters to a phone that was reset to factory settings. Cisco's document
warns not to use them in a network that also provisions by options 66, 160, 159, 150 or the cloud: the phone might not get
them. Where the CDC parameters come by cfg.xml, as here, option 43 should not hold them as well.`,
	Bad: `<DHCP_Option_To_Use ua="na">66,160,43</DHCP_Option_To_Use>
<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<DHCP_Option_To_Use ua="na">66,160,159,150</DHCP_Option_To_Use>
<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Params: []string{paramDHCPOptions},
	Check:  checkOption43,
}

func checkOptionList(c *Run, v Value) {
	if isPlaceholder(v.Text) {
		return
	}
	at := 0
	for field := range strings.SplitSeq(v.Text, ",") {
		if n, err := strconv.ParseUint(strings.Trim(field, space), 10, 8); err != nil || n == 0 || n == 255 {
			c.report(v.part(at, at+len(field)), "give numbers from 1 to 254, separated by commas: 66,160,159,150", "DHCP_Option_To_Use: %s is not a DHCP option", quote(strings.Trim(field, space)))
		}
		at += len(field) + 1
	}
}

func checkOption43(c *Run) {
	v := c.Value(paramDHCPOptions)
	has43, others := false, false
	for field := range strings.SplitSeq(v.Text, ",") {
		switch strings.Trim(field, space) {
		case "43":
			has43 = true
		case "66", "160", "159", "150":
			others = true
		}
	}
	if has43 && others && c.isSet(cdc.ParamServer) {
		c.report(v, "take 43 out, or make sure that option 43 holds no sub-options 10 to 15", "DHCP_Option_To_Use lists 43 beside remote provisioning, and the CDC parameters come by this file")
	}
}
