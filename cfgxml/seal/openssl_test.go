// SPDX-License-Identifier: MPL-2.0

package seal_test

import (
	"bytes"
	"crypto"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/phonecfg/terraform-provider-ciscophone/cfgxml/seal"
	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
)

// openssl runs "openssl enc" over data. The secret goes by file or
// environment, never as an argument, where other users would see it.
func openssl(t *testing.T, data []byte, args ...string) []byte {
	t.Helper()
	path := peer.Program(t, "openssl")
	cmd := exec.Command(path, append([]string{"enc", "-aes-256-cbc"}, args...)...)
	cmd.Stdin = bytes.NewReader(data)
	cmd.Env = append(os.Environ(), "SEAL_TEST_KEY="+sealKey.Reveal())
	var out, talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		t.Fatalf("openssl enc %v: %v\n%s", args, err, talk.Bytes())
	}
	return out.Bytes()
}

func TestSealAgainstOpenSSL(t *testing.T) {
	t.Parallel()
	keyFile := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(keyFile, []byte(sealKey.Reveal()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, digest := range map[string]crypto.Hash{"sha256": crypto.SHA256, "md5": crypto.MD5} {
		for _, secret := range [][]string{{"-kfile", keyFile}, {"-pass", "env:SEAL_TEST_KEY"}} {
			for _, length := range []int{1, 15, 16, 17, len(sealedText)} {
				plain := []byte(sealedText[:length])
				args := append([]string{"-md", name}, secret...)

				sealed, err := seal.Seal(plain, seal.Options{Cipher: seal.AES256CBC, Key: sealKey, Digest: digest})
				if err != nil {
					t.Fatal(err)
				}
				if got := openssl(t, sealed, append(args, "-d")...); !bytes.Equal(got, plain) {
					t.Errorf("%s, %v: openssl reads %q, want %q", name, secret, got, plain)
				}

				theirs := openssl(t, plain, args...)
				got, err := seal.Open(theirs, seal.OpenOptions{Key: sealKey})
				if err != nil || !bytes.Equal(got, plain) {
					t.Errorf("%s, %v: Open of what openssl wrote gives %q, %v, want %q", name, secret, got, err, plain)
				}
			}
		}
	}
}
