// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"strings"
	"sync"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
)

// fact is what the rules need to know about one parameter of the catalogue.
type fact struct {
	name    string
	choices []string
	kind    cfgxml.ValueType
	access  string // ua in the phone's export, "" if unknown
	secret  bool
	earlier bool // known from earlier generations of phones only
	rule    bool // holds provisioning rules: options and URLs
	watch   watch
}

// factTable has the facts in the catalogue's order, which is the order of a
// phone's export: the next parameter is usually the next fact.
type factTable struct {
	facts []fact
	index map[string]int32
}

// facts are made from the catalogue on first use.
var facts = sync.OnceValue(func() *factTable {
	t := &factTable{facts: make([]fact, 0, 4096), index: make(map[string]int32, 4096)}
	for p := range cfgxml.Catalog() {
		t.index[p.Name] = int32(len(t.facts))
		t.facts = append(t.facts, fact{
			name: p.Name, choices: p.Choices, kind: p.Type, access: p.UserAccess,
			secret: cfgxml.IsSecret(p.Name), earlier: !p.Current(), rule: isRuleName(p.Name), watch: watches[p.Name],
		})
	}
	return t
})

// find returns the number of the fact with the name, or -1. It tries next first.
func (t *factTable) find(name []byte, next int) int {
	if next < len(t.facts) && t.facts[next].name == string(name) {
		return next
	}
	if i, ok := t.index[string(name)]; ok {
		return int(i)
	}
	return -1
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

// watches is read by facts only; a switch would be no shorter.
var watches = map[string]watch{
	cfgxml.ParamServer:             watchServer,
	cfgxml.ParamRootCAFingerprint:  watchFingerprint,
	cfgxml.ParamChallengePassword:  watchChallenge,
	cfgxml.ParamCommonName:         watchCommonName,
	"Enable_802.1X_Authentication": watchDot1x,
	"Certificate_Select":           watchCertificate,
	"Security_Mode_1_":             watchSecurityMode,
	"Wi-Fi_User_ID_1_":             watchWiFiUser,
	"Phone-wifi-on":                watchWiFiOn,
	"FIPS_Mode":                    watchFIPS,
	"Provision_Enable":             watchProvision,
	"Resync_Periodic":              watchResyncPeriodic,
	"Resync_At__HHmm_":             watchResyncAt,
	"Resync_On_Reset":              watchResyncOnReset,
	"Admin_Password":               watchAdminPassword,
	"User_Password":                watchUserPassword,
	"Enable_Web_Server":            watchWebServer,
	"Enable_Protocol":              watchWebProtocol,
	"Enable_Direct_Action_Url":     watchDirectAction,
	"DHCP_Option_To_Use":           watchDHCPOptions,
	"Primary_NTP_Server":           watchNTP1,
	"Secondary_NTP_Server":         watchNTP2,
	"Restricted_Access_Domains":    watchDomains,
	"IKM_HTTP_Encrypt_Content":     watchIKM,
}
