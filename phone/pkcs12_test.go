// SPDX-License-Identifier: MPL-2.0

package phone

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/phonecfg/terraform-provider-ciscophone/internal/test/peer"
	"github.com/phonecfg/terraform-provider-ciscophone/secret"
)

func must[T any](tb testing.TB, v T, err error) T {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

type bomb struct {
	name, password string
	file           []byte
}

func explicitTag(der []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: der}
}

// kdfPBES2 is AES-256 with a zero IV under PBKDF2 with SHA-256; tag is that of
// the salt, which the decoder compares without its class.
func kdfPBES2(tb testing.TB, oid asn1.ObjectIdentifier, n int, class int) pkix.AlgorithmIdentifier {
	kdf := must2(tb, p12KDF{Salt: asn1.RawValue{Class: class, Tag: asn1.TagOctetString, Bytes: []byte("saltsalt")}, Iterations: n, KeyLength: 32,
		PRF: pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}, Parameters: asn1.NullRawValue}})
	other := pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 42}, Parameters: asn1.RawValue{Tag: asn1.TagOctetString, Bytes: make([]byte, 16)}}
	if oid.Equal(oidPBMAC1) {
		other = pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 9}}
	}
	scheme := must2(tb, p12Scheme{pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}, Parameters: asn1.RawValue{FullBytes: kdf}}, other})
	return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: scheme}}
}

func kdfOld(tb testing.TB, last int, n int) pkix.AlgorithmIdentifier {
	return pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, last},
		Parameters: asn1.RawValue{FullBytes: must2(tb, p12OldKDF{[]byte("saltsalt"), n})}}
}

func must2(tb testing.TB, v any) []byte {
	tb.Helper()
	der, err := asn1.Marshal(v)
	return must(tb, der, err)
}

func shrouded(tb testing.TB, a pkix.AlgorithmIdentifier) []byte {
	return must2(tb, []p12Bag{{Type: oidShroudedKey, Value: explicitTag(must2(tb, p12EncryptedKey{a, make([]byte, 32)}))}})
}

func plainSafe(tb testing.TB, bags []byte) p12Content {
	return p12Content{oidData, explicitTag(must2(tb, bags))}
}

// sealedSafe encrypts bags under PBES2 with one iteration.
func sealedSafe(tb testing.TB, bags []byte, password string) p12Content {
	key, err := pbkdf2.Key(sha256.New, password, []byte("saltsalt"), 1, 32)
	block, err2 := aes.NewCipher(must(tb, key, err))
	if err2 != nil {
		tb.Fatal(err2)
	}
	pad := 16 - len(bags)%16
	data := append(append([]byte(nil), bags...), strings.Repeat(string(rune(pad)), pad)...)
	cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(data, data)
	var e p12Encrypted
	e.Content.Type, e.Content.Algorithm, e.Content.Data = oidData, kdfPBES2(tb, oidPBES2, 1, 0), data
	return p12Content{oidEncryptedData, explicitTag(must2(tb, e))}
}

// file without MAC, which the decoder accepts with an empty password.
func file(tb testing.TB, mac p12MAC, safes ...p12Content) []byte {
	return must2(tb, p12File{Version: 3, AuthSafe: p12Content{oidData, explicitTag(must2(tb, must2(tb, safes)))}, MAC: mac})
}

// behind is a file with one safe and a MAC that holds, whose password is another.
func behind(tb testing.TB, safe p12Content, password string) []byte {
	f, err := behindPlaceholder(safe, bmp(password))
	return must(tb, f, err)
}

// bombs are files that make the decoder derive keys with n iterations, in every
// place where it does.
func bombs(tb testing.TB, n int) []bomb {
	var encrypted p12Encrypted
	encrypted.Content.Type, encrypted.Content.Data = oidData, make([]byte, 32)
	sealed := func(a pkix.AlgorithmIdentifier) p12Content {
		e := encrypted
		e.Content.Algorithm = a
		return p12Content{oidEncryptedData, explicitTag(must2(tb, e))}
	}
	oldMAC := func(oid asn1.ObjectIdentifier) (m p12MAC) {
		m.MAC.Algorithm = pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.NullRawValue}
		m.MAC.Digest, m.Salt, m.Iterations = make([]byte, 20), []byte("saltsalt"), n
		return m
	}
	var pbmac p12MAC
	pbmac.MAC.Algorithm, pbmac.MAC.Digest, pbmac.Salt, pbmac.Iterations = kdfPBES2(tb, oidPBMAC1, n, 0), make([]byte, 32), []byte{}, 1
	key := kdfPBES2(tb, oidPBES2, n, 0)
	return []bomb{
		{name: "key, PBES2", file: file(tb, p12MAC{}, plainSafe(tb, shrouded(tb, key)))},
		{name: "key, salt of another class", file: file(tb, p12MAC{}, plainSafe(tb, shrouded(tb, kdfPBES2(tb, oidPBES2, n, asn1.ClassContextSpecific))))},
		{name: "key, triple DES", file: file(tb, p12MAC{}, plainSafe(tb, shrouded(tb, kdfOld(tb, 3, n))))},
		{name: "key, RC2", file: file(tb, p12MAC{}, plainSafe(tb, shrouded(tb, kdfOld(tb, 6, n))))},
		{name: "safe, PBES2", file: file(tb, p12MAC{}, sealed(key))},
		{name: "safe, triple DES", file: file(tb, p12MAC{}, sealed(kdfOld(tb, 3, n)))},
		{name: "second safe", file: file(tb, p12MAC{}, plainSafe(tb, []byte{0x30, 0}), sealed(kdfOld(tb, 5, n)))},
		{name: "MAC", file: file(tb, oldMAC(oidSHA1), plainSafe(tb, []byte{0x30, 0}))},
		{name: "PBMAC1", file: file(tb, pbmac, plainSafe(tb, []byte{0x30, 0}))},
		{name: "key in an encrypted safe", file: file(tb, p12MAC{}, sealedSafe(tb, shrouded(tb, key), ""))},
		{name: "old key in an encrypted safe", file: file(tb, p12MAC{}, sealedSafe(tb, shrouded(tb, kdfOld(tb, 3, n)), ""))},
		{name: "key in the second encrypted safe", file: file(tb, p12MAC{}, sealedSafe(tb, []byte{0x30, 0}, ""), sealedSafe(tb, shrouded(tb, key), ""))},
		{name: "key in an encrypted safe under a password", password: "pw", file: behind(tb, sealedSafe(tb, shrouded(tb, key), "pw"), "pw")},
	}
}

// TestUploadIterations: whoever can post to the page must not get a core for ever.
func TestUploadIterations(t *testing.T) {
	for _, n := range []int{maxIterations + 1, 1 << 62} {
		for _, b := range bombs(t, n) {
			done := make(chan error, 1)
			go func() {
				_, _, err := openPKCS12(b.file, secret.New(b.password))
				done <- err
			}()
			select {
			case err := <-done:
				if err == nil || !errors.Is(err, errIterations) && !errors.Is(err, errHiddenKey) {
					t.Errorf("%s, %d iterations: %v", b.name, n, err)
				}
			case <-time.After(time.Minute):
				t.Fatalf("%s, %d iterations: the decoder is still at it", b.name, n)
			}
		}
	}
	// The sum counts, not each: certificates, key and MAC take the same number.
	many := p12(t, pkcs12.LegacyDES.WithIterations(1000), nil)
	if err := inspectPKCS12(many, extractPassword); err != nil {
		t.Errorf("3000 iterations in all: %v", err)
	}
}

// TestBombsAreRead: with few iterations the decoder itself gets as far as the key
// derivation, so the files above test what they say.
func TestBombsAreRead(t *testing.T) {
	for _, b := range bombs(t, 10) {
		_, _, _, err := pkcs12.DecodeChain(b.file, b.password)
		if b.password != "" {
			continue // a placeholder key is in the way there
		}
		if err == nil || !errors.Is(err, pkcs12.ErrDecryption) && !errors.Is(err, pkcs12.ErrIncorrectPassword) && !strings.Contains(err.Error(), "decrypting") && !strings.Contains(err.Error(), "padding") {
			t.Errorf("%s: %v", b.name, err)
		}
	}
}

func TestOneUploadAtATime(t *testing.T) {
	w := newWorld(t, nil)
	uploading <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := w.phone.Upload(ctx, p12(t, quick, nil), secret.New(extractPassword))
	<-uploading
	if err == nil || !strings.Contains(err.Error(), "try again") {
		t.Errorf("while another is decoded: %v", err)
	}
	if err := w.phone.Upload(t.Context(), p12(t, quick, nil), secret.New(extractPassword)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// TestEmptyExtractPassword: files with an empty password, encrypted all the same.
func TestEmptyExtractPassword(t *testing.T) {
	openssl := peer.Program(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) {
		cmd := exec.Command(openssl, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem", "-days", "30", "-subj", "/CN=empty", "-addext", "basicConstraints=CA:FALSE")
	for _, args := range [][]string{nil, {"-legacy"}, {"-keypbe", "NONE"}, {"-keypbe", "NONE", "-certpbe", "NONE"}} {
		run(append([]string{"pkcs12", "-export", "-inkey", "key.pem", "-in", "cert.pem", "-out", "x.p12", "-passout", "pass:"}, args...)...)
		data, err := os.ReadFile(filepath.Join(dir, "x.p12"))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := openPKCS12(data, secret.New("")); err != nil {
			t.Errorf("%v: %v", args, err)
		}
	}
}
