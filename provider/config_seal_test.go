// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

const sealKey = "Xq7-sealing-key-Zk9"

// opened gives what a sealed file in a store holds.
func opened(t *testing.T, key string, elem ...string) string {
	t.Helper()
	data := content(t, elem...)
	if strings.Contains(data, "CDC_Server_1_") {
		t.Fatalf("%v is not encrypted:\n%s", elem, data)
	}
	plain, err := seal.Open([]byte(data), seal.OpenOptions{Key: secret.New(key)})
	if err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// TestConfigEncryption: what phones get is encrypted, what people see is what
// is in it, and the key is nowhere.
func TestConfigEncryption(t *testing.T) {
	t.Parallel()
	for _, cipher := range []string{"aes-256-cbc", "aes128gcm"} {
		for _, how := range []string{"encryption_key_wo", "encryption_key_file"} {
			t.Run(cipher+" "+how, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				write(t, dir, "a.xml", admin)
				c := newWire(t, dir)
				key := sealKey
				if how == "encryption_key_file" {
					key = write(t, t.TempDir(), "key.txt", sealKey+"\n")
				}
				with := wanted("encryption", cipher, how, key, "on_destroy", map[string]string{"encryption_key_wo": "keep", "encryption_key_file": "clear"}[how])
				planned := c.must(c.plan(config, state{}, with))
				if got := planned.text("changes"); !strings.HasPrefix(got, "the file becomes encrypted by "+cipher+"; it was: not encrypted\n") {
					t.Errorf("changes: %s", got)
				}
				done := c.must(c.apply(config, state{}, planned, with))
				if got := opened(t, sealKey, dir, "a.xml"); got != spliced(t) {
					t.Errorf("stored is\n%s", got)
				}
				before := content(t, dir, "a.xml")
				done = c.must(c.read(config, done))
				if again := c.must(c.plan(config, done, with)); !again.value.Equal(done.value) {
					t.Errorf("the second plan is not empty: %s", again.text("changes"))
				}

				// Somebody packs another challenge, with the same key.
				as, err := seal.ParseCipher(cipher)
				if err != nil {
					t.Fatal(err)
				}
				drifted, err := seal.Seal([]byte(strings.Replace(spliced(t), pearl, "guessed", 1)), seal.Options{Cipher: as, Key: secret.New(sealKey)})
				if err != nil {
					t.Fatal(err)
				}
				write(t, dir, "a.xml", string(drifted))
				done = c.must(c.read(config, done))
				planned = c.must(c.plan(config, done, with))
				if got := planned.text("changes"); got != "CDC_Challenge_Password_1_: changed (secret); the phone requests a new certificate" {
					t.Errorf("changes after drift: %s", got)
				}
				done = c.must(c.apply(config, done, planned, with))
				if got := opened(t, sealKey, dir, "a.xml"); got != spliced(t) || content(t, dir, "a.xml") == before {
					t.Errorf("stored after drift is\n%s", got)
				}

				done = c.must(c.read(config, done))
				if _, ds := c.destroy(config, done); ds.failed() {
					t.Fatal(ds)
				}
				if got := opened(t, sealKey, dir, "a.xml"); strings.Contains(got, pearl) != (how == "encryption_key_wo") {
					t.Errorf("stored after destroying is\n%s", got)
				}
			})
		}
	}
}

// TestConfigEncryptionOtherKey: a file that does not open is replaced where a
// base decides over it, and never guessed at otherwise.
func TestConfigEncryptionOtherKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := newWire(t, dir)
	sealed, err := seal.Seal([]byte(admin), seal.Options{Cipher: seal.AES256CBC, Key: secret.New("another")})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a.xml", string(sealed))
	with := wanted("encryption", "aes-256-cbc", "encryption_key_wo", sealKey)
	if _, ds := c.plan(config, state{}, with); !ds.failed() || !strings.Contains(ds.String(), "ncrypted with another key, or cut off") || strings.Contains(ds.String(), sealKey) {
		t.Errorf("without a base: %s", ds)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "a.xml")); err != nil || !bytes.Equal(after, sealed) {
		t.Error("the file was touched")
	}
	with["template"] = admin
	planned := c.must(c.plan(config, state{}, with))
	if got := planned.text("changes"); !strings.HasPrefix(got, "the file becomes encrypted by aes-256-cbc; it was: encrypted with another key, or cut off\n") {
		t.Errorf("with a base: %s", got)
	}
	c.must(c.apply(config, state{}, planned, with))
	if got := opened(t, sealKey, dir, "a.xml"); got != spliced(t) {
		t.Errorf("stored is\n%s", got)
	}
}

func TestConfigEncryptionValidation(t *testing.T) {
	t.Parallel()
	c := newWire(t, t.TempDir())
	for name, tc := range map[string]struct {
		pairs []any
		want  string
	}{
		"no key":            {[]any{"encryption", "aes128gcm"}, "No Encryption Key"},
		"empty key":         {[]any{"encryption", "aes128gcm", "encryption_key_wo", ""}, "The key is empty"},
		"two keys":          {[]any{"encryption", "aes128gcm", "encryption_key_wo", "k", "encryption_key_file", "/k"}, "encryption_key_file"},
		"key for nothing":   {[]any{"encryption_key_wo", "k"}, "encryption"},
		"unknown cipher":    {[]any{"encryption", "rot13", "encryption_key_wo", "k"}, "aes-256-cbc"},
		"relative path":     {[]any{"encryption", "aes128gcm", "encryption_key_file", "key.txt"}, "Not an Absolute Path"},
		"clear with no key": {[]any{"encryption", "aes128gcm", "encryption_key_wo", "k", "on_destroy", "clear"}, "on_destroy"},
	} {
		if ds := c.validate(config, wanted(tc.pairs...)); !ds.failed() || !strings.Contains(ds.String(), tc.want) {
			t.Errorf("%s: %s", name, ds)
		}
	}
	if ds := c.validate(config, wanted("encryption", unknown{}, "encryption_key_wo", unknown{})); ds.failed() {
		t.Errorf("unknown: %s", ds)
	}
}
