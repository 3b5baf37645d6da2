// SPDX-License-Identifier: MPL-2.0

package fullsize

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
)

// value makes up a plausible value; many parameters of a real file are empty.
func (w *writer) value(p catalog.Parameter) string {
	if v, ok := fixed[p.Name]; ok {
		return v
	}
	switch p.Type {
	case catalog.YesNo, catalog.Choice:
		return p.Choices[w.random.IntN(len(p.Choices))]
	case catalog.Number, catalog.Schedule:
		return w.number(p.Name)
	}
	n := lineOf(p.Name)
	for _, v := range texts {
		if ok, _ := path.Match(v.pattern, p.Name); ok {
			if strings.Contains(v.format, "%") {
				return fmt.Sprintf(v.format, max(n, 1)+w.random.IntN(40))
			}
			return v.format
		}
	}
	return ""
}

// number stays in the range that a parameter of that name takes.
func (w *writer) number(name string) string {
	low, high := 1, 60
	switch {
	case strings.Contains(name, "SIP_Port"):
		low, high = 5060, 5075
	case strings.Contains(name, "Port"):
		low, high = 16384, 32767
	case strings.Contains(name, "Payload"):
		low, high = 96, 127
	case strings.Contains(name, "Expires"), strings.Contains(name, "Timeout"):
		low, high = 60, 7200
	case strings.Contains(name, "Volume"), strings.Contains(name, "Brightness"):
		low, high = 1, 15
	case strings.HasSuffix(name, "VLAN_ID"):
		low, high = 1, 4094
	}
	return strconv.Itoa(low + w.random.IntN(high-low+1))
}

// fixed values are those on which a phone's provisioning hangs.
var fixed = map[string]string{
	"Provision_Enable": "Yes", "Resync_On_Reset": "Yes", "Resync_From_SIP": "Yes", "Resync_Periodic": "3600",
	"Resync_Random_Delay": "2", "Resync_Fails_On_FNF": "Yes", "Upgrade_Enable": "Yes",
	"Enable_Web_Server": "Yes", "Enable_Web_Admin_Access": "Yes", "Enable_Protocol": "Http", "Web_Server_Port": "80",
	"Enable_Direct_Action_Url": "Yes", "FIPS_Mode": "Disabled", "IP_Mode": "Dual Mode", "Connection_Type": "DHCP",
	"IPv6_Connection_Type": "DHCP", "Enable_802.1X_Authentication": "No", "Certificate_Select": "Manufacturing installed",
	"MIC_Cert_Refresh_Enable": "No", "TLS_Min_Version": "TLS 1.2", "Phone-wifi-on": "No", "Security_Mode_1_": "EAP-TLS",
	"Phone_Language": "English-US", "Time_Zone": "GMT+01:00", "Profile_Authentication_Type": "Disabled",
}

// texts are values for parameters by name; the first match counts, a number
// near the parameter's own replaces the verb.
var texts = []struct{ pattern, format string }{
	{"Admin_Password", "Kept-by-the-administrator-%d"},
	{"User_Password", "Kept-by-the-user-%d"},
	{"Password_1_", "sip & <secret> %d"},
	{"*_Act_Code", "*%d"},
	{"*_Deact_Code", "*%d#"},
	{"*_Code", "#%d"},
	{"*_Tone", "425@-%d;10(.4/.4/1)"},
	{"Cadence_*", "60(.%d/.2,1/4)"},
	{"*_Codec_Name", "telephone-event-%d"},
	{"Dial_Plan_*", "(*xx|[3469]11|0|00|[2-9]xxxxxx|<:1>xxxxxxxxxxS0|xxxxxxxxxxxx.)"},
	{"*_Key_List", "redial|1;newcall|2;dnd|3;cfwd|4;lcr|5;phone|6;menu|%d"},
	{"PSK_*", "fnc=sd;ext=%d@$PROXY;nme=Speed dial"},
	{"Display_Name_*", `Reception "East" & desk %d`},
	{"User_ID_*", "62%d"},
	{"Auth_ID_*", "auth62%d"},
	{"Proxy_Fallback_Intvl_*", "3600"},
	{"Proxy_*", "sip%d.example.net"},
	{"Outbound_Proxy_*", "sbc%d.example.net:5061"},
	{"Mailbox_ID_*", "92%d"},
	{"Voice_Mail_Number", "92%d"},
	{"SIP_TOS_DiffServ_Value_*", "0x68"},
	{"RTP_TOS_DiffServ_Value_*", "0xb8"},
	{"Register_Expires_*", "3600"},
	{"*_Bye_Delay_*", "%d"},
	{"Ring*", "n=Chime %d;w=file:chime.raw;c=1"},
	{"SIP_User_Agent_Name", "$VERSION"},
	{"HTTP_User_Agent_Name", "$VERSION ($MA)"},
	{"Profile_Rule", "http://provisioning.example.net/$MAU.xml?site=%d&kind=phone"},
	{"Upgrade_Rule", "( $SWVER lt 3.5.1 )? http://provisioning.example.net/fw/sip98xx.loads"},
	{"Log_*_Msg", "$PN $MAC -- %d"},
	{"Daylight_Saving_Time_Rule", "start=3/-1/7/2:0:0;end=10/-1/7/3:0:0;save=1"},
	{"Station_Name", "Desk %d"},
	{"Station_Display_Name", "Desk %d, 2nd floor"},
	{"DHCP_Option_To_Use", "66,160,159,150"},
	{"DHCPv6_Option_To_Use", "17,160,159"},
	{"Unit_*_Line_Label_*", "Desk %d"},
	{"*_RSC", "5??,6??"},
	{"SIP_T1", ".5"},
	{"SIP_T2", "4"},
	{"SIP_T4", "5"},
	{"Refer-To_Target_Contact_*", "No"},
	{"Max_Auth", "2"},
	{"RTP_Packet_Size", "0.02"},
	{"TLS_Cipher_List", "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"},
}
