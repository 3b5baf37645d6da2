// SPDX-License-Identifier: MPL-2.0

package validate

import "strings"

var ruleDHCPOption = Rule{
	ID:       "dhcp-option-list",
	Severity: Warning, Ignorable: true,
	Summary: "DHCP_Option_To_Use names an option the phone does not look at",
	Why: `The phone looks for its provisioning server in the DHCP options 66, 160, 159, 150, 60, 43 and 125, in the order given here,
separated by commas. Others it cannot use.`,
	Bad:  `<DHCP_Option_To_Use ua="na">66,161</DHCP_Option_To_Use>`,
	Good: `<DHCP_Option_To_Use ua="na">66,160,159,150</DHCP_Option_To_Use>`,
}

var ruleDHCPOption43 = Rule{
	ID:       "dhcp-option-43",
	Severity: Info, Ignorable: true,
	Summary: "the phone looks for its provisioning server in option 43, which also carries CDC parameters",
	Why: `Sub-options 10 to 15 of option 43 carry the CDC parameters to a phone that was reset to factory settings. Cisco's document
warns not to use them in a network that also provisions by options 66, 160, 159, 150 or the cloud: the phone might not get
them. Where the CDC parameters come by cfg.xml, as here, option 43 should not hold them as well.`,
	Bad: `<DHCP_Option_To_Use ua="na">66,160,43</DHCP_Option_To_Use>
<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
	Good: `<DHCP_Option_To_Use ua="na">66,160,159,150</DHCP_Option_To_Use>
<CDC_Server_1_ ua="na">http://scep.example.nl/scep</CDC_Server_1_>`,
}

// checkDHCP looks at the list of DHCP options.
func (c *pass) checkDHCP() {
	if !c.isSet(watchDHCPOptions) {
		return
	}
	v := c.subject(watchDHCPOptions)
	if isPlaceholder(v.value) {
		return
	}
	at, has43, others := 0, false, false
	for field := range strings.SplitSeq(v.value, ",") {
		option := strings.Trim(field, space)
		switch option {
		case "43":
			has43 = true
		case "66", "160", "159", "150":
			others = true
		case "60", "125":
		default:
			c.report(&ruleDHCPOption, v.part(at, at+len(field)), "known are 66, 160, 159, 150, 60, 43, 125", "DHCP_Option_To_Use names option %s", quote(option))
		}
		at += len(field) + 1
	}
	if has43 && others && c.isSet(watchServer) {
		c.report(&ruleDHCPOption43, v, "take 43 out, or make sure that option 43 holds no sub-options 10 to 15", "DHCP_Option_To_Use lists 43 beside remote provisioning, and the CDC parameters come by this file")
	}
}
