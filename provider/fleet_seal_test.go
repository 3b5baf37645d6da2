// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

// TestFleetEncryption: phones get encrypted files, people see what is in them,
// and a file that already holds the right content is not packed again.
func TestFleetEncryption(t *testing.T) {
	t.Parallel()
	const first, second, third = "SEP001A2B3C4D5E.xml", "SEP001A2B3C4D5F.xml", "SEP001A2B3C4D60.xml"
	for _, cipher := range []string{"aes-256-cbc", "aes128gcm"} {
		for _, from := range []string{"template", "store"} {
			t.Run(cipher+" from the "+from, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				c := newWire(t, dir)
				with := wantedFleet("encryption", cipher, "encryption_key_file", write(t, t.TempDir(), "key.txt", sealKey+"\n"), "on_destroy", "clear")
				if from == "template" {
					with["template_file"] = write(t, t.TempDir(), "template.xml", admin)
				} else {
					for _, name := range []string{first, second, third} {
						write(t, dir, name, admin)
					}
				}
				planned := c.must(c.plan(fleetName, state{}, with))
				want := "2 phones, such as " + first + ": new file: 7 parameters\n"
				if from == "store" {
					want = "3 phones, such as " + first + ": the file becomes encrypted by " + cipher + "; it was: not encrypted\n"
				}
				if got := planned.text("changes"); !strings.HasPrefix(got, want) {
					t.Errorf("changes: %s, want %s", got, want)
				}
				done := c.must(c.apply(fleetName, state{}, planned, with))
				for _, name := range []string{first, second, third} {
					if got := opened(t, sealKey, dir, name); !strings.Contains(got, pearl) || !strings.Contains(got, "<!-- lobby -->\r\n") {
						t.Errorf("%s holds\n%s", name, got)
					}
				}
				before := content(t, dir, third)
				done = c.must(c.read(fleetName, done))
				if again := c.must(c.plan(fleetName, done, with)); !again.value.Equal(done.value) {
					t.Errorf("the second plan is not empty: %s", again.text("changes"))
				}

				// Somebody packs another challenge, with the same key and in the other
				// cipher.
				plain := opened(t, sealKey, dir, second)
				other := map[string]seal.Cipher{"aes-256-cbc": seal.AES128GCM, "aes128gcm": seal.AES256CBC}[cipher]
				sealed, err := seal.Seal([]byte(strings.Replace(plain, pearl, "guessed", 1)), seal.Options{Cipher: other, Key: secret.New(sealKey)})
				if err != nil {
					t.Fatal(err)
				}
				write(t, dir, second, string(sealed))
				planned = c.must(c.plan(fleetName, done, with))
				want = second + ": the file becomes encrypted by " + cipher + "; it was: " + other.String() + "\n" +
					second + ": CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate"
				if got := planned.text("changes"); got != want {
					t.Errorf("changes after drift:\n%s\nwant\n%s", got, want)
				}
				done = c.must(c.read(fleetName, c.must(c.apply(fleetName, done, planned, with))))
				if got := opened(t, sealKey, dir, second); got != plain {
					t.Errorf("after drift, %s holds\n%s", second, got)
				}
				if content(t, dir, third) != before {
					t.Error("a file that was as it should be was packed again")
				}

				with["scep_server"] = "http://other.example.net"
				done = c.must(c.read(fleetName, c.run(fleetName, done, with)))
				if again := c.must(c.plan(fleetName, done, with)); !again.value.Equal(done.value) {
					t.Errorf("the plan after a change is not empty: %s", again.text("changes"))
				}

				// One leaves, then all: their files are opened, cleared and packed.
				with["inventory"] = strings.Replace(phonesCSV, "001a2b3c4d60,CP-8875,south,,Bar\n", "", 1)
				done = c.run(fleetName, done, with)
				for _, name := range []string{first, third} {
					got := opened(t, sealKey, dir, name)
					if left := !strings.Contains(got, pearl); left != (name == third) {
						t.Errorf("after one phone left, %s holds\n%s", name, got)
					}
				}
				if _, ds := c.destroy(fleetName, done); ds.failed() {
					t.Fatal(ds)
				}
				if got := opened(t, sealKey, dir, first); strings.Contains(got, pearl) {
					t.Errorf("after destroying, %s holds\n%s", first, got)
				}
			})
		}
	}
}

// TestFleetEncryptionOtherKey: a file that does not open is replaced where the
// template decides over it, and never guessed at otherwise.
func TestFleetEncryptionOtherKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	template := write(t, t.TempDir(), "template.xml", admin)
	with := wantedFleet("template_file", template, "encryption", "aes128gcm", "encryption_key_wo", sealKey)
	done := c.must(c.read(fleetName, c.run(fleetName, state{}, with)))
	with["encryption_key_wo"] = "Xq7-another-key-Zk9"

	with["template_file"] = nil
	_, ds := c.plan(fleetName, done, with)
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "inventory", "Line 2, phone 00:1a:2b:3c:4d:5e", "ncrypted with another key, or cut off")
	if strings.Contains(ds.String(), "Zk9") {
		t.Errorf("a key is told:\n%s", ds)
	}

	with["template_file"] = template
	planned := c.must(c.plan(fleetName, done, with))
	if got, want := planned.text("changes"), "3 phones, such as SEP001A2B3C4D5E.xml: the file becomes encrypted by aes128gcm; it was: encrypted with another key, or cut off\n"; !strings.HasPrefix(got, want) {
		t.Errorf("changes: %s, want %s", got, want)
	}
	if got := planned.text("reenrolling_phones"); got != "3" {
		t.Errorf("reenrolls = %s: nobody knows what the phones had", got)
	}
	done = c.must(c.apply(fleetName, done, planned, with))
	if got := opened(t, "Xq7-another-key-Zk9", dir, "SEP001A2B3C4D60.xml"); !strings.Contains(got, pearl) {
		t.Errorf("stored is\n%s", got)
	}

	// Without encryption such a file is no document.
	delete(with, "encryption")
	delete(with, "encryption_key_wo")
	planned = c.must(c.plan(fleetName, c.must(c.read(fleetName, done)), with))
	if got, want := planned.text("changes"), "2 phones, such as SEP001A2B3C4D5E.xml: the stored file cannot be read and is replaced, 7 parameters: what changes in it cannot be told\n"; !strings.HasPrefix(got, want) {
		t.Errorf("changes: %s, want %s", got, want)
	}
	c.must(c.apply(fleetName, done, planned, with))
	if got := content(t, dir, "SEP001A2B3C4D60.xml"); !strings.Contains(got, pearl) {
		t.Errorf("stored is\n%s", got)
	}
}

func TestFleetEncryptionValidation(t *testing.T) {
	t.Parallel()
	c := newWire(t, t.TempDir())
	for name, tc := range map[string]struct {
		pairs []any
		want  string
	}{
		"no key":            {[]any{"encryption", "aes128gcm"}, "No Encryption Key"},
		"key for nothing":   {[]any{"encryption_key_wo", "k"}, "encryption"},
		"unknown cipher":    {[]any{"encryption", "rot13", "encryption_key_wo", "k"}, "aes-256-cbc"},
		"relative path":     {[]any{"encryption", "aes128gcm", "encryption_key_file", "key.txt"}, "Not an Absolute Path"},
		"clear with no key": {[]any{"encryption", "aes128gcm", "encryption_key_wo", "k", "on_destroy", "clear"}, "on_destroy"},
	} {
		if ds := c.validate(fleetName, wantedFleet(tc.pairs...)); !ds.failed() || !strings.Contains(ds.String(), tc.want) {
			t.Errorf("%s: %s", name, ds)
		}
	}
	_, ds := c.plan(fleetName, state{}, wantedFleet("encryption", "aes128gcm", "encryption_key_file", "/no/such.key"))
	expect(t, ds, tfprotov6.DiagnosticSeverityError, "encryption_key_file", "no such file")
	planned := c.must(c.plan(fleetName, state{}, wantedFleet("encryption", "aes128gcm", "encryption_key_wo", unknown{})))
	if got := planned.text("changes"); got != "unknown" {
		t.Errorf("with a key that is not known yet, changes are %s", got)
	}
}
