// SPDX-License-Identifier: MPL-2.0

package words

import (
	"strings"
	"testing"
)

func TestSecret(t *testing.T) {
	for _, name := range []string{
		"pskKey_1_", "wepKey0_1_", "wepKey3_1_", "pskKey_4_", "WPA2_Key", "wpaPskKey", "WPAPSK", "WEPKey0", "Wi-Fi_PSK", "WPA_PSK_1_", "psk_1_", "WepKey",
		"CDC_Challenge_Pasword_1_", "CDC_Challenge_1_", "CDC_Chalenge_Pw_1_", "CDC_Challenge_Password_2_", "cdc_challenge_password_1_", "SCEP_Challenge",
		"Admin_Pasword", "Admin_PASSWORD", "adminpassword", "Login_Pass", "LDAP_Pwd", "SIP_PW", "passWord", "Password_17_", "Wi-Fi_Passphrase", "Wi-Fi_Pass_Phrase",
		"Voice_Mail_PIN", "voicemailPin_1_", "EMPin", "Pincode", "Lock_Passcode", "Webex_Access_Token", "apiToken", "API_Key", "apikey", "AccessKey_2",
		"snmpCommunity", "Client_Secret", "clientSecret", "Shared_Secret_1_", "Private_Key", "PrivateKey", "Pre-Shared_Key", "PreSharedKey", "SSH_Private_Key",
		"Encryption_Key", "Master_Keys", "IKM_Next", "User_Credential", "PSK_Passphrase", "Password_Length_Password",
		"MAIL_Smtp_Passwd", "\xff_Password", "GPP_SA", "GPP_SB", "GPP_SC", "GPP_SD", "CDC_Chal", "aPIN", "WPAKey", "P2PPassword", "PIN", "Pw9",
		"License_Keys", "IKM_HTTP_Encrypt_Content", "SRTP_Private_Key_1_", "Key_Password", "Type_Token", "Password_Enable_Password_2",
		strings.Repeat("X_", 60) + "Password", strings.Repeat("Long_Name_", 40) + "PSK", "PSK_", "PSK", "Wi-Fi_PSK_1",
	} {
		if !Secret(name) || !Secret([]byte(name)) {
			t.Errorf("%s holds a secret", name)
		}
	}
	for _, name := range []string{
		"", "GPP_S", "GPP_S@", "GPP_SE_", "XPP_SA", "GPP_TA", "GPP_SE", "GPP_SAA", "GPP_S_", "gpp_sa", "PSK_17", "PSK_17_Label", "Keyboard", "Hotkey", "Hot_Key_1_", "Key_1_Label", "Line_Key_1_", "Softkey_1",
		"softkey", "Monkey", "Unit_4_Key_1_", "Speed_Dial_Key", "Public_Key_1_", "Display_Password_Warnings_2", "Password_Length", "Password_Policy",
		"PasswordType", "Password_Prompt_1_", "Show_Password", "Prompt_For_PIN", "Allow_Password_Change", "wepKeyLen_4_", "wepKeyId_9_", "PIN_Enabled", "Ping", "Pinned_Contact",
		"Spinner_Pin-Up"[:7], "Secretary_Line", "Tokenizer", "Bypass_Mode", "Pass_Through", "DTMF_Pass-Thru", "Challenge", "Chalk_Board", "CDC_Server_2_", "Communities_List",
		"Private_Key_File", "Password_1_Expiry", "Mapping", "pskless", "Credit", "Chal", "ACDC_Chal"[:4], "Key", "Keys", "Line_Keys", "Linekey", "Secretariat", "Prompt_Password", "Require_Token", "Hide_PIN", "TokenURL",
		"PIN_Allowed", "Token_Server_Path", "PSK_1_", "PSK_9", "PSKX_1", "\xff\xfe", "___", "123",
	} {
		if Secret(name) || Secret([]byte(name)) {
			t.Errorf("%s holds no secret", name)
		}
	}
}

func TestWordEnd(t *testing.T) {
	for name, want := range map[string]string{
		"pskKey0_1_": "psk|Key|0|1", "WEPKey": "WEP|Key", "WPA2Psk": "WPA|2|Psk", "A": "A", "aB": "a|B", "ABc": "A|Bc", "ABCd9e": "AB|Cd|9|e",
		"GPP_SA": "GPP|SA", "__x": "x", "Ab-Cd.12": "Ab|Cd|12", "é_Pin": "é|Pin", "": "", "AZaz09": "A|Zaz|09",
	} {
		var words []string
		for i := 0; i < len(name); {
			end := wordEnd([]byte(name), i)
			if end > i {
				words = append(words, name[i:end])
			}
			i = max(end, i+1)
		}
		if got := strings.Join(words, "|"); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
