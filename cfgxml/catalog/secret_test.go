// SPDX-License-Identifier: MPL-2.0

package catalog

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secretNames are all secrets of the catalog, families as in its data.
var secretNames = []string{
	"Admin_Password", "Admin_Passwd", "User_Password", "CDC_Challenge_Password_1_", "IKM_HTTP_Encrypt_Content", "License_Keys",
	"GPP_SA", "GPP_SB", "GPP_SC", "GPP_SD",
	"Password_{1..16}_", "Auth_Page_Password_{1..16}_", "Login_Password_{1..16}_", "Login_Password", "SIP_Password", "SRTP_Private_Key_{1..12}_",
	"LDAP_Password", "Directory_Password", "XML_Password", "EM_Mobile_Password", "EM_Phone_Password",
	"ACS_Password", "BACKUP_ACS_Password", "Connection_Request_Password", "Proxy_Password", "VPN_Password",
	"Wi-Fi_Password_1_", "wepKey_1_", "wepKey{0..3}_{2..3}_", "pskKey_{2..3}_", "passphrase_1_", "password_{2..3}_",
}

// nearMisses are the names of the catalog that speak of passwords, keys and
// certificates and hold none.
var nearMisses = []string{
	"Display_Password_Warnings", "User_Password_Prompt", "Preferred_Password_Input_Mode", "LDAP_Prompt_For_Empty_Credentials",
	"PSK_{1..16}", "Programmable_Softkey_Enable", "Forward_Softkey", "Softkey_Labels_Font", "Conference_Single_Hardkey_{1..16}_",
	"Unit_{1..2}_Key_{1..32}", "Unit_{1..3}_Key_{1..40}_", "Use_Line_Keys_For_BLF_List", "BLF_Callpark_On_Line_Key_Enable", "Feature_Key_Sync_{1..16}_",
	"Key_System_Auto_Discovery", "Key_System_IP_Address", "Linksys_Key_System",
	"Key_Again_Reset_Time", "Key_Double_Press_Time", "Key_Triple_Press_Time",
	"Idle_Key_List", "Missed_Call_Key_List", "Off_Hook_Key_List", "Dialing_Input_Key_List", "Progressing_Key_List", "Connected_Key_List",
	"Connected_Meeting_Key_List", "Start-Xfer_Key_List", "Start-Conf_Key_List", "Conferencing_Key_List", "Releasing_Key_List", "Hold_Key_List",
	"Ringing_Key_List", "Shared_Active_Key_List", "Shared_Held_Key_List", "Broadsoft_Call_History_Key_List",
	"Encryption_Method_{1..16}_", "RX_ROC_Reset_on_Re-Key", "wepKeyId_{1..3}_", "wepKeyLen_{1..3}_",
	"clientCert_{1..3}_", "serverCert_{1..3}_", // certificates are public; an 8865 shows asterisks for one that is installed
	"Certificate_Select", "MIC_Cert_Refresh_Enable", "MIC_Cert_Refresh_Rule",
	"Mini_Certificate_{1..12}_", // signed and public; the private key is a parameter of its own
}

// speaksOfSecrets finds the names that somebody has to judge.
var speaksOfSecrets = regexp.MustCompile(`(?i)pass|pasw|secret|psk|key|(^|_)pin|token|commun|cred|wep|privat|cert|crypt|(^|_)gpp_s|ikm|(^|_)salt|chal`)

// Each name of the catalog is judged once, here: what is neither a secret nor a
// near miss speaks of none.
func TestEachNameIsJudged(t *testing.T) {
	want := map[string]bool{}
	for _, name := range expandAll(t, secretNames) {
		want[name] = true
	}
	for _, name := range expandAll(t, nearMisses) {
		want[name] = false
	}
	for p := range All() {
		judged, ok := want[p.Name]
		if p.Secret() != judged || !ok && speaksOfSecrets.MatchString(p.Name) {
			t.Errorf("%s: secret is %v; judged secret is %v (judged at all: %v)", p.Name, p.Secret(), judged, ok)
		}
		delete(want, p.Name)
	}
	for name := range want {
		t.Errorf("%s is judged, and the catalog does not have it", name)
	}
}

func expandAll(t *testing.T, patterns []string) (names []string) {
	t.Helper()
	for _, p := range patterns {
		var err error
		if names, err = expand(names, p); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// The last part of a nested name counts, and a name that the catalog does not
// have is judged by its words.
func TestIsSecretOfOtherNames(t *testing.T) {
	for name, want := range map[string]bool{
		"router-configuration/SNMP/Auth_Password": true, "a/b/Set_Community": true, "Host_Name/Password_1_": true, "a/GPP_SA": true,
		"pskKey_1_": true, "wepKey0_1_": true, "pskKey_4_": true, "Password_17_": true, "CDC_Challenge_Pasword_1_": true,
		"": false, "/": false, "Password_1_/": false, "Phone_Password/Host_Name": false, "a/PSK_1": false, "wepKeyLen_4_": false, "CDC_Server_2_": false,
	} {
		if IsSecret(name) != want || IsSecret([]byte(name)) != want {
			t.Errorf("%q: secret is %v, want %v", name, IsSecret(name), want)
		}
	}
}

// A name is judged alike wherever it stands, and however long it is.
func FuzzIsSecret(f *testing.F) {
	for _, name := range []string{"Password_1_", "a/GPP_SA", "PSK_1", "WEPKey", "pskKey", "\xff", "X"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := IsSecret(name)
		if got != IsSecret([]byte(name)) || got != IsSecret("group/"+name) {
			t.Errorf("%q is judged in two ways", name)
		}
	})
}

func TestIsSecretDoesNotAllocate(t *testing.T) {
	for _, name := range []string{"Admin_Password", "pskKey_1_", "No_Such_Name", "a/b/Password_99_"} {
		data := []byte(name)
		if n := testing.AllocsPerRun(100, func() { IsSecret(name); IsSecret(data) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// realNames are the names in the real files at hand, those in comments too.
func realNames(t testing.TB) (names []string) {
	t.Helper()
	dir := os.Getenv("CISCOPHONE_REAL_DIR")
	if dir == "" {
		t.Skip("real names: not run: needs CISCOPHONE_REAL_DIR, a folder of real files")
	}
	tag := regexp.MustCompile(`(?m)<([A-Za-z_][\w.-]*)[\s/>]|^    ([A-Za-z_][\w.-]*):`)
	for _, pattern := range []string{"*.xml", "*.yml"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s in %s: %v", pattern, dir, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range tag.FindAllSubmatch(data, -1) {
				names = append(names, string(m[1])+string(m[2]))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// What real files hold beyond the catalog: the status of a phone, and nothing
// that speaks of secrets but is not judged.
func TestRealNamesAreJudged(t *testing.T) {
	want := map[string]bool{"Login_User_Password": true, "Client_Certificate": false}
	for _, name := range realNames(t) {
		if _, ok := Lookup(name); ok || !speaksOfSecrets.MatchString(name) {
			continue
		}
		if judged, ok := want[name]; !ok || IsSecret(name) != judged {
			t.Errorf("%s: secret is %v (judged at all: %v)", name, IsSecret(name), ok)
		}
	}
}

func BenchmarkIsSecret(b *testing.B) {
	var known [][]byte
	for p := range All() {
		known = append(known, []byte(p.Name))
	}
	unknown := []byte(strings.Repeat("Unknown_", 4))
	b.Run("known", func(b *testing.B) {
		for i := range b.N {
			IsSecret(known[i%len(known)])
		}
	})
	b.Run("unknown", func(b *testing.B) {
		for range b.N {
			IsSecret(unknown)
		}
	})
}
