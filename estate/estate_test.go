// SPDX-License-Identifier: MPL-2.0

package estate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/push/web"

	"github.com/google/go-cmp/cmp"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/estate"
	"github.com/phonecfg/terraform-provider-ciscophone/push"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const challenge = "Xq7-challenge-Zk9"

// store makes a directory of files.
func store(t testing.TB, files map[string]string) push.Store {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNames(t *testing.T) {
	t.Parallel()
	s := store(t, map[string]string{"b.xml": "", "a.CFG": "", "site/c.XML": "", "firmware.loads": "", "xml": "", "site/d.xml.bak": ""})
	for prefix, want := range map[string]string{"": "a.CFG b.xml site/c.XML", "site/": "site/c.XML", "b": "b.xml", "none": ""} {
		if got, err := estate.Names(t.Context(), s, prefix); strings.Join(got, " ") != want || err != nil {
			t.Errorf("%q: %q, %v", prefix, got, err)
		}
	}
	server, err := web.Open(&url.URL{Scheme: "https", Host: "192.0.2.1"}, web.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := estate.Names(t.Context(), server, ""); !errors.Is(err, estate.ErrNoList) {
		t.Errorf("a web server: %v", err)
	}
	gone, err := push.OpenDir(filepath.Join(t.TempDir(), "gone"), push.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := estate.Names(t.Context(), gone, ""); err == nil {
		t.Error("a directory that does not exist has names")
	}
}

func TestLook(t *testing.T) {
	t.Parallel()
	sealed, err := seal.Seal([]byte("<flat-profile/>"), seal.Options{Cipher: seal.AES128GCM, Key: secret.New("key")})
	if err != nil {
		t.Fatal(err)
	}
	packed, err := seal.Seal([]byte("<flat-profile/>"), seal.Options{Gzip: true})
	if err != nil {
		t.Fatal(err)
	}
	const fingerprint = "4813494D137E1631BBA301D5ACAB6E7BB7AA74CE1185D456565EF51D737677B2"
	of := func(params ...string) string {
		text := "<flat-profile>"
		for i := 0; i < len(params); i += 2 {
			text += fmt.Sprintf("<%[1]s>%[2]s</%[1]s>", params[i], params[i+1])
		}
		return text + "</flat-profile>"
	}
	for name, tc := range map[string]struct {
		content string
		want    estate.File
	}{
		"SEP001a2b3c4d5e.xml": {of("CDC_Server_1_", "http://scep.example.net", "CDC_Root_CA_Fingerprint_1_", fingerprint, "CDC_Challenge_Password_1_", challenge, "CDC_Common_Name_1_", "$MAU"),
			estate.File{MAC: "001A2B3C4D5E", Server: "http://scep.example.net", RootCAFingerprint: fingerprint, CommonName: "$MAU", Challenge: estate.ChallengeSet}},
		"a/b/CP-9841-SEP001A2B3C4D5E.cfg": {of(), estate.File{MAC: "001A2B3C4D5E", Model: "DP-9841"}},
		"spa504g-001A2B3C4D5E.xml":        {of(), estate.File{MAC: "001A2B3C4D5E"}},
		"0001A2B3C4D5E.xml":               {of(), estate.File{}}, // thirteen digits are no address
		"lobby.xml":                       {of("CDC_Common_Name_1_", "CP-8875-SEP001A2B3C4D5E.example.net"), estate.File{MAC: "001A2B3C4D5E", Model: "CP-8875", CommonName: "CP-8875-SEP001A2B3C4D5E.example.net", Problem: "no SCEP server"}},
		"SEP001A2B3C4D5F.xml": {of("CDC_Common_Name_1_", "CP-8875-SEP001A2B3C4D5E"), // another phone's
			estate.File{MAC: "001A2B3C4D5F", CommonName: "CP-8875-SEP001A2B3C4D5E", Problem: "no SCEP server"}},
		"masked.xml":   {of("CDC_Challenge_Password_1_", "*****"), estate.File{Challenge: estate.ChallengeMasked, Problem: "is a mask"}},
		"https.xml":    {of("CDC_Server_1_", "https://scep.example.net", "CDC_Root_CA_Fingerprint_1_", fingerprint), estate.File{Server: "https://scep.example.net", RootCAFingerprint: fingerprint, Problem: "https"}},
		"sealed.xml":   {string(sealed), estate.File{Problem: "encrypted (aes128gcm)"}},
		"packed.xml":   {string(packed), estate.File{Problem: "compressed (gzip)"}},
		"dialplan.xml": {"<DIALTEMPLATE/>", estate.File{Problem: "no configuration of a phone"}},
		"broken.xml":   {"<flat-profile><CDC_Challenge_Password_1_>" + challenge, estate.File{Problem: "no configuration of a phone: line 1"}},
		"empty.xml":    {"", estate.File{Problem: "no configuration of a phone"}},
	} {
		got, err := estate.Look(t.Context(), store(t, map[string]string{name: tc.content}), name)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := json.Marshal(got)
		if err != nil || strings.Contains(string(shown), challenge) {
			t.Errorf("%s: shows %s, %v", name, shown, err)
		}
		if tc.want.Path = name; strings.Contains(got.Problem, tc.want.Problem) && tc.want.Problem != "" {
			got.Problem = tc.want.Problem
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if _, err := estate.Look(t.Context(), store(t, nil), "gone.xml"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is gone: %v", err)
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "estate")
	if err != nil {
		return
	}
	defer os.RemoveAll(dir)
	text := "<flat-profile><CDC_Challenge_Password_1_>" + challenge + "</CDC_Challenge_Password_1_></flat-profile>"
	if err := os.WriteFile(filepath.Join(dir, "SEP001A2B3C4D5E.xml"), []byte(text), 0o600); err != nil {
		return
	}
	s, err := push.OpenDir(dir, push.Options{})
	if err != nil {
		return
	}
	names, err := estate.Names(context.Background(), s, "")
	for _, name := range names {
		f, err := estate.Look(context.Background(), s, name)
		fmt.Println(f.Path, f.MAC, f.Challenge, err)
	}
	fmt.Println(err)
	// Output:
	// SEP001A2B3C4D5E.xml 001A2B3C4D5E set <nil>
	// <nil>
}
