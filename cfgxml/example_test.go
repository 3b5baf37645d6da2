// SPDX-License-Identifier: MPL-2.0

package cfgxml_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/catalog"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const config = `<flat-profile>
  <!-- Web server -->
  <Enable_Web_Server ua="na">Yes</Enable_Web_Server>
  <Admin_Password ua="na">Quiet-Harbour-77</Admin_Password>
  <Station_Name ua="rw">Tom &amp; Ann</Station_Name>
</flat-profile>
`

func Example() {
	doc, err := cfgxml.Parse([]byte(config))
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := doc.WithEnrollment(cfgxml.Enrollment{
		Server:            "http://scep.example.com/scep",
		RootCAFingerprint: "1F5D2F0E6B7C8A9001122334455667788990AABB",
		ChallengePassword: secret.New("Gentle-Otter-42"),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(out.Bytes())
	// Output:
	// <flat-profile>
	//   <!-- Web server -->
	//   <Enable_Web_Server ua="na">Yes</Enable_Web_Server>
	//   <Admin_Password ua="na">Quiet-Harbour-77</Admin_Password>
	//   <Station_Name ua="rw">Tom &amp; Ann</Station_Name>
	//   <CDC_Server_1_ ua="na">http://scep.example.com/scep</CDC_Server_1_>
	//   <CDC_Root_CA_Fingerprint_1_ ua="na">1F5D2F0E6B7C8A9001122334455667788990AABB</CDC_Root_CA_Fingerprint_1_>
	//   <CDC_Challenge_Password_1_ ua="na">Gentle-Otter-42</CDC_Challenge_Password_1_>
	// </flat-profile>
}

func ExampleParse() {
	doc, err := cfgxml.Parse([]byte(config))
	if err != nil {
		fmt.Println(err)
		return
	}
	for p := range doc.All() {
		if catalog.IsSecret(p.Name()) {
			continue
		}
		start, _ := p.Span()
		fmt.Printf("line %d: %s = %q, user access %s\n", doc.Position(start).Line, p.Name(), p.Value(), p.UserAccess())
	}
	// Output:
	// line 3: Enable_Web_Server = "Yes", user access na
	// line 5: Station_Name = "Tom & Ann", user access rw
}

func ExampleParse_error() {
	_, err := cfgxml.Parse([]byte("<flat-profile>\n<Auth_INVITE_1>Yes</Auth_INVITE_1_>\n</flat-profile>\n"))
	fmt.Println(err)
	var syntax *cfgxml.SyntaxError
	fmt.Println(errors.As(err, &syntax), syntax.Offset)
	// Output:
	// line 2, column 19: expected </Auth_INVITE_1> (opened at line 2), found </Auth_INVITE_1_>
	// true 33
}

func ExampleDocument_Notes() {
	doc, err := cfgxml.Parse([]byte("<flat-profile>\n#<!---- Network ---->\n<A>1</A>\n</flat-profile>\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range doc.Notes() {
		fmt.Printf("line %d: %s\n", doc.Position(n.Offset).Line, n.Msg)
	}
	// Output:
	// line 2: text between elements is ignored
	// line 2: "--" inside a comment
}

func ExampleDocument_Edit() {
	doc, err := cfgxml.Parse([]byte(config))
	if err != nil {
		fmt.Println(err)
		return
	}
	out, err := doc.Edit(
		cfgxml.Set("Station_Name", "Reception <1>"),
		cfgxml.SetUserAccess("Station_Name", "ro"),
		cfgxml.Set("Web_Server_Port", "443"),
		cfgxml.Remove("Admin_Password"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(out.Bytes())
	// Output:
	// <flat-profile>
	//   <!-- Web server -->
	//   <Enable_Web_Server ua="na">Yes</Enable_Web_Server>
	//   <Station_Name ua="ro">Reception &lt;1&gt;</Station_Name>
	//   <Web_Server_Port>443</Web_Server_Port>
	// </flat-profile>
}

func ExampleDiff() {
	old, err := cfgxml.Parse([]byte(config))
	if err != nil {
		fmt.Println(err)
		return
	}
	new, err := old.Edit(
		cfgxml.Set("Enable_Web_Server", "No"),
		cfgxml.SetSecret("Admin_Password", secret.New("Brisk-Walnut-15")),
		cfgxml.Set(cdc.ParamCommonName, "$PN-SEP$MAU"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	changes := cfgxml.Diff(old, new)
	fmt.Print(changes)
	fmt.Println("re-enrolls:", changes.Reenrolls())
	// Output:
	// Enable_Web_Server: "Yes" -> "No"
	// Admin_Password: changed (secret)
	// CDC_Common_Name_1_: added "$PN-SEP$MAU"; the phone requests a new certificate
	// re-enrolls: true
}

func ExampleBuild() {
	out, err := cfgxml.Build(
		cfgxml.Set("Station_Name", "Lobby"),
		cfgxml.SetUserAccess("Station_Name", "rw"),
		cfgxml.Set(cdc.ParamServer, "http://scep.example.com/"),
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(out.Bytes())
	// Output:
	// <flat-profile>
	// <Station_Name ua="rw">Lobby</Station_Name>
	// <CDC_Server_1_ ua="na">http://scep.example.com/</CDC_Server_1_>
	// </flat-profile>
}

// A digest to keep in public must not be one of the secrets.
func ExampleDocument_Redacted() {
	doc, err := cfgxml.Parse([]byte(config))
	if err != nil {
		fmt.Println(err)
		return
	}
	redacted := doc.Redacted()
	fmt.Printf("%s%x\n", redacted, sha256.Sum256(redacted))
	// Output:
	// <flat-profile>
	//   <!-- Web server -->
	//   <Enable_Web_Server ua="na">Yes</Enable_Web_Server>
	//   <Admin_Password ua="na">(secret)</Admin_Password>
	//   <Station_Name ua="rw">Tom &amp; Ann</Station_Name>
	// </flat-profile>
	// 9812b0ded4e12d83441658d7bee377dcbdd47cf821d60048daa09ef78ba6b913
}

func ExampleDocument_Format() {
	doc, err := cfgxml.Parse([]byte(`<flat-profile><A ua = 'na'>1</A> <!-- one --><B/></flat-profile>`))
	if err != nil {
		fmt.Println(err)
		return
	}
	os.Stdout.Write(doc.Format(cfgxml.FormatOptions{Indent: "  "}))
	// Output:
	// <flat-profile>
	//   <A ua="na">1</A> <!-- one -->
	//   <B/>
	// </flat-profile>
}
