// SPDX-License-Identifier: MPL-2.0

package cfgxml

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func TestRedacted(t *testing.T) {
	const in = `<flat-profile>
<!-- the challenge is O'Brien&Co, ask Ann -->
<CDC_Challenge_Password_1_ ua="na"> O&apos;Brien&amp;Co </CDC_Challenge_Password_1_>
<CDC_Server_1_>http://scep/?c=O'Brien&amp;Co</CDC_Server_1_>
<Station_Name note="O&apos;Brien&amp;Co">O'Brien&#38;Co</Station_Name>
<Admin_Password>Yes</Admin_Password>
<Enable_Web_Server>Yes</Enable_Web_Server>
<User_Password/>
<Login_Password></Login_Password>
<Profile_Rule>[--key abc] https://p/$MA.xml</Profile_Rule>
<Profile_Rule_B>https://ann:abc@p/$MA.xml</Profile_Rule_B>
<Profile_Rule_C>https://p/a@b:c/$MA.xml</Profile_Rule_C>
<Upgrade_Rule>https://p/x--y</Upgrade_Rule>
<Display_Password_Warnings>No</Display_Password_Warnings>
<!-- end -->
</flat-profile>
`
	const want = `<flat-profile>
<!-- the challenge is (secret), ask Ann -->
<CDC_Challenge_Password_1_ ua="na">(secret)</CDC_Challenge_Password_1_>
<CDC_Server_1_>(secret)</CDC_Server_1_>
<Station_Name note="(secret)">(secret)</Station_Name>
<Admin_Password>(secret)</Admin_Password>
<Enable_Web_Server>(secret)</Enable_Web_Server>
<User_Password/>
<Login_Password></Login_Password>
<Profile_Rule>(secret)</Profile_Rule>
<Profile_Rule_B>(secret)</Profile_Rule_B>
<Profile_Rule_C>https://p/a@b:c/$MA.xml</Profile_Rule_C>
<Upgrade_Rule>https://p/x--y</Upgrade_Rule>
<Display_Password_Warnings>No</Display_Password_Warnings>
<!-- end -->
</flat-profile>
`
	if diff := cmp.Diff(want, string(mustParse(t, in).Redacted())); diff != "" {
		t.Error(diff)
	}
}

// A digest of the redacted document is the same for every password.
func TestRedactedDoesNotDependOnSecrets(t *testing.T) {
	d := mustParse(t, string(benchDocument(100)))
	var first []byte
	for _, password := range []string{"a", "Gentle-Otter-42", "<&>\"'", strings.Repeat("x", 200)} {
		out, err := d.Edit(SetSecret(cdc.ParamChallengePassword, secret.New(password)), SetSecret("Admin_Password", secret.New(password)))
		if err != nil {
			t.Fatal(err)
		}
		got := out.Redacted()
		if first == nil {
			first = got
		}
		if !bytes.Equal(got, first) {
			t.Errorf("%q shows in %q", password, cmp.Diff(string(first), string(got)))
		}
	}
	out, err := d.Edit(Set(cdc.ParamServer, "http://other/"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(out.Redacted(), d.Redacted()) {
		t.Error("another server does not show")
	}
}

func TestIsSecret(t *testing.T) {
	for _, n := range []string{
		cdc.ParamChallengePassword, "Admin_Password", "Admin_Passwd", "User_Password", "Password_1_", "Auth_Page_Password_12_", "Wi-Fi_Password_1_", "LDAP_Password",
		"GPP_SA", "GPP_SD", "IKM_HTTP_Encrypt_Content", "SRTP_Private_Key_1_", "Wi-Fi_PSK", "Wi-Fi_Passphrase", "router-configuration/SNMP/Auth_Password",
		"router-configuration/SNMP/Set_Community", "MAIL_Smtp_Passwd",
		"CDC_Challenge_Pasword_1_", "CDC_Challenge_1_", "CDC_Chalenge_Pw_1_", "Admin_Pasword",
	} {
		if !catalog.IsSecret(n) {
			t.Errorf("%s is a secret", n)
		}
	}
	for _, n := range []string{
		"", "GPP_A", "GPP_S", "GPP_SE", "GPP_SAA", cdc.ParamServer, cdc.ParamRootCAFingerprint, "Display_Password_Warnings", "User_Password_Prompt", "Idle_Key_List",
		"Connected_Key_List", "Line_Key_1_", "Phone_Password/Host_Name", "Mini_Certificate_1_", "PSK_1", "PSK_16",
	} {
		if catalog.IsSecret(n) {
			t.Errorf("%s is no secret", n)
		}
	}
}

// Secrets that stand beside the values are hidden as well.
func TestRedactedOutsideOfValues(t *testing.T) {
	for in, want := range map[string]string{
		"<!-- <Admin_Password>hush-1</Admin_Password> --><A/>":                                 "<!-- <Admin_Password>(secret)</Admin_Password> --><A/>",
		"<A/># [--key hush-1] http://h/\n<B/>":                                                 "<A/># [--key (secret)] http://h/\n<B/>",
		"<A note='http://u:hush-1@h/'>1</A>":                                                   "<A note='http://u:(secret)@h/'>1</A>",
		"<A>1<!-- --pwd hush-1 --></A>":                                                        "<A>1<!-- --pwd (secret) --></A>",
		"<Admin_Password>\n<A>1</A></Admin_Password>":                                          "<Admin_Password>\n<A>1</A></Admin_Password>",
		"<CDC_Challenge_Password_1_>hush-1</CDC_Challenge_Password_1_><!-- hush-1, hush-1 -->": "<CDC_Challenge_Password_1_>(secret)</CDC_Challenge_Password_1_><!-- (secret), (secret) -->",
	} {
		d := mustParse(t, "<flat-profile>"+in+"</flat-profile>")
		if got := string(d.Redacted()); got != "<flat-profile>"+want+"</flat-profile>" {
			t.Errorf("%s\nbecame %s", d.data, got)
		}
	}
}
