// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
	"pgregory.net/rapid"
)

// needle is found again however much is quoted around it.
const needle = "Zq7Xw"

// No problem shows a secret, whatever is wrong with it and wherever it stands.
func TestSecretsAreNotShown(t *testing.T) {
	t.Parallel()
	forms := []string{
		needle, " " + needle, needle + "\n" + needle, "é" + needle, "“" + needle + "”", "{{" + needle + "}}", "${" + needle + "}",
		needle + "&amp;amp;", needle[:3], strings.Repeat(needle, 40), "$" + needle, `""` + needle, needle + "****", "\t" + needle + "\t",
	}
	places := []string{
		"<CDC_Challenge_Password_1_ ua=\"rw\">%s</CDC_Challenge_Password_1_>", "<Admin_Password>%s</Admin_Password>", "<User_Password ua=\"x\">%s</User_Password>",
		"<Password_1_ UA=\"na\">%s</Password_1_>", "<Password_40_>%s</Password_40_>", "<Made_Up_Password>%s</Made_Up_Password>", "<cdc_challenge_password>%s</cdc_challenge_password>",
		"<IKM_HTTP_Encrypt_Content>%s</IKM_HTTP_Encrypt_Content>", "<GPP_SA>%s</GPP_SA>", "<Wi-Fi_Password_1_>%s</Wi-Fi_Password_1_>",
		"<Profile_Rule>[--key %s] http://prov.example.nl/$NO</Profile_Rule>", "<Profile_Rule>[--key '%s] http://x/</Profile_Rule>",
		"<Profile_Rule_B>[--uid a --pwd \"%s\" --nope x] http://x/</Profile_Rule_B>", "<Report_Rule>http://u:%s@prov.example.nl/</Report_Rule>",
		"<Profile_Rule_C>[--key %s] https://x/</Profile_Rule_C><Profile_Rule_C>https://x/</Profile_Rule_C>",
		"<Upgrade_Rule>[--pwd %s] x</Upgrade_Rule>", "<CDC_Server_1_>http://u:%s@scep.example.nl/</CDC_Server_1_>",
		"<XML_Application_Service_URL>http://u:%s@x/</XML_Application_Service_URL>",
	}
	rapid.Check(t, func(rt *rapid.T) {
		var b strings.Builder
		for range rapid.IntRange(1, 4).Draw(rt, "lines") {
			fmt.Fprintf(&b, rapid.SampledFrom(places).Draw(rt, "place")+"\n", rapid.SampledFrom(forms).Draw(rt, "form"))
		}
		d, err := cfgxml.Parse([]byte(profile(b.String())))
		if err != nil {
			rt.Fatal(err)
		}
		for _, p := range Document(d, Settings{AllowedServers: []string{"x"}, Identity: phone(t)}) {
			if text := p.Message + p.Hint + p.Param + p.String(); strings.Contains(text, needle) {
				rt.Fatalf("%s | %s shows the secret in\n%s", p, p.Hint, b.String())
			}
		}
	})
	for _, form := range forms {
		form = strings.ReplaceAll(form, "&amp;", "&")
		for _, problems := range [][]Problem{
			Field(cdc.ParamChallengePassword, form, Settings{}),
			Field("Admin_Password", form, Settings{}),
			Field("Profile_Rule", "[--pwd "+form+"] http://x/", Settings{}),
			Enrollment(cfgxml.Enrollment{Server: "https://x", ChallengePassword: secret.New(form)}, Settings{}),
		} {
			if text := fmt.Sprintf("%v %+v", problems, problems); strings.Contains(text, needle) {
				t.Errorf("a secret is shown: %s", text)
			}
		}
	}
}
