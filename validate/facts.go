// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// fact is what the rules need to know about one parameter of the catalog. It is
// kept small: a pass reads three thousand of them.
type fact struct {
	name    string
	choices []string
	kind    catalog.Type
	closed  bool // ua="na" in the phone's export
	secret  bool
	formed  bool // a number, a schedule or a time of the day
	earlier bool // known from earlier generations of phones only
	rule    bool // holds provisioning rules: options and URLs
	watch   watch
}

// factTable has the facts in the catalog's order.
type factTable struct {
	facts []fact
	index map[string]int32
}

// facts are made from the catalog on first use.
var facts = sync.OnceValue(func() *factTable {
	t := &factTable{facts: make([]fact, 0, 4096), index: make(map[string]int32, 4096)}
	for p := range catalog.All() {
		t.index[p.Name] = int32(len(t.facts))
		t.facts = append(t.facts, fact{
			name: p.Name, choices: p.Choices, kind: p.Type, closed: p.UserAccess == "na",
			secret: p.Secret(), formed: p.Type == catalog.Number || p.Type == catalog.Schedule || p.Type == catalog.Clock, earlier: !p.Current(), rule: isRuleName(p.Name), watch: watchOf(p.Name),
		})
	}
	return t
})

// find returns the number of the fact with the name, or -1. It tries guess first.
func (t *factTable) find(name []byte, guess int32) int32 {
	if guess >= 0 && t.facts[guess].name == string(name) {
		return guess
	}
	if i, ok := t.index[string(name)]; ok {
		return i
	}
	return -1
}

// family returns the fact about the first of a family of numbered parameters,
// nil if name is of none: Proxy_1_ for Proxy_17_. Phones differ in how many lines
// they have. The CDC parameters are no family, see cdc-slot.
func (t *factTable) family(name []byte) *fact {
	end := len(name) - 1
	if end < 3 || end > 60 || name[end] != '_' || string(name[:4]) == "CDC_" {
		return nil
	}
	start := end
	n := 0
	for scale := 1; start > 0 && '0' <= name[start-1] && name[start-1] <= '9' && scale <= 100; scale *= 10 {
		start--
		n += int(name[start]-'0') * scale
	}
	if start == end || start == 0 || name[start-1] != '_' || name[start] == '0' || n > 64 {
		return nil
	}
	var key [64]byte
	first := append(append(key[:0], name[:start]...), '1', '_')
	if i, ok := t.index[string(first)]; ok {
		return &t.facts[i]
	}
	return nil
}

func isRuleName(name string) bool {
	switch name {
	case "Upgrade_Rule", "Report_Rule", "Custom_CA_Rule", "PRT_Upload_Rule":
		return true
	}
	return strings.HasPrefix(name, "Profile_Rule") && name != "Profile_Rule_Menu"
}

// watch numbers the parameters that rules across parameters look at.
type watch uint8

const (
	watchNone watch = iota
	watchServer
	watchFingerprint
	watchChallenge
	watchCommonName
	watchDot1x
	watchCertificate
	watchSecurityMode
	watchWiFiUser
	watchWiFiOn
	watchFIPS
	watchProvision
	watchResyncPeriodic
	watchResyncAt
	watchResyncOnReset
	watchAdminPassword
	watchUserPassword
	watchWebServer
	watchWebProtocol
	watchDirectAction
	watchDHCPOptions
	watchNTP1
	watchNTP2
	watchDomains
	watchIKM
	watchCount
)

var watchNames = [watchCount]string{
	watchServer:         cdc.ParamServer,
	watchFingerprint:    cdc.ParamRootCAFingerprint,
	watchChallenge:      cdc.ParamChallengePassword,
	watchCommonName:     cdc.ParamCommonName,
	watchDot1x:          "Enable_802.1X_Authentication",
	watchCertificate:    "Certificate_Select",
	watchSecurityMode:   "Security_Mode_1_",
	watchWiFiUser:       "Wi-Fi_User_ID_1_",
	watchWiFiOn:         "Phone-wifi-on",
	watchFIPS:           "FIPS_Mode",
	watchProvision:      "Provision_Enable",
	watchResyncPeriodic: "Resync_Periodic",
	watchResyncAt:       "Resync_At__HHmm_",
	watchResyncOnReset:  "Resync_On_Reset",
	watchAdminPassword:  "Admin_Password",
	watchUserPassword:   "User_Password",
	watchWebServer:      "Enable_Web_Server",
	watchWebProtocol:    "Enable_Protocol",
	watchDirectAction:   "Enable_Direct_Action_Url",
	watchDHCPOptions:    "DHCP_Option_To_Use",
	watchNTP1:           "Primary_NTP_Server",
	watchNTP2:           "Secondary_NTP_Server",
	watchDomains:        "Restricted_Access_Domains",
	watchIKM:            "IKM_HTTP_Encrypt_Content",
}

func watchOf(name string) watch {
	for w, n := range watchNames {
		if n == name {
			return watch(w)
		}
	}
	return watchNone
}
