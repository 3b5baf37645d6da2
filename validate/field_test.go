// SPDX-License-Identifier: MPL-2.0

package validate

import (
	"slices"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cdc"
	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml"
	"github.com/phonecfg/terraform-provider-ciscophone/device"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const (
	sha1Print   = "7B1040870625C5B755D73F5925285F8F5FF5D501"
	sha256Print = "5E0F9A2B41C7D3886B1F04E2A95D7C3361F8B20A4C9E7D15830B6F2E94A1C7D8"
)

// good is an enrollment nothing can be said about.
var good = cfgxml.Enrollment{
	Server:            "http://scep.example.nl/scep",
	RootCAFingerprint: sha256Print,
	ChallengePassword: secret.New("kV7fQ2mZx9Lc4RtB"),
	CommonName:        "CP-9871-SEP$MAU.example.nl",
}

// phone is the document's example phone.
func phone(t testing.TB) *device.Identity {
	t.Helper()
	id, err := device.ParseMICName("CP-9871-SEP001A2B3C4D5E")
	if err != nil {
		t.Fatal(err)
	}
	return &id
}

// ids are the rules of the problems, in order.
func ids(problems []Problem) string {
	var out []string
	for _, p := range problems {
		out = append(out, p.Rule)
	}
	return strings.Join(out, " ")
}

// fieldCase: what Field says about a value, by rule, and a part of the first
// message or hint.
type fieldCase struct{ value, rules, text string }

func testField(t *testing.T, param string, cases []fieldCase) {
	t.Helper()
	for _, c := range cases {
		got := Field(param, c.value, Settings{})
		if ids(got) != c.rules {
			t.Errorf("%q: rules %q, want %q: %v", c.value, ids(got), c.rules, got)
			continue
		}
		if len(got) > 0 && !strings.Contains(got[0].Message+" / "+got[0].Hint, c.text) {
			t.Errorf("%q: %q / %q, want %q in it", c.value, got[0].Message, got[0].Hint, c.text)
		}
		for _, p := range got {
			if p.Param != param || p.Start != -1 || p.End != -1 {
				t.Errorf("%q: problem about %q at %d-%d, want %q at -1", c.value, p.Param, p.Start, p.End, param)
			}
		}
	}
}

func TestS14ServerValues(t *testing.T) {
	t.Parallel()
	testField(t, cdc.ParamServer, []fieldCase{
		{"", "", ""},
		{"http://10.20.30.40", "", ""},
		{"http://10.20.30.40/", "", ""},
		{"http://scep.example.nl:8080/cgi-bin/pkiclient.exe", "", ""},
		{"HTTP://scep.example.nl/scep", "", ""},
		{"http://scep_1.example.nl/a%20b", "", ""},
		{"http://[2001:db8::1]:8080/scep", "", ""},
		{"10.20.30.40", "", ""},
		{"2001:db8::1", "", ""},
		{" \thttp://10.20.30.40\n", "", ""}, // the phone strips it
		{"https://scep.example.nl", "cdc-server-scheme", "uses https, which the phone does not support"},
		{"ldap://scep.example.nl", "cdc-server-scheme", "uses ldap"},
		{"http:/scep.example.nl", "cdc-server-address", "two slashes"},
		{"http//scep.example.nl", "cdc-server-address", "two slashes"},
		{"://scep.example.nl", "cdc-server-address", "is not a URL"},
		{"http://", "cdc-server-address", "the host is missing"},
		{"http:///scep", "cdc-server-address", "the host is missing"},
		{"http://:8080/scep", "cdc-server-address", "the host is missing"},
		{"http://scep server/", "cdc-server-address", "' ' may not stand in a host name"},
		{"http://scép.example.nl/", "cdc-server-address", "'é' may not stand in a host name"},
		{"http://scep..example.nl/", "cdc-server-address", "is not a host name"},
		{"http://-scep/", "cdc-server-address", "is not a host name"},
		{"http://scep:port/", "cdc-server-address", `port "port" is not a port number`},
		{"http://scep:0/", "cdc-server-address", `port "0" is not a port number`},
		{"http://scep:65536/", "cdc-server-address", `port "65536" is not a port number`},
		{"http://scep:/", "cdc-server-address", `port "" is not a port number`},
		{"http://10.20.30.400/", "cdc-server-address", `"10.20.30.400" is not an IP address`},
		{"10.20.30", "cdc-server-address", `"10.20.30" is not an IP address`},
		{"http://2001:db8::1/scep", "cdc-server-address", "needs brackets"},
		{"http://[2001:db8::1/scep", "cdc-server-address", "no ] after"},
		{"http://[2001:db8::1]x/scep", "cdc-server-address", "unexpected"},
		{"http://[fe80::1%25eth0]/", "cdc-server-address", "the zone of"},
		{"http://0.0.0.0/", "cdc-server-address", "does not belong to a server"},
		{"http://255.255.255.255/", "cdc-server-address", "does not belong to a server"},
		{"http://224.0.0.1/", "cdc-server-address", "does not belong to a server"},
		{"http://[::]/", "cdc-server-address", "does not belong to a server"},
		{"http://scep.example.nl/a b", "cdc-server-address", "' ' may not stand there"},
		{"http://scep.example.nl/a|b", "cdc-server-address", "'|' may not stand there"},
		{"scep.example.nl", "cdc-server-bare-name", "write http://scep.example.nl"},
		{"10.20.30.40:8080", "cdc-server-bare-name", "write http://10.20.30.40:8080"},
		{"10.20.30.40/scep", "cdc-server-bare-name", "write http://10.20.30.40/scep"},
		{"http://phone:letmein@scep.example.nl/", "cdc-server-credentials", `"http://…@scep.example.nl/" holds credentials`},
		{"https://phone@scep.example.nl/?x", "cdc-server-scheme cdc-server-credentials", "uses https"},
		{"http://scep.example.nl/scep?operation=GetCACert", "cdc-server-operation", "end the URL before the ?"},
		{"http://scep.example.nl/scep?profile=phones", "cdc-server-query", "has a query after the path"},
		{"http://ndes.example.nl/certsrv/mscep_admin", "cdc-server-admin-page", "reads the challenge password"},
		{"http://ndes.example.nl/certsrv/mscep_admin/mscep.dll", "cdc-server-admin-page", "/mscep/mscep.dll"},
		{"http://ndes.example.nl/certsrv/mscep/", "cdc-server-folder", "/certsrv/mscep/mscep.dll"},
		{"http://ndes.example.nl/certsrv/mscep/mscep.dll", "", ""},
		{"http://scep.example.nl/scep#top", "cdc-server-query", "has a fragment after the path"},
		{"http://scep.example.nl?x=a b", "cdc-server-address", "' ' may not stand"},
		{"http://localhost:8080/scep", "cdc-server-local", "leads a phone to itself"},
		{"http://LAB.LocalHost/scep", "cdc-server-local", "leads a phone to itself"},
		{"http://127.0.0.1:8080/scep", "cdc-server-local", "127.0.0.1"},
		{"http://[::1]/", "cdc-server-local", "::1"},
		{"169.254.1.1", "cdc-server-local", "169.254.1.1"},
		{"http://10.79.57.91", "cdc-example-value", "the example in Cisco's document"},
		{"10.79.57.91", "cdc-example-value", ""},
	})
}

func TestServerPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"http://phone:letmein@scep.example.nl/", "https://phone:letmein@/", "http://letmein@:80", "phone:letmein@host",
		"ftp://u:letmein@h?x#y", "http://u:letmein@h/a b", "http://a:letmein@b@c/", "http://u:letmein@[::1", "http:/u:letmein@h",
	} {
		for _, p := range Field(cdc.ParamServer, s, Settings{AllowedServers: []string{"x"}}) {
			if strings.Contains(p.Message+p.Hint, "letmein") {
				t.Errorf("%q: the password is shown: %s / %s", s, p.Message, p.Hint)
			}
		}
	}
}

func TestAllowedServers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		allowed, server string
		ok              bool
	}{
		{"scep.example.nl", "http://scep.example.nl/scep", true},
		{"SCEP.example.nl", "http://scep.Example.nl:8080/scep", true},
		{"scep.example.nl:8080", "http://scep.example.nl:8080/", true},
		{"scep.example.nl:8080", "http://scep.example.nl/", false},
		{"http://scep.example.nl/scep/", "http://scep.example.nl/scep", true},
		{"http://scep.example.nl/scep", "http://scep.example.nl/other", false},
		{"*.example.nl", "http://scep.example.nl/", true},
		{"*.example.nl", "http://a.b.example.nl/", true},
		{"*.example.nl", "http://example.nl/", false},
		{"*.example.nl", "http://badexample.nl/", false},
		{"10.20.30.40", "10.20.30.40", true},
		{"10.20.30.40", "http://10.20.30.41/", false},
		{"2001:db8::1", "http://[2001:db8::1]:80/", true},
	} {
		got := Field(cdc.ParamServer, c.server, Settings{AllowedServers: []string{"other.example", c.allowed}})
		if ok := !slices.ContainsFunc(got, func(p Problem) bool { return p.Rule == "cdc-server-allowed" }); ok != c.ok {
			t.Errorf("allowed %q, server %q: %v, want %v", c.allowed, c.server, ok, c.ok)
		}
	}
}

func TestS15FingerprintValues(t *testing.T) {
	t.Parallel()
	colons := "5E:0F:9A:2B:41:C7:D3:88:6B:1F:04:E2:A9:5D:7C:33:61:F8:B2:0A:4C:9E:7D:15:83:0B:6F:2E:94:A1:C7:D8"
	testField(t, cdc.ParamRootCAFingerprint, []fieldCase{
		{"", "", ""},
		{sha256Print, "", ""},
		{sha1Print, "cdc-fingerprint-sha1", "SHA-1"},
		{colons, "cdc-fingerprint-form", sha256Print},
		{strings.ToLower(sha256Print), "cdc-fingerprint-form", sha256Print},
		{strings.ToLower(strings.ReplaceAll(colons, ":", " ")), "cdc-fingerprint-form", sha256Print},
		{"  " + sha256Print + "\n", "", ""},
		{sha1Print[:38], "cdc-fingerprint-length", "has 19 bytes, want 20 or 32"},
		{sha1Print[:39], "cdc-fingerprint-length", "odd number of digits, 39"},
		{sha1Print[:32], "cdc-fingerprint-length", "MD5"},
		{sha256Print[:56], "cdc-fingerprint-length", "SHA-224"},
		{sha256Print + sha256Print[:32], "cdc-fingerprint-length", "has 48 bytes, want 20 or 32"},
		{sha256Print + sha256Print, "cdc-fingerprint-length", "option 43 only"},
		{":: :", "cdc-fingerprint-length", "no digits"},
		{"7B1O" + sha1Print[4:], "cdc-fingerprint-hex", "'O' at character 4 is not a hexadecimal digit"},
		{sha1Print[:39] + "G", "cdc-fingerprint-hex", "'G' at character 40"},
		{"7B-10", "cdc-fingerprint-length", "has 2 bytes"},
		{strings.ReplaceAll(colons, ":", "-"), "cdc-fingerprint-form", sha256Print},
		{"é" + sha1Print, "cdc-fingerprint-hex", "'é' at character 1"},
		{"SHA1 Fingerprint=" + sha1Print, "cdc-fingerprint-hex cdc-fingerprint-sha1", "write " + sha1Print},
		{"SHA2 Fingerprint=" + sha1Print, "cdc-fingerprint-hex", "give only what follows the ="},
		{"\u200e" + sha256Print, "cdc-fingerprint-hex", `'\u200e' at character 1`},
		{"sha256 Fingerprint=" + colons, "cdc-fingerprint-hex", "'s' at character 1"},
		{strings.Repeat("0", 40), "cdc-fingerprint-placeholder", "40 times"},
		{strings.Repeat("F", 64), "cdc-fingerprint-placeholder", "64 times"},
		{strings.Repeat("aA", 20), "cdc-fingerprint-placeholder", "40 times"},
		{"12040870625C5B755D73F5925285F8F5FF5D55AF", "cdc-example-value cdc-fingerprint-sha1", "example"},
		{"12:04:08:70:62:5c:5b:75:5d:73:f5:92:52:85:f8:f5:ff:5d:55:af", "cdc-example-value cdc-fingerprint-form cdc-fingerprint-sha1", "example"},
	})
	// What is accepted with colons or spaces is an info, never more.
	for _, p := range Field(cdc.ParamRootCAFingerprint, colons, Settings{}) {
		if p.Severity > Info {
			t.Errorf("colons: %v", p)
		}
	}
}

func TestS16ChallengeValues(t *testing.T) {
	t.Parallel()
	testField(t, cdc.ParamChallengePassword, []fieldCase{
		{"", "", ""},
		{"kV7fQ2mZx9Lc4RtB", "", ""},
		{"with space (and) within", "", ""},
		{"with space <&> within", "cdc-challenge-printable-string", "letters and digits"},
		{"********", "cdc-challenge-masked", "mask"},
		{"*", "cdc-challenge-masked", "mask"},
		{"••••••", "cdc-challenge-masked", "mask"},
		{"*******x", "cdc-challenge-printable-string", "some SCEP servers"},
		{" kV7fQ2mZx9Lc4RtB", "cdc-challenge-characters", "white space"},
		{"kV7fQ2mZx9Lc4RtB\n", "cdc-challenge-characters", "white space"},
		{"kV7fQ2mZ\nx9Lc4RtB", "cdc-challenge-characters", "control"},
		{"kV7fQ2mZx9Lc4Rté", "cdc-challenge-characters", "outside"},
		{"short", "cdc-challenge-weak", "short"},
		{"aaaaaaaaaaaa", "cdc-challenge-weak", "repeated"},
		{"Password123", "cdc-challenge-weak", "known"},
		{"D233CCF9B9952A15", "cdc-example-value", "example"},
	})
}

func TestS19CommonNameValues(t *testing.T) {
	t.Parallel()
	testField(t, cdc.ParamCommonName, []fieldCase{
		{"", "", ""},
		{"CP-9871-SEP$MAU.example.nl", "", ""},
		{"phone-$(MAU:6).example.nl", "", ""},
		{"$MA@example.nl", "", ""},
		{"$SN", "", ""},
		{"$A", "", ""}, // of unknown length, nothing can be said
		{"$$MAU", "", ""},
		{strings.Repeat("x", 64), "", ""},
		{strings.Repeat("x", 65), "cdc-common-name-length", "has 65 characters, at most 64"},
		{strings.Repeat("é", 64), "cdc-common-name-characters", ""}, // characters, not bytes
		{"$(MAU)" + strings.Repeat("x", 52), "", ""},
		{"$(MAU)" + strings.Repeat("x", 53), "cdc-common-name-length", "has 65 characters once its macros are expanded"},
		{"$(MAU:6)" + strings.Repeat("x", 56), "", ""},
		{"$UID1.ab", "cdc-common-name-overflow", "up to 66 characters"},
		{"$(UID1:0:20).phones.example.nl", "", ""},
		{"$(SN)" + strings.Repeat("x", 53), "cdc-common-name-overflow", "up to 65 characters"},
		{"$MACADDR", "cdc-common-name-macro", "did you mean $MAU?"},
		{"$mau", "cdc-common-name-macro", "names are upper case"},
		{"$MAUlobby", "cdc-common-name-macro", "did you mean $(MAU)lobby?"},
		{"$(NOPE)", "cdc-common-name-macro", `unknown macro "$(NOPE)"`},
		{"x$", "cdc-common-name-macro", "the dollar sign at character 2 starts no macro"},
		{"$(MAU", "cdc-common-name-macro", "character 1"},
		{"${MAU}", "cdc-common-name-macro template-placeholder", "character 1"},
		{"$SERV", "cdc-common-name-unsuited-macro", "host"},
		{"$ERR", "cdc-common-name-unsuited-macro", "result"},
		{"$MAC", "cdc-common-name-unsuited-macro", "colons"},
		{"$PN", "cdc-common-name-undocumented-macro", "IP Phone 7861"},
		{"$PSN", "cdc-common-name-undocumented-macro", "V03"},
		{"$CCERT", "cdc-common-name-unsuited-macro", "Installed"},
		{"$SA", "cdc-common-name-unsuited-macro", "--key"},
		{"$MAU,O=x", "cdc-common-name-characters", "',' is unusual"},
		{"a\tb", "cdc-common-name-characters", `'\t' is unusual`},
		{"$MAU-é", "cdc-common-name-characters", "'é'"},
	})
}

// With the phone known the length is exact.
func TestCommonNameOfOnePhone(t *testing.T) {
	t.Parallel()
	id := phone(t)
	id.Serial, id.SeriesName = "FVH28071ABC", "9871"
	for _, c := range []struct{ value, rules string }{
		{"$(SN)" + strings.Repeat("x", 53), ""}, // 11 + 53
		{"$(SN)" + strings.Repeat("x", 54), "cdc-common-name-length"},
		{"$(PSN)" + strings.Repeat("x", 58), ""},
		{"$(PSN:0:2)" + strings.Repeat("x", 54), ""},
		{"$(SN:0:9)" + strings.Repeat("x", 56), "cdc-common-name-length"},
		{"$(SN:8)" + strings.Repeat("x", 57), ""}, // 3 + 57
		{"$UID1.x", "cdc-common-name-overflow"},   // not of the identity
		{id.CommonName("example.nl"), ""},
		{id.CommonName(strings.Repeat("x", 40)), ""},
		{id.CommonName(strings.Repeat("x", 41)), "cdc-common-name-length"},
		{"phone-001a2b3c4d5e", ""},
		{"phone-001a2b3c4d5f", "cdc-common-name-other-phone"},
		{"CP-9871-SEP001A2B3C4D5F", "cdc-common-name-other-phone"},
		{"0123456789abcdef", ""}, // longer than a MAC address
		{"room-0123456789", ""},
	} {
		got := Field(cdc.ParamCommonName, c.value, Settings{Identity: id})
		if ids(got) != c.rules {
			t.Errorf("%q: %v, want %q", c.value, got, c.rules)
		}
	}
}

// Parameters beside the four are judged by the catalog.
func TestFieldOfCatalogue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ param, value, rules string }{
		{"Certificate_Select", "Custom installed", ""},
		{"Certificate_Select", "custom installed", "value-case"},
		{"Certificate_Select", "Custom", "value-choice"},
		{"Enable_802.1X_Authentication", "yes", ""},
		{"Resync_Periodic", "3600", ""},
		{"Resync_Periodic", "1h", "value-number"},
		{"Admin_Password", "cisco", "password-well-known"},
		{"Admin_Password", "abc", "password-length"},
		{"Password_1_", "****", "masked-secret"},
		{"Profile_Rule", "[--key abc] https://x/", "rule-key-in-plain"},
		{"Station_Name", "anything", ""},
		{"Station_Nmae", "anything", "unknown-parameter"},
		{"CDC_Server_1", "http://x", "cdc-name"},
		{"CDC_Server_2_", "http://x", "cdc-slot"},
		{"Line_Enable_1_", "", ""},
	} {
		if got := Field(c.param, c.value, Settings{}); ids(got) != c.rules {
			t.Errorf("%s = %q: %v, want %q", c.param, c.value, got, c.rules)
		}
	}
}
